import { sql } from 'drizzle-orm';

import { withCompany, type Db } from './client.ts';

/**
 * Deletes what has expired: office and portal sessions, portal links a month after they expired (until then they say so), and
 * attempts that no rate limit looks at any more. Runs every night.
 */
export async function sweepExpired(db: Db): Promise<void> {
  await db.execute(sql`delete from sessions where expires_at < now()`);
  await db.execute(sql`delete from attempts where at < now() - interval '2 days'`);
  const companies = await db.execute<{ id: number }>(sql`select id from companies order by id`);
  for (const { id } of companies) {
    await withCompany(db, id, async (tx) => {
      await tx.execute(sql`delete from portal_sessions where expires_at < now()`);
      await tx.execute(sql`delete from portal_tokens where expires_at < now() - interval '30 days'`);
    });
  }
}
