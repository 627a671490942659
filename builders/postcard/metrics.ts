import { ADVANCES, CHARS, KERNED, KERNING, LEFT_CLASSES, RIGHT_CLASSES } from './metrics-table.ts';

/** Regular, semibold and bold of Inter: all that a card is set in. */
export const weights = [400, 600, 700] as const;

export type Weight = (typeof weights)[number];

/** In parts of the size, the same for each weight: from the baseline up to a capital's head, and down to the foot of a "g". */
export const CAP_HEIGHT = 1490 / 2048;
export const DESCENT = 494 / 2048;

const UNITS_AN_EM = 2048;
const NOT_KERNED = 255;

const chars = readChars();
const advances = byWeight(readAdvances);
/** The class of a code unit on the left and on the right of a pair. */
const lefts = readClasses(LEFT_CLASSES);
const rights = readClasses(RIGHT_CLASSES);
const columns = 1 + Math.max(...RIGHT_CLASSES.split(',').map(Number));
const kerning = byWeight(readKerning);

/** Whether the printing fonts have a character: one code point, already composed (NFC). Marks that combine they count as lacking. */
export function hasGlyph(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  return code <= 0xffff && (advances[400][code] ?? 0) > 0;
}

/**
 * How much further one character stands from the next than its own width, in parts of the size; mostly negative. Both painters
 * are told these distances, so that neither kerns by itself. An accented letter is kerned as its base letter.
 */
export function kernOf(left: string, right: string, weight: Weight): number {
  return kernUnits(left.charCodeAt(0), right.charCodeAt(0), weight) / UNITS_AN_EM;
}

/** The width of a text in one line, in points. A character that the fonts lack is taken for a wide one. */
export function widthOf(text: string, size: number, weight: Weight): number {
  const table = advances[weight];
  let units = 0;
  let before = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    units += table[code] || UNITS_AN_EM;
    if (at > 0) units += kernUnits(before, code, weight);
    before = code;
  }
  return (units / UNITS_AN_EM) * size;
}

/** The width of a piece of text as it follows another: what it adds to the line, its kerning with the letter before included. */
export function addedWidth(before: string, piece: string, size: number, weight: Weight): number {
  const last = before.at(-1);
  if (last === undefined) return widthOf(piece, size, weight);
  return widthOf(last + piece, size, weight) - widthOf(last, size, weight);
}

function kernUnits(left: number, right: number, weight: Weight): number {
  const row = lefts[left] ?? NOT_KERNED;
  const column = rights[right] ?? NOT_KERNED;
  if (row === NOT_KERNED || column === NOT_KERNED) return 0;
  return kerning[weight][row * columns + column] ?? 0;
}

function byWeight<T>(read: (weight: Weight) => T): Readonly<Record<Weight, T>> {
  return { 400: read(400), 600: read(600), 700: read(700) };
}

function readChars(): number[] {
  return CHARS.split(',').flatMap((range) => {
    const [first = 0, more = 0] = range.split('-').map((part) => Number.parseInt(part, 36));
    return Array.from({ length: more + 1 }, (_, index) => first + index);
  });
}

/** By code unit; 0 for one that the fonts lack. */
function readAdvances(weight: Weight): Uint16Array {
  const table = new Uint16Array(0x10000);
  let last = 0;
  for (const [index, written] of ADVANCES[weight].split(',').entries()) {
    if (written !== '') last = Number.parseInt(written, 36);
    table[chars[index] ?? 0] = last;
  }
  return table;
}

function readClasses(written: string): Uint8Array {
  const classes = written.split(',').map(Number);
  const byChar = new Map([...KERNED].map((char, index) => [char, classes[index] ?? NOT_KERNED]));
  const table = new Uint8Array(0x10000).fill(NOT_KERNED);
  for (const code of chars) {
    const char = String.fromCharCode(code);
    table[code] = byChar.get(char) ?? byChar.get(char.normalize('NFD')[0] ?? '') ?? NOT_KERNED;
  }
  return table;
}

function readKerning(weight: Weight): Int16Array {
  const rows = KERNING[weight].split(';').map((row) => row.split(',').map(Number));
  const table = new Int16Array(rows.length * columns);
  for (const [row, values] of rows.entries()) table.set(values, row * columns);
  return table;
}
