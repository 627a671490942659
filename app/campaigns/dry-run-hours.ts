import { nextOpening } from '#app/consent/hours/open.ts';
import { hourWords, type SendingRules } from '#app/consent/rules.ts';
import type { Channel } from '#db/schema/columns.ts';

/** The hours that a launch would keep, and when they begin where the company is; null there while they are open. */
export type KeptHours = { from: string; to: string; opensAt: string | null };

/**
 * What sending hours do to a launch right now (B-05, B-14). Where each customer is, only the gate finds out.
 * @returns null when none are kept: texts always keep them, email where the company wants it
 */
export function keptHours(channel: Channel, rules: SendingRules, timeZone: string, now: Date): KeptHours | null {
  if (channel === 'email' && !rules.emailHours) return null;
  const opens = nextOpening(timeZone, null, rules, now);
  return {
    from: hourWords(rules.opensAt),
    to: hourWords(rules.closesAt),
    opensAt: opens > now ? opens.toISOString() : null,
  };
}
