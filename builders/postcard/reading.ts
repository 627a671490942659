import type { Problem } from '../merge/problem.ts';
import { scanTemplate } from '../merge/scan.ts';
import type { MergeValues } from '../merge/values.ts';
import { draftPostcard, type CompilePostcardOptions, type PostcardDraft } from './compile.ts';
import { TEXT_LIMITS, type PostcardDocument } from './document.ts';
import { fillCard, preparePostcard, refusalWords, type CardParts, type PreparedPostcard } from './fill.ts';
import { layoutCard } from './layout.ts';
import type { TextKey } from './parts.ts';
import { applyChanges, checkPlainTemplate, type Change } from './plain-text.ts';
import type { Sheet, SheetProblem } from './sheet.ts';

/** A recipient to show the card for. */
export type PostcardSample = {
  readonly name: string;
  readonly values: MergeValues;
  /** As the printer will put it, a line each. */
  readonly address: readonly string[];
};

/** A postcard with all that the builder says of it while it is made. */
export type PostcardReading = {
  readonly draft: PostcardDraft;
  readonly prepared: PreparedPostcard;
};

export function readPostcard(document: PostcardDocument, options: CompilePostcardOptions): PostcardReading {
  const draft = draftPostcard(document, options);
  return { draft, prepared: preparePostcard(draft.compiled) };
}

/** The card as it is drawn for a sample; null when one of its texts grows beyond bounds. */
export function sheetOf(
  prepared: PreparedPostcard,
  { values, address }: PostcardSample,
  parts: Omit<CardParts, 'address'>,
  exampleUrl: string,
): Sheet | null {
  const filled = fillCard(prepared, values, () => exampleUrl, { ...parts, address: [...address] });
  return filled && layoutCard(filled.card);
}

/** Samples but the one that is shown for whom something does not fit, with the first of it; a name can be longer than planned. */
export function unfitting(
  { prepared }: PostcardReading,
  samples: readonly PostcardSample[],
  shown: PostcardSample | undefined,
  parts: Omit<CardParts, 'address'>,
  exampleUrl: string,
): { sample: number; message: string }[] {
  return samples.flatMap((sample, index) => {
    if (sample === shown) return [];
    const sheet = sheetOf(prepared, sample, parts, exampleUrl);
    const message = sheet === null ? refusalWords.too_long : sheet.problems[0]?.message;
    return message === undefined ? [] : [{ sample: index, message }];
  });
}

/** Which field a problem of the layout belongs to; null for what no text of the builder is about. */
export function keyOfProblem({ about }: SheetProblem): TextKey | 'qr' | 'picture' | null {
  return KEYS[about] ?? null;
}

const KEYS: Readonly<Partial<Record<SheetProblem['about'], TextKey | 'qr' | 'picture'>>> = {
  headline: 'front.headline',
  offer: 'front.offer',
  backHeadline: 'back.headline',
  body: 'back.body',
  couponTitle: 'back.coupon.title',
  couponTerms: 'back.coupon.terms',
  caption: 'qr.caption',
  qr: 'qr',
  picture: 'picture',
};

const LIMITS: Readonly<Record<TextKey, number>> = {
  'front.headline': TEXT_LIMITS.headline,
  'front.offer': TEXT_LIMITS.offer,
  'front.pictureText': 200,
  'back.headline': TEXT_LIMITS.headline,
  'back.body': TEXT_LIMITS.body,
  'back.coupon.title': TEXT_LIMITS.couponTitle,
  'back.coupon.terms': TEXT_LIMITS.couponTerms,
  'qr.caption': TEXT_LIMITS.caption,
};

/** What is said of a text that is longer than is kept; null while it is not. */
export function overLimit(key: TextKey, text: string): string | null {
  const over = text.length - LIMITS[key];
  if (over <= 0) return null;
  return `Use ${LIMITS[key].toLocaleString('en-US')} characters at most. Take out ${over.toLocaleString('en-US')}.`;
}

/** One kind of character that cannot be printed, with all its places. */
export type ForeignGroup = Change & { readonly changes: readonly Change[] };

/** What of a text cannot be printed, by character, in the order in which they first stand in it. */
export function foreignGroups(changes: readonly Change[]): ForeignGroup[] {
  const groups = new Map<string, Change & { changes: Change[] }>();
  for (const change of changes) {
    const key = `${change.char}\n${change.became}`;
    const group = groups.get(key);
    if (group) group.changes.push(change);
    else groups.set(key, { ...change, changes: [change] });
  }
  return [...groups.values()];
}

/** All that cannot be printed in a typed text, in order. */
export function foreignIn(text: string): Change[] {
  const { replaced, lost } = checkPlainTemplate(text);
  return [...replaced, ...lost].sort((a, b) => a.offset - b.offset);
}

export const withoutForeign = applyChanges;

/** Problems of a text but for those that `foreignIn` lists by itself. */
export function otherProblems(problems: readonly Problem[], foreign: readonly Change[]): Problem[] {
  return problems.filter(
    ({ line, column, message }) =>
      !/cannot be printed/.test(message) || !foreign.some((change) => change.line === line && change.column === column),
  );
}

/** A piece of a typed text that looks the same all along. */
export type Run = {
  readonly start: number;
  readonly text: string;
  readonly kind: 'text' | 'tag';
  readonly foreign: boolean;
  /** Whether it is part of what a problem is about. */
  readonly wrong: boolean;
};

/** Cuts a typed text where its look changes. The runs are the whole text. */
export function runsOf(
  text: string,
  foreign: readonly Change[],
  wrong: readonly { start: number; end: number }[],
): Run[] {
  const { pieces, faults } = scanTemplate(text);
  const tags = faults.length > 0 ? [] : pieces.filter(({ kind }) => kind !== 'text');
  const marks = foreign.map(({ offset, char }) => ({ start: offset, end: offset + char.length }));
  const cuts = new Set([0, text.length]);
  for (const { start, end } of [...tags, ...marks, ...wrong]) cuts.add(start).add(Math.min(end, text.length));
  const sorted = [...cuts].sort((a, b) => a - b);
  const within = (places: readonly { start: number; end: number }[], at: number) =>
    places.some(({ start, end }) => start <= at && at < end);
  return sorted.slice(0, -1).map((start, index) => ({
    start,
    text: text.slice(start, sorted[index + 1]),
    kind: within(tags, start) ? 'tag' : 'text',
    foreign: within(marks, start),
    wrong: within(wrong, start),
  }));
}
