import { sql } from 'drizzle-orm';
import { nanoid } from 'nanoid';
import postgres from 'postgres';
import { afterAll, expect, inject } from 'vitest';

import { connect, type Db } from '#db/client.ts';

export type TestDatabase = { db: Db; url: string };

/**
 * A database of this test file's own, cloned from the migrated template and dropped after the file. Call it at the top
 * level of the file or in `beforeAll`.
 * @param options.prepare keeps statements prepared, as the web process does
 */
export async function createTestDatabase(options: { prepare?: boolean } = {}): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${nanoid(12)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '0')}`;
  const admin = postgres(server, { max: 1, onnotice: () => {} });
  await admin.unsafe(`create database ${name} template fieldpost_template`);
  const url = server.replace(/\/postgres$/, `/${name}`);
  const { db, close } = connect(url, { max: 4, ...options });
  afterAll(async () => {
    await close();
    await admin.unsafe(`drop database if exists ${name} with (force)`);
    await admin.end();
  });
  return { db, url };
}

/** Ends once somebody waits in the database for what another holds. */
export async function somebodyWaits(db: Db): Promise<void> {
  const waiting = async () => {
    const [row] = await db.execute<{ n: number }>(sql`
      select count(*)::int as n from pg_locks w join pg_locks h on h.pid = w.pid
        join pg_database d on d.oid = h.database and d.datname = current_database() where not w.granted`);
    return row!.n;
  };
  await expect.poll(waiting).toBeGreaterThan(0);
}
