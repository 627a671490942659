import { afterAll, expect, test } from 'vitest';

import { drillPlace } from '#tests/drills/place.ts';
import { drill } from '#tests/drills/postgres.ts';

const place = await drillPlace({ durable: false });
afterAll(() => place.close());

test('a database that dies while messages go out doubles nothing and loses nothing', { timeout: 120_000 }, async () => {
  const result = await drill({ ...place, messages: 250, rate: 60, restarts: 1, patience: 2, withinMs: 60_000 });
  expect(result).toMatchObject({ duplicates: 0, lost: 0, unexplained: 0, wrongCounters: [], faults: [] });
  expect(result.startedAnew, 'workers outlive the database').toBe(0);
});
