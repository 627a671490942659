import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import type { Channel } from '#db/schema/columns.ts';

import type { Addresses } from './addresses.ts';
import { isMailAddress } from './mime-headers.ts';
import { settleInterrupted } from './outcomes.server.ts';
import type { ReasonCode } from './reasons.ts';
import { gateInvoiceText } from './sms-invoice-gate.server.ts';
import { rewriteInvoiceText } from './sms-invoice-write.server.ts';
import { isTextNumber } from './text-number.ts';

/** A message that is about to be handed over. */
export type Marked = {
  id: number;
  customerId: number | null;
  address: string;
  subject: string;
  html: string;
  text: string;
  name: string | null;
};

type MarkedRow = {
  state: string;
  kind: string;
  channel: Channel;
  address: string;
  customerId: number | null;
  invoiceId: number | null;
};

/** @returns what is to be sent now; null for what is not, or when it may be instead */
export async function mark(
  tx: Tx,
  messageId: number,
  options: { addresses: Addresses; secret: string },
): Promise<Marked | Date | null> {
  const [message] = await tx.execute<MarkedRow>(sql`
    select state, kind, channel, address, customer_id as "customerId", invoice_id as "invoiceId"
      from messages where id = ${messageId} for no key update`);
  // Marked, yet here again: the run before was cut off.
  if (message?.state === 'attempting') await settleInterrupted(tx, { messageId });
  if (message?.state !== 'planned' && message?.state !== 'deferred') return null;
  const { channel, address } = message;
  // Who wants no more texts gets no more from people either.
  const [out] = await tx.execute<{ reason: ReasonCode }>(sql`
    select reason from suppressions
     where channel = ${channel} and address = ${address} and purpose = 'all'
       and (reason in ('bounced', 'complained') or ${channel === 'sms' && message.kind !== 'keyword_answer'})`);
  const fits = channel === 'sms' ? isTextNumber(address) : isMailAddress(address);
  const gate = message.kind === 'invoice_text' ? await gateInvoiceText(tx, message, new Date()) : null;
  const refusal: ReasonCode | null = out?.reason ?? (fits ? (gate?.skip ?? null) : 'bad_address');
  if (refusal) {
    await tx.execute(
      sql`update messages set state = 'skipped', reason = ${refusal}, skipped_at = now() where id = ${messageId}`,
    );
    return null;
  }
  if (gate?.wait) {
    await waitUntil(tx, messageId, gate.wait);
    return gate.wait;
  }
  if (gate?.owed) await rewriteInvoiceText(tx, messageId, gate.owed, options);
  const [marked] = await tx.execute<Marked>(sql`
    update messages m set state = 'attempting', reason = null, attempted_at = now()
      from message_contents c where m.id = ${messageId} and c.message_id = m.id
    returning m.id, m.customer_id as "customerId", m.address, c.subject, c.html, c.text,
              (select cu.name from customers cu where cu.id = m.customer_id) as name`);
  return marked ?? null;
}

/** Lets a text wait for sending hours, with a line in its history: nothing else tells of it once it went out (B-04). */
export async function waitUntil(tx: Tx, messageId: number, until: Date): Promise<void> {
  const at = until.toISOString();
  await tx.execute(sql`
    update messages set state = 'deferred', reason = 'quiet_hours', send_at = ${at}::timestamptz where id = ${messageId}`);
  await tx.execute(sql`
    insert into message_events (message_id, kind, dedupe_key, details)
    values (${messageId}, 'deferred', ${`deferred:${messageId}:${at}`},
            ${JSON.stringify({ until: at, reason: 'quiet_hours' })}::jsonb)
    on conflict (company_id, message_id, dedupe_key) do nothing`);
}
