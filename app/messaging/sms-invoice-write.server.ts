import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import type { Addresses } from './addresses.ts';
import { loadSender, shortUrl } from './sender.server.ts';
import { smsInvoiceText } from './sms-invoice.ts';

/** What the text says of its invoice. @param amountCents what is owed and not on its way */
export type OwedInvoice = { number: string; amountCents: number; currency: string };

type Options = { addresses: Addresses; secret: string };

/** @returns what writes the text (S1-14), given the code of its short link */
export async function invoiceTextWriter(tx: Tx, { number, amountCents, currency }: OwedInvoice, options: Options) {
  const sender = await loadSender(tx, { ...options, standIn: true });
  return (code: string) =>
    smsInvoiceText({ company: sender.companyName, number, amountCents, currency, link: shortUrl(sender, code) });
}

/** Writes a text that was asked for earlier as it is true now: overnight a part may have been paid. Its link stays. */
export async function rewriteInvoiceText(
  tx: Tx,
  messageId: number,
  invoice: OwedInvoice,
  options: Options,
): Promise<void> {
  const [link] = await tx.execute<{ code: string }>(
    sql`select code from links where message_id = ${messageId} and key = 'pay'`,
  );
  if (!link) return;
  const body = await invoiceTextWriter(tx, invoice, options);
  await tx.execute(sql`update message_contents set text = ${body(link.code)} where message_id = ${messageId}`);
}
