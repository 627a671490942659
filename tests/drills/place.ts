import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { connect, type Db } from '#db/client.ts';
import { migrate } from '#db/migrate.ts';
import { startPostgres } from '#start/postgres.ts';

import { pause } from './crew.ts';

export type DrillPlace = {
  db: Db;
  url: string;
  /** The database dies at once, as if its machine had lost power, and comes back at the same address after a while. */
  restart: (awayMs: number) => Promise<void>;
  close: () => Promise<void>;
};

/** A migrated PostgreSQL of the drill's own. @param options.durable false for a quick one: it still survives its restarts */
export async function drillPlace(options: { durable?: boolean } = {}): Promise<DrillPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldpost-drill-'));
  await chmod(folder, 0o755); // as root, the database runs as another user, who must get in
  let server = await startPostgres(folder, options);
  const { url } = server;
  await migrate(url);
  const { db, close } = connect(url);
  return {
    db,
    url,
    restart: async (awayMs) => {
      const lock = join(folder, 'postgres', 'postmaster.pid');
      const pid = Number((await readFile(lock, 'utf8')).split('\n')[0]);
      process.kill(pid, 'SIGQUIT'); // "immediate shutdown": no checkpoint, the log is replayed at the next start
      await server.ended;
      await pause(awayMs);
      if (existsSync(lock)) await rm(lock);
      server = await startPostgres(folder, { ...options, port: Number(new URL(url).port) });
    },
    close: async () => {
      await close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
