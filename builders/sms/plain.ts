import { expressionOf, scanTemplate, type Piece } from '../merge/scan.ts';
import { NOT_GSM, isGsm } from './gsm7.ts';

/** A stretch of a text that GSM-7 cannot write: one character as a person sees it, which can be several code points. */
export type Foreign = {
  /** Where it stands, in UTF-16 units. */
  readonly index: number;
  readonly char: string;
  /** What it is, in words: "Curly apostrophe", "Emoji", "Letter “ć”". */
  readonly name: string;
  /** What says the same in GSM-7, '' where it can simply go; null where nothing does. */
  readonly replacement: string | null;
  /**
   * 'typography' is what word processors put in: replacing it changes nothing that is read, and `makePlain` does. A
   * 'letter' (ć) has a base letter to offer, but a name is spelled as it is spelled: it is replaced one by one, by a click.
   */
  readonly kind: 'typography' | 'letter' | 'emoji' | 'other';
};

/** What word processors and web pages put in for what a keyboard types, with what GSM-7 has for it. */
const TYPOGRAPHY: readonly (readonly [chars: string, name: string, replacement: string])[] = [
  ['‘’', 'Curly apostrophe', "'"],
  ['‚‛ʼʹ′‵´`‹›', 'Odd apostrophe', "'"],
  ['“”', 'Curly quote', '"'],
  ['„‟″‶«»', 'Odd quote', '"'],
  ['–', 'En dash', '-'],
  ['—―⸺', 'Em dash', '-'],
  ['‐‑‒−﹘﹣', 'Odd hyphen', '-'],
  ['…', 'Ellipsis', '...'],
  ['‥', 'Two-dot leader', '..'],
  ['\u00a0\u202f', 'Non-breaking space', ' '],
  ['\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u205f\u3000\t', 'Odd space', ' '],
  ['\u2028\u2029\u0085\u000b', 'Line separator', '\n'],
  ['•‣◦▪▫■□●○∙⁃·\uf0b7\uf0a7', 'Bullet', '-'],
  ['⁄∕', 'Odd slash', '/'],
  ['→', 'Arrow', '->'],
  ['←', 'Arrow', '<-'],
  ['⇒', 'Arrow', '=>'],
  ['©', 'Copyright sign', '(c)'],
  ['®', 'Registered sign', '(R)'],
  ['™', 'Trademark sign', '(TM)'],
  ['ﬀ', 'Ligature', 'ff'],
  ['ﬁ', 'Ligature', 'fi'],
  ['ﬂ', 'Ligature', 'fl'],
  ['ﬃ', 'Ligature', 'ffi'],
  ['ﬄ', 'Ligature', 'ffl'],
  ['ﬅﬆ', 'Ligature', 'st'],
  ['\u00ad', 'Soft hyphen', ''],
  ['\u200b\u2060\ufeff\u180e\ufffc', 'Invisible character', ''],
  // These have work to do in emoji and in other scripts: see `isLoose`.
  ['\u200c\u200d\ufe0e\ufe0f', 'Invisible joiner', ''],
  ['\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069', 'Invisible direction mark', ''],
];

/** What joins and turns the characters beside it. */
const JOINING = new Set(
  '\u200c\u200d\ufe0e\ufe0f\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069',
);

const typography = new Map<string, { name: string; replacement: string }>();
for (const [chars, name, replacement] of TYPOGRAPHY) {
  for (const char of chars) typography.set(char, { name, replacement });
}

/** Letters with a stroke or joined letters, which Unicode does not take apart into base and mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  œ: 'oe',
  Œ: 'OE',
  ı: 'i',
  ħ: 'h',
  Ħ: 'H',
  ŧ: 't',
  Ŧ: 'T',
  ẞ: 'SS',
  ŋ: 'n',
  Ŋ: 'N',
  '×': 'x',
};

const FOREIGN = new RegExp(NOT_GSM, 'gu');

/**
 * One character as a person sees it: an emoji with its joiners, skin tones and selectors, a flag, a letter with its marks.
 * (The form of an emoji is that of Unicode Technical Standard 51, section 1.4.9.)
 */
const CLUSTER =
  /\p{RI}\p{RI}|[#*0-9]\ufe0f?\u20e3|\p{ExtPict}(?:\p{EMod}|\ufe0f\u20e3?|[\u{e0020}-\u{e007e}]+\u{e007f})?(?:\u200d\p{ExtPict}(?:\p{EMod}|\ufe0f)?)*|[\p{L}\p{N}](?:(?![\ufe0e\ufe0f])\p{M})+|[^]/uy;

const EMOJI = /^(?:\p{RI}\p{RI}|[#*0-9]\ufe0f?\u20e3|\p{ExtPict})/u;

/** What a text holds that GSM-7 cannot write, in order. The work grows with its length alone. */
export function foreignIn(text: string): Foreign[] {
  const found: Foreign[] = [];
  let at = 0;
  for (const { 0: first, index } of text.matchAll(FOREIGN)) {
    if (index < at) continue;
    // A mark belongs to the letter before it, which GSM-7 may have.
    const marked = index > at && /\p{M}/u.test(first) && clusterAt(text, index - 1).length > 1;
    const start = marked ? index - 1 : index;
    const char = clusterAt(text, start);
    found.push({ index: start, char, ...describe(char, text, start) });
    at = start + char.length;
  }
  return found;
}

function clusterAt(text: string, index: number): string {
  CLUSTER.lastIndex = index;
  return CLUSTER.exec(text)?.[0] ?? '';
}

/**
 * A text with the typography of word processors replaced by what a keyboard types: curly quotes, dashes, odd spaces, bullets,
 * ligatures, invisible characters (B-11); a letter that is written as base and mark becomes the one letter that GSM-7 has
 * (é). Nothing else changes: emoji and letters outside GSM-7 stay, as does what is invisible but holds an emoji together.
 */
export function makePlain(text: string): string {
  const plain = madePlain(text);
  // What goes can bring together what was apart, so it is looked at again until nothing more changes.
  return plain === text ? text : makePlain(plain);
}

/**
 * The same for a text with merge tags: what stands in quotes inside a tag keeps its quotes whole.
 * @param source as typed; while a tag in it is not finished, it is treated as plain text
 */
export function makePlainTemplate(source: string): string {
  const { pieces, faults } = scanTemplate(source);
  if (faults.length > 0) return makePlain(source);
  let out = '';
  let at = 0;
  for (const piece of pieces) {
    if (piece.kind === 'text') continue;
    const tag = source.slice(piece.start, piece.end);
    out += makePlain(source.slice(at, piece.start)) + (isGsm(tag) ? tag : plainTag(tag, piece));
    at = piece.end;
  }
  return out + makePlain(source.slice(at));
}

/** An apostrophe would end a text in single quotes, so double ones are put around it: to a tag they are the same. */
function plainTag(typed: string, piece: Piece): string {
  const open = /^\{[{%]-?/.exec(typed)?.[0] ?? '';
  const close = /-?[%}]\}$/.exec(typed)?.[0] ?? '';
  const inner = expressionOf(piece).replace(
    /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/gs,
    (_, double?: string, single?: string) => `"${makePlain(double ?? single ?? '').replaceAll('"', "'")}"`,
  );
  return `${open} ${inner} ${close}`;
}

function madePlain(text: string): string {
  let out = '';
  let at = 0;
  for (const { index, char, replacement, kind } of foreignIn(text)) {
    if (kind !== 'typography' || replacement === null) continue;
    out += text.slice(at, index) + replacement;
    at = index + char.length;
  }
  return out + text.slice(at);
}

function describe(char: string, text: string, index: number): Omit<Foreign, 'index' | 'char'> {
  const known = typography.get(char);
  if (known) {
    if (JOINING.has(char) && !isLoose(text, index)) {
      return { name: known.name, replacement: null, kind: 'other' };
    }
    return { ...known, kind: 'typography' };
  }
  if (EMOJI.test(char)) return { name: 'Emoji', replacement: null, kind: 'emoji' };
  const composed = char.normalize('NFC');
  if (isGsm(composed)) return { name: `“${composed}” in two pieces`, replacement: composed, kind: 'typography' };
  const base = LETTERS[char] ?? baseOf(char);
  const replacement = base === null ? null : afterDigit(base, text, index);
  if (/^\p{L}/u.test(char)) return { name: `Letter “${char}”`, replacement, kind: 'letter' };
  if (/^[\p{C}\p{M}\p{Z}]/u.test(char))
    return { name: `Invisible character ${codeOf(char)}`, replacement, kind: 'other' };
  return { name: `“${char}”`, replacement, kind: 'other' };
}

/** A letter without its marks, a sign in its plain form (½, ①, full-width letters); null if GSM-7 lacks that too. */
function baseOf(char: string): string | null {
  const plain = [...char.normalize('NFKD')].map((one) => (one === '⁄' ? '/' : one)).join('');
  const base = plain.replace(/\p{M}/gu, '');
  return base !== '' && isGsm(base) ? base : null;
}

/** "1½" becomes "1 1/2", not "11/2". */
function afterDigit(base: string, text: string, index: number): string {
  return /^\d+\/\d+$/.test(base) && /\d/.test(text[index - 1] ?? '') ? ` ${base}` : base;
}

/** Whether an invisible character joins or turns nothing: it stands between characters of GSM-7 or of typography. */
function isLoose(text: string, index: number): boolean {
  const before = /[^]$/u.exec(text.slice(Math.max(0, index - 2), index))?.[0] ?? '';
  const after = /^[^]/u.exec(text.slice(index + 1, index + 3))?.[0] ?? '';
  return [before, after].every((char) => isGsm(char) || typography.has(char));
}

function codeOf(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
