import { addedWidth, widthOf, type Weight } from './metrics.ts';

export type WrappedText = {
  /** An empty line is a gap between paragraphs. */
  readonly lines: readonly string[];
  /** Words that are wider than a line; they are broken between letters. */
  readonly tooWide: readonly string[];
  /** Whether an address had to be broken. */
  readonly broken: boolean;
};

/** A word and its widths at a size of one point: alone, and with the space after the word before it. */
type Word = { readonly text: string; readonly width: number; readonly joined: number };

/** A text that was measured once, for all sizes: its paragraphs, each as words. One without words is a gap. */
export type MeasuredText = { readonly paragraphs: readonly (readonly Word[])[]; readonly weight: Weight };

/** Between words, but not within a telephone number: "(512) 555-0142". */
const SPACE = /(?<!\(\d{3}\))\s+|(?<=\(\d{3}\))\s+(?!\d)/u;

/** Measures the words of a text. Spaces are taken as one, and a break of the text ends a paragraph. */
export function measureText(text: string, weight: Weight): MeasuredText {
  const paragraphs = text.split('\n').map((paragraph) => {
    const words = paragraph
      .trim()
      .split(SPACE)
      .filter((word) => word !== '');
    return words.map((word, index): Word => {
      const clean = word.replace(/\s+/gu, ' ');
      const joined = index === 0 ? 0 : addedWidth(words[index - 1] ?? '', ` ${clean}`, 1, weight);
      return { text: clean, width: widthOf(clean, 1, weight), joined };
    });
  });
  return { paragraphs, weight };
}

/**
 * Breaks a text into lines of at most `width` points at a size. Lines break where the text has one and between words; an address
 * that is wider than a line breaks after a slash and before a dot or hyphen, so that nobody takes the break for a part of it. Gaps
 * of several empty lines become one.
 */
export function wrapText({ paragraphs, weight }: MeasuredText, width: number, size: number): WrappedText {
  const lines: string[] = [];
  const tooWide: string[] = [];
  let broken = false;
  const most = width / size + SLACK;
  for (const words of paragraphs) {
    if (words.length === 0) {
      if (lines.length > 0 && lines.at(-1) !== '') lines.push('');
      continue;
    }
    let line = '';
    let filled = 0;
    for (const word of words) {
      if (line !== '' && filled + word.joined <= most) {
        line += ` ${word.text}`;
        filled += word.joined;
        continue;
      }
      if (line !== '') lines.push(line);
      line = word.text;
      filled = word.width;
      if (filled <= most) continue;
      const pieces = breakWord(word.text, most, weight);
      broken = true;
      if (pieces.cut) tooWide.push(word.text);
      lines.push(...pieces.lines.slice(0, -1));
      line = pieces.lines.at(-1) ?? '';
      filled = widthOf(line, 1, weight);
    }
    lines.push(line);
  }
  if (lines.at(-1) === '') lines.pop();
  return { lines, tooWide, broken };
}

/** What adding up many widths may be off, in parts of the size. */
const SLACK = 1e-9;

/** Where an address may be broken: after slashes, `?`, `&` and `=`, before a dot and a hyphen. */
const PLACES = /(?<=[/?&=])(?![/?&=])|(?=[.-])/u;

/** `cut`: a piece was too wide even so, and was cut between letters. Widths at a size of one point. */
function breakWord(word: string, most: number, weight: Weight): { lines: string[]; cut: boolean } {
  const fits = (text: string) => widthOf(text, 1, weight) <= most;
  const lines: string[] = [];
  let line = '';
  let cut = false;
  for (const piece of isAddress(word) ? word.split(PLACES) : [word]) {
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
