import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import { recipientColumns, type RecipientRow } from './send-values.server.ts';

export type Range = {
  id: number;
  campaignId: number;
  stepId: number;
  fromId: number;
  toId: number;
  cursorId: number;
};

/** A message that passed the gate: it is marked `attempting`, and this run alone may send it. */
export type Passed = RecipientRow & { id: number; address: string };

export type Window = {
  passed: Passed[];
  /** How many the gate refused. */
  refused: number;
  /** The last id looked at; null when the range holds nothing more that is due. */
  lastId: number | null;
};

type GateRow = Passed & { refusal: string | null };

/**
 * The only way to sending: takes the next messages of the range that are due, refuses those that may not go out, with the
 * reason, and marks the others `attempting`, all in one statement (B-01, B-04). The campaign must be sending at that very
 * moment. Counters of what was refused move with it.
 * @param size at most so many messages
 * @param today the company's day, `YYYY-MM-DD`: a promise holds through its day
 */
export async function openWindow(tx: Tx, range: Range, size: number, today: string): Promise<Window> {
  const rows = await tx.execute<GateRow>(sql`
    with picked as materialized (
      select m.id, m.address, m.customer_id, m.invoice_id, c.purpose
        from messages m
        join campaigns c on c.id = m.campaign_id and c.status = 'sending'
       where m.step_id = ${range.stepId} and m.id between ${range.cursorId} and ${range.toId}
         and m.state = 'planned' and m.send_at <= now()
       order by m.id limit ${size}
    ), due as materialized (
      -- Customers and invoices are looked up one by one (offset 0): the planner would rather read a company's whole tables.
      select m.id, m.address, ${recipientColumns},
             case when i.status = 'void' then 'void'
                  when i.status <> 'open' or i.balance_cents <= 0 then 'paid'
                  when i.disputed_at is not null then 'disputed'
                  when i.promised_for >= ${today}::date then 'promised'
                  when i.do_not_remind then 'do_not_remind'
                  when cu.do_not_contact then 'do_not_contact'
                  when m.address = '' then 'no_email'
                  else (select case s.reason when 'office' then 'do_not_contact' else s.reason end from suppressions s
                         where s.channel = 'email' and s.address = m.address and s.purpose in (m.purpose, 'all')
                         order by s.purpose = 'all' desc limit 1)
             end as refusal
        from picked m
        join lateral (select * from customers where id = m.customer_id offset 0) cu on true
        join lateral (select * from invoices where id = m.invoice_id offset 0) i on true
    ), marked as (
      -- Whatever changed a message since it was picked has the last word: it is not planned any more, and left out.
      update messages m
         set state = case when due.refusal is null then 'attempting' else 'skipped' end, reason = due.refusal,
             attempted_at = case when due.refusal is null then now() end
        from due
       where m.id = due.id and m.state = 'planned' and m.id between ${range.cursorId} and (select max(id) from picked)
      returning m.id, m.reason
    ), refusals as (
      select reason as refusal, count(*)::int as n from marked where reason is not null group by reason
    ), counted as (
      update campaign_steps s set planned = s.planned - r.n, skipped = s.skipped + r.n
        from (select sum(n)::int as n from refusals) r where s.id = ${range.stepId} and r.n > 0
    ), reasoned as (
      insert into campaign_step_reasons as r (step_id, state, reason, count)
      select ${range.stepId}, 'skipped', refusal, n from refusals order by refusal
      on conflict (company_id, step_id, state, reason) do update set count = r.count + excluded.count
    )
    select due.* from due join marked on marked.id = due.id order by due.id`);
  return {
    passed: rows.filter((row) => row.refusal === null),
    refused: rows.filter((row) => row.refusal !== null).length,
    lastId: rows.at(-1)?.id ?? null,
  };
}

/** How many messages of the range are due, at most `limit`: what a window would look at. */
export async function countDue(tx: Tx, range: Range, limit: number): Promise<number> {
  const [row] = await tx.execute<{ n: number }>(sql`
    select count(*)::int as n
      from (select from messages m where m.step_id = ${range.stepId} and m.id between ${range.cursorId} and ${range.toId}
               and m.state = 'planned' and m.send_at <= now() limit ${limit}) due`);
  return row?.n ?? 0;
}

/** Skips all that is still planned in a range of a canceled campaign. */
export async function cancelRange(tx: Tx, range: Range): Promise<void> {
  await tx.execute(sql`
    with skipped as (
      update messages set state = 'skipped', reason = 'canceled'
       where step_id = ${range.stepId} and id between ${range.fromId} and ${range.toId} and state in ('planned', 'deferred')
      returning id
    ), n as (select count(*)::int as n from skipped), counted as (
      update campaign_steps s set planned = s.planned - n.n, skipped = s.skipped + n.n from n
       where s.id = ${range.stepId} and n.n > 0
    )
    insert into campaign_step_reasons as r (step_id, state, reason, count)
    select ${range.stepId}, 'skipped', 'canceled', n.n from n where n.n > 0
    on conflict (company_id, step_id, state, reason) do update set count = r.count + excluded.count`);
}
