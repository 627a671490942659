import { twilioCodes } from './providers/twilio-errors.ts';

/** Twilio: a carrier filtered the text. */
const FILTERED = 30_007;

/**
 * After so many filtered texts within an hour campaigns by text pause. One may be a carrier's whim or a single phone's own filter,
 * and is only noted. Carriers judge by sender and words, not by recipient: several are a verdict, and each text after them
 * makes the number's standing worse.
 */
export const FILTERED_TIMES = 5;

/**
 * What a code that Twilio tells of a text later asks of the company's campaigns by text: to pause, in words why, once it was
 * told so many times within an hour. Where the number or the account may not send at all (30034 and its like), that is the first.
 * @returns null for what concerns that one text alone
 */
export function stopOf(code: number): { reason: string; times: number } | null {
  if (code === FILTERED) {
    const reason = `Carriers filtered ${FILTERED_TIMES} texts as spam within an hour (Twilio, ${FILTERED}). Look at what they say, and at the number’s registration in Twilio’s console.`;
    return { reason, times: FILTERED_TIMES };
  }
  const known = twilioCodes[code];
  return known?.kind === 'blocked' ? { reason: `Twilio (${code}): ${known.words}`, times: 1 } : null;
}
