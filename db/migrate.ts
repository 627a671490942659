import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as runDrizzle } from 'drizzle-orm/postgres-js/migrator';
import { Logger, runMigrations } from 'graphile-worker';
import postgres from 'postgres';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Any two processes that migrate one database wait for each other on this. */
const MIGRATION_LOCK = 7_346_219;

/**
 * Brings a database to the newest schema: the job queue's tables, ours, and row-level security over all of them.
 * Safe to run at every start and from several machines at once.
 * @param url a `postgres://` address whose role may create tables and roles
 * @returns whether no company stands in it yet
 */
export async function migrate(url: string): Promise<{ empty: boolean }> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await runMigrations({ connectionString: url, logger: new Logger(() => () => {}) });
    await runDrizzle(drizzle(client), { migrationsFolder: here('./migrations') });
    await client.unsafe(await readFile(here('./row-level-security.sql'), 'utf8'));
    const [row] = await client<{ empty: boolean }[]>`select not exists (select from companies) as empty`;
    return { empty: row?.empty ?? true };
  } finally {
    await client.end();
  }
}
