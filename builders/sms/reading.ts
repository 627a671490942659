import { placeOf, type Problem } from '../merge/problem.ts';
import type { MergeValues } from '../merge/values.ts';
import { draftSms, type CompileSmsOptions, type SmsDraft } from './compile.ts';
import { prepareSms, type PreparedSms } from './compose.ts';
import { estimateSms, type SmsEstimate } from './estimate.ts';
import { OPT_OUT } from './opt-out.ts';
import { foreignIn, type Foreign } from './plain.ts';
import type { SmsTariff } from './prices.ts';
import { countText, type TextCount } from './segments.ts';
import type { Stretch } from './stretches.ts';
import { traceSms, typedPlace } from './trace.ts';

/** A recipient to count for. */
export type SmsSample = { readonly name: string; readonly values: MergeValues };

/** A typed text with all that the composer says of it. */
export type SmsReading = {
  readonly draft: SmsDraft;
  readonly prepared: PreparedSms | null;
  /** Null while the text is empty or a tag in it cannot be read. */
  readonly estimate: SmsEstimate | null;
  /** Of the typical recipient; where there is no estimate, of the text as it is typed. */
  readonly count: TextCount;
  /** What forces UCS-2, by place in the typed text. What stands in an address does not: it is shortened. */
  readonly foreign: readonly Foreign[];
};

/**
 * Reads a text while it is typed (B-11, S0-13).
 * @param text as `cleanTyped` leaves it
 */
export function readSms(
  text: string,
  options: CompileSmsOptions,
  samples: readonly MergeValues[],
  shortUrl: (key: string) => string,
  tariff?: SmsTariff,
): SmsReading {
  const draft = draftSms({ version: 1, text }, options);
  const prepared = draft.compiled === null ? null : prepareSms(draft.compiled);
  const estimate = prepared === null ? null : estimateSms(prepared, samples, shortUrl, tariff);
  const typed = text.trim() === '' ? '' : `${text.trim()}\n${OPT_OUT}`;
  const count = estimate?.typical.composed.count ?? countText(typed);
  return { draft, prepared, estimate, count, foreign: foreignTyped(text, draft.stretches) };
}

function foreignTyped(text: string, stretches: readonly Stretch[]): Foreign[] {
  if (stretches.length === 0) return foreignIn(text);
  return stretches.flatMap(({ kind, start, end, source }) => {
    if (kind === 'url' || kind === 'link' || kind === 'tag') return [];
    // A tag's curly quotes are straightened when it is read: only what is still in it can come out of it.
    return foreignIn(text.slice(start, end))
      .filter(({ char }) => kind === 'text' || source.includes(char))
      .map((one) => ({ ...one, index: one.index + start }));
  });
}

/** One kind of offender, with all its places. */
export type ForeignKind = Foreign & { readonly places: readonly number[] };

/** Offenders by character, in the order in which they first stand in the text. */
export function kindsOf(foreign: readonly Foreign[]): ForeignKind[] {
  const kinds = new Map<string, Foreign & { places: number[] }>();
  for (const one of foreign) {
    const kind = kinds.get(one.char);
    if (kind) kind.places.push(one.index);
    else kinds.set(one.char, { ...one, places: [one.index] });
  }
  return [...kinds.values()];
}

/**
 * Where the parts of one recipient's text begin in the typed text: the second part and all behind it, in UTF-16 units; null for
 * one that begins in the line that is added.
 */
export function partPlaces(
  { draft, estimate }: SmsReading,
  values: MergeValues,
  count: TextCount,
  shortUrl: (key: string) => string,
): (number | null)[] {
  if (draft.compiled === null || estimate === null) return count.starts.slice(1);
  if (count.parts < 2) return [];
  const traced = traceSms(draft.stretches, draft.compiled, values, shortUrl);
  return count.starts.slice(1).map((start) => typedPlace(traced, start));
}

/** A piece of the typed text that looks the same all along. */
export type Run = {
  readonly start: number;
  readonly text: string;
  readonly kind: Stretch['kind'];
  readonly foreign: boolean;
  /** Whether it is part of what a problem is about. */
  readonly wrong: boolean;
  /** The number of the part that begins here, from 2; null where none does. */
  readonly part: number | null;
};

/** Cuts a typed text where its look changes and where parts begin. The runs are the whole text. */
export function runsOf(
  text: string,
  stretches: readonly Stretch[],
  foreign: readonly Foreign[],
  parts: readonly (number | null)[],
  problems: readonly Problem[] = [],
): Run[] {
  const wrong = problems.filter(({ excerpt }) => excerpt !== '').map((problem) => placeOf(text, problem));
  const begins = new Map<number, number>();
  parts.forEach((place, index) => {
    if (place !== null && place < text.length) begins.set(place, index + 2);
  });
  const cuts = new Set([0, text.length, ...begins.keys()]);
  for (const { start, end } of stretches) cuts.add(start).add(end);
  for (const { index, char } of foreign) cuts.add(index).add(index + char.length);
  for (const { start, end } of wrong) cuts.add(start).add(end);
  const sorted = [...cuts].filter((cut) => cut <= text.length).sort((a, b) => a - b);
  const runs: Run[] = [];
  for (const [index, start] of sorted.entries()) {
    const end = sorted[index + 1];
    if (end === undefined) break;
    runs.push({
      start,
      text: text.slice(start, end),
      kind: stretches.find((stretch) => stretch.start <= start && start < stretch.end)?.kind ?? 'text',
      foreign: foreign.some((one) => one.index <= start && start < one.index + one.char.length),
      wrong: wrong.some((place) => place.start <= start && start < place.end),
      part: begins.get(start) ?? null,
    });
  }
  return runs;
}
