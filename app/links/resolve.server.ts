import { sql } from 'drizzle-orm';

import { invoicePayPath } from '#app/invoicing/payments/pay-tokens.server.ts';
import { portalOrigin, type Addresses } from '#app/messaging/addresses.ts';
import type { Tx } from '#db/client.ts';

import { readLinkCode } from './codes.ts';
import { refuseDestination } from './destination.ts';
import { writeEmailLinks } from './email-links.server.ts';
import { openPortalName } from './host.server.ts';

export type ResolvedLink = { code: string; messageId: number; destination: string };

/**
 * Why a link of the company's own leads nowhere: `expired` for good, its time is over; `closed` as long as its portal is
 * switched off or its address is one that we lead nobody to.
 */
export type EndedLink = 'expired' | 'closed';

/** So long a link works at least, in days; one of an open invoice as long as that is open (B-03). */
export const LINK_DAYS = 400;

/** What a destination is made of: where the portals are, and the secret that payment addresses are derived from. */
export type LinkOptions = { addresses: Addresses; secret: string };

type LinkRow = {
  companyId: number;
  code: string;
  messageId: number;
  kind: 'customer_portal' | 'pay_invoice' | 'url';
  invoiceId: number | null;
  destination: string | null;
  alive: boolean;
  portal: string | null;
};

/**
 * Where links lead, in one statement; an email's link that is followed for the first time is written down before. The portal's host
 * is looked up at the click, so a link stays alive when that changes. *Pay invoice* leads to the invoice's payment page, without
 * signing in (S0-05); once paid, that says thank you.
 * @param companyId whose transaction it is
 * @param codes as `readLinkCode` returned them
 * @returns by code; codes that are not this company's are missing
 */
export async function resolveLinks(
  tx: Tx,
  companyId: number,
  codes: readonly string[],
  options: LinkOptions,
): Promise<Map<string, ResolvedLink | EndedLink>> {
  const found = await readLinks(tx, codes);
  const known = new Set(found.map((row) => row.code));
  const missing = codes.filter((code) => !known.has(code));
  const written = await writeEmailLinks(tx, { companyId, secret: options.secret }, missing);
  const rows = written ? await readLinks(tx, codes) : found;
  return new Map(rows.map((row) => [row.code, resolved(row, options)]));
}

const readLinks = (tx: Tx, codes: readonly string[]) =>
  tx.execute<LinkRow>(sql`
    select l.company_id as "companyId", l.code, l.message_id as "messageId", l.kind, l.invoice_id as "invoiceId", l.destination,
           l.created_at > now() - make_interval(days => ${LINK_DAYS}) or coalesce(i.status = 'open', false) as alive,
           case when l.kind <> 'url' then (${openPortalName}) end as portal
      from links l left join invoices i on i.id = l.invoice_id
     where l.code = any(${sql.param(codes)}::text[])`);

/**
 * The same for one link as it was typed.
 * @param typed the path behind the host, without the slash
 * @returns null for a code that is not this company's
 */
export async function resolveLink(
  tx: Tx,
  companyId: number,
  typed: string,
  options: LinkOptions,
): Promise<ResolvedLink | EndedLink | null> {
  const code = readLinkCode(typed);
  return code === null ? null : ((await resolveLinks(tx, companyId, [code], options)).get(code) ?? null);
}

function resolved(link: LinkRow, options: LinkOptions): ResolvedLink | EndedLink {
  if (!link.alive) return 'expired';
  const destination =
    link.kind === 'url' ? webAddress(link.destination, options.addresses) : portalAddress(link, options);
  return destination ? { code: link.code, messageId: link.messageId, destination } : 'closed';
}

function portalAddress({ companyId, kind, invoiceId, portal }: LinkRow, options: LinkOptions): string | null {
  if (!portal) return null;
  const path = kind === 'pay_invoice' && invoiceId ? invoicePayPath(options.secret, companyId, invoiceId) : '/';
  return portalOrigin(options.addresses, portal) + path;
}

/** As the parser writes it, so that it fits a header. What may not be linked to never becomes a redirect either. */
function webAddress(stored: string | null, addresses: Addresses): string | null {
  return stored !== null && refuseDestination(stored, addresses) === null ? new URL(stored).href : null;
}
