import { sql } from 'drizzle-orm';

import { portalOrigin, type Addresses } from '#app/messaging/addresses.ts';
import type { Tx } from '#db/client.ts';

import { readLinkCode } from './codes.ts';
import { openPortalHost } from './host.server.ts';

export type ResolvedLink = { code: string; messageId: number; destination: string };

/**
 * Where a short link leads. Portal addresses are looked up at the click, so a link stays alive when the portal's host
 * changes.
 * @param typed the path behind the host, without the slash
 * @returns null for a code that is not this company's, and for a portal that is not there (any more)
 */
export async function resolveLink(
  tx: Tx,
  typed: string,
  options: { addresses: Addresses },
): Promise<ResolvedLink | null> {
  const code = readLinkCode(typed);
  if (!code) return null;
  const [link] = await tx.execute<{
    messageId: number;
    kind: 'customer_portal' | 'pay_invoice' | 'url';
    invoiceId: number | null;
    destination: string | null;
  }>(
    sql`select message_id as "messageId", kind, invoice_id as "invoiceId", destination from links where code = ${code}`,
  );
  if (!link) return null;
  const destination =
    link.kind === 'url' ? webAddress(link.destination) : await portalAddress(tx, options.addresses, link);
  return destination ? { code, messageId: link.messageId, destination } : null;
}

async function portalAddress(
  tx: Tx,
  addresses: Addresses,
  link: { kind: string; invoiceId: number | null },
): Promise<string | null> {
  const host = await openPortalHost(tx);
  if (!host) return null;
  const origin = portalOrigin(addresses, host);
  return link.kind === 'pay_invoice' && link.invoiceId ? `${origin}/invoices/${link.invoiceId}` : `${origin}/`;
}

/** Anything but http and https never becomes a redirect. */
const webAddress = (stored: string | null) => (stored && /^https?:\/\//i.test(stored) ? stored : null);
