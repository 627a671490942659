/** The line that is added to a text which does not tell how to stop texts. */
export const OPT_OUT = 'Reply STOP to opt out.';

/** "Reply STOP", "text 'stop' to 12345", but not "Don't reply STOP" or "text us to stop by". */
const ASKED =
  /(?<!\b(?:not|never)\s|n['’]t\s)\b(?:reply|replying|respond|responding|answer|text|texting|txt|send|sending|type)\b[^.!?\n]{0,30}?(?:\bSTOP\b|["'“‘]stop["'”’])/giu;

/** "STOP to opt out", "STOP=end". */
const OFFERED = /\bSTOP\b["'”’]?\s*(?:to|=|2|and)\s*(?:opt|end|unsub|cancel|quit|stop|be removed|leave)/giu;

/**
 * Whether a text tells its reader how to stop texts: STOP in capitals or in quotes, in such an instruction.
 * @param text plain text, without merge expressions
 */
export function tellsHowToStop(text: string): boolean {
  const found = [ASKED, OFFERED].flatMap((instruction) => [...text.matchAll(instruction)]);
  return found.some(([words]) => /\bSTOP\b/.test(words) || /["'“‘]stop["'”’]/i.test(words));
}
