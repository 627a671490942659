import type { AmountError } from '#app/invoicing/payments/amount.ts';
import type { DeclineReason } from '#app/invoicing/payments/processor.ts';

/** What a customer reads where invoices are paid in the portal, in US English. */
export const payWords = {
  // What is owed
  totalSelected: 'Total selected',
  more: (shown: number, all: number) => `The ${shown} oldest of ${all} are listed here.`,
  credit: (amount: string) => `Credit on your account: ${amount}.`,
  creditUse: (company: string) => `Contact ${company} to have it taken off an invoice.`,
  onTheWay: (amount: string) => `A payment of ${amount} is on its way.`,
  partOnItsWay: (amount: string) => `${amount} more is on its way`,
  /** S2-14 */
  notConnected: (company: string) => `Invoices can’t be paid online right now. Contact ${company} to pay.`,

  // On their way, and history
  onTheirWay: 'Payments on their way',
  onTheirWayText: 'A bank payment takes up to five business days. There is nothing else to do.',
  bankPayment: 'Bank payment',
  cardPayment: 'Card payment',
  begun: (date: string) => `started ${date}`,
  account: 'More of your account',
  history: 'All invoices',
  historyLink: 'All invoices, paid and unpaid',
  historyEmpty: 'There are no invoices yet.',
  newer: 'Newer',
  older: 'Older',
  pages: 'Pages',
  left: (amount: string) => `${amount} left`,
  pdf: 'PDF',
  download: 'Download PDF',
  downloadOf: (number: string) => `Download PDF of invoice ${number}`,

  // What is paid, and how much of it
  howMuch: 'How much do you want to pay?',
  inFull: (amount: string) => `Pay in full: ${amount}`,
  inPart: 'Pay another amount',
  amount: 'Amount',
  amountHelp: (most: string) => `From $1.00 to ${most}.`,
  onItsWay: (amount: string) => `${amount} is on its way already and is left out here.`,
  tooLittle: (company: string) => `Less than $1.00 can’t be paid online. Contact ${company} to pay it.`,
  amounts: {
    empty: 'Enter the amount that you want to pay.',
    format: 'Enter dollars and cents, such as 120 or 120.50.',
    decimals: 'Use at most two decimals, such as 120.50.',
    currency: 'Enter the amount in US dollars, such as 120.50.',
    negative: 'The amount can’t be negative.',
    too_large: 'This is more than the invoice. Check the amount.',
  } satisfies Record<AmountError, string>,
  leastAmount: 'Enter $1.00 or more.',
  mostAmount: (most: string) => `At most ${most} can be paid of this invoice. Enter that or less.`,
  bothAmounts: 'You chose to pay in full and entered another amount. Choose one of the two.',
  fullOnly: 'Only the whole amount can be paid online.',

  // With what
  payWith: 'Pay with',
  newCard: 'New card',
  newBank: 'Bank account (ACH)',
  newCardText: 'You enter it on the next page.',
  newBankText: 'You enter it on the next page. The payment takes up to five business days.',
  savedText: 'It is charged when you press the button.',
  savedBankText: 'It is charged when you press the button. The payment takes up to five business days.',
  endingIn: (last4: string) => `ending in ${last4}`,
  ending: (brand: string, last4: string) => `${brand} ending in ${last4}`,
  bankEnding: (brand: string, last4: string) => `${brand || 'Bank account'}, account ending in ${last4}`,
  until: (month: number, year: number) => `Expires ${String(month).padStart(2, '0')}/${year}`,
  expiresSoon: (month: number, year: number) => `Expires soon: ${String(month).padStart(2, '0')}/${year}`,
  expired: (month: number, year: number) => `Expired ${String(month).padStart(2, '0')}/${year}`,
  chooseMethod: 'Choose how you want to pay.',
  methodGone: 'This card or bank account is not saved any more. Choose another.',
  save: 'Save for future payments',
  saveText: 'A new card or bank account is kept by the payment service, not by us. You can remove it at any time.',
  pay: 'Pay',
  go: (amount: string) => `Pay ${amount}`,
  testTitle: 'This is a test',
  testText: 'No money is moved. The next page has test cards and test bank accounts to choose from.',

  // What came of it
  declined: {
    declined: 'It was declined. Nothing was charged. Try another card or bank account, or ask your bank.',
    insufficient_funds: 'It was declined: too little money on it. Nothing was charged. Try another one.',
    expired_card: 'This card has expired. Nothing was charged. Try another card.',
    authentication_failed:
      'Your bank could not confirm that it is you. Nothing was charged. Try again, or use another card.',
    bank_refused: 'Your bank refused the payment. Nothing was taken. Try another account or a card, or ask your bank.',
    account_closed: 'This bank account is closed or can’t be found. Nothing was taken. Try another account or a card.',
  } satisfies Record<DeclineReason, string>,
  noMoney: {
    settled: 'It was paid by somebody else meanwhile. Nothing was charged.',
    voided: 'What you were paying is not owed any more. Nothing was charged.',
    given_up: 'The payment page was closed before it was finished. Nothing was charged.',
    interrupted: 'The payment was interrupted before it was made. Nothing was charged.',
  },
  changed: (amount: string) =>
    `The amount has changed to ${amount} since you opened this page. Nothing was charged. Check it and pay again.`,
  settled: 'These invoices are paid already. Nothing was charged.',
  onItsWayAll: 'A payment for these invoices is on its way. Nothing else is to be paid, and nothing was charged now.',
  busy: 'A payment for these invoices is being made right now. Wait a minute, then look at your invoices before you pay again.',
  unsure: 'We couldn’t confirm your payment yet. Don’t pay again: look at your invoices in a few minutes.',
  unavailable: 'The payment page can’t be opened right now. Nothing was charged. Try again in a minute.',
  methodOff: 'This way to pay is not offered any more. Choose another.',

  // The page that a payer comes back to
  paymentTitle: 'Your payment',
  waitTitle: 'Your bank payment is on its way',
  waitText:
    'Your bank takes up to five business days. We’ll send the receipt when it arrives. Nothing else is to be paid for these invoices.',
  confirmTitle: 'Your payment is being confirmed',
  confirmText: 'The payment service has not answered yet. Don’t pay again. Look here in a minute.',
  lookAgain: 'Look again',
  openTitle: 'Your payment is not finished',
  openText: 'Nothing was charged. Go on where you were, or start over.',
  goOn: 'Go on to pay',
  failedTitle: 'Your payment didn’t go through',
  tryAgain: 'Try again',

  // Receipt
  refunded: 'This payment was refunded',
  partRefunded: (amount: string) => `${amount} of this payment was refunded`,
  disputed: 'This payment is disputed at the bank. It counts until the bank has decided.',
  tip: 'Tip',
  toAccount: 'Credit on your account',
  leftOf: (number: string, amount: string) => `${amount} is left to pay of invoice ${number}.`,
  see: 'See the invoice',
  refundOn: (date: string) => `Refund, ${date}`,
  refundUnderWay: (date: string) => `Refund, ${date}, on its way`,
  receipt: 'Receipt',
  methods: { card: 'Card', ach: 'Bank account', check: 'Check', cash: 'Cash', other: 'Other' },

  // Saved cards and bank accounts
  saved: 'Saved cards and bank accounts',
  savedNone: 'Nothing is saved.',
  savedNoneText: 'When you pay, choose “Save for future payments”. The next time it takes one step.',
  savedElsewhere: 'You can’t pay with it any more: we have changed our payment service.',
  remove: 'Remove',
  removeOf: (name: string) => `Remove ${name}`,
  removeTitle: (name: string) => `Remove ${name}?`,
  removeText: 'You can’t pay with it any more until you enter it again. Payments made with it stay as they are.',
  notRemoved: 'The payment service gave no answer, so nothing was removed. Try again in a minute.',
  notRemovable:
    'It is kept by a payment service that we can’t reach from here any more. Contact us to have it removed. Nobody can be charged with it here.',
  keep: 'Keep it',
  noBilling: 'Your account doesn’t show saved cards. Contact us to change that.',
} as const;
