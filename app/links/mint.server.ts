import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import { linkCode } from './codes.ts';

export type LinkTarget = { key: string; kind: 'customer_portal' | 'pay_invoice' | 'url'; url: string | null };
export type LinkRecipient = { messageId: number; customerId: number | null; invoiceId: number | null };

/**
 * Makes a short link for each recipient and target (B-03), all in one statement.
 * @returns codes by message id, then by the target's key
 */
export async function mintLinks(
  tx: Tx,
  targets: readonly LinkTarget[],
  recipients: readonly LinkRecipient[],
): Promise<Map<number, Record<string, string>>> {
  const codes = new Map<number, Record<string, string>>();
  if (recipients.length === 0) return codes;
  const rows = recipients.flatMap((recipient) => {
    const own: Record<string, string> = {};
    codes.set(recipient.messageId, own);
    return targets.map((target) => {
      const code = linkCode();
      own[target.key] = code;
      return [code, recipient.messageId, recipient.customerId, recipient.invoiceId, target.key] as const;
    });
  });
  if (rows.length === 0) return codes;
  const column = (index: 0 | 1 | 2 | 3 | 4) => JSON.stringify(rows.map((row) => row[index]));
  await tx.execute(sql`
    insert into links (code, message_id, customer_id, invoice_id, key, kind, destination)
    select r.code, r.message_id, r.customer_id, r.invoice_id, r.key, t.kind, t.url
      from rows from (
             jsonb_array_elements_text(${column(0)}::jsonb), jsonb_array_elements_text(${column(1)}::jsonb),
             jsonb_array_elements_text(${column(2)}::jsonb), jsonb_array_elements_text(${column(3)}::jsonb),
             jsonb_array_elements_text(${column(4)}::jsonb)
           ) as raw(code, message_id, customer_id, invoice_id, key)
      cross join lateral (select raw.code, raw.message_id::bigint, raw.customer_id::bigint, raw.invoice_id::bigint, raw.key) r
      join jsonb_to_recordset(${JSON.stringify(targets)}::jsonb) as t(key text, kind text, url text) on t.key = r.key`);
  return codes;
}

/** Takes back the links of messages that did not go out after all: their next attempt gets new ones. */
export async function dropLinks(tx: Tx, messageIds: readonly number[]): Promise<void> {
  if (messageIds.length === 0) return;
  await tx.execute(sql`
    delete from links
     where message_id between ${Math.min(...messageIds)} and ${Math.max(...messageIds)}
       and message_id in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(messageIds)}::jsonb))`);
}
