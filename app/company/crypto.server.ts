import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/*
 * Providers' keys at rest: AES-256-GCM under a key derived from the application's secret by HKDF (RFC 5869). A box is
 * `1.` and base64url of nonce, tag and ciphertext. The number is the version, so that a later scheme can read this one.
 */

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a text for storage. The same text gives another box each time.
 * @param secret the application's secret
 */
export function encryptSecret(secret: string, plain: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), nonce);
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return `1.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
}

/** @returns the text, or null when the secret is another one, the box was changed, or its version is not known */
export function decryptSecret(secret: string, box: string): string | null {
  if (!box.startsWith('1.')) return null;
  const bytes = Buffer.from(box.slice(2), 'base64url');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

const keyOf = (secret: string) => Buffer.from(hkdfSync('sha256', secret, '', 'fieldpost:stored-secrets:1', 32));
