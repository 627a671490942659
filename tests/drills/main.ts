import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { connect } from '#db/client.ts';
import { migrate } from '#db/migrate.ts';
import { startPostgres } from '#start/postgres.ts';

import * as kill from './kill.ts';
import type { DrillResult } from './result.ts';

/**
 * `npm run drill -- <name> [--json]`: breaks things on purpose while messages go out, on a PostgreSQL of its own, and counts
 * what really arrived. Ends with one line of JSON; the exit code is 1 when something was doubled or lost.
 */
const drills: Record<string, (place: { url: string; db: ReturnType<typeof connect>['db'] }) => Promise<DrillResult>> = {
  [kill.name]: (place) => kill.drill({ ...place, messages: 2_000, kills: 5, rate: 400 }),
};

const json = process.argv.includes('--json');
const wanted = process.argv.slice(2).find((word) => !word.startsWith('--'));
const drill = wanted ? drills[wanted] : undefined;
if (!drill) {
  console.error(`Which drill? npm run drill -- <name>. There are: ${Object.keys(drills).join(', ')}.`);
  process.exit(1);
}

const folder = await mkdtemp(join(tmpdir(), 'fieldpost-drill-'));
await chmod(folder, 0o755);
const server = await startPostgres(folder);
await migrate(server.url);
const { db, close } = connect(server.url);
const begun = performance.now();
try {
  const result = await drill({ url: server.url, db });
  if (!json) {
    console.table([{ ...result, seconds: Math.round((performance.now() - begun) / 1000) }]);
  }
  console.log(JSON.stringify(result));
  process.exitCode = result.duplicates === 0 && result.lost === 0 ? 0 : 1;
} finally {
  await close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exit();
