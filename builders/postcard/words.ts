import type { PostcardDesign, PostcardSize } from './document.ts';
import type { Change } from './plain-text.ts';

export const sizeWords: Readonly<Record<PostcardSize, { name: string; about: string }>> = {
  '4x6': { name: '4 x 6 in', about: 'A short note. The least postage.' },
  '6x9': { name: '6 x 9 in', about: 'Room for a letter or a coupon.' },
  '6x11': { name: '6 x 11 in', about: 'Stands out among the mail.' },
};

export const designWords: Readonly<Record<PostcardDesign, { name: string; about: string }>> = {
  classic: { name: 'Classic', about: 'Headline on your color.' },
  photo: { name: 'Photo', about: 'A picture over the whole front.' },
  notice: { name: 'Notice', about: 'Plain and hard to miss.' },
  letter: { name: 'Letter', about: 'Quiet, with room for words.' },
};

/** `twice`, `3 times`. */
export function timesWords(times: number): string {
  return times === 1 ? 'once' : times === 2 ? 'twice' : `${times.toLocaleString('en-US')} times`;
}

/** `line 2, character 5`. */
export function placeWords({ line, column }: Pick<Change, 'line' | 'column'>): string {
  return `line ${line}, character ${column}`;
}

/** `3 characters lost`; null for none. */
export function countWords(count: number, done: string): string | null {
  if (count === 0) return null;
  return `${count === 1 ? '1 character' : `${count.toLocaleString('en-US')} characters`} ${done}`;
}

/** What stands for a character, as it can be shown: blanks, new lines and marks have names. */
export function becameWords(became: string): string {
  return NAMES[became] ?? `“${became.trim()}”`;
}

const NAMES: Readonly<Record<string, string>> = {
  ' ': 'a plain space',
  '\n': 'a new line',
  '"': 'a straight quote',
  "'": 'a straight apostrophe',
  '-': 'a hyphen',
  ' - ': 'a hyphen between blanks',
  '...': 'three dots',
};

/** A character as it can be shown; what has no shape is shown as a blank. */
export function shownChar(char: string): string {
  return /^[\p{Z}\p{C}\ufe00-\ufe0f]+$/u.test(char) ? '␣' : char;
}
