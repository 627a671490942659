import { sql } from 'drizzle-orm';

import { recordEvents, type MessageEvent } from '#app/messaging/events.server.ts';
import type { Tx } from '#db/client.ts';

import { classify, type MachineRule, type Visit } from './visitor.ts';

/**
 * Writes down visits of one company's links and pixels (B-03). A person's click counts on the link each time, on the message
 * and its step once; a person's opening once. What a program did is kept beside it, once for each rule, and counts nowhere.
 * Visits to messages of others are passed over.
 * @param around all visits known of that time, by which crowds are told
 */
export async function recordVisits(tx: Tx, visits: readonly Visit[], around: readonly Visit[] = visits): Promise<void> {
  if (visits.length === 0) return;
  const rules = classify(visits, around, await handedOver(tx, visits));
  const clicks = new Map<string, number>();
  const events = new Map<string, MessageEvent>();
  for (const [index, visit] of visits.entries()) {
    const rule = rules[index] ?? null;
    if (rule === null && visit.code !== null) clicks.set(visit.code, (clicks.get(visit.code) ?? 0) + 1);
    const event = eventOf(visit, rule);
    const known = events.get(event.dedupeKey);
    if (!known || event.at < known.at) events.set(event.dedupeKey, event);
  }
  if (clicks.size > 0) {
    const rows = [...clicks].map(([code, n]) => ({ code, n }));
    await tx.execute(sql`
      update links l set clicks = l.clicks + c.n
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c(code text, n int) where l.code = c.code`);
  }
  await recordEvents(tx, [...events.values()]);
}

/** When the provider got each message; a message that is on its way counts from when it was marked. */
async function handedOver(tx: Tx, visits: readonly Visit[]): Promise<Map<number, number>> {
  const ids = JSON.stringify([...new Set(visits.map((visit) => visit.messageId))]);
  const rows = await tx.execute<{ id: number; at: string | null }>(sql`
    select m.id, coalesce(m.sent_at, m.attempted_at) as at
      from jsonb_array_elements_text(${ids}::jsonb) as wanted(id) join messages m on m.id = wanted.id::bigint`);
  return new Map(rows.flatMap((row) => (row.at === null ? [] : [[row.id, new Date(row.at).getTime()] as const])));
}

function eventOf(visit: Visit, rule: MachineRule | null): MessageEvent {
  const { messageId, code } = visit;
  const clicked = code !== null;
  const what = clicked ? `click:${code}` : `open:${messageId}`;
  return {
    messageId,
    kind: rule === null ? (clicked ? 'clicked' : 'opened') : clicked ? 'machine_clicked' : 'machine_opened',
    dedupeKey: rule === null ? what : `machine:${rule}:${what}`,
    details: { ...(clicked && { code }), ...(rule !== null && { rule }) },
    at: new Date(visit.at),
  };
}
