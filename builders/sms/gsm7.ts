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

const septets = new Map<string, 1 | 2>();
for (const char of GSM_BASIC) if (char !== null) septets.set(char, 1);
for (const char of Object.keys(GSM_EXTENSION)) septets.set(char, 2);

/** Septets that a character takes in GSM-7: 1 or 2; 0 for one that the alphabet does not have. */
export function septetsOf(char: string): 0 | 1 | 2 {
  return septets.get(char) ?? 0;
}

/** Whether GSM-7 can write all of a text. An empty one it can. */
export function isGsm(text: string): boolean {
  for (const char of text) if (!septets.has(char)) return false;
  return true;
}
