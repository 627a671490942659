import { sql } from 'drizzle-orm';

import { Card } from '#builders/postcard/card.ts';
import type { Tx } from '#db/client.ts';
import { keyset, type Page } from '#db/keyset.ts';

export type OutboxPostcard = {
  id: number;
  at: string;
  /** A line each, below the recipient's name. */
  recipient: string;
  name: string;
  headline: string;
  size: string;
  campaign: string | null;
  messageId: number | null;
  customerId: number | null;
};

/** Postcards that the sandbox was handed, the newest first. @param filter.q every word must stand in the address or the texts */
export async function listOutboxPostcards(
  tx: Tx,
  filter: { q?: string | null },
  page: { after?: string | null; before?: string | null },
): Promise<Page<OutboxPostcard>> {
  const keys = keyset([{ value: sql`o.id`, type: 'bigint', descending: true }], { ...page, limit: 50 });
  const parts = [keys.where];
  for (const word of (filter.q ?? '').replaceAll('\0', '').split(/\s+/).filter(Boolean).slice(0, 6)) {
    const like = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    parts.push(sql`(o.recipient ilike ${like} or o.card #>> '{address,0}' ilike ${like}
      or o.card #>> '{front,headline}' ilike ${like} or o.card #>> '{back,body}' ilike ${like})`);
  }
  const found = await tx.execute<OutboxPostcard & { cursor: string }>(sql`
    select ${columns}, ${keys.cursor} as cursor ${tables}
     where ${sql.join(parts, sql` and `)} order by ${keys.orderBy} limit ${keys.limit}`);
  const { rows, ...rest } = keys.toPage(found);
  return { ...rest, rows: rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() })) };
}

/** One of them with what is printed on it, or null. */
export async function readOutboxPostcard(tx: Tx, id: number): Promise<(OutboxPostcard & { card: Card }) | null> {
  const [row] = await tx.execute<OutboxPostcard & { card: unknown }>(
    sql`select ${columns}, o.card ${tables} where o.id = ${id}`,
  );
  const card = Card.safeParse(row?.card);
  return row && card.success ? { ...row, at: new Date(row.at).toISOString(), card: card.data } : null;
}

const columns = sql`o.id, o.at, o.recipient, coalesce(o.card #>> '{address,0}', '') as name,
  coalesce(o.card #>> '{front,headline}', '') as headline, coalesce(o.card ->> 'size', '') as size, c.name as campaign,
  m.id as "messageId", m.customer_id as "customerId"`;
const tables = sql`from outbox_postcards o left join messages m on m.id = o.message_id
  left join campaigns c on c.id = m.campaign_id`;
