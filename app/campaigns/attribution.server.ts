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
 * Ends the runs about an invoice that is settled. What was planned for it was skipped, with the reason `paid` or `void`, by the
 * transaction that settled it (B-01: `end_reminders` in the database); what was just being planned then is skipped now. Postcards
 * about it that are not in print yet are taken back. An invoice that is open again by now is left alone.
 * @returns how many messages were skipped now
 */
export async function endSettledRuns(tx: Tx, invoiceId: number): Promise<number> {
  const [invoice] = await tx.execute<{ status: string }>(sql`select status from invoices where id = ${invoiceId}`);
  if (invoice?.status !== 'paid' && invoice?.status !== 'void') return 0;
  await tx.execute(sql`
    update enrollments set status = 'ended', end_reason = ${invoice.status} where invoice_id = ${invoiceId} and status = 'active'`);
  const [row] = await tx.execute<{ skipped: number }>(sql`select end_reminders(array[${invoiceId}::int8]) as skipped`);
  const [card] = await tx.execute<{ companyId: number }>(sql`
    select company_id as "companyId" from messages where invoice_id = ${invoiceId} and channel = 'mail' and state = 'sent' limit 1`);
  if (card) await addJob(tx, 'invoice.recall', { companyId: card.companyId, invoiceId });
  return row?.skipped ?? 0;
}
