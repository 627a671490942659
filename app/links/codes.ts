import { customAlphabet } from 'nanoid';

/** Without characters that look alike: a code is read off a postcard and typed. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const LENGTH = 10;

/** A short link's code: 49 random bits. It opens nothing by itself; what it leads to asks for a password. */
export const linkCode = customAlphabet(ALPHABET, LENGTH);

/**
 * An email's link says itself what it is of: nobody types it, so it may be longer, and nothing is stored before somebody follows it.
 * @param seal `linkSeal` of that key
 */
export const emailLinkCode = (messageId: number, key: string, seal: string): string =>
  `${messageId.toString(36)}-${key}-${seal}`;

/** What an email link's code says; null for a drawn code. Whether it is true is seen by its seal. */
export function readEmailLinkCode(code: string): { messageId: number; key: string; seal: string } | null {
  const parts = EMAIL_LINK.exec(code);
  if (!parts) return null;
  const messageId = Number.parseInt(parts[1]!, 36);
  return Number.isSafeInteger(messageId) ? { messageId, key: parts[2]!, seal: parts[3]! } : null;
}

/** Numbers without leading zeros: each link has one code. */
const EMAIL_LINK = /^([1-9a-z][0-9a-z]{0,10})-(l[1-9]\d{0,3})-([\w-]{20})$/;

/** Whether a path could be one of our codes; typed capitals count as small ones. */
export function readLinkCode(typed: string): string | null {
  if (EMAIL_LINK.test(typed)) return typed;
  const code = typed.toLowerCase();
  return code.length === LENGTH && [...code].every((char) => ALPHABET.includes(char)) ? code : null;
}
