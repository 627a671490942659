import { widthOf, type Weight } from './metrics.ts';

export type WrappedText = {
  /** An empty line is a gap between paragraphs. */
  readonly lines: readonly string[];
  /** Words that are wider than a line; they are broken between letters. */
  readonly tooWide: readonly string[];
  /** Whether an address had to be broken. */
  readonly broken: boolean;
};

/** Between words, but not within a telephone number: "(512) 555-0142". */
const SPACE = /(?<!\(\d{3}\))\s+|(?<=\(\d{3}\))\s+(?!\d)/u;

/**
 * Breaks a text into lines of at most `width` points. Lines break where the text has one and between words; an address that is
 * wider than a line breaks after a slash and before a dot or hyphen, so that nobody takes the break for a part of it. Gaps of
 * several empty lines become one.
 */
export function wrapText(text: string, width: number, size: number, weight: Weight): WrappedText {
  const lines: string[] = [];
  const tooWide: string[] = [];
  let broken = false;
  const fits = (line: string) => widthOf(line, size, weight) <= width;
  for (const paragraph of text.split('\n')) {
    const words = paragraph
      .split(SPACE)
      .map(unspaced)
      .filter((word) => word !== '');
    if (words.length === 0) {
      if (lines.length > 0 && lines.at(-1) !== '') lines.push('');
      continue;
    }
    let line = '';
    for (const word of words) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (fits(longer)) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      line = word;
      if (fits(word)) continue;
      const pieces = breakWord(word, fits);
      broken = true;
      if (pieces.cut) tooWide.push(word);
      lines.push(...pieces.lines.slice(0, -1));
      line = pieces.lines.at(-1) ?? '';
    }
    lines.push(line);
  }
  if (lines.at(-1) === '') lines.pop();
  return { lines, tooWide, broken };
}

function unspaced(word: string): string {
  return word.replace(/\s+/gu, ' ').trim();
}

/** Where an address may be broken: after slashes, `?`, `&` and `=`, before a dot and a hyphen. */
const PLACES = /(?<=[/?&=])(?![/?&=])|(?=[.-])/u;

/** `cut`: a piece was too wide even so, and was cut between letters. */
function breakWord(word: string, fits: (line: string) => boolean): { lines: string[]; cut: boolean } {
  const pieces = isAddress(word) ? word.split(PLACES) : [word];
  const lines: string[] = [];
  let line = '';
  let cut = false;
  for (const piece of pieces) {
    if (fits(line + piece)) {
      line += piece;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    if (fits(piece)) {
      line = piece;
      continue;
    }
    cut = true;
    for (const char of piece) {
      if (line !== '' && !fits(line + char)) {
        lines.push(line);
        line = '';
      }
      line += char;
    }
  }
  return { lines: [...lines, line], cut };
}

/** Whether a word reads as a web or email address. */
function isAddress(word: string): boolean {
  return /^https?:\/\/|^www\.|[\p{L}\p{N}][.@/][\p{L}\p{N}]/iu.test(word);
}
