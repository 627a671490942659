import { sql } from 'drizzle-orm';

import type { Db } from './client.ts';

/** Says that a worker lives, and how much memory it takes. @param poolId the name under which it locks jobs */
export async function beat(db: Db, name: string, poolId: string): Promise<void> {
  await db.execute(sql`
    insert into workers (name, pool_id, memory_bytes) values (${name}, ${poolId}, ${process.memoryUsage.rss()})
    on conflict (name) do update set beat_at = now(), pool_id = excluded.pool_id, memory_bytes = excluded.memory_bytes`);
}

/** Takes a worker that ended by itself off the list. */
export async function forgetWorker(db: Db, name: string): Promise<void> {
  await db.execute(sql`delete from workers where name = ${name}`);
}

/** Workers that were not heard of for so long: their jobs are anybody's. */
export async function silentWorkers(db: Db, seconds: number): Promise<{ name: string; poolId: string }[]> {
  return db.execute<{ name: string; poolId: string }>(sql`
    select name, pool_id as "poolId" from workers where beat_at < now() - make_interval(secs => ${seconds})`);
}
