const list = (numbers: readonly string[]) =>
  numbers.length === 1
    ? `invoice ${numbers[0]}`
    : numbers.length > 3
      ? `${numbers.length} invoices`
      : `invoices ${numbers.join(', ')}`;

/** What a payer reads of a payment afterwards, in US English. */
export const receiptWords = {
  thanks: (name: string) => `Thank you, ${name}. We received your payment for:`,
  tip: 'Tip',
  onAccount: 'Credit on your account',
  left: 'Still to pay',
  seeReceipt: 'See your receipt',
  account: (bank: string, last4: string) => `${bank || 'Bank'} account ending in ${last4}`,

  received: (company: string, amount: string, numbers: readonly string[]) =>
    `${company}: We received ${amount}${numbers.length > 0 ? ` for ${list(numbers)}` : ''}. Thank you.`,
  withTip: (amount: string) => `Includes a tip of ${amount}.`,
  leftText: (amount: string) => `Still to pay: ${amount}.`,
  receiptText: (id: number) => `Receipt ${id}.`,

  failedSubject: (company: string) => `Your payment to ${company} did not go through`,
  failedTitle: 'Your bank payment did not go through',
  failedText: (amount: string, numbers: readonly string[]) =>
    `The bank did not pay ${amount}${numbers.length > 0 ? ` for ${list(numbers)}` : ''}. Nothing was taken from your account.`,
  why: (failure: string | null) =>
    failure === 'insufficient_funds'
      ? 'The bank says that there was too little money in the account.'
      : failure === 'account_closed'
        ? 'The bank says that the account is closed.'
        : 'The bank gave no reason that we can pass on. It may tell you more.',
  owedAgain: 'The amount is owed again. You can pay it with another account or a card.',
  payAgain: 'Pay again',
} as const;
