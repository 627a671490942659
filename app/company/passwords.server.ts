import { hash, verify } from '@node-rs/argon2';

import { commonPasswords } from './common-passwords.ts';

export const PASSWORD_MIN_LENGTH = 10;
/** Longer ones are refused rather than cut, so that hashing can't be made a load. */
export const PASSWORD_MAX_LENGTH = 200;

/** argon2id as OWASP advises it: 19 MiB, two passes, one lane. */
export type PasswordCost = { memoryCost: number; timeCost: number; parallelism: number };
const standard: PasswordCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * Hashes a password with argon2id. The same characters typed on another keyboard make the same hash (NFKC).
 * @param cost for tests only: a cheaper hash
 */
export function hashPassword(password: string, cost: PasswordCost = standard): Promise<string> {
  return hash(password.normalize('NFKC'), cost);
}

let decoy: Promise<string> | null = null;

/**
 * Compares a password with a stored hash. With no hash (no such account, or one not activated) it does the same work and
 * says no, so that the time taken tells nothing.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  if (password.length > PASSWORD_MAX_LENGTH) return false;
  decoy ??= hashPassword('no account has this password');
  try {
    const matches = await verify(stored ?? (await decoy), password.normalize('NFKC'));
    return matches && stored !== null;
  } catch {
    return false; // what is stored is no hash
  }
}

/**
 * What is wrong with a new password, in words for the person, or null (NIST SP 800-63B: length and a block list rather
 * than rules of composition).
 * @param own what others know of the person, such as the email address and the company's name
 */
export function passwordProblem(password: string, own: string[] = []): string | null {
  const plain = simplify(password);
  if ([...password].length < PASSWORD_MIN_LENGTH) return `Use at least ${PASSWORD_MIN_LENGTH} characters`;
  if (password.length > PASSWORD_MAX_LENGTH) return `Use at most ${PASSWORD_MAX_LENGTH} characters`;
  const known = own.flatMap((word) => [word, word.split('@')[0]!]).map(simplify);
  if (known.some((word) => word.length > 0 && stripEnds(plain) === stripEnds(word))) {
    return 'Choose something other than your own name or email';
  }
  if (commonPasswords.has(plain) || commonPasswords.has(stripEnds(plain)) || isPattern(plain)) {
    return 'This password is among the first that are tried. Choose another';
  }
  return null;
}

const simplify = (text: string) => text.normalize('NFKC').toLowerCase().trim();

/** Without the digits and signs people add at either end. */
const stripEnds = (text: string) => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');

/** `aaaaaaaaaa`, `abcabcabcabc`, `1234567890`, `0987654321`, `qwertyuiop`. */
function isPattern(text: string): boolean {
  if (/^(.{1,4})\1+$/su.test(text)) return true;
  const rows = ['01234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm'];
  return rows.some((row) => row.includes(text) || [...row].reverse().join('').includes(text));
}
