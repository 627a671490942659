import { sql } from 'drizzle-orm';

import { opensAt } from '#app/consent/hours/now.server.ts';
import type { Hours } from '#app/consent/hours/open.ts';
import { isSuppressed } from '#app/consent/unsubscribe.server.ts';
import type { Tx } from '#db/client.ts';

import type { ReasonCode } from './reasons.ts';
import type { OwedInvoice } from './sms-invoice-write.server.ts';

/**
 * When a payment link may be texted: 8 am to 9 pm where the recipient is, narrower where their state says so. Wider than a
 * company's own hours for campaigns, since somebody asked for it a moment ago, and not at night all the same.
 */
export const INVOICE_TEXT_HOURS: Hours = { opensAt: 8 * 60, closesAt: 21 * 60 };

type Gate =
  | { skip: ReasonCode; wait?: undefined; owed?: undefined }
  | { wait: Date; skip?: undefined; owed?: undefined }
  | { owed: OwedInvoice; skip?: undefined; wait?: undefined };

/**
 * What may have changed since somebody clicked *Send*: the invoice was paid, its customer texted STOP, or it is night by now.
 * @returns why it does not go out any more, or when it may; else what is owed now, for the text to say
 */
export async function gateInvoiceText(
  tx: Tx,
  text: { invoiceId: number | null; customerId: number | null; address: string },
  now: Date,
): Promise<Gate> {
  const [invoice] = await tx.execute<OwedInvoice & { status: string; membershipId: number | null }>(sql`
    select status, number, currency, membership_id as "membershipId", balance_cents - pending_cents as "amountCents"
      from invoices where id = ${text.invoiceId}`);
  if (!invoice || invoice.status === 'void' || invoice.status === 'draft') return { skip: 'void' };
  if (invoice.status === 'paid' || invoice.amountCents <= 0) return { skip: 'paid' };
  if (invoice.membershipId !== null) return { skip: 'membership' };
  const out = await isSuppressed(tx, text.address, 'reminders');
  if (out) return { skip: out === 'bounced' || out === 'complained' ? out : 'unsubscribed' };
  const wait = await opensAt(tx, { number: text.address, customerId: text.customerId }, INVOICE_TEXT_HOURS, now);
  return wait ? { wait } : { owed: invoice };
}
