import { sql } from 'drizzle-orm';

import { addressConsent } from '#app/consent/history.server.ts';
import { stopAt, type Stop } from '#app/consent/history.ts';
import type { Purpose } from '#app/consent/purposes.ts';
import type { messageKindLabels } from '#app/messaging/kinds.ts';
import type { Tx } from '#db/client.ts';
import type { Channel } from '#db/schema/columns.ts';

import { explainReason, type ReasonWords } from './reasons.ts';
import type { CampaignStatus } from './words.ts';

/** One message with all that is known of it. Instants are ISO strings. */
export type StoryMessage = {
  id: number;
  kind: keyof typeof messageKindLabels;
  channel: Channel;
  state: 'planned' | 'deferred' | 'attempting' | 'sent' | 'skipped' | 'failed' | 'unknown';
  reason: string | null;
  address: string;
  /** As it was sent; while it has not been merged for this recipient, the step's own line with its merge tags. */
  subject: string;
  merged: boolean;
  provider: string | null;
  providerId: string | null;
  createdAt: string;
  sendAt: string;
  attemptedAt: string | null;
  sentAt: string | null;
  /** When the gate or somebody left it out; null for others, and for what was left out before this was kept. */
  skippedAt: string | null;
  deliveredAt: string | null;
  openedAt: string | null;
  clickedAt: string | null;
  bouncedAt: string | null;
  complainedAt: string | null;
  unsubscribedAt: string | null;
  mailedAt: string | null;
  returnedAt: string | null;
  campaign: { id: number; name: string; status: CampaignStatus; purpose: Purpose; steps: number; step: number } | null;
  customer: { id: number; name: string; doNotContact: boolean } | null;
  invoice: {
    id: number;
    number: string;
    status: 'draft' | 'open' | 'paid' | 'void';
    currency: string;
    balanceCents: number;
    paidAt: string | null;
    disputedAt: string | null;
    promisedFor: string | null;
    doNotRemind: boolean;
  } | null;
  /** Left out when the campaign's audience was made into messages, not later at its turn. */
  leftOutAtLaunch: boolean;
  outboxId: number | null;
  /** The same of a text. */
  outboxTextId: number | null;
  /** And of a postcard. */
  outboxPostcardId: number | null;
};

export type StoryEvent = { id: number; kind: string; at: string; details: Record<string, unknown> };
export type StoryLink = {
  /** Null for an email's link that nobody has followed. */
  code: string | null;
  key: string;
  kind: 'customer_portal' | 'pay_invoice' | 'url';
  destination: string | null;
  clicks: number;
};
/** A payment of the message's invoice since the message was made, and which message took the credit for it. */
export type StoryPayment = {
  id: number;
  at: string;
  cents: number;
  credit: { messageId: number; kind: 'direct' | 'influenced'; cents: number; campaign: string } | null;
};

export type MessageStory = {
  message: StoryMessage;
  /** In the order in which they happened. */
  events: StoryEvent[];
  links: StoryLink[];
  payments: StoryPayment[];
  /** Whether its kind of message might go to its address when it was its turn, and now; null where nobody is asked. */
  consent: { purpose: Purpose; atItsTurn: Stop; now: string | null; asOf: string } | null;
  /** Why it was not sent, or why nobody knows; null for one that was or still will be. */
  why: ReasonWords | null;
};

/** The whole history of one message (B-04), or null when the company has no such message. */
export async function messageStory(tx: Tx, messageId: number): Promise<MessageStory | null> {
  const message = await readMessage(tx, messageId);
  if (!message) return null;
  const events = await tx.execute<StoryEvent>(
    sql`select id, kind, at, details from message_events where message_id = ${messageId} order by at, id limit 500`,
  );
  return {
    message,
    events: events.map((event) => ({ ...event, at: iso(event.at) })),
    links: await linksOf(tx, messageId),
    payments: message.invoice ? await paymentsSince(tx, message.invoice.id, message.createdAt) : [],
    consent: await consentOf(tx, message),
    why: message.reason === null || message.state === 'sent' ? null : explainReason(message.reason),
  };
}

type Row = Omit<StoryMessage, 'campaign' | 'customer' | 'invoice' | 'merged'> & {
  merged: string | null;
  campaign: StoryMessage['campaign'];
  customer: StoryMessage['customer'];
  invoice: StoryMessage['invoice'];
};

async function readMessage(tx: Tx, messageId: number): Promise<StoryMessage | null> {
  const [row] = await tx.execute<Row>(sql`
    select m.id, m.kind, m.channel, m.state, m.reason, m.address, coalesce(o.subject, mc.subject, ot.body, op.headline) as merged,
           coalesce(o.subject, nullif(mc.subject, ''), nullif(s.subject, ''), ot.body, op.headline, mc.text, s.document ->> 'text',
             s.document #>> '{front,headline}', '') as subject, m.provider, m.provider_id as "providerId",
           m.created_at as "createdAt", m.send_at as "sendAt", m.attempted_at as "attemptedAt", m.sent_at as "sentAt",
           m.skipped_at as "skippedAt", m.delivered_at as "deliveredAt", m.opened_at as "openedAt", m.clicked_at as "clickedAt",
           m.bounced_at as "bouncedAt", m.complained_at as "complainedAt", m.unsubscribed_at as "unsubscribedAt",
           m.mailed_at as "mailedAt", m.returned_at as "returnedAt",
           case when c.id is not null then
             jsonb_build_object('id', c.id, 'name', c.name, 'status', c.status, 'purpose', c.purpose, 'step', s.position,
               'steps', (select count(*) from campaign_steps where campaign_id = c.id)) end as campaign,
           case when cu.id is not null then
             jsonb_build_object('id', cu.id, 'name', cu.name, 'doNotContact', cu.do_not_contact) end as customer,
           case when i.id is not null then
             jsonb_build_object('id', i.id, 'number', i.number, 'status', i.status, 'currency', i.currency,
               'balanceCents', i.balance_cents, 'paidAt', i.paid_at, 'disputedAt', i.disputed_at,
               'promisedFor', i.promised_for, 'doNotRemind', i.do_not_remind) end as invoice,
           coalesce(m.state = 'skipped' and m.skipped_at is null and e.end_reason = m.reason and m.reason not in ('paid', 'void'), false)
             as "leftOutAtLaunch",
           o.id as "outboxId", ot.id as "outboxTextId", op.id as "outboxPostcardId"
      from messages m
      left join campaigns c on c.id = m.campaign_id
      left join campaign_steps s on s.id = m.step_id
      left join customers cu on cu.id = m.customer_id
      left join invoices i on i.id = m.invoice_id
      left join enrollments e on e.id = m.enrollment_id
      left join message_contents mc on mc.message_id = m.id
      left join lateral (select id, subject from outbox_emails where message_id = m.id order by id desc limit 1) o on true
      left join lateral (select id, body from outbox_texts where message_id = m.id order by id desc limit 1) ot on true
      left join lateral (select id, card #>> '{front,headline}' as headline from outbox_postcards
                          where message_id = m.id) op on true
     where m.id = ${messageId}`);
  if (!row) return null;
  const times = Object.fromEntries((['createdAt', 'sendAt'] as const).map((name) => [name, iso(row[name])])) as Pick<
    StoryMessage,
    'createdAt' | 'sendAt'
  >;
  const maybe = Object.fromEntries(moments.map((name) => [name, row[name] === null ? null : iso(row[name])]));
  return { ...row, ...times, ...(maybe as Pick<StoryMessage, (typeof moments)[number]>), merged: row.merged !== null };
}

const moments = [
  'attemptedAt',
  'sentAt',
  'skippedAt',
  'deliveredAt',
  'openedAt',
  'clickedAt',
  'bouncedAt',
  'complainedAt',
  'unsubscribedAt',
  'mailedAt',
  'returnedAt',
] as const;

/** The links in it: all of an email's, of which those that were followed are written down, or those of a text or card. */
async function linksOf(tx: Tx, messageId: number): Promise<StoryLink[]> {
  const links = await tx.execute<StoryLink>(sql`
    select w.code, coalesce(w.key, e.key) as key, coalesce(w.kind, e.kind) as kind, coalesce(w.destination, e.url) as destination,
           coalesce(w.clicks, 0) as clicks
      from (select code, key, kind, destination, clicks from links where message_id = ${messageId}) w
      full join (
        select l.key, l.kind, l.url from messages m join campaign_steps s on s.id = m.step_id
         cross join lateral jsonb_to_recordset(s.compiled -> 'links') as l(key text, kind text, url text)
         where m.id = ${messageId} and m.channel = 'email' and m.attempted_at is not null) e on e.key = w.key
     order by 2`);
  return [...links];
}

async function paymentsSince(tx: Tx, invoiceId: number, since: string): Promise<StoryPayment[]> {
  const rows = await tx.execute<StoryPayment>(sql`
    select p.id, p.created_at as at, paid.cents,
           case when a.payment_id is not null then
             jsonb_build_object('messageId', a.message_id, 'kind', a.kind, 'cents', a.amount_cents, 'campaign', c.name) end as credit
      from (select payment_id, -sum(amount_cents)::bigint as cents from ledger_entries
             where invoice_id = ${invoiceId} and kind = 'payment' and payment_id is not null
             group by payment_id having sum(amount_cents) < 0) paid
      join payments p on p.id = paid.payment_id and p.status = 'succeeded' and p.created_at >= ${since}::timestamptz
      left join attributions a on a.payment_id = p.id and a.invoice_id = ${invoiceId}
      left join campaigns c on c.id = a.campaign_id
     order by p.created_at, p.id limit 50`);
  return rows.map((row) => ({ ...row, at: iso(row.at) }));
}

async function consentOf(tx: Tx, message: StoryMessage): Promise<MessageStory['consent']> {
  if (!message.campaign || message.address === '') return null;
  const { purpose } = message.campaign;
  const { lines, now } = await addressConsent(tx, message.address, purpose);
  // A message that has not had its turn is asked again when it has.
  const asOf = message.sentAt ?? message.attemptedAt ?? message.skippedAt ?? message.createdAt;
  return { purpose, atItsTurn: stopAt(lines, purpose, new Date(asOf)), now, asOf };
}

const iso = (at: string) => new Date(at).toISOString();
