import { sql, type SQL } from 'drizzle-orm';

import type { Meaning } from '#app/consent/inbound-words.ts';
import type { Tx } from '#db/client.ts';
import { keyset, type Page } from '#db/keyset.ts';

export type ConversationRow = {
  number: string;
  customerId: number | null;
  name: string | null;
  /** The last text that came in. */
  body: string;
  meaning: Meaning;
  at: string;
  unread: number;
  stopped: boolean;
};

export const conversationFilters = ['unread', 'stopped', 'unknown'] as const;
export type ConversationFilter = (typeof conversationFilters)[number];

const stopped = (number: SQL) =>
  sql`exists (select from suppressions s where s.channel = 'sms' and s.address = ${number} and s.reason = 'unsubscribed')`;

const filters: Record<ConversationFilter, SQL> = {
  unread: sql`c.unread > 0`,
  stopped: stopped(sql`c.number`),
  unknown: sql`c.customer_id is null and c.owners = 0`,
};

/** Numbers that texted us, by their last text, the newest first. Keyset-paged. @param which.q part of a name or number */
export async function listConversations(
  tx: Tx,
  which: { q?: string; show?: ConversationFilter | null; after?: string | null; before?: string | null },
): Promise<Page<ConversationRow>> {
  const keys = keyset([{ value: sql`c.last_id`, type: 'bigint', descending: true }], {
    after: which.after,
    before: which.before,
    limit: 50,
  });
  const wanted = [keys.where, which.show ? filters[which.show] : sql`true`];
  const term = which.q?.replaceAll('\u0000', '').trim() ?? '';
  if (term) {
    const digits = term.replaceAll(/\D/g, '');
    const like = `%${term.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    wanted.push(sql`(cu.name ilike ${like} ${digits.length >= 3 ? sql`or c.number like ${`%${digits}%`}` : sql``})`);
  }
  const found = await tx.execute<ConversationRow & { cursor: string }>(sql`
    with c as (
      select g.number, g.last_id, g.unread, o.owners,
             case when o.owners = 1 then o.customer_id else g.customer_id end as customer_id
        from (select sender as number, max(id) as last_id, count(*) filter (where read_at is null)::int as unread,
                     (array_agg(customer_id order by id desc))[1] as customer_id
                from inbound_texts group by sender) g
       cross join lateral (
         select count(distinct k.customer_id)::int as owners, min(k.customer_id) as customer_id
           from contacts k where k.value = g.number and k.kind <> 'email') o
    )
    select c.number, c.customer_id as "customerId", cu.name, t.body, t.meaning, t.at, c.unread,
           ${stopped(sql`c.number`)} as stopped, ${keys.cursor} as cursor
      from c join inbound_texts t on t.id = c.last_id left join customers cu on cu.id = c.customer_id
     where ${sql.join(wanted, sql` and `)} order by ${keys.orderBy} limit ${keys.limit}`);
  const { rows, ...rest } = keys.toPage(found);
  return { ...rest, rows: rows.map((row) => ({ ...row, at: iso(row.at) })) };
}

/** One text of a conversation. */
export type Said = {
  /** Unlike any other of the conversation. */
  key: string;
  from: 'us' | 'them';
  /** Null where it was written for a campaign and not kept. */
  body: string | null;
  at: string;
  meaning: Meaning | null;
  /** What became of ours. */
  state: 'waiting' | 'skipped' | 'sent' | 'delivered' | 'failed' | 'unknown' | null;
  kind: string | null;
  messageId: number | null;
  campaign: { id: number; name: string } | null;
};

/** What a number and we said to each other, the oldest first, at most the last 200. Empty for a number that nobody knows. */
export async function readConversation(tx: Tx, number: string): Promise<Said[]> {
  const rows = await tx.execute<Said>(sql`
    select * from (
      select 'in' || t.id as key, 'them' as "from", t.body, t.at, t.meaning, null as state, null as kind,
             null::bigint as "messageId", null::jsonb as campaign
        from inbound_texts t where t.sender = ${number}
      union all
      select 'out' || m.id, 'us', coalesce(o.body, mc.text), coalesce(m.sent_at, m.attempted_at, m.created_at), null,
             case when m.state in ('planned', 'deferred', 'attempting') then 'waiting'
                  when m.state = 'sent' and m.bounced_at is not null then 'failed'
                  when m.state = 'sent' and m.delivered_at is not null then 'delivered' else m.state end,
             m.kind, m.id,
             case when c.id is not null then jsonb_build_object('id', c.id, 'name', c.name) end
        from messages m
        left join message_contents mc on mc.message_id = m.id
        left join lateral (select body from outbox_texts where message_id = m.id order by id desc limit 1) o on true
        left join campaigns c on c.id = m.campaign_id
       where m.channel = 'sms' and m.address = ${number} and (m.state <> 'skipped' or m.kind <> 'campaign')
         and (m.customer_id is null or m.customer_id in (select customer_id from contacts where value = ${number}
              union select customer_id from inbound_texts where sender = ${number}))) each
     order by at desc, key desc limit 200`);
  return [...rows].map((row) => ({ ...row, at: iso(row.at) })).toReversed();
}

/** Everybody of the office has read what came from a number. @returns false when they had before */
export async function markRead(tx: Tx, number: string): Promise<boolean> {
  const read = await tx.execute(
    sql`update inbound_texts set read_at = now() where sender = ${number} and read_at is null returning id`,
  );
  return read.length > 0;
}

/** How many of the last unread texts are looked at: every page asks, and a flood of texts must not slow it. */
const UNREAD_LOOKED_AT = 1_000;

/** How many conversations have something that nobody read yet, among the last of them. */
export async function countUnread(tx: Tx): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(distinct sender)::int as count from (
      select sender from inbound_texts where read_at is null order by id desc limit ${UNREAD_LOOKED_AT}) latest`);
  return row!.count;
}

/** Numbers of a customer that texts go to or came from; those on record first. */
export async function numbersOf(tx: Tx, customerId: number): Promise<string[]> {
  const rows = await tx.execute<{ number: string }>(sql`
    select number from (
      select value as number, 0 as rank from contacts where customer_id = ${customerId} and kind = 'mobile'
      union all select sender, 1 from inbound_texts where customer_id = ${customerId}
      union all select address, 2 from messages where customer_id = ${customerId} and channel = 'sms' and address <> '') each
     group by number order by min(rank), number limit 20`);
  return rows.map((row) => row.number);
}

/** Customers whose record has the number. */
export async function ownersOf(tx: Tx, number: string): Promise<number[]> {
  const rows = await tx.execute<{ id: number }>(
    sql`select distinct customer_id as id from contacts where value = ${number} and kind <> 'email' order by 1 limit 20`,
  );
  return rows.map((row) => row.id);
}

/** Whose a number is, as a heading: its one owner, else whose text it was last; null for nobody's. */
export async function whoseNumber(tx: Tx, number: string): Promise<{ customerId: number; name: string } | null> {
  const owners = await ownersOf(tx, number);
  const [row] = await tx.execute<{ customerId: number; name: string }>(sql`
    select cu.id as "customerId", cu.name from customers cu
     where cu.id = ${
       owners.length === 1
         ? sql`${owners[0]!}`
         : sql`(select customer_id from inbound_texts where sender = ${number} and customer_id is not null
                 order by id desc limit 1)`
     }`);
  return row ?? null;
}

const iso = (at: string) => new Date(at).toISOString();
