import { sql } from 'drizzle-orm';

import { recordEvents, type EventKind, type MessageEvent } from '#app/messaging/events.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';

import { postalKey } from '../postal-address.ts';
import { CENTS_PER_CARD } from '../postage.ts';
import { Retryable, type MailMessage, type MailProvider, type Outcome } from '../provider.ts';
import { checkInSandbox, mailHabitOf, type MailHabit } from './sandbox-addresses.ts';
import { together } from './together.ts';

const SLOW_MS = 3_000;
const THROTTLED_SECONDS = 2;
const DROPPED_SECONDS = 5;
/** Cards that were refused once and are remembered; each worker has its own memory. */
const MAX_REMEMBERED = 10_000;
/** For so long a card can be taken back, as Lob's default is. */
const CANCEL_MINUTES = 5;
/** From one station to the next: the post's days in minutes. */
const STATION_MINUTES = 1;

/**
 * The printer that stands in while no real one is set up. It takes every postcard once, shows it in the Outbox, and tells of its way
 * through the post as Lob would, in minutes in place of days. Some streets make it misbehave.
 * @param options.slowMs how long `Slow Way` takes
 */
export function sandboxMailProvider(db: Db, companyId: number, options: { slowMs?: number } = {}): MailProvider {
  const refused = new Set<number>();
  const take = together((messages: readonly MailMessage[]) =>
    withCompany(db, companyId, (tx) => takeCards(tx, companyId, messages)),
  );
  /** True the first time. */
  const once = ({ messageId }: MailMessage): boolean => {
    if (refused.delete(messageId)) return false;
    if (refused.size >= MAX_REMEMBERED) refused.clear();
    refused.add(messageId);
    return true;
  };
  return {
    name: 'sandbox',
    account: null,
    repeatable: true,
    rate: () => Promise.resolve(Number.POSITIVE_INFINITY),
    find: (messages) =>
      withCompany(db, companyId, async (tx) => {
        const ids = messages.map((one) => one.messageId);
        const rows = await tx.execute<{ messageId: number; id: number }>(sql`
          select message_id as "messageId", id from outbox_postcards
           where message_id = any(${sql.param(ids)}::bigint[])`);
        return new Map(rows.map((row) => [row.messageId, `sandbox-${row.id}`]));
      }),
    async send(message) {
      switch (mailHabitOf(message.to.line1)) {
        case 'undeliverable':
          return { kind: 'failed', reason: 'undeliverable' };
        case 'refuse':
          return { kind: 'failed', reason: 'rejected' };
        case 'throttle':
          if (!once(message)) return take(message);
          throw new Retryable('The sandbox was asked to throttle.', THROTTLED_SECONDS, 'throttled');
        case 'drop': {
          const outcome = await take(message);
          if (!once(message)) return outcome;
          throw new Retryable('The sandbox was asked to lose its answer.', DROPPED_SECONDS);
        }
        case 'slow': {
          const outcome = await take(message);
          await new Promise((done) => setTimeout(done, options.slowMs ?? SLOW_MS));
          return outcome;
        }
        default:
          return take(message);
      }
    },
    cancel: (providerId) => withCompany(db, companyId, (tx) => cancelCard(tx, providerId)),
    verify: (address) => Promise.resolve(checkInSandbox(address)),
  };
}

/** Keeps cards, each message's once, and has those that are new posted. */
async function takeCards(tx: Tx, companyId: number, messages: readonly MailMessage[]): Promise<Outcome[]> {
  const rows = new Map(
    messages.map((one) => [
      one.messageId,
      { message_id: one.messageId, recipient: postalKey(one.to), card: one.card, send_date: one.sendDate },
    ]),
  );
  const stored = await tx.execute<{ id: number; messageId: number; isNew: boolean }>(sql`
    insert into outbox_postcards (message_id, recipient, card, send_date)
    select r.message_id, r.recipient, r.card, r.send_date
      from jsonb_to_recordset(${JSON.stringify([...rows.values()])}::jsonb)
           as r(message_id bigint, recipient text, card jsonb, send_date text)
     order by r.message_id
    on conflict (company_id, message_id) do update set message_id = excluded.message_id
    returning id, message_id as "messageId", xmax = 0 as "isNew"`);
  const idOf = new Map(stored.map((row) => [row.messageId, row.id]));
  const fresh = new Set(stored.filter((row) => row.isNew).map((row) => row.messageId));
  const now = Date.now();
  const leaving = new Map<number, number[]>();
  for (const messageId of fresh) {
    const at = leavesAt(now, rows.get(messageId)!.send_date);
    leaving.set(at, [...(leaving.get(at) ?? []), messageId]);
  }
  for (const [at, messageIds] of leaving) {
    await addJob(tx, 'sandbox.post', { companyId, messageIds, station: 0 }, { runAt: new Date(at) });
  }
  return messages.map((one) => ({
    kind: 'sent',
    providerId: `sandbox-${idOf.get(one.messageId)}`,
    costCents: CENTS_PER_CARD[one.card.size],
  }));
}

/** Until then a card can be taken back: for five minutes, or until the day on which it is to be printed. */
function leavesAt(takenAt: number, sendDate: string | null): number {
  const soon = takenAt + CANCEL_MINUTES * 60_000;
  return sendDate === null ? soon : Math.max(soon, Date.parse(`${sendDate}T12:00:00.000Z`));
}

async function cancelCard(tx: Tx, providerId: string): Promise<'canceled' | 'too_late'> {
  const id = /^sandbox-(\d{1,15})$/.exec(providerId)?.[1];
  if (!id) return 'too_late';
  const [card] = await tx.execute<{ at: Date | string; sendDate: string | null; mailed: boolean }>(sql`
    select o.at, o.send_date as "sendDate", m.mailed_at is not null as mailed
      from outbox_postcards o join messages m on m.id = o.message_id
     where o.id = ${id}::bigint for no key update of o`);
  // Taken back before: nobody else takes cards out.
  if (!card) return 'canceled';
  if (card.mailed || Date.now() >= leavesAt(new Date(card.at).getTime(), card.sendDate)) return 'too_late';
  await tx.execute(sql`delete from outbox_postcards where id = ${id}::bigint`);
  return 'canceled';
}

const wholeWay: readonly EventKind[] = ['mailed', 'in_transit', 'in_local_area', 'out_for_delivery', 'delivered'];

const ways: Partial<Record<MailHabit, readonly EventKind[]>> = {
  return: ['mailed', 'in_transit', 'returned'],
  reroute: ['mailed', 'in_transit', 'rerouted', 'out_for_delivery', 'delivered'],
  reordered: ['mailed', 'delivered', 'out_for_delivery', 'in_local_area', 'in_transit'],
};

/**
 * Tells of the next station of postcards that the sandbox took, as their addresses ask for, and asks to go on with the one after it.
 * Cards that were taken back have none.
 * @param station counted from 0
 */
export async function postFromSandbox(
  tx: Tx,
  { companyId, messageIds, station }: { companyId: number; messageIds: readonly number[]; station: number },
): Promise<void> {
  const rows = await tx.execute<{ id: number; address: string }>(sql`
    select m.id, m.address from unnest(${sql.param([...messageIds].toSorted((a, b) => a - b))}::bigint[]) asked (id)
     cross join lateral (select id, address from messages where id = asked.id offset 0 for no key update) m
     where exists (select from outbox_postcards o where o.message_id = m.id)`);
  const at = new Date();
  const on = rows.flatMap(({ id, address }) => {
    const habit = mailHabitOf(address);
    const way = (habit && ways[habit]) ?? wholeWay;
    const kind = way[station];
    return kind ? [{ id, kind, twice: habit === 'doubled', goesOn: station + 1 < way.length }] : [];
  });
  const eventsOf = (cards: typeof on) => cards.map(({ id, kind }) => eventOf(id, kind, at));
  await recordEvents(tx, eventsOf(on));
  await recordEvents(tx, eventsOf(on.filter((one) => one.twice)));
  const next = on.filter((one) => one.goesOn).map((one) => one.id);
  if (next.length === 0) return;
  const runAt = new Date(at.getTime() + STATION_MINUTES * 60_000);
  await addJob(tx, 'sandbox.post', { companyId, messageIds: next, station: station + 1 }, { runAt });
}

const eventOf = (messageId: number, kind: EventKind, at: Date): MessageEvent => ({
  messageId,
  kind,
  dedupeKey: `sandbox:${messageId}:${kind}`,
  details: { provider: 'sandbox' },
  at,
});
