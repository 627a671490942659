import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { startSession } from '#app/company/sessions.server.ts';
import { takeAttempt } from '#app/company/rate-limit.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { attempts, portalAccounts, portalSessions, portalTokens, sessions } from '#db/schema/index.ts';
import { sweepExpired } from '#db/sweep.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

test('sessions and sign-in attempts that expired are deleted, those in force stay', async () => {
  const { companyId, admin } = await makeCompany(db);
  await startSession(db, admin.personId, companyId);
  await takeAttempt(db, [{ key: ['sweep', 'old'], limit: 5, seconds: 60 }]);
  await db.update(sessions).set({ expiresAt: sql`now() - interval '1 second'` });
  await db.update(attempts).set({ at: sql`now() - interval '3 days'` });
  const kept = await startSession(db, admin.personId, companyId);
  await takeAttempt(db, [{ key: ['sweep', 'new'], limit: 5, seconds: 60 }]);
  expect([(await db.select().from(sessions)).length, (await db.select().from(attempts)).length]).toEqual([2, 2]);
  await sweepExpired(db);
  expect([(await db.select().from(sessions)).length, (await db.select().from(attempts)).length]).toEqual([1, 1]);
  expect(kept).toHaveLength(32);
});

test('portal sessions and links of every company are deleted once nobody can ask about them any more', async () => {
  const made = [await makeCompany(db), await makeCompany(db)];
  for (const { companyId } of made) await withCompany(db, companyId, fill);
  await sweepExpired(db);
  for (const { companyId } of made) {
    await withCompany(db, companyId, async (tx) => {
      expect((await tx.select().from(portalSessions)).map((row) => row.tokenHash)).toEqual(['in force']);
      // An expired link still says for a month that it expired.
      expect((await tx.select().from(portalTokens)).map((row) => row.tokenHash).toSorted()).toEqual([
        'expired lately',
        'in force',
      ]);
    });
  }
});

async function fill(tx: Tx) {
  const { customerId, emailContactId } = await makeCustomer(tx);
  const [account] = await tx
    .insert(portalAccounts)
    .values({ customerId, contactId: emailContactId!, email: 'ann@mail.example' })
    .returning({ id: portalAccounts.id });
  const from = (interval: string) => sql`now() + ${interval}::interval`;
  const accountId = account!.id;
  await tx.insert(portalSessions).values([
    { tokenHash: 'expired', accountId, expiresAt: from('-1 minute') },
    { tokenHash: 'in force', accountId, expiresAt: from('1 hour') },
  ]);
  await tx.insert(portalTokens).values([
    { tokenHash: 'expired long ago', accountId, purpose: 'reset', expiresAt: from('-31 days') },
    { tokenHash: 'expired lately', accountId, purpose: 'reset', expiresAt: from('-1 day') },
    { tokenHash: 'in force', accountId, purpose: 'activate', expiresAt: from('1 hour') },
  ]);
}
