import type { Purpose } from './purposes.ts';

/** What the page of choices says to whoever is reached in one way. */
type PreferenceWords = {
  title: string;
  /** What stands at the box of each purpose. */
  purposes: Record<Purpose, { label: string; note: (company: string) => string }>;
  stopAll: string;
  stopped: string;
  bounced: string;
  everything: string;
  aside: string;
};

const REMINDERS = 'When an invoice is due or overdue, with a link to see and pay it.';

/** Every word that a recipient reads when choosing what to get, in US English. */
export const words = {
  tab: 'Your preferences',
  email: {
    title: 'Email preferences',
    purposes: {
      reminders: { label: 'Invoice reminders', note: () => REMINDERS },
      promotions: { label: 'Offers and news', note: () => 'Seasonal service, maintenance plans and discounts.' },
    },
    stopAll: 'Unsubscribe from all',
    stopped: 'You are unsubscribed',
    bounced: 'Mail to this address came back, so nothing is sent to it. Contact us if it works again.',
    everything: 'emails of any kind',
    aside: 'You still get what you ask for yourself, such as a receipt or a link to sign in.',
  },
  sms: {
    title: 'Text preferences',
    purposes: {
      reminders: { label: 'Invoice reminders', note: () => REMINDERS },
      // What a yes to promotion by text must have been told (47 CFR 64.1200(f)(9)).
      promotions: {
        label: 'Offers and news',
        note: (company) =>
          `Seasonal service, maintenance plans and discounts. With a tick, ${company} may text offers to this number, also by automatic means. You need not agree to buy anything. Message and data rates may apply.`,
      },
    },
    stopAll: 'Stop all texts',
    stopped: 'You get no more texts',
    bounced: 'Texts to this number did not arrive, so none are sent to it. Contact us if it works again.',
    everything: 'texts of any kind',
    aside: 'You can also answer any of our texts with STOP.',
  },
  save: 'Save my choice',
  stoppedText: (what: string) => `We won’t send you ${what} any more. You can change your mind here at any time.`,
  saved: 'Your choice is saved',
  testTitle: 'This was a test',
  testText:
    'The unsubscribe link of a test message changes nothing. In the real one it leads to the recipient’s preferences.',
  endedTitle: 'This link has ended',
  endedText: (company: string) =>
    `It came with a message from more than a year ago. ${company} is glad to help with what it was about.`,
  noLinkTitle: 'This link leads nowhere',
  noLinkText: (company: string) =>
    `It may be mistyped, or what it led to is not open now. Check it against the message from ${company}.`,
  endedPortal: 'See and pay your invoices',
  endedContact: (byPhone: boolean) => (byPhone ? 'Or call, and we will look it up for you:' : 'Or write to us:'),
} as const satisfies { email: PreferenceWords; sms: PreferenceWords } & Record<string, unknown>;
