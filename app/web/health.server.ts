import { sql } from 'drizzle-orm';
import type { RequestHandler } from 'express';

import type { Db } from '#db/client.ts';

/** A worker that has not beaten for this long counts as gone. */
const WORKER_SILENCE_SECONDS = 15;

/** 200 once web, database and worker are ready, else 503; JSON either way. */
export function healthRoute(db: Db): RequestHandler {
  return async (_req, res) => {
    const state = { web: true, database: false, worker: false };
    try {
      const [row] = await db.execute<{ alive: boolean }>(
        sql`select exists (select from workers where beat_at > now() - make_interval(secs => ${WORKER_SILENCE_SECONDS})) as alive`,
      );
      state.database = true;
      state.worker = row?.alive ?? false;
    } catch {
      state.database = false;
    }
    const ready = state.database && state.worker;
    res
      .status(ready ? 200 : 503)
      .set('cache-control', 'no-store')
      .json({ ready, ...state });
  };
}
