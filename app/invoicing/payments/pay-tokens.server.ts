import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What a payment address names: a customer's own link (S4-01), one invoice (S1-14, S0-05), or a payment that its payer comes
 * back to.
 */
export type PayTarget = {
  companyId: number;
  kind: 'customer' | 'invoice' | 'payment';
  id: number;
  /** Of a customer's link: another version is another address (S4-15). 1 for the others. */
  version: number;
};

/** Stands in an address where nobody's invoice is meant: the page says so. */
export const EXAMPLE_TOKEN = 'example';

const letters = { customer: 'c', invoice: 'i', payment: 'p' } as const;
const kinds = { c: 'customer', i: 'invoice', p: 'payment' } as const;

/**
 * The token of a payment address, `/pay/<token>`. Derived, so nothing is stored; 132 bits of HMAC-SHA-256 make it unguessable.
 * @param secret the application's secret
 */
export function payToken(secret: string, target: PayTarget): string {
  const { companyId, kind, id, version } = target;
  return `${letters[kind]}${companyId.toString(36)}-${id.toString(36)}-${version.toString(36)}-${mac(secret, target)}`;
}

/** The address on the portal's host at which an invoice is paid without signing in (S1-14, S0-05). */
export const invoicePayPath = (secret: string, companyId: number, invoiceId: number): string =>
  `/pay/${payToken(secret, { companyId, kind: 'invoice', id: invoiceId, version: 1 })}`;

/** What a token names, or null when it was not made here. Whether a customer's version is still the newest is the caller's to ask. */
export function readPayToken(secret: string, token: string): PayTarget | null {
  const parts = /^([cip])([0-9a-z]{1,10})-([0-9a-z]{1,10})-([0-9a-z]{1,6})-([\w-]{22})$/.exec(token);
  if (!parts) return null;
  const target: PayTarget = {
    kind: kinds[parts[1] as keyof typeof kinds],
    companyId: Number.parseInt(parts[2]!, 36),
    id: Number.parseInt(parts[3]!, 36),
    version: Number.parseInt(parts[4]!, 36),
  };
  const expected = Buffer.from(mac(secret, target));
  return timingSafeEqual(expected, Buffer.from(parts[5]!)) ? target : null;
}

function mac(secret: string, { companyId, kind, id, version }: PayTarget): string {
  return createHmac('sha256', secret)
    .update(`pay:1:${kind}:${companyId}:${id}:${version}`)
    .digest('base64url')
    .slice(0, 22);
}
