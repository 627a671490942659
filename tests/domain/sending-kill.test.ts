import { expect, test } from 'vitest';

import { drill } from '#tests/drills/kill.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();

test(
  'worker processes that are killed while they send double nothing and lose nothing',
  { timeout: 120_000 },
  async () => {
    const result = await drill({ url, db, messages: 240, kills: 2, rate: 100 });
    expect(result).toMatchObject({ duplicates: 0, lost: 0 });
    // Two kills, each in the middle of at most one window of each run.
    expect(result.unknown).toBeLessThanOrEqual(2 * 3 * 50);
    expect(result.sent + result.unknown).toBeGreaterThanOrEqual(240);
  },
);
