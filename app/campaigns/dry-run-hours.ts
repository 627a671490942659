import { nextOpening } from '#app/consent/hours/open.ts';
import { hourWords, type SendingRules } from '#app/consent/rules.ts';

/** The hours that a launch would keep, and when they begin where the company is; null there while they are open. */
export type KeptHours = { from: string; to: string; opensAt: string | null };

/**
 * What sending hours do to a launch right now (B-05, B-14). Where each customer is, only the gate finds out.
 * @returns null when email keeps no hours
 */
export function keptHours(rules: SendingRules, timeZone: string, now: Date): KeptHours | null {
  if (!rules.emailHours) return null;
  const opens = nextOpening(timeZone, null, rules, now);
  return {
    from: hourWords(rules.opensAt),
    to: hourWords(rules.closesAt),
    opensAt: opens > now ? opens.toISOString() : null,
  };
}
