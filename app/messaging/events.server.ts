import { sql, type SQL } from 'drizzle-orm';

import { channelOf } from '#app/consent/address.ts';
import { suppressAll, type Suppression } from '#app/consent/suppress.server.ts';
import type { Tx } from '#db/client.ts';
import type { Channel } from '#db/schema/columns.ts';

import { idSpan } from './outcomes.server.ts';

/**
 * `taken`: the provider has the message, which its answer says too where it came; `delayed`: it has not been able to hand it on
 * yet. Both are noted, nothing more. A postcard is `mailed` when the printer gives it to the post, and `returned` when the post could not
 * deliver it; what lies between is noted, and proves that it was mailed.
 */
export type EventKind =
  | 'taken'
  | 'delivered'
  | 'delayed'
  | 'opened'
  | 'clicked'
  | 'machine_opened'
  | 'machine_clicked'
  | 'bounced'
  | 'complained'
  | 'unsubscribed'
  | 'replied'
  | 'mailed'
  | 'in_transit'
  | 'in_local_area'
  | 'out_for_delivery'
  | 'rerouted'
  | 'returned';

/** What tells that nothing more should go to an address, and how that is written down. */
const ends: Partial<Record<EventKind, Pick<Suppression, 'reason' | 'how'>>> = {
  bounced: { reason: 'bounced', how: 'bounce' },
  returned: { reason: 'bounced', how: 'returned' },
  complained: { reason: 'complained', how: 'complaint' },
};

const whoTold: Record<Channel, string> = { email: 'Mail provider', sms: 'Text provider', mail: 'Postcard provider' };

/** Visits of scanners and mail programs: kept to be seen, and moving nothing (app/links/visitor.ts). */
const byMachine: ReadonlySet<EventKind> = new Set(['machine_opened', 'machine_clicked']);

/** What only the provider can tell, and only of a message that it has. */
const fromProvider: ReadonlySet<EventKind> = new Set([
  'taken',
  'delivered',
  'delayed',
  'bounced',
  'complained',
  'mailed',
  'in_transit',
  'in_local_area',
  'out_for_delivery',
  'rerouted',
  'returned',
]);

export type MessageEvent = {
  messageId: number;
  kind: EventKind;
  /** The same event told twice has the same key. */
  dedupeKey: string;
  /** A bounce says `permanent: true` when the address is no good. */
  details: Record<string, unknown>;
  at: Date;
};

type Fresh = { messageId: number; kind: EventKind; permanent: boolean; address: string; customerId: number | null };

/**
 * Takes in what providers and recipients tell us, in any number and order, late or twice. Events only fill in what is
 * still empty, and prove what must have come before: a click that there was an opening, an opening the delivery, any of
 * them that a message whose fate was unknown did go out. What a provider tells of a message that it seemed to have refused
 * proves that it took it: it is not sent again. Message, step counters and, after a permanent bounce or a complaint, the
 * suppression list change in the same transaction. Events for messages of others are passed over.
 * @returns how many were new
 */
export async function recordEvents(tx: Tx, events: readonly MessageEvent[]): Promise<number> {
  const all = slices(events);
  if (all.length > 1) await lockMessages(tx, events);
  let count = 0;
  for (const slice of all) count += await recordSlice(tx, slice);
  return count;
}

/**
 * All messages before any step, as everybody locks them: whoever has a later slice's message would wait for the first slice's step,
 * and we for the message. One by one (offset 0), as in the gate.
 */
async function lockMessages(tx: Tx, events: readonly MessageEvent[]): Promise<void> {
  const ids = [...new Set(events.map((event) => event.messageId))].toSorted((a, b) => a - b);
  await tx.execute(sql`
    select m.id from unnest(${sql.param(ids)}::bigint[]) told (id)
     cross join lateral (select id from messages where id = told.id offset 0 for no key update) m`);
}

/** How far apart the ids of one statement may lie: it reads all that is between them. */
const MAX_GAP = 2_000;

function slices(events: readonly MessageEvent[]): MessageEvent[][] {
  const found: MessageEvent[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const event of events.toSorted((a, b) => a.messageId - b.messageId)) {
    if (event.messageId - last > MAX_GAP) found.push([]);
    found.at(-1)!.push(event);
    last = event.messageId;
  }
  return found;
}

async function recordSlice(tx: Tx, events: readonly MessageEvent[]): Promise<number> {
  const span = idSpan(events.map((event) => event.messageId));
  const fresh = await insertFresh(tx, events, span);
  if (fresh.length === 0) return 0;
  const moving = fresh.filter((event) => !byMachine.has(event.kind));
  if (moving.length > 0) await moveMessages(tx, events, moving, span);
  await suppressAll(
    tx,
    fresh.flatMap((event) => {
      const end = event.kind === 'bounced' && !event.permanent ? undefined : ends[event.kind];
      if (!end || event.address === '') return [];
      const { address, messageId, customerId } = event;
      return [{ address, purpose: 'all' as const, ...end, actor: whoTold[channelOf(address)], messageId, customerId }];
    }),
  );
  return fresh.length;
}

async function insertFresh(tx: Tx, events: readonly MessageEvent[], span: SQL): Promise<Fresh[]> {
  const rows = events.map((event) => ({
    message_id: event.messageId,
    kind: event.kind,
    dedupe_key: event.dedupeKey,
    details: event.details,
    at: event.at.toISOString(),
  }));
  return tx.execute<Fresh>(sql`
    with told as (
      select e.*, m.address, m.customer_id
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
             as e(message_id bigint, kind text, dedupe_key text, details jsonb, at timestamptz)
        join messages m on m.id = e.message_id and ${span}
    ), fresh as (
      insert into message_events (message_id, kind, dedupe_key, details, at)
      select message_id, kind, dedupe_key, details, at from told order by dedupe_key
      on conflict (company_id, dedupe_key) do nothing
      returning message_id, kind, details
    )
    select f.message_id as "messageId", f.kind, coalesce(f.details ->> 'permanent' = 'true', false) as permanent,
           m.address, m.customer_id as "customerId"
      from fresh f join messages m on m.id = f.message_id and ${span} order by f.message_id`);
}

/** When each kind was first told of, with what it implies. */
async function moveMessages(
  tx: Tx,
  events: readonly MessageEvent[],
  fresh: readonly Fresh[],
  span: SQL,
): Promise<void> {
  const isFresh = new Set(fresh.map((event) => `${event.messageId}:${event.kind}`));
  const firsts = new Map<number, Partial<Record<EventKind, string>>>();
  const taken = new Set<number>();
  for (const event of events) {
    if (!isFresh.has(`${event.messageId}:${event.kind}`)) continue;
    const first = firsts.get(event.messageId) ?? {};
    firsts.set(event.messageId, first);
    if (fromProvider.has(event.kind)) taken.add(event.messageId);
    const at = event.at.toISOString();
    for (const kind of [event.kind, ...implied[event.kind]]) {
      const known = first[kind];
      if (!known || at < known) first[kind] = at;
    }
  }
  const rows = [...firsts].map(([id, first]) => ({ id, at_provider: taken.has(id), ...first }));
  await tx.execute(sql`
    with first as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as f(id bigint, at_provider boolean,
        delivered timestamptz, opened timestamptz, clicked timestamptz, bounced timestamptz, complained timestamptz,
        unsubscribed timestamptz, replied timestamptz, mailed timestamptz, returned timestamptz)
    ), held as materialized (
      select m.id, m.step_id, m.channel, m.state, m.reason, m.delivered_at, m.opened_at, m.clicked_at, m.bounced_at,
             m.complained_at, m.unsubscribed_at, m.replied_at, m.mailed_at, m.returned_at
        from messages m where ${span} and m.id in (select id from first) order by m.id for no key update
    ), before as (
      select h.*, h.state = 'unknown' or (h.state in ('planned', 'deferred') and f.at_provider) as settled,
             case when h.channel = 'mail' then least(f.mailed, f.delivered) end as mailed
        from held h join first f on f.id = h.id
    ), moved as (
      update messages m
         set delivered_at = coalesce(m.delivered_at, f.delivered), opened_at = coalesce(m.opened_at, f.opened),
             clicked_at = coalesce(m.clicked_at, f.clicked), bounced_at = coalesce(m.bounced_at, f.bounced),
             complained_at = coalesce(m.complained_at, f.complained),
             unsubscribed_at = coalesce(m.unsubscribed_at, f.unsubscribed),
             replied_at = coalesce(m.replied_at, f.replied), mailed_at = coalesce(m.mailed_at, b.mailed),
             returned_at = coalesce(m.returned_at, f.returned),
             state = case when b.settled then 'sent' else m.state end,
             sent_at = case when b.settled then coalesce(m.sent_at, m.attempted_at, now()) else m.sent_at end,
             reason = case when b.settled then null else m.reason end
        from first f join before b on b.id = f.id
       where m.id = b.id and ${span}
      returning b.step_id, b.settled, b.state as was, b.reason,
                b.delivered_at is null and f.delivered is not null as delivered,
                b.opened_at is null and f.opened is not null as opened,
                b.clicked_at is null and f.clicked is not null as clicked,
                b.bounced_at is null and f.bounced is not null as bounced,
                b.complained_at is null and f.complained is not null as complained,
                b.unsubscribed_at is null and f.unsubscribed is not null as unsubscribed,
                b.replied_at is null and f.replied is not null as replied,
                b.mailed_at is null and b.mailed is not null as mailed,
                b.returned_at is null and f.returned is not null as returned
    ), counts as (
      select step_id, count(*) filter (where settled)::int as settled,
             count(*) filter (where settled and was = 'unknown')::int as known,
             count(*) filter (where delivered)::int as delivered, count(*) filter (where opened)::int as opened, count(*) filter (where clicked)::int as clicked,
             count(*) filter (where bounced)::int as bounced, count(*) filter (where complained)::int as complained,
             count(*) filter (where unsubscribed)::int as unsubscribed, count(*) filter (where replied)::int as replied,
             count(*) filter (where mailed)::int as mailed, count(*) filter (where returned)::int as returned
        from moved where step_id is not null group by step_id
    ), steps as (
      select s.id from campaign_steps s where s.id in (select step_id from counts) order by s.id for no key update
    ), unreasoned as (
      update campaign_step_reasons r set count = r.count - u.n
        from (select step_id, reason, count(*)::int as n from moved
               where settled and was = 'unknown' and step_id is not null group by step_id, reason) u
       where r.step_id = u.step_id and r.state = 'unknown' and r.reason = u.reason
    )
    update campaign_steps s
       set sent = s.sent + c.settled, unknown = s.unknown - c.known, planned = s.planned - (c.settled - c.known),
           delivered = s.delivered + c.delivered,
           opened = s.opened + c.opened, clicked = s.clicked + c.clicked, bounced = s.bounced + c.bounced,
           complained = s.complained + c.complained, unsubscribed = s.unsubscribed + c.unsubscribed,
           replied = s.replied + c.replied, mailed = s.mailed + c.mailed, returned = s.returned + c.returned
      from counts c join steps on steps.id = c.step_id where s.id = c.step_id`);
}

const implied: Record<EventKind, EventKind[]> = {
  taken: [],
  delivered: [],
  delayed: [],
  opened: ['delivered'],
  clicked: ['opened', 'delivered'],
  machine_opened: [],
  machine_clicked: [],
  bounced: [],
  complained: ['delivered'],
  unsubscribed: [],
  replied: ['delivered'],
  mailed: [],
  in_transit: ['mailed'],
  in_local_area: ['mailed'],
  out_for_delivery: ['mailed'],
  rerouted: ['mailed'],
  returned: ['mailed'],
};
