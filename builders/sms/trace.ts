import { joinPieces } from '../merge/template.ts';
import type { MergeValues } from '../merge/values.ts';
import type { CompiledSms } from './compiled.ts';
import { composeSms, mergeSms, prepareSms } from './compose.ts';
import type { Stretch } from './stretches.ts';
import { EDGE } from './urls.ts';

/** What one stretch of the typed text became in one recipient's text. */
export type TracedStretch = {
  readonly stretch: Stretch;
  /** UTF-16 units of the composed text. */
  readonly from: number;
  readonly to: number;
};

/** Behind an `EDGE`, a character from here on is the number of the stretch that follows. */
const FIRST = 0xe100;

/**
 * Follows each stretch of a typed text into one recipient's text, so that the composer can show in place where parts begin.
 * Stretches that the recipient does not get (in a condition) are left out.
 * @param stretches those that `compiled` was made of
 */
export function traceSms(
  stretches: readonly Stretch[],
  compiled: CompiledSms,
  values: MergeValues,
  shortUrl: (key: string) => string,
): TracedStretch[] {
  const { body } = composeSms(prepareSms(compiled), values, shortUrl);
  const marked = mergeSms(prepareSms({ ...compiled, source: markedSource(stretches) }), values, shortUrl) ?? '';
  const traced: TracedStretch[] = [];
  let at = 0;
  let open: { stretch: Stretch; from: number } | null = null;
  const close = () => {
    if (open) traced.push({ ...open, to: at });
    open = null;
  };
  for (let index = 0; index < marked.length; index += 1) {
    const char = marked[index] ?? '';
    if (char === EDGE) {
      index += 1;
      close();
      const stretch = stretches[marked.charCodeAt(index) - FIRST];
      if (stretch) open = { stretch, from: at };
    } else if (char !== '\ue000' && char !== '\ue001') {
      // A blank that sets a link apart stands in the composed text alone, one that was trimmed in the marked one alone.
      if (body[at] !== char && body[at + 1] === char && body[at] === ' ') at += 1;
      if (body[at] === char) at += 1;
    }
  }
  close();
  return traced;
}

/**
 * Where a place of the composed text stands in the typed one, in UTF-16 units; inside of what a tag put in, where the tag
 * begins. Null behind the typed text, in the line that is added.
 */
export function typedPlace(traced: readonly TracedStretch[], index: number): number | null {
  const run = traced.find(({ from, to }) => from <= index && index < to);
  if (!run) return null;
  return run.stretch.kind === 'text' ? run.stretch.start + index - run.from : run.stretch.start;
}

function markedSource(stretches: readonly Stretch[]): string {
  return joinPieces(
    stretches.flatMap(({ kind, source, start, end }, index) => [
      ...(kind === 'tag'
        ? []
        : [{ kind: 'text' as const, source: `${EDGE}${String.fromCharCode(FIRST + index)}`, start, end: start }]),
      { kind: kind === 'text' || kind === 'tag' ? kind : ('output' as const), source, start, end },
    ]),
  );
}
