import { sql, type SQL } from 'drizzle-orm';

import { channelOf, whoTells } from '#app/consent/address.ts';
import { suppressAll } from '#app/consent/suppress.server.ts';
import type { Tx } from '#db/client.ts';
import { keepPlans } from '#db/plans.ts';

import { idSpan } from './outcomes.server.ts';

/**
 * `taken`: the provider has the message, which its answer says too where it came; `delayed`: it has not been able to hand it on
 * yet. Both are noted, nothing more. A postcard is `mailed` when the printer gives it to the post, and `returned` when the post could
 * not deliver it; what lies between is noted, and proves that it was mailed.
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

/** What only the post can tell, of a postcard on its way. */
const onItsWay = ['mailed', 'in_transit', 'in_local_area', 'out_for_delivery', 'rerouted', 'returned'] as const;

/**
 * What each kind proves: an event fills in the columns under which it stands here, for it and for what must have come before it.
 * Machines' visits are kept apart and prove nothing (app/links/visitor.ts).
 */
const proofs = {
  delivered: ['delivered', 'opened', 'clicked', 'complained', 'replied'],
  opened: ['opened', 'clicked'],
  clicked: ['clicked'],
  bounced: ['bounced'],
  complained: ['complained'],
  unsubscribed: ['unsubscribed'],
  replied: ['replied'],
  // Of a postcard alone: what arrived was mailed.
  mailed: [...onItsWay, 'delivered', 'opened', 'clicked'],
  returned: ['returned'],
  machine_opened: ['machine_opened'],
  machine_clicked: ['machine_clicked'],
} as const satisfies Record<string, readonly EventKind[]>;

/** Visits of scanners and mail programs: a message of unknown fate stays unknown, whatever they saw. */
const byMachine = ['machine_opened', 'machine_clicked'] as const satisfies readonly EventKind[];

/** What only the provider can tell, and only of a message that it has. */
const fromProvider = [
  'taken',
  'delivered',
  'delayed',
  'bounced',
  'complained',
  ...onItsWay,
] as const satisfies readonly EventKind[];

export type MessageEvent = {
  messageId: number;
  kind: EventKind;
  /** The same event told twice has the same key. */
  dedupeKey: string;
  /** A bounce says `permanent: true` when the address is no good. */
  details: Record<string, unknown>;
  at: Date;
};

/** What tells that nothing more should go to an address, and how that is written down. */
const ends = {
  bounced: { reason: 'bounced', how: 'bounce' },
  returned: { reason: 'bounced', how: 'returned' },
  complained: { reason: 'complained', how: 'complaint' },
} as const;

type Taken = {
  fresh: number;
  unreachable: { id: number; kind: keyof typeof ends; address: string; customerId: number | null }[];
};

/**
 * Takes in what providers and recipients tell us, in any number and order, late or twice. Events only fill in what is
 * still empty, and prove what must have come before: a click that there was an opening, an opening the delivery, any of
 * them that a message whose fate was unknown did go out. What a provider tells of a message that it seemed to have refused
 * proves that it took it: it is not sent again. Message, step counters and, after a permanent bounce or a complaint, the
 * suppression list change in the same transaction. Events for messages of others are passed over.
 * @returns how many were new
 */
export async function recordEvents(tx: Tx, events: readonly MessageEvent[]): Promise<number> {
  const told = once(events);
  if (told.length === 0) return 0;
  const { fresh, unreachable } = await keepPlans(tx, () => moveMessages(tx, told));
  await suppressAll(
    tx,
    unreachable.map(({ id, kind, address, customerId }) => ({
      address,
      purpose: 'all',
      ...ends[kind],
      actor: whoTells[channelOf(address)],
      messageId: id,
      customerId,
    })),
  );
  return fresh;
}

/** Each event once, in the order of their messages. */
function once(events: readonly MessageEvent[]): MessageEvent[] {
  const known = new Map<string, MessageEvent>();
  for (const event of events) {
    const key = `${event.messageId} ${event.dedupeKey}`;
    if (!known.has(key)) known.set(key, event);
  }
  return [...known.values()].toSorted((a, b) => a.messageId - b.messageId);
}

const listed = (kinds: readonly EventKind[]) => kinds.map((kind) => `'${kind}'`).join(', ');
const columns = Object.keys(proofs) as (keyof typeof proofs)[];
const each = (write: (column: keyof typeof proofs) => string): SQL => sql.raw(columns.map(write).join(', '));

const firstOfEach = each((column) => `min(at) filter (where kind in (${listed(proofs[column])})) as ${column}`);
const stamps = each((column) => `${column}_at`);
const filledIn = each((column) => `${column}_at = coalesce(m.${column}_at, b.${column})`);
/** `b` has what is new of each: null where it is known already. */
const newOfEach = each(
  (column) =>
    `case when h.${column}_at is null ${column === 'mailed' ? "and h.channel = 'mail'" : ''} then f.${column} end as ${column}`,
);
const countOfEach = each((column) => `count(${column})::int as ${column}`);
const countedUp = each((column) => `${column} = s.${column} + c.${column}`);
const named = each((column) => `b.${column}`);
const anythingNew = sql.raw(`coalesce(${columns.map((column) => `b.${column}`).join(', ')}) is not null`);

/**
 * Keeps the events that are new, and moves their messages and steps, in one statement. Messages are locked before it, by their ids,
 * then steps: as everybody does. So it knows all that was told of them before, and what is new can be told without a conflict.
 * A message of which nothing changes is not written.
 */
async function moveMessages(tx: Tx, events: readonly MessageEvent[]): Promise<Taken> {
  const ids = [...new Set(events.map((event) => event.messageId))];
  const list = sql`${`{${ids.join(',')}}`}::text::bigint[]`;
  const told = sql`${idSpan(ids)} and m.id = any(${list})`;
  // Lists cost the database half of what objects do.
  const rows = events.map(({ messageId, kind, dedupeKey, details, at }) => [messageId, kind, dedupeKey, details, at]);
  const statement = sql`
    with told as materialized (
      select (e ->> 0)::bigint as message_id, e ->> 1 as kind, e ->> 2 as dedupe_key, e -> 3 as details, (e ->> 4)::timestamptz as at, n
        from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) with ordinality as each (e, n)
    ), held as materialized (
      select m.id, m.step_id, m.channel, m.state, m.reason, m.address, m.customer_id, ${stamps}
        from messages m where ${told}
    ), fresh as (
      insert into message_events (company_id, message_id, kind, dedupe_key, details, at)
      select (select current_company_id()), message_id, kind, dedupe_key, details, at from told
       where message_id in (select id from held)
         and not exists (select from message_events e where e.message_id = told.message_id and e.dedupe_key = told.dedupe_key
                                                        and e.message_id = any(${list}))
       order by n
      returning message_id, kind, details, at
    ), first as (
      select message_id as id, bool_or(kind not in (${sql.raw(listed(byMachine))})) as proves,
             bool_or(kind in (${sql.raw(listed(fromProvider))})) as at_provider, ${firstOfEach}
        from fresh group by message_id
    ), before as materialized (
      select h.id, h.step_id, h.state, h.reason, ${newOfEach},
             (h.state = 'unknown' and f.proves) or (h.state in ('planned', 'deferred') and f.at_provider) as settled
        from held h join first f on f.id = h.id
    ), moved as (
      update messages m
         set ${filledIn}, state = case when b.settled then 'sent' else m.state end,
             sent_at = case when b.settled then coalesce(m.sent_at, m.attempted_at, now()) else m.sent_at end,
             reason = case when b.settled then null else m.reason end
        from before b
       where m.id = b.id and ${told} and (b.settled or ${anythingNew})
      returning b.step_id, b.settled, b.state as was, b.reason, ${named}
    ), counts as (
      select step_id, count(*) filter (where settled)::int as settled,
             count(*) filter (where settled and was = 'unknown')::int as known, ${countOfEach}
        from moved where step_id is not null group by step_id
    ), steps as (
      select s.id from campaign_steps s where s.id = any(array(select step_id from counts)) order by s.id for no key update
    ), counted as (
      update campaign_steps s
         set sent = s.sent + c.settled, unknown = s.unknown - c.known, planned = s.planned - (c.settled - c.known),
             ${countedUp}
        from counts c where s.id = c.step_id and s.id = any(array(select id from steps))
      returning s.id
    ), unreasoned as (
      update campaign_step_reasons r set count = r.count - u.n
        from (select step_id, reason, count(*)::int as n from moved
               where settled and was = 'unknown' and step_id is not null group by step_id, reason) u
       where r.step_id = u.step_id and r.state = 'unknown' and r.reason = u.reason
         and r.step_id = any(array(select step_id from counts where known > 0))
    )
    select (select count(*)::int from fresh) as fresh, (select count(*)::int from counted) as steps,
           coalesce((
             select jsonb_agg(jsonb_build_object('id', h.id, 'kind', f.kind, 'address', h.address,
                                                 'customerId', h.customer_id) order by h.id)
               from fresh f join held h on h.id = f.message_id
              where h.address <> '' and (f.kind in ('complained', 'returned') or f.kind = 'bounced' and f.details ->> 'permanent' = 'true')
           ), '[]') as unreachable`;
  const [, [taken]] = await Promise.all([
    tx.execute(sql`select count(*) from (select from messages m where ${told} order by m.id for no key update) held`),
    tx.execute<Taken>(statement),
  ]);
  return taken!;
}
