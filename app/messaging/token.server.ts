import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * A message's name to the outside: in unsubscribe addresses, open pixels, provider tags. Derived, so nothing is stored;
 * 128 bits of HMAC-SHA-256 make it unguessable.
 * @param secret the application's secret
 */
export function messageToken(secret: string, companyId: number, messageId: number): string {
  return tokenOf(companyId, messageId, digest(secret, companyId, messageId));
}

/**
 * The message's token, and what its links are sealed with: other 120 bits of the same HMAC, so that a link that is shown
 * around tells nothing of the token.
 */
export function messageSeals(
  secret: string,
  companyId: number,
  messageId: number,
): { token: string; linkSeal: string } {
  const bytes = digest(secret, companyId, messageId);
  return { token: tokenOf(companyId, messageId, bytes), linkSeal: bytes.toString('base64url', TOKEN_BYTES) };
}

/** The message that a token names, or null when it was not made here. */
export function readMessageToken(secret: string, token: string): { companyId: number; messageId: number } | null {
  const parts = /^([0-9a-z]{1,10})-([0-9a-z]{1,11})-([\w-]{22})$/.exec(token);
  if (!parts) return null;
  const companyId = Number.parseInt(parts[1]!, 36);
  const messageId = Number.parseInt(parts[2]!, 36);
  if (!Number.isSafeInteger(companyId) || !Number.isSafeInteger(messageId)) return null;
  const expected = messageToken(secret, companyId, messageId);
  return expected.length === token.length && timingSafeEqual(Buffer.from(expected), Buffer.from(token))
    ? { companyId, messageId }
    : null;
}

/** Twenty-two signs of base64url have a little more than 128 bits: they end within this byte. */
const TOKEN_BYTES = 17;

const tokenOf = (companyId: number, messageId: number, bytes: Buffer) =>
  `${companyId.toString(36)}-${messageId.toString(36)}-${bytes.toString('base64url', 0, TOKEN_BYTES).slice(0, 22)}`;

const digest = (secret: string, companyId: number, messageId: number): Buffer =>
  createHmac('sha256', secret).update(`message:1:${companyId}:${messageId}`).digest();
