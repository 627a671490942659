import { expect, test } from 'vitest';

import * as pay from '#tests/drills/pay.ts';
import * as provider from '#tests/drills/provider.ts';
import * as stop from '#tests/drills/stop.ts';
import * as two from '#tests/drills/two.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();
const well = { duplicates: 0, lost: 0, unexplained: 0, wrongCounters: [] };

test('workers that are asked to stop leave nothing unknown and nothing doubled', { timeout: 90_000 }, async () => {
  const result = await stop.drill({ url, db, messages: 150, rate: 50, stops: 1, withinMs: 60_000 });
  expect(result).toMatchObject({ ...well, unknown: 0, sent: 150, faults: [] });
});

test('a provider that drops answers, throttles, is slow and tells everything twice', { timeout: 90_000 }, async () => {
  const result = await provider.drill({ url, db, messages: 240, rate: 100, withinMs: 60_000 });
  expect(result).toMatchObject({ ...well, faults: [] });
  expect(result.did).toMatchObject({ dropped: result.settledByEvents });
});

test('three workers at once share one database and hand each message over once', { timeout: 90_000 }, async () => {
  // One range a thousand: the second worker has the second range.
  const result = await two.drill({ url, db, messages: 1_200, rate: 400, crew: 3, withinMs: 60_000 });
  expect(result).toMatchObject({ ...well, unknown: 0, sent: 1_200 });
});

test(
  'B-01: invoices are paid while their reminders go out, and none goes out after its payment',
  { timeout: 90_000 },
  async () => {
    const result = await pay.drill({
      url,
      db,
      messages: 400,
      rate: 100,
      crew: 1,
      payers: 2,
      payments: 200,
      withinMs: 60_000,
    });
    expect(result).toMatchObject({ ...well, unknown: 0, paid: 200, late: 0, faults: [] });
  },
);
