/*
 * Credit that moves between a customer's account and their invoices is a pair of entries, each of which names the other side.
 * By these words it is told from a credit that the office granted: what was moved is the customer's own money.
 */

export const movedMemos = {
  /** On the invoice that is settled from the account. */
  fromAccount: 'Account credit',
  /** On an invoice whose money goes to the account. */
  toAccount: 'Moved to the account',
  /** On the invoice that is settled from another one, which was overpaid. */
  fromInvoice: (number: string) => `Credit of invoice ${number}`,
  /** On the account, or on an overpaid invoice: where its credit went. */
  toInvoice: (number: string) => `Used for invoice ${number}`,
  /** On the account: where money came from. */
  backFrom: (number: string) => `From invoice ${number}`,
} as const;

/** For `memo similar to`: the words on an invoice's side. */
export const MOVED_ON_INVOICES = '(Account credit|Moved to the account|Credit of invoice %|Used for invoice %)';

const looksMoved = /^(account credit|moved to the account|(credit of|used for) invoice )/i;

/** A reason that somebody typed, as a memo that nobody takes for moved credit. */
export const plainMemo = (reason: string): string => (looksMoved.test(reason) ? `Reason: ${reason}` : reason);
