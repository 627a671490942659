import type { Purpose } from './purposes.ts';

/** Every word that a recipient reads when choosing what to get, in US English. */
export const words = {
  title: 'Email preferences',
  intro: (company: string, address: string) => `What ${company} may send to ${address}.`,
  purposes: {
    reminders: {
      label: 'Invoice reminders',
      note: 'When an invoice is due or overdue, with a link to see and pay it.',
    },
    promotions: { label: 'Offers and news', note: 'Seasonal service, maintenance plans and discounts.' },
  } satisfies Record<Purpose, { label: string; note: string }>,
  save: 'Save my choice',
  stopAll: 'Unsubscribe from all',
  stopped: 'You are unsubscribed',
  stoppedText: (what: string) => `We won’t send you ${what} any more. You can change your mind here at any time.`,
  saved: 'Your choice is saved',
  bounced: 'Mail to this address came back, so nothing is sent to it. Contact us if it works again.',
  everything: 'emails of any kind',
  receiptsNote: 'You still get what you ask for yourself, such as a receipt or a link to sign in.',
  testTitle: 'This was a test',
  testText:
    'The unsubscribe link of a test email changes nothing. In the real email it leads to the recipient’s preferences.',
  endedTitle: 'This link has ended',
  endedText: (company: string) =>
    `It came with a message from more than a year ago. ${company} is glad to help with what it was about.`,
  noLinkTitle: 'This link leads nowhere',
  noLinkText: (company: string) =>
    `It may be mistyped, or what it led to is not open now. Check it against the message from ${company}.`,
  endedPortal: 'See and pay your invoices',
  endedContact: (byPhone: boolean) => (byPhone ? 'Or call, and we will look it up for you:' : 'Or write to us:'),
} as const;
