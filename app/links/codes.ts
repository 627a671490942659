import { customAlphabet } from 'nanoid';

/** Without characters that look alike: a code is read off a postcard and typed. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const LENGTH = 10;

/** A short link's code: 49 random bits. It opens nothing by itself; what it leads to asks for a password. */
export const linkCode = customAlphabet(ALPHABET, LENGTH);

/** Whether a path could be one of our codes; typed capitals count as small ones. */
export function readLinkCode(typed: string): string | null {
  const code = typed.toLowerCase();
  return code.length === LENGTH && [...code].every((char) => ALPHABET.includes(char)) ? code : null;
}
