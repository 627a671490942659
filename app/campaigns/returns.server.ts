import { sql } from 'drizzle-orm';

import { addDays } from '#app/invoicing/reports/aging.ts';
import type { Tx } from '#db/client.ts';
import { attributions, campaigns, enrollments, invoices, messages, payments } from '#db/schema/index.ts';

export type Returns = {
  /** One row a day, the oldest first, also where nothing came. */
  days: { day: string; directCents: number; influencedCents: number }[];
  campaigns: { id: number; name: string; directCents: number; influencedCents: number; payments: number }[];
};

/**
 * What campaigns brought back (B-07): payments that a message earned, by the company's own days and by campaign.
 * @param range.from @param range.to calendar dates, inclusive
 */
export async function campaignReturns(tx: Tx, range: { from: string; to: string; timeZone: string }): Promise<Returns> {
  const inRange = sql`a.at >= (${range.from}::date)::timestamp at time zone ${range.timeZone}
    and a.at < (${range.to}::date + 1)::timestamp at time zone ${range.timeZone}`;
  const days = await tx.execute<Returns['days'][number]>(sql`
    select d::date::text as day,
           coalesce(sum(a.amount_cents) filter (where a.kind = 'direct'), 0)::bigint as "directCents",
           coalesce(sum(a.amount_cents) filter (where a.kind = 'influenced'), 0)::bigint as "influencedCents"
      from generate_series(${range.from}::date, ${range.to}::date, interval '1 day') d
      left join (select a.*, (a.at at time zone ${range.timeZone})::date as day from ${attributions} a where ${inRange}) a
        on a.day = d::date
     group by d order by d`);
  const byCampaign = await tx.execute<Returns['campaigns'][number]>(sql`
    select c.id, c.name,
           coalesce(sum(a.amount_cents) filter (where a.kind = 'direct'), 0)::bigint as "directCents",
           coalesce(sum(a.amount_cents) filter (where a.kind = 'influenced'), 0)::bigint as "influencedCents",
           count(distinct a.payment_id)::int as payments
      from ${attributions} a join ${campaigns} c on c.company_id = a.company_id and c.id = a.campaign_id
     where ${inRange}
     group by c.id, c.name order by sum(a.amount_cents) desc, c.id limit 5`);
  return { days: [...days], campaigns: [...byCampaign] };
}

/** Which campaign earned which payment of an invoice, by the payment's id. */
export async function invoiceReturns(tx: Tx, invoiceId: number) {
  return tx.execute<{
    paymentId: number;
    campaignId: number;
    campaign: string;
    kind: 'direct' | 'influenced';
    amountCents: number;
  }>(sql`
    select a.payment_id as "paymentId", c.id as "campaignId", c.name as campaign, a.kind, a.amount_cents as "amountCents"
      from ${attributions} a
      join ${campaigns} c on c.company_id = a.company_id and c.id = a.campaign_id
      join ${payments} p on p.company_id = a.company_id and p.id = a.payment_id
     where a.invoice_id = ${invoiceId} order by p.created_at, p.id`);
}

/** What led to a payment, by the invoice it settled (B-07): the message, and the click where there was one. */
export async function paymentReturns(tx: Tx, paymentId: number) {
  const rows = await tx.execute<{
    invoiceId: number;
    invoice: string;
    campaignId: number;
    campaign: string;
    messageId: number;
    channel: 'email' | 'sms' | 'mail';
    kind: 'direct' | 'influenced';
    amountCents: number;
    sentAt: string | null;
    clickedAt: string | null;
  }>(sql`
    select i.id as "invoiceId", i.number as invoice, c.id as "campaignId", c.name as campaign, m.id as "messageId", m.channel,
           a.kind, a.amount_cents as "amountCents", m.sent_at as "sentAt", m.clicked_at as "clickedAt"
      from ${attributions} a
      join ${campaigns} c on c.company_id = a.company_id and c.id = a.campaign_id
      join ${messages} m on m.company_id = a.company_id and m.id = a.message_id
      join ${invoices} i on i.company_id = a.company_id and i.id = a.invoice_id
     where a.payment_id = ${paymentId} order by i.id`);
  const iso = (at: string | null) => at && new Date(at).toISOString();
  return rows.map((row) => ({ ...row, sentAt: iso(row.sentAt), clickedAt: iso(row.clickedAt) }));
}

/** What decides what there is to do next. */
export type OfficeState = {
  invoices: boolean;
  portalEnabled: boolean;
  postalAddress: boolean;
  /** The newest drafts, at most three, and how many there are. */
  drafts: { id: number; name: string }[];
  draftCount: number;
  sending: { id: number; name: string }[];
  /** Invoices over 30 days overdue that may be reminded of and that are in no campaign but canceled ones. */
  unremindedInvoices: number;
  unremindedCents: number;
};

/**
 * Reads what the home page's next steps are made from.
 * @param today the company's calendar date
 */
export async function officeState(tx: Tx, today: string): Promise<OfficeState> {
  const [row] = await tx.execute<Omit<OfficeState, 'drafts' | 'sending'>>(sql`
    select exists (select from ${invoices}) as invoices,
           exists (select from portal_settings where enabled) as "portalEnabled",
           exists (select from company_profiles where postal_address <> '') as "postalAddress",
           (select count(*)::int from ${campaigns} where status = 'draft' and archived_at is null) as "draftCount",
           u.n as "unremindedInvoices", u.cents as "unremindedCents"
      from (select count(*)::int as n, coalesce(sum(i.balance_cents), 0)::bigint as cents from ${invoices} i
             where i.status = 'open' and i.balance_cents > i.pending_cents and i.due_on < ${addDays(today, -30)}::date
               and not i.do_not_remind and i.disputed_at is null and coalesce(i.promised_for < ${today}::date, true)
               and not exists (select from ${enrollments} e join ${campaigns} c on c.id = e.campaign_id
                                where e.invoice_id = i.id and e.status = 'active' and c.status <> 'canceled')) u`);
  const running = await tx.execute<{ id: number; name: string; status: string }>(sql`
    (select id, name, status from ${campaigns} where status = 'draft' and archived_at is null order by id desc limit 3)
    union all
    (select id, name, status from ${campaigns} where status in ('launching', 'sending', 'paused') order by id desc limit 3)`);
  const named = (draft: boolean) =>
    running.filter((one) => (one.status === 'draft') === draft).map(({ id, name }) => ({ id, name }));
  return { ...row!, drafts: named(true), sending: named(false) };
}
