import { expressionOf, scanTemplate, type Piece } from '../merge/scan.ts';
import { NOT_ALLOWED, isPlain } from './allowed.ts';
import { clusterAt, codesOf, describeForeign, type ForeignKind, type ForeignWords } from './foreign.ts';
import { addressParts, type AddressPart } from './plain-address.ts';
import { FULL_WIDTH } from './typography.ts';

/** A character that no postcard has, as a person sees it: one emoji with its joiners, one letter with its marks. */
export type Change = {
  /** Where it stands in the text that was checked, in UTF-16 units. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** As it stood there. Styled letters in a row are one. */
  readonly char: string;
  /** `U+1F389` of each code point. */
  readonly codes: readonly string[];
  readonly kind: ForeignKind;
  /** What it is, in words: "Curly quote", "Emoji 🎉". */
  readonly name: string;
  /** What prints in its place; '' where nothing does. */
  readonly became: string;
};

/** What the reader of the card misses. A style and a look-alike leave the plain letter in their place. */
export type Loss = Change;

export type PlainCheck = {
  /** The text as it can be printed. It passes the same check untouched. */
  readonly plain: string;
  /** Typography that became its plain form, in order. */
  readonly replaced: readonly Change[];
  /** In order. */
  readonly lost: readonly Loss[];
};

const FOREIGN = new RegExp(NOT_ALLOWED, 'gu');

/**
 * Holds a text to the characters of `ALLOWED` (S0-15). Typography becomes what a keyboard types; everything else that no
 * postcard has goes, and is named with its place. A web address leads where it led: what cannot be printed in it is
 * percent-encoded. Line ends become `\n`. Never throws; the work grows with the length alone.
 */
export function checkPlain(text: string): PlainCheck {
  if (isPlain(text)) return { plain: text, replaced: [], lost: [] };
  return checkOf(text, foreignIn(text));
}

/**
 * The same for a text with merge tags. The tags stay as they are but for what they put in themselves: the texts in quotes.
 * @param source as typed; braces of a tag that is not finished are left alone
 */
export function checkPlainTemplate(source: string): PlainCheck {
  if (isPlain(source)) return { plain: source, replaced: [], lost: [] };
  const found = partsOf(source).flatMap(({ start, end, quote }) => {
    // What stands beside a part counts: a bullet begins a line.
    const inside = foreignIn(
      source.slice(start, end),
      quote === null ? source.slice(Math.max(0, start - 1), start) : '',
    );
    return inside.map((one) => {
      // A quote inside of quotes would end them.
      const became = quote === null ? one.became : one.became.replaceAll('"', "'").replaceAll(quote, '');
      return { ...one, became, offset: one.offset + start };
    });
  });
  return checkOf(source, found);
}

function checkOf(text: string, found: readonly Unplaced[]): PlainCheck {
  const placed = withPlaces(text, found);
  return {
    plain: applyChanges(text, found),
    replaced: placed.filter(({ lost }) => !lost).map(changeOf),
    lost: placed.filter(({ lost }) => lost).map(changeOf),
  };
}

type Found = Change & { readonly lost: boolean };
type Unplaced = Omit<Found, 'line' | 'column'>;

/** `quote` is the one around a text in a tag. */
type Part = { readonly start: number; readonly end: number; readonly quote: string | null };

function changeOf({ lost: _, ...change }: Found): Change {
  return change;
}

/** The stretches of a template that print: its texts, and what stands in the quotes of its tags. */
function partsOf(source: string): Part[] {
  const { pieces, faults } = scanTemplate(source);
  if (faults.length > 0) return betweenBraces(source);
  const parts: Part[] = [];
  let at = 0;
  for (const piece of pieces) {
    if (piece.kind === 'text') continue;
    if (piece.start > at) parts.push({ start: at, end: piece.start, quote: null });
    parts.push(...quotedIn(source, piece));
    at = piece.end;
  }
  if (at < source.length) parts.push({ start: at, end: source.length, quote: null });
  return parts;
}

function quotedIn(source: string, piece: Piece): Part[] {
  // Curly quotes around a text in a tag are straightened when it is read, so they are not the marketer's to mend.
  const quoted = [...expressionOf(piece).matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/gs)];
  let at = piece.start;
  return quoted.flatMap(([, double, single]) => {
    const inner = double ?? single ?? '';
    if (inner === '') return [];
    const start = source.indexOf(inner, at);
    if (start < 0 || start + inner.length > piece.end) return [];
    at = start + inner.length;
    return isPlain(inner) ? [] : [{ start, end: at, quote: double === undefined ? "'" : '"' }];
  });
}

/** Of a text with tags that are not finished: all but the braces that begin or end one. */
function betweenBraces(source: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const { 0: tag, index } of source.matchAll(/\{\{[^{}\n]*\}\}|\{%[^{}\n]*%\}|\{\{|\{%|%\}|\}\}|\{$/g)) {
    if (index > at) parts.push({ start: at, end: index, quote: null });
    at = index + tag.length;
  }
  if (at < source.length) parts.push({ start: at, end: source.length, quote: null });
  return parts;
}

/** @param before what stands before the text, where it is part of a longer one */
function foreignIn(text: string, before = ''): Unplaced[] {
  const found: Unplaced[] = [];
  const parts = addressParts(text);
  let part = 0;
  let at = 0;
  for (const { 0: first, index } of text.matchAll(FOREIGN)) {
    if (index < at) continue;
    if (first === '\r' && text[index + 1] === '\n') {
      at = index + 1;
      continue;
    }
    while ((parts[part]?.end ?? Infinity) <= index) part += 1;
    const inside = parts[part];
    // A mark belongs to the letter before it, which may be one that we have.
    const marked = index > at && /\p{M}/u.test(first) && clusterAt(text, index - 1).length > 1;
    const start = marked ? index - 1 : index;
    const char = clusterAt(text, start);
    at = start + char.length;
    const words =
      (inside && inside.start <= start && addressWords(inside, char)) ||
      (first === '\r' ? null : describeForeign(char, before + text, before.length + start));
    if (words) add(found, { offset: start, char, codes: codesOf(char), ...words });
  }
  return found;
}

/** Styled letters in a row are one thing to a person, and so are letters of full width. */
function add(found: Unplaced[], next: Unplaced): void {
  const last = found.at(-1);
  const touches = last !== undefined && last.offset + last.char.length === next.offset;
  if (!touches || last.kind !== next.kind || !(last.kind === 'font' || sameWidth(last, next))) {
    found.push(next);
    return;
  }
  const char = last.char + next.char;
  found[found.length - 1] = {
    ...last,
    char,
    codes: [...last.codes, ...next.codes],
    became: last.became + next.became,
    name: last.kind === 'font' ? `Font: “${char}”` : FULL_WIDTH,
  };
}

const sameWidth = (a: Unplaced, b: Unplaced) => a.name === FULL_WIDTH && b.name === FULL_WIDTH;

function addressWords({ encode }: AddressPart, char: string): ForeignWords | null {
  const became = encode(char);
  if (became === null) return null;
  return { kind: 'typography', name: `“${char}” in a web address`, became, lost: false };
}

function withPlaces(text: string, found: readonly Unplaced[]): Found[] {
  let line = 1;
  let begins = 0;
  let at = 0;
  return found.map((one) => {
    for (; at < one.offset; at += 1) {
      if (text[at] !== '\n') continue;
      line += 1;
      begins = at + 1;
    }
    return { ...one, line, column: one.offset - begins + 1 };
  });
}

/** What no blank stands before. */
const CLOSES = /^(?:$|[\n.,;:!?)]|["'](?:$|[\s.,;:!?)]))/;

/**
 * The text with these changes made, in their order. What goes takes one of the two blanks around it along; line ends become
 * `\n`.
 * @param changes of this text, as a check found them: all or some
 */
export function applyChanges(text: string, changes: readonly Pick<Change, 'offset' | 'char' | 'became'>[]): string {
  let out = '';
  let at = 0;
  for (const { offset, char, became } of changes) {
    out += text.slice(at, offset);
    at = offset + char.length;
    if (became === '' && text[at] === ' ' && /(^|[ \n])$/.test(out)) at += 1;
    else if (became === '' && CLOSES.test(text.slice(at, at + 2))) out = out.replace(/ +$/, '');
    else out += became;
  }
  return (out + text.slice(at)).replace(/\r\n?/g, '\n');
}
