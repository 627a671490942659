/** What a person can be written to about: reminders of invoices, and promotion. `all` stands for both. */
export const purposes = ['reminders', 'promotions'] as const;
export type Purpose = (typeof purposes)[number];
export type PurposeOrAll = Purpose | 'all';

/**
 * The words that a person sees when they choose, kept with each choice (B-13). A change of wording is a new version.
 */
export const consentText = {
  version: '2026-1',
  unsubscribe: 'Stop sending me these emails.',
  oneClick: 'Unsubscribe (button of the mail program)',
  resubscribe: 'Send me these emails again.',
} as const;
