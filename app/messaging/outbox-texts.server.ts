import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { keyset, type Page } from '#db/keyset.ts';

import type { messageKindLabels } from './kinds.ts';

export type OutboxText = {
  id: number;
  at: string;
  sender: string;
  recipient: string;
  body: string;
  parts: number;
  kind: keyof typeof messageKindLabels | null;
  campaign: string | null;
  messageId: number | null;
  customerId: number | null;
};

/** Texts that the sandbox was handed, the newest first. @param filter.q every word must stand in the number or the text */
export async function listOutboxTexts(
  tx: Tx,
  filter: { q?: string | null },
  page: { after?: string | null; before?: string | null },
): Promise<Page<OutboxText>> {
  const keys = keyset([{ value: sql`o.id`, type: 'bigint', descending: true }], { ...page, limit: 50 });
  const parts = [keys.where];
  for (const word of (filter.q ?? '').replaceAll('\0', '').split(/\s+/).filter(Boolean).slice(0, 6)) {
    const like = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    parts.push(sql`(o.recipient ilike ${like} or o.body ilike ${like})`);
  }
  const found = await tx.execute<OutboxText & { cursor: string }>(sql`
    select ${columns}, ${keys.cursor} as cursor ${tables}
     where ${sql.join(parts, sql` and `)} order by ${keys.orderBy} limit ${keys.limit}`);
  const { rows, ...rest } = keys.toPage(found);
  return { ...rest, rows: rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() })) };
}

/** One of them, or null. */
export async function readOutboxText(tx: Tx, id: number): Promise<OutboxText | null> {
  const [row] = await tx.execute<OutboxText>(sql`select ${columns} ${tables} where o.id = ${id}`);
  return row ? { ...row, at: new Date(row.at).toISOString() } : null;
}

const columns = sql`o.id, o.at, o.sender, o.recipient, o.body, o.parts, m.kind, c.name as campaign, m.id as "messageId",
  m.customer_id as "customerId"`;
const tables = sql`from outbox_texts o left join messages m on m.id = o.message_id
  left join campaigns c on c.id = m.campaign_id`;
