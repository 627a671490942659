import { expect, test } from 'vitest';

import * as ledger from '#tests/drills/ledger.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();

test(
  'S2-18: whatever eight parties do to money at once, balances are the sum of their entries',
  { timeout: 120_000 },
  async () => {
    const size = { operations: 600, crews: 2, parties: 4, withinMs: 100_000, checkEveryMs: 500 };
    const result = await ledger.drill({ db, url, ...size });
    expect(result).toMatchObject({ operations: 600, differences: 0, belowZero: 0, reservedTaken: 0, faults: [] });
    expect(result.paymentCents).toBe(result.paidInCents);
    expect(result.checks).toBeGreaterThan(1);
    // Each kind of operation really happened.
    for (const what of [
      'charge',
      'pay',
      'partial',
      'several',
      'credit',
      'write_off',
      'void',
      'undo',
      'grant',
      'overpay',
      'refund',
    ]) {
      expect(result.did[what], what).toBeGreaterThan(0);
    }
  },
);
