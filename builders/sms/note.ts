import type { MergeValues } from '../merge/values.ts';
import type { CompiledSms } from './compiled.ts';
import { composeSms, prepareSms } from './compose.ts';

/** What is advised behind a portal link, for customers who have no account yet (S0-13). */
export const INVITATION_NOTE = 'New here? Tap "Request an invitation".';

/** A typed text with the note behind it. */
export function withNote(text: string): string {
  const words = text.trimEnd();
  return words === '' ? INVITATION_NOTE : `${words} ${INVITATION_NOTE}`;
}

/**
 * Whether the note is advised: the text leads to the portal, does not hold the note yet, and no recipient's text gets a part
 * longer by it (S0-13).
 */
export function noteFits(
  compiled: CompiledSms,
  samples: readonly MergeValues[],
  shortUrl: (key: string) => string,
): boolean {
  const leadsToPortal = compiled.links.some(({ kind }) => kind !== 'url');
  if (!leadsToPortal || samples.length === 0 || /request an invitation/i.test(compiled.source)) return false;
  const without = prepareSms(compiled);
  const longer = prepareSms({ ...compiled, source: withNote(compiled.source) });
  return samples.every((values) => {
    const before = composeSms(without, values, shortUrl);
    const after = composeSms(longer, values, shortUrl);
    return after.refusal === before.refusal && after.count.parts === before.count.parts;
  });
}
