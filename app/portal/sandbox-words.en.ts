import type { DeclineReason } from '#app/invoicing/payments/processor.ts';

/** What stands on the sandbox's page, in US English. Nobody may take it for a shop. */
export const sandboxWords = {
  title: 'Test payment',
  testTitle: 'This is a test. No money is moved.',
  testText:
    'A real payment service would ask for a card or bank account here. This page takes no numbers at all: choose one of the test accounts and see what becomes of it.',
  tryAnother: 'Choose another one.',
  chooseCard: 'Test card',
  chooseBank: 'Test bank account',
  accountEnding: (number: string) => `Account ${number}`,
  fates: {
    good: 'Is accepted',
    confirm: 'Its bank asks you to confirm first (3-D Secure)',
    declined: 'Is declined',
    'too-little': 'Has too little money',
    expired: 'Has expired',
    later: 'Is accepted now, and declined when it is charged as a saved card',
    'bank-good': 'Pays after some minutes; a real bank takes days',
    'bank-fails': 'Is on its way, and fails after some minutes: too little money',
    'bank-closed': 'Is closed',
  } as Record<string, string>,
  saved: 'It will be saved for later payments.',
  pay: (amount: string) => `Pay ${amount}`,
  back: 'Go back without paying',
  unknown: 'Choose one of the test accounts.',
  declined: {
    declined: 'The card was declined. Nothing was charged.',
    insufficient_funds: 'The card was declined: too little money on it. Nothing was charged.',
    expired_card: 'The card has expired. Nothing was charged.',
    authentication_failed: 'The bank did not get your confirmation. Nothing was charged.',
    bank_refused: 'The bank refused the payment. Nothing was taken.',
    account_closed: 'The bank account is closed. Nothing was taken.',
  } satisfies Record<DeclineReason, string>,

  confirmTitle: 'Your test bank asks: is it you?',
  confirmText: (amount: string, number: string) =>
    `A payment of ${amount} with card ${number}. A real bank would send a code, or ask in its app.`,
  confirm: 'Yes, confirm the payment',
  refuse: 'No, refuse it',
} as const;
