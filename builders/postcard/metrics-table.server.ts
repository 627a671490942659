import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openSync, type Font } from 'fontkit';

import { FONT_FILES } from './fonts.server.ts';
import type { Weight } from './metrics.ts';

/**
 * Writes `metrics-table.ts`, what the printing fonts measure, so that neither the browser nor the worker opens a font to lay a
 * card out. To be run after a change of the fonts: `npx tsx builders/postcard/metrics-table.server.ts`.
 */

/** Not taken from metrics.ts, which can't be read before the table is written. */
const weights: readonly Weight[] = [400, 600, 700];

/** Letters, figures, punctuation and money. No marks that combine, no pictures, no private characters. */
const WANTED = /^(?:[\p{L}\p{N}\p{P}\p{Sc}\p{Sm} ]|[$+<=>^`|~©®°´¨¯¸])$/u;

/** Pairs of these are kerned; an accented letter as its base letter is. */
const KERNED = [
  ...Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index)),
  ...'–—‘’“”…·«»ßæøœþðıłđ',
];

export type Measured = {
  readonly chars: readonly number[];
  /** By weight, in the order of `chars`, in units of the font. */
  readonly advances: Readonly<Record<number, readonly number[]>>;
  readonly kerned: string;
  /** By weight: for each pair of `kerned`, row by row, the left one first. */
  readonly pairs: Readonly<Record<number, readonly number[]>>;
};

/** What the fonts themselves say. Some seconds. */
export function measureFonts(): Measured {
  const fonts = weights.map((weight) => openSync(FONT_FILES[weight]) as Font);
  const chars = (fonts[0]?.characterSet ?? [])
    .filter((char) => char <= 0xffff && WANTED.test(String.fromCodePoint(char)))
    .toSorted((a, b) => a - b);
  const advances: Record<number, number[]> = {};
  const pairs: Record<number, number[]> = {};
  for (const [index, weight] of weights.entries()) {
    const font = fonts[index];
    if (!font || font.unitsPerEm !== 2048) throw new Error('The fonts no longer measure 2048 units an em.');
    advances[weight] = chars.map((char) => font.glyphForCodePoint(char).advanceWidth);
    pairs[weight] = KERNED.flatMap((left) => KERNED.map((right) => kernOf(font, left, right)));
  }
  return { chars, advances, kerned: KERNED.join(''), pairs };
}

const FEATURES = { calt: false, clig: false, liga: false, ccmp: false };

/** Named as Latin: without a letter fontkit finds no script, and applies the kerning of two. */
function kernOf(font: Font, left: string, right: string): number {
  const alone = font.glyphForCodePoint(left.codePointAt(0) ?? 0).advanceWidth;
  const first = font.layout(left + right, FEATURES, 'latn').positions[0];
  return Math.round((first?.xAdvance ?? alone) - alone);
}

function tableOf({ chars, advances, kerned, pairs }: Measured): string {
  const width = kerned.length;
  const rowOf = (index: number) =>
    weights.map((weight) => pairs[weight]?.slice(index * width, (index + 1) * width).join()).join(';');
  const columnOf = (index: number) =>
    weights.map((weight) => pairs[weight]?.filter((_, at) => at % width === index).join()).join(';');
  const left = classesOf(width, rowOf);
  const right = classesOf(width, columnOf);
  const matrix = (weight: number) =>
    left.first
      .map((row) => right.first.map((column) => pairs[weight]?.[row * width + column] || '').join())
      .map((row) => row.replace(/,+$/, ''))
      .join(';');
  const byWeight = (value: (weight: number) => string) =>
    `{\n${weights.map((weight) => `  ${weight}: ${JSON.stringify(value(weight))},`).join('\n')}\n}`;
  return `/* Written by metrics-table.server.ts from the printing fonts: not to be edited. */

/** Code points that the fonts have, as ranges in base 36: first, and how many follow. */
export const CHARS = ${JSON.stringify(rangesOf(chars))};

/** Advance widths in the order of the code points, in base 36; empty: as the one before. */
export const ADVANCES: Readonly<Record<400 | 600 | 700, string>> = ${byWeight((weight) => advancesOf(advances[weight] ?? []))};

/** Characters that are kerned, and the class of each on the left and on the right of a pair. */
export const KERNED = ${JSON.stringify(kerned)};
export const LEFT_CLASSES = ${JSON.stringify(left.classes.join())};
export const RIGHT_CLASSES = ${JSON.stringify(right.classes.join())};

/** Kerning by class, a row for each class on the left; empty: none. */
export const KERNING: Readonly<Record<400 | 600 | 700, string>> = ${byWeight(matrix)};
`;
}

function rangesOf(chars: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const char of chars) {
    const last = ranges.at(-1);
    if (last && last[0] + last[1] + 1 === char) last[1] += 1;
    else ranges.push([char, 0]);
  }
  return ranges
    .map(([first, more]) => (more > 0 ? `${first.toString(36)}-${more.toString(36)}` : first.toString(36)))
    .join();
}

function advancesOf(advances: readonly number[]): string {
  return advances.map((advance, index) => (advance === advances[index - 1] ? '' : advance.toString(36))).join();
}

/** Characters whose rows (or columns) are alike are one class. `first` is one character of each class. */
function classesOf(count: number, keyOf: (index: number) => string): { classes: number[]; first: number[] } {
  const known = new Map<string, number>();
  const first: number[] = [];
  const classes = Array.from({ length: count }, (_, index) => {
    const key = keyOf(index);
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, first.length);
    return first.push(index) - 1;
  });
  return { classes, first };
}

if (import.meta.filename === process.argv[1]) {
  writeFileSync(join(import.meta.dirname, 'metrics-table.ts'), tableOf(measureFonts()));
}
