import { sql } from 'drizzle-orm';

import { checkCustomer, customerInAudience, unitNames, type InvoiceCheck } from '#app/audiences/explain.server.ts';
import { readRules, type AudienceRules, type Exclusion } from '#app/audiences/rules.ts';
import type { Tx } from '#db/client.ts';

import { getCampaign, reachOf } from './campaigns.server.ts';
import { localDay } from './send-values.server.ts';
import type { CampaignStatus } from './words.ts';

/** A message of the campaign to the customer. Instants are ISO strings. */
export type WhyMessage = {
  id: number;
  step: number;
  address: string;
  state: 'planned' | 'deferred' | 'attempting' | 'sent' | 'skipped' | 'failed' | 'unknown';
  reason: string | null;
  sendAt: string;
  sentAt: string | null;
  deliveredAt: string | null;
  openedAt: string | null;
  clickedAt: string | null;
  bouncedAt: string | null;
  complainedAt: string | null;
  unsubscribedAt: string | null;
  /** Until when it was put off the last time, as it was out of sending hours; null for one that never waited (B-14). */
  waitedUntil: string | null;
  /** The invoice as it stands now, by which a reason is told with its fact. */
  invoice: { number: string; paidAt: string | null; disputedAt: string | null; promisedFor: string | null };
};

/** How one invoice stands to the campaign. */
export type WhyInvoice = InvoiceCheck & {
  messages: WhyMessage[];
  standing:
    | { kind: 'messages' }
    /** Some rule leaves it out: see `tests`. */
    | { kind: 'rules' }
    /** It fits, but the one message a customer was about another invoice. */
    | { kind: 'covered'; by: string }
    /** It was not there yet at the launch. */
    | { kind: 'later' }
    /** It fits now and did not then, as far as can be told. */
    | { kind: 'changed' }
    /** Of a draft: what a launch now would do. */
    | { kind: 'would'; exclusion: Exclusion | null }
    /** The audience is being made into messages just now. */
    | { kind: 'expanding' };
};

export type Why = {
  campaign: { id: number; name: string; status: CampaignStatus; launchedAt: string | null };
  customer: { id: number; name: string; type: 'residential' | 'commercial'; tags: string[] };
  rules: AudienceRules;
  units: string[];
  /** The day to which overdue days are counted: that of the launch, for a draft today. */
  day: string;
  invoices: WhyInvoice[];
  /** How many invoices the customer has in all; more than are listed when there are very many. */
  total: number;
};

/**
 * Why a customer did, or did not, get a campaign (B-04): each of their invoices with its messages, or with what kept it out of
 * the audience. What was owed is counted to the launch by the ledger; what nobody keeps is of now.
 * @returns null when the company has no such campaign or customer
 */
export async function whyCustomer(tx: Tx, campaignId: number, customerId: number): Promise<Why | null> {
  const campaign = await getCampaign(tx, campaignId);
  const [customer] = await tx.execute<Why['customer'] & { timeZone: string }>(sql`
    select cu.id, cu.name, cu.type, cu.tags, co.time_zone as "timeZone"
      from customers cu join companies co on co.id = cu.company_id where cu.id = ${customerId}`);
  if (!campaign || !customer) return null;
  const { timeZone, ...person } = customer;
  const rules = readRules(campaign.audience);
  const draft = campaign.status === 'draft';
  const launchedAt = draft ? null : (campaign.launchedAt?.toISOString() ?? null);
  const day = localDay(timeZone, launchedAt === null ? new Date() : new Date(launchedAt));
  const messages = await messagesOf(tx, campaignId, customerId);
  const first = [...new Set(messages.map((message) => message.invoiceId))];
  const { invoices, total } = await checkCustomer(tx, rules, customerId, { today: day, at: launchedAt, first });
  const reach = await reachOf(tx, campaign);
  const would = draft ? await customerInAudience(tx, rules, customerId, { today: day, reach }) : [];
  const numberOf = (id: number | undefined) => invoices.find((invoice) => invoice.id === id)?.number ?? '';
  const standingOf = (invoice: InvoiceCheck): WhyInvoice['standing'] => {
    if (messages.some((message) => message.invoiceId === invoice.id)) return { kind: 'messages' };
    if (campaign.status === 'launching') return { kind: 'expanding' };
    if (launchedAt !== null && invoice.createdAt > launchedAt) return { kind: 'later' };
    if (invoice.tests.some((test) => !test.holds)) return { kind: 'rules' };
    const row = would.find((one) => one.invoiceId === invoice.id);
    if (row) return { kind: 'would', exclusion: row.exclusion };
    const by = draft ? would[0]?.invoiceId : first[0];
    return rules.per === 'customer' && by !== undefined ? { kind: 'covered', by: numberOf(by) } : { kind: 'changed' };
  };
  return {
    campaign: { id: campaign.id, name: campaign.name, status: campaign.status, launchedAt },
    customer: person,
    rules,
    units: await unitNames(tx, rules),
    day,
    total,
    invoices: invoices.map((invoice) => ({
      ...invoice,
      messages: messages.filter((message) => message.invoiceId === invoice.id).map(({ invoiceId: _, ...one }) => one),
      standing: standingOf(invoice),
    })),
  };
}

async function messagesOf(
  tx: Tx,
  campaignId: number,
  customerId: number,
): Promise<(WhyMessage & { invoiceId: number })[]> {
  const rows = await tx.execute<WhyMessage & { invoiceId: number }>(sql`
    select m.id, m.invoice_id as "invoiceId", s.position as step, m.address, m.state, m.reason, m.send_at as "sendAt",
           m.sent_at as "sentAt", m.delivered_at as "deliveredAt", m.opened_at as "openedAt", m.clicked_at as "clickedAt",
           m.bounced_at as "bouncedAt", m.complained_at as "complainedAt", m.unsubscribed_at as "unsubscribedAt",
           (select e.details ->> 'until' from message_events e where e.message_id = m.id and e.kind = 'deferred'
             order by e.id desc limit 1) as "waitedUntil",
           jsonb_build_object('number', i.number, 'paidAt', i.paid_at, 'disputedAt', i.disputed_at,
                              'promisedFor', i.promised_for) as invoice
      from messages m join campaign_steps s on s.id = m.step_id join invoices i on i.id = m.invoice_id
     where m.customer_id = ${customerId} and m.campaign_id = ${campaignId}
     order by m.id limit 200`);
  const iso = (at: string | null) => (at === null ? null : new Date(at).toISOString());
  return rows.map((row) => ({
    ...row,
    sendAt: iso(row.sendAt)!,
    sentAt: iso(row.sentAt),
    deliveredAt: iso(row.deliveredAt),
    openedAt: iso(row.openedAt),
    clickedAt: iso(row.clickedAt),
    bouncedAt: iso(row.bouncedAt),
    complainedAt: iso(row.complainedAt),
    unsubscribedAt: iso(row.unsubscribedAt),
    waitedUntil: iso(row.waitedUntil),
  }));
}

export type FoundCustomer = { id: number; name: string; note: string };

/**
 * Customers by part of their name or address or the beginning of an invoice number who have no message of the campaign: those
 * whom its list does not show. At most 10, those whose first or last name begins so first.
 */
export async function customersWithoutMessage(tx: Tx, campaignId: number, search: string): Promise<FoundCustomer[]> {
  const term = search.replaceAll('\u0000', '').trim().slice(0, 100);
  if (term.length < 2) return [];
  const like = term.replaceAll(/[\\%_]/g, '\\$&');
  const rows = await tx.execute<FoundCustomer>(sql`
    select c.id, c.name, coalesce((select value from contacts where customer_id = c.id and kind = 'email'
                                    order by "primary" desc, id limit 1), '') as note
      from customers c
     where (c.name ilike ${`%${like}%`}
            or c.id in (select customer_id from contacts where kind = 'email' and value ilike ${`%${like}%`})
            or c.id in (select customer_id from invoices where number ilike ${`${like}%`}))
       and not exists (select from messages m where m.customer_id = c.id and m.campaign_id = ${campaignId})
     order by (c.name ilike ${`${like}%`} or c.name ilike ${`% ${like}%`}) desc, c.name, c.id limit 10`);
  return [...rows];
}
