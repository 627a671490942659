import { sql } from 'drizzle-orm';

import { invoicePayPath } from '#app/invoicing/payments/pay-tokens.server.ts';
import { ensureLinkHost, openPortalHost } from '#app/links/host.server.ts';
import type { Tx } from '#db/client.ts';

import { linkOrigin, portalOrigin, type Addresses } from './addresses.ts';
import { isMailAddress } from './mime-headers.ts';
import type { Mailbox } from './mime.server.ts';

/** Who a company's messages are from and where their links lead: read once for many messages. */
export type Sender = {
  companyId: number;
  companyName: string;
  timeZone: string;
  /** Null when there is no From address that mail can be sent from. */
  from: Mailbox | null;
  replyTo: Mailbox | null;
  /** Domain of our Message-IDs. */
  domain: string;
  linkOrigin: string;
  /** Null while the portal is not set up or is switched off. */
  portalOrigin: string | null;
  /** Where an invoice is paid without signing in (S0-05); empty while there is no portal. */
  payUrl: (invoiceId: number) => string;
  profile: { phone: string; email: string; website: string; postalAddress: string };
};

/**
 * Reads the company's sender.
 * @param options.standIn true for the sandbox: where no From address is set, an invented one stands in
 */
export async function loadSender(
  tx: Tx,
  options: { addresses: Addresses; secret: string; standIn: boolean },
): Promise<Sender> {
  const [row] = await tx.execute<{
    id: number;
    name: string;
    timeZone: string;
    fromName: string;
    fromEmail: string;
    replyTo: string;
    phone: string;
    email: string;
    website: string;
    postalAddress: string;
  }>(sql`
    select c.id, c.name, c.time_zone as "timeZone", coalesce(p.from_name, '') as "fromName",
           coalesce(p.from_email, '') as "fromEmail", coalesce(p.reply_to, '') as "replyTo", coalesce(p.phone, '') as phone,
           coalesce(p.email, '') as email, coalesce(p.website, '') as website,
           coalesce(p.postal_address, '') as "postalAddress"
      from companies c left join company_profiles p on true where c.id = current_company_id()`);
  if (!row) throw new Error('loadSender needs a company: call it within withCompany');
  const host = await ensureLinkHost(tx);
  const portal = await openPortalHost(tx);
  const name = row.fromName || row.name;
  const standIn = options.standIn ? `${host}@mail.fieldpost.example` : '';
  const address = row.fromEmail || standIn;
  const origin = portal ? portalOrigin(options.addresses, portal) : null;
  const replyTo = row.replyTo || (row.fromEmail ? '' : row.email);
  return {
    companyId: row.id,
    companyName: row.name,
    timeZone: row.timeZone,
    from: isMailAddress(address) ? { name, address } : null,
    replyTo: isMailAddress(replyTo) ? { name, address: replyTo } : null,
    domain: address.split('@')[1] ?? 'mail.fieldpost.example',
    linkOrigin: linkOrigin(options.addresses, host),
    portalOrigin: origin,
    payUrl: (invoiceId) => (origin ? origin + invoicePayPath(options.secret, row.id, invoiceId) : ''),
    profile: { phone: row.phone, email: row.email, website: row.website, postalAddress: row.postalAddress },
  };
}

/** Where a message's own addresses lead; founded on its token, which only the recipient holds. */
export const unsubscribeUrl = (sender: Sender, token: string) => `${sender.linkOrigin}/u/${token}`;
export const openUrl = (sender: Sender, token: string) => `${sender.linkOrigin}/o/${token}.gif`;
export const shortUrl = (sender: Sender, code: string) => `${sender.linkOrigin}/${code}`;

/** An image at a token's address on whichever host links answered when it was sent. */
const OPEN_PIXEL =
  /<img\b[^>]*\bsrc\s*=\s*["']?https?:\/\/[^/"'\s>]+\/o\/[0-9a-z]{1,10}-[0-9a-z]{1,11}-[\w-]{22}\.gif[^>]*>/gi;

/**
 * An email without its open pixel, for a look that is not the recipient's. Nothing else of it changes.
 * @param html as it was sent
 */
export const withoutOpenPixel = (html: string): string => html.replaceAll(OPEN_PIXEL, '');

/** One-click unsubscribe as mail programs ask for it (RFC 2369, RFC 8058). */
export const unsubscribeHeaders = (url: string): Record<string, string> => ({
  'List-Unsubscribe': `<${url}>`,
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
});
