import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * A message's name to the outside: in unsubscribe addresses, open pixels, provider tags. Derived, so nothing is stored;
 * 128 bits of HMAC-SHA-256 make it unguessable.
 * @param secret the application's secret
 */
export function messageToken(secret: string, companyId: number, messageId: number): string {
  return `${companyId.toString(36)}-${messageId.toString(36)}-${mac(secret, companyId, messageId)}`;
}

/** The message that a token names, or null when it was not made here. */
export function readMessageToken(secret: string, token: string): { companyId: number; messageId: number } | null {
  const parts = /^([0-9a-z]{1,10})-([0-9a-z]{1,11})-([\w-]{22})$/.exec(token);
  if (!parts) return null;
  const companyId = Number.parseInt(parts[1]!, 36);
  const messageId = Number.parseInt(parts[2]!, 36);
  if (!Number.isSafeInteger(companyId) || !Number.isSafeInteger(messageId)) return null;
  const expected = Buffer.from(mac(secret, companyId, messageId));
  return timingSafeEqual(expected, Buffer.from(parts[3]!)) ? { companyId, messageId } : null;
}

function mac(secret: string, companyId: number, messageId: number): string {
  return createHmac('sha256', secret).update(`message:1:${companyId}:${messageId}`).digest('base64url').slice(0, 22);
}
