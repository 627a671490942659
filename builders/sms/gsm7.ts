/**
 * The GSM 7-bit default alphabet (3GPP TS 23.038, once GSM 03.38, section 6.2.1), in the order of its codes: 16 a line. The
 * code 0x1B is the escape to the extension table and stands for no character.
 */
export const GSM_BASIC: readonly (string | null)[] = [
  ...'@£$¥èéùìòÇ\nØø\rÅå',
  ...'Δ_ΦΓΛΩΠΨΣΘΞ',
  null,
  ...'ÆæßÉ',
  ...' !"#¤%&\'()*+,-./',
  ...'0123456789:;<=>?',
  ...'¡ABCDEFGHIJKLMNO',
  ...'PQRSTUVWXYZÄÖÑÜ§',
  ...'¿abcdefghijklmno',
  ...'pqrstuvwxyzäöñüà',
];

/** The extension table (section 6.2.1.1): sent as the escape and then this code, so each costs two septets. */
export const GSM_EXTENSION: Readonly<Record<string, number>> = {
  '\f': 0x0a,
  '^': 0x14,
  '{': 0x28,
  '}': 0x29,
  '\\': 0x2f,
  '[': 0x3c,
  '~': 0x3d,
  ']': 0x3e,
  '|': 0x40,
  '€': 0x65,
};

const singles = GSM_BASIC.filter((char) => char !== null);
const doubles = Object.keys(GSM_EXTENSION);

/** Septets by UTF-16 unit: the alphabet ends at "€". */
const septets = new Uint8Array(0x20ad);
for (const char of singles) septets[char.charCodeAt(0)] = 1;
for (const char of doubles) septets[char.charCodeAt(0)] = 2;

/** Septets that a character takes in GSM-7: 1 or 2; 0 for one that the alphabet does not have. */
export function septetsOf(char: string): number {
  return septets[char.charCodeAt(0)] ?? 0;
}

/** A code point, or half of a pair that stands alone, that GSM-7 lacks. A source, to be used with the flag `u`. */
export const NOT_GSM = `[^${[...singles, ...doubles].map((char) => `\\u{${char.codePointAt(0)?.toString(16)}}`).join('')}]`;

const notGsm = new RegExp(NOT_GSM, 'u');

/** Whether GSM-7 can write all of a text. An empty one it can. */
export function isGsm(text: string): boolean {
  return !notGsm.test(text);
}
