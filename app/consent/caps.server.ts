import { sql, type SQL } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import { defaultRules, type SendingRules } from './rules.ts';

/**
 * The part of the gate that counts who was written to often enough (B-13): common table expressions that end in
 * `within_caps (id)`, over a `fresh (id, customer_id, invoice_id)` of messages that nothing else holds. Counted are campaign
 * messages of every channel that may have arrived, and those before them in the same window. The caller holds `lockCaps` since
 * before this statement began.
 * @param now the instant that the gate is for
 */
export function withinCaps(rules: Pick<SendingRules, 'capPerCustomer' | 'capPerInvoice' | 'capDays'>, now: SQL): SQL {
  const counted = sql`o.kind = 'campaign' and o.state in ('attempting', 'sent', 'unknown')
                      and o.attempted_at > ${now} - make_interval(days => ${rules.capDays})`;
  const byCustomer =
    rules.capPerCustomer === null
      ? sql`select id from by_invoice where nth <= ${rules.capPerInvoice}`
      : sql`
      select id from (
        select b.id, row_number() over (partition by b.customer_id order by b.id)
                     + (select count(*) from messages o where o.customer_id = b.customer_id and ${counted}) as nth
          from by_invoice b where b.nth <= ${rules.capPerInvoice}) each
       where nth <= ${rules.capPerCustomer}`;
  return sql`
    by_invoice as materialized (
      select f.id, f.customer_id, row_number() over (partition by f.invoice_id order by f.id)
                     + (select count(*) from messages o where o.invoice_id = f.invoice_id and ${counted}) as nth
        from fresh f
    ), within_caps as materialized (${byCustomer})`;
}

/**
 * Whether a cap can be reached at all, over `sending_rules r`: an invoice gets one message of each step, so none is reached
 * while fewer steps than the cap were on their way within the days that count. Most companies count nothing, ever. Each window
 * asks, so campaigns that were over before are never read: the day is a query of its own, as row-level security lets the index go by
 * nothing else.
 */
export const capsMatter = (now: SQL): SQL => sql`(
  r.cap_per_customer is not null
  or (select count(*) from campaign_steps where campaign_id = any(array(
        select id from campaigns where status in ('launching', 'sending', 'paused')
        union all
        select id from campaigns where status in ('sent', 'canceled')
           and finished_at > (select ${now} - make_interval(days => ${sql`coalesce(r.cap_days, ${defaultRules.capDays}::int)`})))))
     > ${sql`coalesce(r.cap_per_invoice, ${defaultRules.capPerInvoice}::int)`})`;

/**
 * Windows in which no cap matters share this lock of the company; one that counts has it alone, until its transaction ends,
 * so that it sees all that others marked and nobody counts at the same time. Advisory: an import may hold customers' own
 * rows for minutes.
 */
export const CAPS_LOCK = sql`hashtextextended('caps ' || current_company_id(), 0)`;

/** Takes the lock alone. It has to be a statement of its own: the next one sees what was marked before. */
export async function lockCaps(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${CAPS_LOCK})`);
}
