/** What a person can be written to about: reminders of invoices, and promotion. `all` stands for both. */
export const purposes = ['reminders', 'promotions'] as const;
export type Purpose = (typeof purposes)[number];
export type PurposeOrAll = Purpose | 'all';

/**
 * What is kept with each choice as the words that the person saw (B-13); with a yes it is those that stood at its box (see
 * words.en.ts). A change of wording there or here is a new version.
 */
export const consentText = {
  version: '2026-2',
  unsubscribe: { email: 'Stop sending me these emails.', sms: 'Stop sending me these texts.' },
  oneClick: 'Unsubscribe (button of the mail program)',
} as const;
