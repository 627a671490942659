import { sql } from 'drizzle-orm';

import { recordEvents, type MessageEvent } from '#app/messaging/events.server.ts';
import type { Tx } from '#db/client.ts';

import { classify, type MachineRule, type Visit } from './visitor.ts';

/** Keys of events that are known to be written: whatever comes again under one would be passed over. */
export type WrittenEvents = { has(key: string): boolean };

/**
 * Writes down visits of one company's links and pixels (B-03). A person's click counts on the link each time, on the message
 * and its step once; a person's opening once. What a program did is kept beside it, once for each rule, and counts nowhere.
 * Visits to messages of others are passed over.
 * @param options.around all visits known of that time, by which crowds are told
 * @returns the keys of the events that stand once the transaction is committed
 */
export async function recordVisits(
  tx: Tx,
  visits: readonly Visit[],
  options: { around?: readonly Visit[]; written?: WrittenEvents } = {},
): Promise<string[]> {
  if (visits.length === 0) return [];
  const rules = classify(visits, options.around ?? visits, await handedOver(tx, visits));
  const clicks = new Map<string, number>();
  const events = new Map<string, MessageEvent>();
  for (const [index, visit] of visits.entries()) {
    const rule = rules[index] ?? null;
    if (rule === null && visit.code !== null) clicks.set(visit.code, (clicks.get(visit.code) ?? 0) + 1);
    const key = keyOf(visit, rule);
    if (options.written?.has(key)) continue;
    const known = events.get(key);
    if (!known || visit.at < known.at.getTime()) events.set(key, eventOf(visit, rule, key));
  }
  if (clicks.size > 0) await countClicks(tx, clicks);
  if (events.size > 0) await recordEvents(tx, [...events.values()]);
  return [...events.keys()];
}

/** One by one in the order of their codes (offset 0): two processes that count the same links do not wait for each other in a ring. */
async function countClicks(tx: Tx, clicks: ReadonlyMap<string, number>): Promise<void> {
  const codes = [...clicks.keys()].sort();
  const counts = codes.map((code) => clicks.get(code)!);
  await tx.execute(sql`
    update links l set clicks = l.clicks + c.n
      from (select * from unnest(${sql.param(codes)}::text[], ${sql.param(counts)}::int[]) as u(code, n) offset 0) c
     where l.code = c.code`);
}

/** When the provider got each message; a message that is on its way counts from when it was marked. */
async function handedOver(tx: Tx, visits: readonly Visit[]): Promise<Map<number, number>> {
  const ids = [...new Set(visits.map((visit) => visit.messageId))].toSorted((a, b) => a - b);
  const rows = await tx.execute<{ id: number; at: number | null }>(sql`
    select m.id, extract(epoch from m.at)::float8 * 1000 as at
      from unnest(${sql.param(ids)}::bigint[]) as wanted(id)
     cross join lateral (select id, coalesce(sent_at, attempted_at) as at from messages where id = wanted.id offset 0) m`);
  return new Map(rows.flatMap((row) => (row.at === null ? [] : [[row.id, row.at] as const])));
}

const keyOf = ({ messageId, code }: Visit, rule: MachineRule | null): string => {
  const what = code === null ? `open:${messageId}` : `click:${code}`;
  return rule === null ? what : `machine:${rule}:${what}`;
};

function eventOf({ messageId, code, at }: Visit, rule: MachineRule | null, dedupeKey: string): MessageEvent {
  const clicked = code !== null;
  return {
    messageId,
    kind: rule === null ? (clicked ? 'clicked' : 'opened') : clicked ? 'machine_clicked' : 'machine_opened',
    dedupeKey,
    details: { ...(clicked && { code }), ...(rule !== null && { rule }) },
    at: new Date(at),
  };
}
