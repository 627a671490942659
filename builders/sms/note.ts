import type { MergeValues } from '../merge/values.ts';
import type { CompiledSms } from './compiled.ts';
import { composeSms, prepareSms } from './compose.ts';

/** What is advised behind a portal link, for customers who have no account yet (S0-13). */
export const INVITATION_NOTE = 'New here? Tap "Request an invitation".';

/** A typed text with the note behind its last link to the portal, where a sentence ends there; else at its end. */
export function withNote(text: string): string {
  return noteBehind(text, /\{\{-?\s*links\.customer_portal\s*-?\}\}/g);
}

function noteBehind(text: string, link: RegExp): string {
  const found = [...text.matchAll(link)].at(-1);
  const behind = found ? found.index + found[0].length : 0;
  const end = found ? /^[.!?)]+(?=\s|$)|^(?=[ \t]*(?:\n|$))/.exec(text.slice(behind)) : null;
  const at = end ? behind + end[0].length : text.trimEnd().length;
  return `${text.slice(0, at)}${at === 0 ? '' : ' '}${INVITATION_NOTE}${text.slice(at)}`;
}

/**
 * Whether the note is advised: the text leads to the portal (a payment page asks for no account), does not hold the note yet,
 * and no recipient's text gets a part longer by it (S0-13).
 */
export function noteFits(
  compiled: CompiledSms,
  samples: readonly MergeValues[],
  shortUrl: (key: string) => string,
): boolean {
  const portalKeys = compiled.links.filter(({ kind }) => kind === 'customer_portal').map(({ key }) => key);
  if (portalKeys.length === 0 || samples.length === 0 || /request an invitation/i.test(compiled.source)) return false;
  const without = prepareSms(compiled);
  const longer = prepareSms({
    ...compiled,
    source: noteBehind(compiled.source, new RegExp(`\\{\\{ tracked\\.(?:${portalKeys.join('|')}) \\}\\}`, 'g')),
  });
  return samples.every((values) => {
    const before = composeSms(without, values, shortUrl);
    const after = composeSms(longer, values, shortUrl);
    return after.refusal === before.refusal && after.count.parts === before.count.parts;
  });
}
