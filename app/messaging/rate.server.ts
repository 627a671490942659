import { sql, type SQL } from 'drizzle-orm';

import type { Db } from '#db/client.ts';

import type { RateNow } from './operations.ts';

/** A little below what the provider allows: it counts what arrives, and calls that are begun evenly arrive unevenly. */
const SHARE = 0.965;
/**
 * A call that would begin so much later than its place takes another one. With `SHARE`, this many milliseconds and what the
 * wire adds must stay within 1 / 0.965 - 1 = 36 ms: then no second, wherever it begins, holds more calls than allowed.
 */
const LATE_MS = 15;
/** What is left of the rate when the provider throttles, how far it can fall, and how much comes back each second. */
const FALL = 0.7;
const LEAST = 0.05;
const CLIMB = 0.01;

/** Places in an account's budget: `count` calls may begin, the first at `firstAt` (`performance.now()`). */
export type Places = { count: number; firstAt: number; spacingMs: number; waitMs: number; bookedAt: Date };

export type Booking = {
  /** How soon a call can begin at the earliest: what has to be done before it. */
  leadMs?: number;
  /** Books fewer places where the rate would stretch them over more than this. */
  withinSeconds?: number;
};

/** The part of the allowed rate that an account may use now: what throttling left of it, and what came back since. */
const shareNow = sql`least(1, r.share + ${CLIMB}::float8 * coalesce(extract(epoch from now() - r.throttled_at)::float8, 1e6))`;

/**
 * Books the next places in the account's budget, which all workers on all machines share through one row: evenly spaced, and
 * no place twice, so that together they never pass the rate. After a throttling the places lie further apart.
 * @param count so many places, at most
 * @param rate messages a second that the account allows
 */
export async function bookPlaces(
  db: Db,
  account: string,
  count: number,
  rate: number,
  { leadMs = 0, withinSeconds = 1e6 }: Booking = {},
): Promise<Places> {
  const spacing = sql`${1 / (rate * SHARE)}::float8`;
  const n = (share: SQL) =>
    sql`greatest(1, least(${count}::int, floor(${withinSeconds}::float8 * ${share} / ${spacing})))::int`;
  const earliest = sql`clock_timestamp() + make_interval(secs => ${leadMs / 1000}::float8)`;
  const minute = sql`date_trunc('minute', now())`;
  const ahead = await clockDifference(db);
  const [row] = await db.execute<{ end: number; now: number; count: number; spacing: number }>(sql`
    insert into provider_rates as r (account, next_at, allowed, minute, this_minute)
    values (${account}, ${earliest} + make_interval(secs => ${n(sql`1`)} * ${spacing}), ${rate}, ${minute}, ${n(sql`1`)})
    on conflict (account) do update
      set next_at = greatest(r.next_at, ${earliest}) + make_interval(secs => ${n(shareNow)} * ${spacing} / ${shareNow}),
          allowed = excluded.allowed, minute = excluded.minute,
          this_minute = ${n(shareNow)} + case when r.minute = excluded.minute then r.this_minute else 0 end,
          last_minute = case when r.minute = excluded.minute then r.last_minute
                             when r.minute = excluded.minute - interval '1 minute' then r.this_minute else 0 end
    returning extract(epoch from r.next_at)::float8 * 1000 as "end", extract(epoch from clock_timestamp())::float8 * 1000 as now,
              ${n(shareNow)} as count, ${spacing} / ${shareNow} * 1000 as spacing`);
  const booked = row!;
  const firstAt = booked.end - booked.count * booked.spacing - ahead;
  const waitMs = Math.max(0, firstAt - performance.now());
  return { count: booked.count, firstAt, spacingMs: booked.spacing, waitMs, bookedAt: new Date(booked.now) };
}

type Clock = { difference: number; within: number; at: number };
const clocks = new WeakMap<Db, Clock>();
/** How well the clocks must agree, how far they may drift apart (a tenth of a millisecond a second), and how often one asks. */
const WITHIN_MS = 3;
const DRIFT = 1e-4;
const QUESTIONS = 8;

/**
 * How far the database's clock is ahead of `performance.now()`, in milliseconds: places are instants of the one clock that all
 * workers share. Asked by itself, since what writes waits for others; the answer that came quickest says it best.
 */
async function clockDifference(db: Db): Promise<number> {
  let best = clocks.get(db);
  const doubt = (clock: Clock) => clock.within + (performance.now() - clock.at) * DRIFT;
  if (best && doubt(best) < WITHIN_MS) return best.difference;
  for (let n = 0; n < QUESTIONS; n++) {
    const asked = performance.now();
    const [row] = await db.execute<{ now: number }>(
      sql`select extract(epoch from clock_timestamp())::float8 * 1000 as now`,
    );
    const at = performance.now();
    const clock = { difference: row!.now - (asked + at) / 2, within: (at - asked) / 2, at };
    // Where both can't be right, somebody set the database's clock.
    const moved = best && Math.abs(best.difference - clock.difference) > doubt(best) + clock.within;
    if (!best || moved || clock.within < doubt(best)) best = clock;
    if (best.within < WITHIN_MS / 2) break;
  }
  clocks.set(db, best!);
  return best!.difference;
}

/**
 * Hands out booked places one by one, each when its time has come. A place whose time has passed before it could be used is left
 * empty, since the places after it are others': another one is booked behind them.
 * @param options.stop once true, nobody waits any longer
 * @returns resolves to false when no place could be had: nothing may begin then
 */
export function placesInTurn(
  db: Db,
  account: string,
  rate: number,
  booked: Places,
  options: { stop: () => boolean },
): () => Promise<boolean> {
  let { firstAt: next, spacingMs, count } = booked;
  let missed = 0;
  let more: Promise<void> | null = null;
  const book = async () => {
    const places = await bookPlaces(db, account, Math.max(1, missed), rate, { leadMs: 1 });
    ({ firstAt: next, spacingMs, count } = places);
    missed = Math.max(0, missed - places.count);
    more = null;
  };
  return async () => {
    while (!options.stop()) {
      if (count === 0) {
        try {
          await (more ??= book());
        } catch {
          return false;
        }
        continue;
      }
      const at = next;
      next += spacingMs;
      count--;
      if (await inTime(at, options.stop)) return !options.stop();
      missed++;
    }
    return false;
  };
}

/** How long somebody who waits goes without looking whether to stop. */
const LOOK_MS = 200;

/** Waits for an instant. @returns false when it has passed by more than `LATE_MS` */
async function inTime(at: number, stop: () => boolean): Promise<boolean> {
  for (let left = at - performance.now(); left > 0.5 && !stop(); left = at - performance.now()) {
    await new Promise((done) => setTimeout(done, Math.min(left, LOOK_MS)));
  }
  return performance.now() - at <= LATE_MS;
}

/**
 * Lets the account's rate fall, for all workers: by a part, at most once a second, and only when the places of what was throttled
 * were booked after the last fall. It climbs back by itself while nobody is throttled.
 * @param bookedAt by the database's clock
 */
export async function slowDown(db: Pick<Db, 'execute'>, account: string, bookedAt: Date): Promise<void> {
  await db.execute(sql`
    update provider_rates as r set share = greatest(${LEAST}::float8, ${FALL}::float8 * ${shareNow}), throttled_at = now()
     where account = ${account}
       and (throttled_at is null
            or throttled_at < least(now() - interval '1 second', ${bookedAt.toISOString()}::timestamptz))`);
}

/** @returns null for an account by which nothing was sent yet */
export async function readRate(db: Pick<Db, 'execute'>, account: string): Promise<RateNow | null> {
  const [row] = await db.execute<RateNow>(sql`select ${rateColumns} from provider_rates r where account = ${account}`);
  return row ?? null;
}

/** The rates of all accounts, for metrics: an account is a hash, and nobody's name. */
export async function listRates(db: Pick<Db, 'execute'>): Promise<(RateNow & { account: string })[]> {
  return db.execute<RateNow & { account: string }>(sql`select r.account, ${rateColumns} from provider_rates r`);
}

/** What was taken within the last sixty seconds follows from two whole minutes, the older one by its part. */
const rateColumns = sql`
  r.allowed, ${shareNow}::float8 as share,
  case when r.minute = date_trunc('minute', now())
       then r.this_minute + round(r.last_minute * (60 - extract(second from now())) / 60)::int
       when r.minute = date_trunc('minute', now()) - interval '1 minute'
       then round(r.this_minute * (60 - extract(second from now())) / 60)::int else 0 end as "lastMinute"`;
