import { hourWords, type SendingRules } from '#app/consent/rules.ts';
import type { Channel } from '#db/schema/columns.ts';

/** The hours that a launch would keep, in words. */
export type KeptHours = { from: string; to: string };

/** Texts always keep sending hours, email where the company wants it, mail never: the post brings it by day (B-14). */
export const keepsHours = (channel: Channel, rules: Pick<SendingRules, 'emailHours'>): boolean =>
  channel === 'sms' || (channel === 'email' && rules.emailHours);

/** Within which hours a launch would write (B-05). @returns null when none are kept */
export function keptHours(channel: Channel, rules: SendingRules): KeptHours | null {
  if (!keepsHours(channel, rules)) return null;
  return { from: hourWords(rules.opensAt), to: hourWords(rules.closesAt) };
}
