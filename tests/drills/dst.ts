import { sql } from 'drizzle-orm';
import postgres from 'postgres';

import { openWindow } from '#app/campaigns/send-gate.server.ts';
import { closeRange, rangeKey, takeRange } from '#app/campaigns/send-lease.server.ts';
import { recordOutcomes } from '#app/messaging/outcomes.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { counterDifferences, launchAndExpand, sendingCompany } from '#tests/fakes/sending.ts';

import type { DrillResult } from './result.ts';

export const name = 'dst';

export type DstOptions = {
  db: Db;
  /** Of a role that may look into the queue. */
  url: string;
  /** People for each night, spread over the places. */
  people: number;
  window: number;
};

/** Where people are, and by which clocks they may be written to. The last two are told apart by more than their zone. */
const places: readonly { zip: string; state: string; mobile?: string; zones: string[]; noSunday?: true }[] = [
  { zip: '10001', state: 'NY', zones: ['America/New_York'] },
  { zip: '60601', state: 'IL', zones: ['America/Chicago'] },
  { zip: '80202', state: 'CO', zones: ['America/Denver'] },
  { zip: '85001', state: 'AZ', zones: ['America/Phoenix'] },
  { zip: '90001', state: 'CA', zones: ['America/Los_Angeles'] },
  { zip: '96813', state: 'HI', zones: ['Pacific/Honolulu'] },
  { zip: '35203', state: 'AL', zones: ['America/Chicago'], noSunday: true },
  { zip: '10001', state: 'NY', mobile: '+1808', zones: ['America/New_York', 'Pacific/Honolulu'] },
];

/** Saturday, 7:30 pm in New York, before the night that is an hour shorter and the one that is an hour longer. */
const nights = ['2027-03-14T00:30:00Z', '2027-11-06T23:30:00Z'];
const MINUTE = 60_000;
/** A slow provider: so that a campaign is in the middle when hours end. */
const WINDOW_MINUTES = 4;
const LONGEST_DAYS = 4;

type Taken = { messageId: number; at: Date };

/**
 * Campaigns run over both nights on which clocks change, by a clock of the drill's own that goes from window to window, and
 * while everybody waits to the instant for which the queue holds the range. Nobody may be written to out of hours, as another
 * implementation of clocks (the runtime's) tells them; everybody gets the message once.
 */
export async function drill({ db, url, people, window }: DstOptions): Promise<DrillResult> {
  const queue = postgres(url, { max: 1, onnotice: () => {} });
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => fill(tx, people));
  const results: Awaited<ReturnType<typeof sendOver>>[] = [];
  for (const night of nights) results.push(await sendOver({ db, queue, companyId }, new Date(night), window));
  await queue.end();
  const sum = (key: 'sent' | 'duplicates' | 'lost' | 'unknown' | 'deferrals') =>
    results.reduce((total, each) => total + each[key], 0);
  return {
    drill: name,
    sent: sum('sent'),
    duplicates: sum('duplicates'),
    lost: sum('lost'),
    unknown: sum('unknown'),
    deferrals: sum('deferrals'),
    hours: results.map((each) => each.hours),
    wrongCounters: results.flatMap((each) => each.wrongCounters),
    faults: results.flatMap((each) => each.faults),
  };
}

type Setting = { db: Db; queue: postgres.Sql; companyId: number };

async function sendOver({ db, queue, companyId }: Setting, start: Date, size: number) {
  const { campaignId, stepId, ranges } = await launchAndExpand(db, companyId);
  await withCompany(db, companyId, (tx) =>
    tx.execute(
      sql`update messages set send_at = ${start.toISOString()}::timestamptz where campaign_id = ${campaignId}`,
    ),
  );
  const got: Taken[] = [];
  const faults: string[] = [];
  let deferrals = 0;
  let clock = start;
  const due = new Map(ranges.map((id) => [id, start]));
  while (due.size > 0) {
    const [rangeId, at] = [...due].reduce((first, each) => (each[1] < first[1] ? each : first));
    if (at > clock) clock = at;
    if (clock.getTime() - start.getTime() > LONGEST_DAYS * 1440 * MINUTE) {
      faults.push('Some were still waiting after four days.');
      break;
    }
    const now = clock;
    const { window, ...looked } = await withCompany(db, companyId, (tx) =>
      oneWindow(tx, companyId, rangeId, size, now),
    );
    got.push(...window.map((messageId) => ({ messageId, at: now })));
    deferrals += looked.deferred;
    if (looked.closed === 'done') due.delete(rangeId);
    else if (looked.closed === null) due.set(rangeId, now);
    else {
      const [job] = await queue<{ at: Date }[]>`
        select run_at as at from graphile_worker.jobs where key = ${rangeKey({ companyId, rangeId })}`;
      due.set(rangeId, job!.at);
    }
    if (window.length > 0) clock = new Date(clock.getTime() + WINDOW_MINUTES * MINUTE);
  }
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<{ id: number; state: string; place: number }>(sql`
      select m.id, m.state, c.notes::int as place from messages m join customers c on c.id = m.customer_id
       where m.campaign_id = ${campaignId}`),
  );
  const placeOf = new Map(rows.map((row) => [row.id, places[row.place]!]));
  for (const { messageId, at } of got) {
    const place = placeOf.get(messageId)!;
    const outside = place.zones.find((zone) => !allowed(zone, at, place.noSunday ?? false));
    if (outside) faults.push(`Sent at ${at.toISOString()}, out of hours in ${outside}.`);
  }
  const distinct = new Set(got.map((one) => one.messageId));
  return {
    sent: distinct.size,
    duplicates: got.length - distinct.size,
    lost: rows.filter((row) => !distinct.has(row.id) || row.state !== 'sent').length,
    unknown: rows.filter((row) => row.state === 'unknown').length,
    deferrals,
    hours: Math.round((clock.getTime() - start.getTime()) / (60 * MINUTE)),
    wrongCounters: await counterDifferences(db, companyId, stepId),
    faults: faults.slice(0, 10),
  };
}

/** One window of a range, answered at once. @returns who was sent to, and how the range was closed if nothing was due */
async function oneWindow(tx: Tx, companyId: number, rangeId: number, size: number, now: Date) {
  const taken = await takeRange(tx, rangeId, name, 600);
  if (taken.kind !== 'mine') throw new Error(`The range is ${taken.kind}`);
  const { range } = taken;
  const opened = await openWindow(tx, { ...range, cursorId: range.fromId }, size, now.toISOString().slice(0, 10), {
    now,
  });
  const { deferred } = opened;
  const window = opened.passed.map((one) => one.id);
  await recordOutcomes(
    tx,
    window.map((id) => ({ id, state: 'sent', reason: null, provider: 'drill', providerId: String(id) })),
  );
  if (opened.lastId === null) {
    return { window, deferred, closed: await closeRange(tx, range, companyId, name, now) };
  }
  await tx.execute(sql`update message_ranges set leased_by = null where id = ${rangeId}`);
  return { window, deferred, closed: null };
}

/** 9 am to 8 pm by the runtime's own clocks, not by ours. */
function allowed(timeZone: string, at: Date, noSunday: boolean): boolean {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short', hour: 'numeric', hourCycle: 'h23' });
  const read = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]));
  const hour = Number(read.hour);
  return hour >= 9 && hour < 20 && !(noSunday && read.weekday === 'Sun');
}

async function fill(tx: Tx, people: number): Promise<void> {
  await tx.execute(sql`insert into sending_rules (email_hours, cap_per_customer) values (true, 2)`);
  await tx.execute(sql`
    insert into customers (name, notes)
    select 'Customer ' || n, (n % ${places.length}::int)::text from generate_series(1, ${people}::int) n`);
  const rows = JSON.stringify(places.map((place, index) => ({ place: String(index), ...place })));
  await tx.execute(sql`
    with place as (select * from jsonb_to_recordset(${rows}::jsonb) as p(place text, zip text, state text, mobile text)),
    located as (
      insert into locations (customer_id, zip, state) select c.id, p.zip, p.state from customers c join place p on p.place = c.notes),
    called as (
      insert into contacts (customer_id, kind, value, "primary")
      select c.id, 'mobile', p.mobile || lpad((c.id % 10000000)::text, 7, '2'), true
        from customers c join place p on p.place = c.notes where p.mobile is not null)
    insert into contacts (customer_id, kind, value, "primary")
    select id, 'email', 'customer' || id || '@mail.example', true from customers`);
  await tx.execute(sql`
    insert into invoices (customer_id, number, status, issued_on, due_on, total_cents, balance_cents)
    select id, 'N' || id, 'open', '2026-01-01', '2026-01-31', 10000, 10000 from customers`);
}
