import { expect, test } from 'vitest';

import { drill } from '#tests/drills/kill.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();

test(
  'worker processes that are killed in the middle of a window double nothing and lose nothing',
  { timeout: 120_000 },
  async () => {
    const kills = ['calling', 'taken', 'recording'] as const;
    const result = await drill({ url, db, messages: 300, kills, rate: 150, crew: 2, patience: 2, withinMs: 100_000 });
    expect(result).toMatchObject({ duplicates: 0, lost: 0, unexplained: 0, wrongCounters: [], faults: [] });
    expect(result.highestSecond).toBeLessThanOrEqual(150);
    // Each kill hits at most one window of the one range.
    expect(result.unknown).toBeLessThanOrEqual(kills.length * 50);
    expect(result.sent + result.unknown).toBeGreaterThanOrEqual(300);
  },
);
