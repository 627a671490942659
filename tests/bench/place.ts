import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import postgres from 'postgres';

import { connect, type Db } from '#db/client.ts';
import { migrate } from '#db/migrate.ts';
import { startPostgres } from '#start/postgres.ts';

export type BenchPlace = {
  db: Db;
  url: string;
  /** The role that owns the tables: for filling them, and for what row-level security is compared with. */
  owner: postgres.Sql;
  close: () => Promise<void>;
};

/** A durable PostgreSQL of the bench's own, migrated and empty. */
export async function benchPlace(): Promise<BenchPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldpost-bench-'));
  await chmod(folder, 0o755); // as root, the database runs as another user, who must get in
  const server = await startPostgres(folder);
  await migrate(server.url);
  const { db, close } = connect(server.url, { prepare: 'parsed' }); // as the worker has it
  const owner = postgres(server.url, { max: 1, onnotice: () => {} });
  return {
    db,
    url: server.url,
    owner,
    close: async () => {
      await close();
      await owner.end();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
