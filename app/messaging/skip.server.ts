import { sql } from 'drizzle-orm';

import type { PurposeOrAll } from '#app/consent/purposes.ts';
import type { Tx } from '#db/client.ts';

/** Whose waiting campaign messages: all texts to a number, of a purpose; or all of a campaign to a customer. */
export type Waiting = { address: string; purpose: PurposeOrAll } | { campaignId: number; customerId: number };

/**
 * Takes out what waits for somebody, with the reason, before its turn comes: counters and enrollments move with it. What is
 * being handed over just now goes out. Messages are locked before steps, as everybody does.
 * @returns how many
 */
export async function skipWaiting(tx: Tx, whose: Waiting, reason: 'unsubscribed' | 'replied'): Promise<number> {
  const theirs =
    'campaignId' in whose
      ? sql`m.customer_id = ${whose.customerId} and m.campaign_id = ${whose.campaignId}`
      : sql`m.customer_id in (select customer_id from contacts where value = ${whose.address})
              and m.channel = 'sms' and m.address = ${whose.address}
              and (${whose.purpose} = 'all'
                   or exists (select from campaigns c where c.id = m.campaign_id and c.purpose = ${whose.purpose}))`;
  const [row] = await tx.execute<{ n: number }>(sql`
    with held as materialized (
      select m.id from messages m
       where ${theirs} and m.kind = 'campaign' and m.state in ('planned', 'deferred') order by m.id for no key update
    ), skipped as (
      update messages m set state = 'skipped', reason = ${reason}, skipped_at = now() from held where m.id = held.id
      returning m.step_id, m.enrollment_id
    ), ended as (
      update enrollments e set status = 'ended', end_reason = ${reason}
        from skipped s where e.id = s.enrollment_id and e.status = 'active'
    ), counts as (
      select step_id, count(*)::int as n from skipped group by step_id
    ), steps as (
      select s.id from campaign_steps s where s.id in (select step_id from counts) order by s.id for no key update
    ), counted as (
      update campaign_steps s set planned = s.planned - c.n, skipped = s.skipped + c.n
        from counts c join steps on steps.id = c.step_id where s.id = c.step_id
    ), reasoned as (
      insert into campaign_step_reasons as r (step_id, state, reason, count)
      select step_id, 'skipped', ${reason}, n from counts order by step_id
      on conflict (company_id, step_id, state, reason) do update set count = r.count + excluded.count
    )
    select count(*)::int as n from skipped`);
  return row?.n ?? 0;
}
