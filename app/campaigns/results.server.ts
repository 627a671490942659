import { sql, type SQL } from 'drizzle-orm';

import { reasonWords } from '#app/messaging/reasons.ts';
import type { Tx } from '#db/client.ts';
import type { Channel } from '#db/schema/columns.ts';
import { keyset, type Page } from '#db/keyset.ts';

import type { CampaignStatus } from './words.ts';

/**
 * Messages by where they stand. Each is in exactly one of waiting, sent, skipped, failed and unknown, so the five add up to
 * `total`; what follows after `sent` says what came of those.
 */
export type Funnel = {
  total: number;
  waiting: number;
  sent: number;
  skipped: number;
  failed: number;
  unknown: number;
  delivered: number;
  opened: number;
  clicked: number;
  bounced: number;
  complained: number;
  unsubscribed: number;
  replied: number;
  /** Postcards given to the post, come back, and taken back before print. */
  mailed: number;
  returned: number;
  recalled: number;
  /** Messages that scanners and mail programs opened by themselves, and in which they followed a link: counted nowhere else. */
  machineOpened: number;
  machineClicked: number;
};

export type StepResults = Funnel & {
  stepId: number;
  position: number;
  channel: Channel;
  subject: string;
  /** What a text says, or a postcard's headline, as it was written; '' of an email. */
  text: string;
  directCents: number;
  influencedCents: number;
};

export type CampaignResults = {
  status: CampaignStatus;
  /** Why it paused by itself, in words. */
  pauseReason: string | null;
  launchedAt: string | null;
  finishedAt: string | null;
  /** Clicked, then paid; and reached, then paid (B-07). */
  directCents: number;
  influencedCents: number;
  /** Invoices with a payment that a message of this campaign earned, and how many of them are settled. */
  invoicesWithPayment: number;
  invoicesPaid: number;
  funnel: Funnel;
  steps: StepResults[];
  /** Dollars by the company's day, days with none left out. */
  days: { day: string; directCents: number; influencedCents: number }[];
  /** How many wait for sending hours, and when the first of them goes out (B-14). */
  hours: { waiting: number; nextAt: string | null };
  /** What was not sent, or may not have been, by reason; the most frequent first (B-04). */
  reasons: { state: 'skipped' | 'failed' | 'unknown'; reason: string; label: string; why: string; count: number }[];
};

/**
 * What came of a campaign, dollars first. Reads counters only, so it costs the same for a hundred and a million messages
 * and may be asked every second while the campaign sends.
 * @returns null when the company has no such campaign
 */
export async function campaignResults(tx: Tx, campaignId: number): Promise<CampaignResults | null> {
  const [campaign] = await tx.execute<
    Pick<CampaignResults, 'status' | 'pauseReason' | 'launchedAt' | 'finishedAt'>
  >(sql`
    select status, pause_reason as "pauseReason", launched_at as "launchedAt", finished_at as "finishedAt"
      from campaigns where id = ${campaignId}`);
  if (!campaign) return null;
  const steps = await tx.execute<StepResults>(sql`
    select s.id as "stepId", s.position, s.channel, s.subject, coalesce(s.document ->> 'text', s.document #>> '{front,headline}', '') as text, s.planned as waiting, s.sent, s.skipped, s.failed, s.unknown,
           s.planned + s.sent + s.skipped + s.failed + s.unknown as total, s.delivered, s.opened, s.clicked, s.bounced,
           s.complained, s.unsubscribed, s.replied, s.mailed, s.returned, s.recalled, s.machine_opened as "machineOpened",
           s.machine_clicked as "machineClicked", a.direct as "directCents", a.influenced as "influencedCents"
      from campaign_steps s cross join lateral (
        select ${dollars} from attributions a where a.campaign_id = ${campaignId} and a.step_id = s.id) a
     where s.campaign_id = ${campaignId} order by s.position`);
  const days = await tx.execute<CampaignResults['days'][number]>(sql`
    select day, direct as "directCents", influenced as "influencedCents"
      from (select (a.at at time zone co.time_zone)::date::text as day, ${dollars}
              from attributions a join companies co on co.id = a.company_id
             where a.campaign_id = ${campaignId} group by 1) by_day order by day`);
  const [paid] = await tx.execute<{ touched: number; paid: number }>(sql`
    select count(*)::int as touched, count(*) filter (where i.status = 'paid')::int as paid
      from (select distinct invoice_id from attributions where campaign_id = ${campaignId}) a
      join invoices i on i.id = a.invoice_id`);
  const reasons = await tx.execute<Omit<CampaignResults['reasons'][number], 'label' | 'why'>>(sql`
    select r.state, r.reason, sum(r.count)::int as count
      from campaign_step_reasons r join campaign_steps s on s.id = r.step_id
     where s.campaign_id = ${campaignId} group by r.state, r.reason having sum(r.count) > 0
     order by sum(r.count) desc, r.state, r.reason`);
  const [hours] = await tx.execute<CampaignResults['hours']>(sql`
    select coalesce(sum(deferred), 0)::int as waiting, min(next_at) as "nextAt"
      from message_ranges where campaign_id = ${campaignId} and status = 'open'`);
  return {
    ...campaign,
    hours: hours ?? { waiting: 0, nextAt: null },
    directCents: sum(steps, 'directCents'),
    influencedCents: sum(steps, 'influencedCents'),
    invoicesWithPayment: paid?.touched ?? 0,
    invoicesPaid: paid?.paid ?? 0,
    funnel: Object.fromEntries(funnelKeys.map((key) => [key, sum(steps, key)])) as Funnel,
    steps: [...steps],
    days: [...days],
    reasons: reasons.map((row) => ({ ...row, ...reasonWords(row.reason) })),
  };
}

/** What a message can have come to, in the order in which it happens. */
const whatCameOfIt = [
  'waiting',
  'sent',
  'skipped',
  'failed',
  'unknown',
  'delivered',
  'opened',
  'clicked',
  'bounced',
  'complained',
  'unsubscribed',
  'replied',
  'mailed',
  'returned',
  'recalled',
  'machineOpened',
  'machineClicked',
] as const;

const dollars = sql`
  coalesce(sum(a.amount_cents) filter (where a.kind = 'direct'), 0)::bigint as direct,
  coalesce(sum(a.amount_cents) filter (where a.kind = 'influenced'), 0)::bigint as influenced`;

const funnelKeys = ['total', ...whatCameOfIt] as const satisfies (keyof Funnel)[];

const sum = (steps: readonly StepResults[], key: keyof Funnel | 'directCents' | 'influencedCents') =>
  steps.reduce((total, step) => total + step[key], 0);

export type PersonRow = {
  messageId: number;
  stepId: number;
  customerId: number;
  name: string;
  invoiceId: number;
  number: string;
  address: string;
  state: 'planned' | 'deferred' | 'attempting' | 'sent' | 'skipped' | 'failed' | 'unknown';
  reason: string | null;
  reasonLabel: string | null;
  sentAt: string | null;
  deliveredAt: string | null;
  openedAt: string | null;
  clickedAt: string | null;
  bouncedAt: string | null;
  complainedAt: string | null;
  unsubscribedAt: string | null;
  repliedAt: string | null;
  mailedAt: string | null;
  returnedAt: string | null;
  recalledAt: string | null;
};

/** Which messages are listed: all, those of a state, or those that something came of. */
export const personFilters = ['all', ...whatCameOfIt] as const;
export type PersonFilter = (typeof personFilters)[number];

const filters: Record<PersonFilter, SQL> = {
  all: sql`true`,
  waiting: sql`m.state in ('planned', 'deferred', 'attempting')`,
  sent: sql`m.state = 'sent'`,
  skipped: sql`m.state = 'skipped'`,
  failed: sql`m.state = 'failed'`,
  unknown: sql`m.state = 'unknown'`,
  delivered: sql`m.delivered_at is not null`,
  opened: sql`m.opened_at is not null`,
  clicked: sql`m.clicked_at is not null`,
  bounced: sql`m.bounced_at is not null`,
  complained: sql`m.complained_at is not null`,
  unsubscribed: sql`m.unsubscribed_at is not null`,
  replied: sql`m.replied_at is not null`,
  mailed: sql`m.mailed_at is not null`,
  returned: sql`m.returned_at is not null`,
  recalled: sql`m.recalled_at is not null`,
  machineOpened: sql`m.machine_opened_at is not null`,
  machineClicked: sql`m.machine_clicked_at is not null`,
};

/**
 * Who got a step's message, who did not and why (B-04), in the order in which the messages were made. Keyset-paged.
 * @param which.stepId a step of the campaign; its first one by default
 * @param which.after `next` of the page before; `before` is `previous` of the page behind
 * @param which.search part of a name or address, or the beginning of an invoice number
 */
export async function campaignPeople(
  tx: Tx,
  campaignId: number,
  which: {
    stepId?: number | null;
    show?: PersonFilter;
    reason?: string | null;
    search?: string;
    after?: string | null;
    before?: string | null;
    limit?: number;
  } = {},
): Promise<Page<PersonRow>> {
  const keys = keyset([{ value: sql`m.id`, type: 'bigint' }], {
    after: which.after,
    before: which.before,
    limit: which.limit ?? 50,
  });
  const wanted = [filters[which.show ?? 'all'], keys.where];
  if (which.reason) wanted.push(sql`m.reason = ${which.reason}`);
  const term = which.search
    ?.trim()
    .replaceAll('\u0000', '')
    .replaceAll(/[\\%_]/g, '\\$&');
  if (term) {
    wanted.push(sql`(cu.name ilike ${`%${term}%`} or m.address ilike ${`%${term}%`} or i.number ilike ${`${term}%`})`);
  }
  const rows = await tx.execute<Omit<PersonRow, 'reasonLabel'> & { cursor: string }>(sql`
    select ${personColumns}, ${keys.cursor} as cursor
      from messages m join customers cu on cu.id = m.customer_id join invoices i on i.id = m.invoice_id
     where m.step_id = (select id from campaign_steps where campaign_id = ${campaignId}
                          and (id = ${which.stepId ?? null}::bigint or ${which.stepId ?? null}::bigint is null)
                        order by position limit 1)
       and ${sql.join(wanted, sql` and `)}
     order by ${keys.orderBy} limit ${keys.limit}`);
  return keys.toPage(rows.map(withLabel));
}

/** One of a campaign's messages with its person; without an id the first. Null when the campaign has no such message. */
export async function campaignPerson(tx: Tx, campaignId: number, messageId: number | null): Promise<PersonRow | null> {
  const [row] = await tx.execute<Omit<PersonRow, 'reasonLabel'>>(sql`
    select ${personColumns}
      from messages m join customers cu on cu.id = m.customer_id join invoices i on i.id = m.invoice_id
     where m.step_id in (select id from campaign_steps where campaign_id = ${campaignId})
       and ${messageId === null ? sql`true` : sql`m.id = ${messageId}`}
     order by m.id limit 1`);
  return row ? withLabel(row) : null;
}

const personColumns = sql`
  m.id as "messageId", m.step_id as "stepId", cu.id as "customerId", cu.name, i.id as "invoiceId", i.number, m.address,
  m.state, m.reason, m.sent_at as "sentAt", m.delivered_at as "deliveredAt", m.opened_at as "openedAt",
  m.clicked_at as "clickedAt", m.bounced_at as "bouncedAt", m.complained_at as "complainedAt",
  m.unsubscribed_at as "unsubscribedAt", m.replied_at as "repliedAt",
  m.mailed_at as "mailedAt", m.returned_at as "returnedAt", m.recalled_at as "recalledAt"`;

const withLabel = <Row extends { reason: string | null }>(row: Row) => ({
  ...row,
  reasonLabel: row.reason === null ? null : reasonWords(row.reason).label,
});
