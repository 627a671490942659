import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { bookPlaces, placesInTurn, readRate, slowDown, type Places } from '#app/messaging/rate.server.ts';
import { connect } from '#db/client.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();
let accounts = 0;
const newAccount = () => `account-${++accounts}`;

const instants = (booked: readonly Places[]) =>
  booked
    .flatMap(({ firstAt, spacingMs, count }) => Array.from({ length: count }, (_, n) => firstAt + n * spacingMs))
    .toSorted((a, b) => a - b);

/** The most within one second, wherever it begins. */
function highestSecond(at: readonly number[]): number {
  return Math.max(...at.map((from) => at.filter((each) => each >= from && each < from + 1000).length));
}

test('several workers’ places never overlap: no second holds more than the cap, and 95 % of it is used', async () => {
  const other = connect(url, { max: 2 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(14, 200, 500),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 8, maxLength: 16 }),
      async (cap, windows) => {
        const account = newAccount();
        // A second's worth goes first: however slow the machine, there is work all the time.
        const first = await bookPlaces(db, account, cap, cap);
        const rest = await Promise.all(
          windows.map((count, n) => bookPlaces(n % 2 ? other.db : db, account, count, cap)),
        );
        const booked = [first, ...rest];
        const at = instants(booked);
        // The two pools know the database's clock to a few milliseconds: that much, calls are early or late anyway.
        expect(highestSecond(at)).toBeLessThanOrEqual(cap);
        const seconds = (at.at(-1)! - at[0]!) / 1000;
        expect((at.length - 1) / seconds).toBeGreaterThan(0.95 * cap);
      },
    ),
    { numRuns: 15 },
  );
  await other.close();
});

test('a throttling lets the rate fall for all, at most once a second, and not for what was booked before the last fall', async () => {
  const account = newAccount();
  const share = async () => Number((await readRate(db, account))!.share.toFixed(2));
  const before = await bookPlaces(db, account, 10, 100);
  await slowDown(db, account, before.bookedAt);
  expect(await share()).toBe(0.7);
  await slowDown(db, account, new Date(Date.now() + 60_000));
  expect(await share()).toBe(0.7);
  const after = await bookPlaces(db, account, 10, 100);
  expect(after.spacingMs / before.spacingMs).toBeCloseTo(1 / 0.7, 2);
  await db.execute(
    sql`update provider_rates set throttled_at = now() - interval '2 seconds' where account = ${account}`,
  );
  await slowDown(db, account, new Date(Date.now() - 3_000));
  expect(await share()).toBe(0.72);
  await slowDown(db, account, after.bookedAt);
  expect(await share()).toBe(0.5);
});

test('the share climbs back to the whole and no further, and never falls to nothing', async () => {
  const account = newAccount();
  await bookPlaces(db, account, 1, 100);
  const after = async (share: number, seconds: number) => {
    await db.execute(sql`
      update provider_rates set share = ${share}, throttled_at = now() - make_interval(secs => ${seconds}) where account = ${account}`);
    return Number((await readRate(db, account))!.share.toFixed(2));
  };
  expect([await after(0.5, 0), await after(0.5, 10), await after(0.5, 49), await after(0.5, 500)]).toEqual([
    0.5, 0.6, 0.99, 1,
  ]);
  await after(0.05, 2);
  await slowDown(db, account, new Date());
  expect((await readRate(db, account))!.share).toBeGreaterThanOrEqual(0.05);
});

test('a slow account books no further ahead than it is told, so that a pause takes hold soon', async () => {
  const account = newAccount();
  expect((await bookPlaces(db, account, 50, 14, { withinSeconds: 2 })).count).toBe(27);
  await db.execute(sql`update provider_rates set share = 0.1, throttled_at = now() where account = ${account}`);
  expect((await bookPlaces(db, account, 50, 14, { withinSeconds: 2 })).count).toBe(2);
  expect((await bookPlaces(db, account, 50, 1, { withinSeconds: 2 })).count).toBe(1);
});

test('a call that is late for its place leaves it empty and takes one behind the others', async () => {
  const account = newAccount();
  const rate = 1_000;
  const booked = await bookPlaces(db, account, 3, rate);
  const others = await bookPlaces(db, account, 100, rate);
  const place = placesInTurn(
    db,
    account,
    rate,
    { ...booked, firstAt: performance.now() - 1_000 },
    { stop: () => false },
  );
  expect(await Promise.all([place(), place(), place()])).toEqual([true, true, true]);
  expect(performance.now()).toBeGreaterThan(others.firstAt + 99 * others.spacingMs);
});

test('who is asked to stop waits for no place', async () => {
  const account = newAccount();
  const booked = await bookPlaces(db, account, 2, 0.001);
  const far = { ...booked, firstAt: performance.now() + 600_000 };
  let stopping = false;
  const place = placesInTurn(db, account, 0.001, far, { stop: () => stopping });
  const waiting = place();
  stopping = true;
  expect(await waiting).toBe(false);
  expect(await place()).toBe(false);
});

test('operators see the allowed rate and about what the last minute took', async () => {
  const account = newAccount();
  expect(await readRate(db, account)).toBeNull();
  await bookPlaces(db, account, 30, 200);
  await bookPlaces(db, account, 12, 200);
  const rate = (await readRate(db, account))!;
  expect([rate.allowed, rate.share]).toEqual([200, 1]);
  expect(rate.lastMinute).toBeGreaterThan(0);
  expect(rate.lastMinute).toBeLessThanOrEqual(42);
  await db.execute(sql`update provider_rates set minute = minute - interval '5 minutes' where account = ${account}`);
  expect((await readRate(db, account))!.lastMinute).toBe(0);
});
