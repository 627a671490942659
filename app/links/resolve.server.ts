import { sql } from 'drizzle-orm';

import { portalOrigin, type Addresses } from '#app/messaging/addresses.ts';
import type { Tx } from '#db/client.ts';

import { readLinkCode } from './codes.ts';
import { refuseDestination } from './destination.ts';
import { openPortalName } from './host.server.ts';

export type ResolvedLink = { code: string; messageId: number; destination: string };

/**
 * Why a link of the company's own leads nowhere: `expired` for good, its time is over; `closed` as long as its portal is
 * switched off or its address is one that we lead nobody to.
 */
export type EndedLink = 'expired' | 'closed';

/** So long a link works at least, in days; one of an open invoice as long as that is open (B-03). */
export const LINK_DAYS = 400;

type LinkRow = {
  code: string;
  messageId: number;
  kind: 'customer_portal' | 'pay_invoice' | 'url';
  invoiceId: number | null;
  destination: string | null;
  alive: boolean;
  portal: string | null;
};

/**
 * Where short links lead, in one statement. Portal addresses are looked up at the click, so a link stays alive when the
 * portal's host changes; one of a paid invoice leads to its receipt there.
 * @param codes as `readLinkCode` returned them
 * @returns by code; codes that are not this company's are missing
 */
export async function resolveLinks(
  tx: Tx,
  codes: readonly string[],
  options: { addresses: Addresses },
): Promise<Map<string, ResolvedLink | EndedLink>> {
  const rows = await tx.execute<LinkRow>(sql`
    select l.code, l.message_id as "messageId", l.kind, l.invoice_id as "invoiceId", l.destination,
           l.created_at > now() - make_interval(days => ${LINK_DAYS}) or coalesce(i.status = 'open', false) as alive,
           case when l.kind <> 'url' then (${openPortalName}) end as portal
      from links l left join invoices i on i.id = l.invoice_id
     where l.code = any(${sql.param(codes)}::text[])`);
  return new Map(rows.map((row) => [row.code, resolved(row, options.addresses)]));
}

/**
 * The same for one link as it was typed.
 * @param typed the path behind the host, without the slash
 * @returns null for a code that is not this company's
 */
export async function resolveLink(
  tx: Tx,
  typed: string,
  options: { addresses: Addresses },
): Promise<ResolvedLink | EndedLink | null> {
  const code = readLinkCode(typed);
  return code === null ? null : ((await resolveLinks(tx, [code], options)).get(code) ?? null);
}

function resolved(link: LinkRow, addresses: Addresses): ResolvedLink | EndedLink {
  if (!link.alive) return 'expired';
  const destination = link.kind === 'url' ? webAddress(link.destination, addresses) : portalAddress(link, addresses);
  return destination ? { code: link.code, messageId: link.messageId, destination } : 'closed';
}

function portalAddress({ kind, invoiceId, portal }: LinkRow, addresses: Addresses): string | null {
  if (!portal) return null;
  const origin = portalOrigin(addresses, portal);
  return kind === 'pay_invoice' && invoiceId ? `${origin}/invoices/${invoiceId}` : `${origin}/`;
}

/** As the parser writes it, so that it fits a header. What may not be linked to never becomes a redirect either. */
function webAddress(stored: string | null, addresses: Addresses): string | null {
  return stored !== null && refuseDestination(stored, addresses) === null ? new URL(stored).href : null;
}
