import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Names a company in the address to which its Stripe account tells things: so its signing secret is known before a word is believed.
 * Derived, so nothing is stored; 132 bits of HMAC-SHA-256 keep anybody from asking for the secrets of others one by one.
 * @param secret the application's secret
 */
export const stripeToken = (secret: string, companyId: number) => `${companyId.toString(36)}-${mac(secret, companyId)}`;

/** The company that a token names, or null when it was not made here. */
export function readStripeToken(secret: string, token: string): number | null {
  const parts = /^([0-9a-z]{1,10})-([\w-]{22})$/.exec(token);
  if (!parts) return null;
  const companyId = Number.parseInt(parts[1]!, 36);
  const expected = Buffer.from(mac(secret, companyId));
  return timingSafeEqual(expected, Buffer.from(parts[2]!)) ? companyId : null;
}

const mac = (secret: string, companyId: number) =>
  createHmac('sha256', secret).update(`stripe:1:${companyId}`).digest('base64url').slice(0, 22);
