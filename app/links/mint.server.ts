import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import { linkCode } from './codes.ts';

export type LinkTarget = { key: string; kind: 'customer_portal' | 'pay_invoice' | 'url'; url: string | null };
export type LinkRecipient = { messageId: number; customerId: number | null; invoiceId: number | null };

/**
 * Makes a short link for each recipient and target (B-03), all in one statement.
 * @returns codes by message id, then by the target's key; empty where there are no targets
 */
export async function mintLinks(
  tx: Tx,
  targets: readonly LinkTarget[],
  recipients: readonly LinkRecipient[],
): Promise<Map<number, Record<string, string>>> {
  const codes = new Map<number, Record<string, string>>();
  if (recipients.length === 0 || targets.length === 0) return codes;
  // As arrays, a target's key by its place in the list: that is what the database unpacks fastest.
  const made: {
    code: string[];
    message: number[];
    customer: (number | null)[];
    invoice: (number | null)[];
    target: number[];
  } = { code: [], message: [], customer: [], invoice: [], target: [] };
  for (const { messageId, customerId, invoiceId } of recipients) {
    const own: Record<string, string> = {};
    codes.set(messageId, own);
    for (const [place, { key }] of targets.entries()) {
      const code = linkCode();
      own[key] = code;
      made.code.push(code);
      made.message.push(messageId);
      made.customer.push(customerId);
      made.invoice.push(invoiceId);
      made.target.push(place + 1);
    }
  }
  const keys = targets.map((target) => target.key);
  const kinds = targets.map((target) => target.kind);
  const urls = targets.map((target) => target.url);
  await tx.execute(sql`
    insert into links (code, message_id, customer_id, invoice_id, key, kind, destination)
    select r.code, r.message_id, r.customer_id, r.invoice_id, t.keys[r.target], t.kinds[r.target], t.urls[r.target]
      from unnest(${sql.param(made.code)}::text[], ${sql.param(made.message)}::bigint[], ${sql.param(made.customer)}::bigint[],
                  ${sql.param(made.invoice)}::bigint[], ${sql.param(made.target)}::int[])
           as r(code, message_id, customer_id, invoice_id, target),
           (select ${sql.param(keys)}::text[] as keys, ${sql.param(kinds)}::text[] as kinds, ${sql.param(urls)}::text[] as urls) t`);
  return codes;
}

/** Takes back the links of messages that did not go out after all: their next attempt gets new ones. */
export async function dropLinks(tx: Tx, messageIds: readonly number[]): Promise<void> {
  if (messageIds.length === 0) return;
  await tx.execute(sql`
    delete from links
     where message_id between ${Math.min(...messageIds)} and ${Math.max(...messageIds)}
       and message_id in (
             select m.id from messages m
              where m.state = 'planned'
                and m.id in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(messageIds)}::jsonb)))`);
}
