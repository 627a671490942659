/** Letters of other alphabets that look like Latin ones, with those; after Unicode's list of confusable characters (UTS 39). */
const ALPHABETS: readonly (readonly [alphabet: string, theirs: string, plain: string])[] = [
  ['Cyrillic', 'АВЕЅІЈКМНОРСТУХҮԚԜӀЁЇ', 'ABESIJKMHOPCTYXYQWIËÏ'],
  ['Cyrillic', 'аеѕіјкорсухүԁһԛԝӏёї', 'aesijkopcyxydhqwlëï'],
  ['Greek', 'ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ', 'ABEZHIKMNOPTYXC'],
  ['Greek', 'αικνορυϲϳ', 'aikvopucj'],
  ['Armenian', 'ԼՏՍՕհոսցօզ', 'LSUOhnugoq'],
  ['Cherokee', 'ᎪᏴᏟᎠᎬᎻᎫᏦᏞᎷᏢᏒᏚᎢᏙᏔᏃ', 'ABCDEHJKLMPRSTVWZ'],
  ['phonetic', 'ɑɡǀ', 'agl'],
];

const known = new Map<string, { name: string; plain: string }>();
for (const [alphabet, theirs, plain] of ALPHABETS) {
  const letters = [...plain];
  [...theirs].forEach((char, index) => {
    const letter = letters[index] ?? '';
    known.set(char, { name: `Look-alike: ${alphabet} “${char}”, which is not the letter ${letter}`, plain: letter });
  });
}

/** What a letter looks like, and what it is instead, in words; null for one that looks like no Latin letter. */
export function lookAlike(char: string): { name: string; plain: string } | null {
  return known.get(char) ?? null;
}

/**
 * Whether the word around a place is written in Latin letters but for look-alikes, so that they can only be meant as Latin: "Bаnk".
 * A word of another alphabet is no such word, even if each of its letters looks like a Latin one.
 * @param at UTF-16 units
 */
export function inLatinWord(text: string, at: number): boolean {
  const before = /[\p{L}\p{M}]*$/u.exec(text.slice(Math.max(0, at - 60), at))?.[0] ?? '';
  const after = /^[\p{L}\p{M}]*/u.exec(text.slice(at, at + 60))?.[0] ?? '';
  const letters = [...(before + after).normalize('NFC')];
  const latin = (letter: string) => /[\p{Script=Latin}\p{M}]/u.test(letter) && !known.has(letter);
  return letters.some(latin) && letters.every((letter) => latin(letter) || known.has(letter));
}
