import { isPlain } from './allowed.ts';

/** What word processors and web pages put in for what a keyboard types, and what prints in its place. */
const TYPOGRAPHY: readonly (readonly [chars: string, name: string, replacement: string])[] = [
  ['‘’', 'Curly apostrophe', "'"],
  ['‚‛ʼʹʻ′‵´`ˋ‹›', 'Odd apostrophe', "'"],
  ['“”', 'Curly quote', '"'],
  ['„‟″‶«»〝〞', 'Odd quote', '"'],
  ['–', 'En dash', '-'],
  ['—―⸺', 'Em dash', '-'],
  ['‐‑‒−﹘﹣⁃', 'Odd hyphen', '-'],
  ['…', 'Ellipsis', '...'],
  ['‥', 'Two-dot leader', '..'],
  ['\u00a0\u202f', 'Non-breaking space', ' '],
  ['\t', 'Tab', ' '],
  ['\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u205f\u3000\u2800', 'Odd space', ' '],
  ['\u2028', 'Line separator', '\n'],
  ['\u2029', 'Paragraph separator', '\n'],
  ['\u0085\v\f', 'Odd line break', '\n'],
  ['⁄∕\\', 'Odd slash', '/'],
  ['|¦', 'Vertical bar', '-'],
  ['{', 'Brace', '('],
  ['}', 'Brace', ')'],
  ['×', 'Multiplication sign', 'x'],
  ['ﬅﬆ', 'Ligature', 'st'],
  ['ŉ', 'Joined letters', "'n"],
  ['Ŀ', 'Joined letters', 'L'],
  ['ŀ', 'Joined letters', 'l'],
  ['№', 'Numero sign', 'No.'],
];

const typography = new Map<string, { name: string; became: string }>();
for (const [chars, name, became] of TYPOGRAPHY) {
  for (const char of chars) typography.set(char, { name, became });
}

/** Bullets of word processors; some stand in the private use area, where Microsoft's symbol fonts have them. */
const BULLETS = '•‣◦▪▫■□●○∙·❖➢\uf0b7\uf0a7\uf0d8\uf0fc';

export const FULL_WIDTH = 'Full-width character';

/** Raised and lowered digits say the same on the line. */
const RAISED = /^[¹²³⁰⁴-⁹₀-₉]$/;

/**
 * What the plain form of a piece of typography is: a replacement that changes nothing of what is read.
 * @param char one code point
 * @param before the text up to it
 * @param after the text behind it
 * @returns null for what is no typography, or has no plain form
 */
export function plainForm(char: string, before: string, after: string): { name: string; became: string } | null {
  if (char === '—' && /\S$/.test(before) && /^\S/.test(after)) return { name: 'Em dash', became: ' - ' };
  if (BULLETS.includes(char)) return /(^|\n) *$/.test(before) ? { name: 'Bullet', became: '-' } : null;
  const degrees = { '°': '', '˚': '', '℃': ' C', '℉': ' F' }[char];
  if (degrees !== undefined) {
    if (!/\d ?$/.test(before)) return null;
    const apart = `${before.endsWith(' ') ? '' : ' '}degrees${degrees}`;
    return { name: 'Degree sign', became: apart + (/^[\p{L}\p{N}]/u.test(after) ? ' ' : '') };
  }
  const known = typography.get(char);
  if (known) return known;
  // Marks of ownership, of which "TM" would be no plain form but another text.
  if (char === '™' || char === '℠') return null;
  const decomposed = char.normalize('NFKC');
  if (decomposed === char) return null;
  const became = decomposed.replaceAll('⁄', '/');
  if (!isPlain(became) || became.trim() === '') return null;
  if (became.includes('/')) {
    // "1½" becomes "1 1/2", not "11/2".
    return { name: 'Fraction', became: /\d$/.test(before) ? ` ${became}` : became };
  }
  if (RAISED.test(char)) return { name: 'Raised or lowered digit', became };
  if (/[\uff01-\uff5e\uffe0-\uffe6]/.test(char)) return { name: FULL_WIDTH, became };
  if (/[\ufb00-\ufb06Ĳĳ\u01c4-\u01cc\u01f1-\u01f3]/.test(char)) return { name: 'Ligature', became };
  return { name: 'Joined or odd form', became };
}
