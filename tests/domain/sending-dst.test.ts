import { expect, test } from 'vitest';

import { drill } from '#tests/drills/dst.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();

test('B-14: over both nights on which clocks change, in six zones, nobody is written to out of hours, twice or never', async () => {
  const result = await drill({ db, url, people: 96, window: 2 });
  expect(result).toMatchObject({ sent: 192, duplicates: 0, lost: 0, unknown: 0, wrongCounters: [], faults: [] });
  // Hours ended in the middle of each campaign, or the drill proves nothing.
  expect(result.deferrals).toBeGreaterThan(60);
});
