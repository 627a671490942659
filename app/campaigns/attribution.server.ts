import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';

/** How long a message may take the credit for a payment. */
const WINDOW_DAYS = 30;

/** When a message `m` reached its customer: a postcard is days on its way, others are there at once. */
const reachedAt = sql`case when m.channel = 'mail' then least(m.delivered_at, m.clicked_at) else m.sent_at end`;

/**
 * Finds the message that earned a payment, for each invoice that it settled or reduced (B-07): the newest that was clicked
 * before the payment (`direct`), else the newest that reached the customer before it (`influenced`), within 30 days. One
 * about the invoice itself comes before one about another invoice of the customer. A payment is counted once, however
 * often this runs.
 * @returns how many parts were attributed now
 */
export async function attributePayment(tx: Tx, paymentId: number): Promise<number> {
  const rows = await tx.execute(sql`
    with part as (
      select l.invoice_id, l.customer_id, p.created_at as paid_at, -sum(l.amount_cents)::bigint as cents
        from ledger_entries l join payments p on p.id = l.payment_id
       where l.payment_id = ${paymentId} and l.kind = 'payment' and l.invoice_id is not null and p.status = 'succeeded'
       group by l.invoice_id, l.customer_id, p.created_at having sum(l.amount_cents) < 0
    )
    insert into attributions (payment_id, invoice_id, campaign_id, step_id, message_id, kind, amount_cents, at)
    select ${paymentId}, part.invoice_id, m.campaign_id, m.step_id, m.id,
           case when m.clicked then 'direct' else 'influenced' end, part.cents, part.paid_at
      from part cross join lateral (
        select m.id, m.campaign_id, m.step_id, coalesce(m.clicked_at <= part.paid_at, false) as clicked
          from messages m
         where m.customer_id = part.customer_id and m.kind = 'campaign' and m.state = 'sent' and m.bounced_at is null and m.returned_at is null
           and ${reachedAt} <= part.paid_at and ${reachedAt} > part.paid_at - make_interval(days => ${WINDOW_DAYS})
         order by coalesce(m.clicked_at <= part.paid_at, false) desc, m.invoice_id is not distinct from part.invoice_id desc,
                  m.sent_at desc, m.id desc
         limit 1
      ) m
    on conflict (company_id, payment_id, invoice_id) do nothing
    returning invoice_id`);
  return rows.length;
}

/**
 * Ends the runs about an invoice that is settled, and skips what was still planned for it, with the reason `paid` (B-01).
 * Postcards about it that are not in print yet are taken back. An invoice that is open again by now is left alone.
 * @returns how many messages were skipped
 */
export async function endSettledRuns(tx: Tx, invoiceId: number): Promise<number> {
  const [invoice] = await tx.execute<{ status: string }>(sql`select status from invoices where id = ${invoiceId}`);
  if (invoice?.status !== 'paid' && invoice?.status !== 'void') return 0;
  const reason = invoice.status;
  await tx.execute(sql`
    update enrollments set status = 'ended', end_reason = ${reason} where invoice_id = ${invoiceId} and status = 'active'`);
  const [row] = await tx.execute<{ skipped: number }>(sql`
    with due as materialized (
      select id from messages where invoice_id = ${invoiceId} and kind = 'campaign' and state in ('planned', 'deferred')
       order by id for no key update
    ), skipped as (
      update messages m set state = 'skipped', reason = ${reason} from due where m.id = due.id returning m.step_id
    ), counts as (
      select step_id, count(*)::int as n from skipped group by step_id
    ), steps as materialized (
      select id from campaign_steps where id in (select step_id from counts) order by id for no key update
    ), counted as (
      update campaign_steps s set planned = s.planned - c.n, skipped = s.skipped + c.n
        from counts c join steps on steps.id = c.step_id where s.id = c.step_id
    ), reasoned as (
      insert into campaign_step_reasons as r (step_id, state, reason, count)
      select step_id, 'skipped', ${reason}, n from counts order by step_id
      on conflict (company_id, step_id, state, reason) do update set count = r.count + excluded.count
    )
    select coalesce(sum(n), 0)::int as skipped from counts`);
  const [card] = await tx.execute<{ companyId: number }>(sql`
    select company_id as "companyId" from messages where invoice_id = ${invoiceId} and channel = 'mail' and state = 'sent' limit 1`);
  if (card) await addJob(tx, 'invoice.recall', { companyId: card.companyId, invoiceId });
  return row?.skipped ?? 0;
}
