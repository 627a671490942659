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
 * often this runs, and with what it still settles: when money goes back, as after a check that bounced, a refund, or a lost
 * dispute, what was attributed before shrinks or goes.
 * @returns how many parts were attributed now
 */
export async function attributePayment(tx: Tx, paymentId: number): Promise<number> {
  // Whoever gives money back holds the payment: what they post is either seen here or by the job that they add.
  await tx.execute(sql`select id from payments where id = ${paymentId} for no key update`);
  const rows = await tx.execute(sql`
    with stands as (
      select l.invoice_id, l.customer_id, -sum(l.amount_cents) as cents, i.status = 'void' as is_void
        from ledger_entries l join invoices i on i.id = l.invoice_id
       where l.payment_id = ${paymentId} and l.kind in ('payment', 'refund')
       group by l.invoice_id, l.customer_id, i.status
    ), part as (
      -- What was paid on an invoice that is void by now lies on the account, and is given back from there.
      select s.invoice_id, s.customer_id, p.created_at as paid_at, p.status = 'succeeded' as arrived,
             case when s.is_void then least(s.cents, s.cents - (
               select coalesce(sum(l.amount_cents), 0) from ledger_entries l
                where l.payment_id = p.id and l.invoice_id is null)) else s.cents end::bigint as cents
        from stands s join payments p on p.id = ${paymentId}
    ), gone as (
      delete from attributions a
       where a.payment_id = ${paymentId}
         and not exists (select from part where part.invoice_id = a.invoice_id and part.arrived and part.cents > 0)
    ), changed as (
      update attributions a set amount_cents = part.cents from part
       where a.payment_id = ${paymentId} and a.invoice_id = part.invoice_id and part.arrived and part.cents > 0
         and a.amount_cents <> part.cents
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
     where part.arrived and part.cents > 0
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
