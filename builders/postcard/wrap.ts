import { widthOf, type Weight } from './metrics.ts';

export type WrappedText = {
  /** An empty line is a gap between paragraphs. */
  readonly lines: readonly string[];
  /** Words that are wider than a line; they are broken between letters. */
  readonly tooWide: readonly string[];
};

/**
 * Breaks a text into lines of at most `width` points. Lines break where the text has one and between words; an address that is
 * wider than a line breaks after a slash and before a dot or hyphen, so that nobody takes the break for a part of it. Gaps of
 * several empty lines become one.
 */
export function wrapText(text: string, width: number, size: number, weight: Weight): WrappedText {
  const lines: string[] = [];
  const tooWide: string[] = [];
  const fits = (line: string) => widthOf(line, size, weight) <= width;
  for (const paragraph of text.split('\n')) {
    const words = paragraph.split(/\s+/u).filter((word) => word !== '');
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
      if (pieces.broken) tooWide.push(word);
      lines.push(...pieces.lines.slice(0, -1));
      line = pieces.lines.at(-1) ?? '';
    }
    lines.push(line);
  }
  if (lines.at(-1) === '') lines.pop();
  return { lines, tooWide };
}

/** Where an address may be broken: after slashes, `?`, `&` and `=`, before a dot and a hyphen. */
const PLACES = /(?<=[/?&=])(?![/?&=])|(?=[.-])/u;

/** `broken`: a piece was too wide even so, and was cut between letters. */
function breakWord(word: string, fits: (line: string) => boolean): { lines: string[]; broken: boolean } {
  const pieces = isAddress(word) ? word.split(PLACES) : [word];
  const lines: string[] = [];
  let line = '';
  let broken = false;
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
    broken = true;
    for (const char of piece) {
      if (line !== '' && !fits(line + char)) {
        lines.push(line);
        line = '';
      }
      line += char;
    }
  }
  return { lines: [...lines, line], broken };
}

/** Whether a word reads as a web or email address. */
function isAddress(word: string): boolean {
  return /^https?:\/\/|^www\.|[\p{L}\p{N}][.@/][\p{L}\p{N}]/iu.test(word);
}
