import { sql } from 'drizzle-orm';

import type { Db } from '#db/client.ts';

/**
 * A little below what the provider allows: calls that are begun evenly still arrive unevenly, and a provider counts
 * whole seconds.
 */
const SHARE = 0.97;

/**
 * Books the next `count` places in the account's budget, which all workers on all machines share through one row. The
 * places of two bookings never overlap, so together they never pass the rate.
 * @param rate messages a second that the account allows
 * @returns how long to wait before the first message, and the space between two, in milliseconds
 */
export async function bookPlaces(
  db: Db,
  account: string,
  count: number,
  rate: number,
): Promise<{ waitMs: number; spacingMs: number }> {
  const spacing = 1 / (rate * SHARE);
  const [row] = await db.execute<{ wait: number }>(sql`
    insert into provider_rates as r (account, next_at)
    values (${account}, clock_timestamp() + make_interval(secs => ${count * spacing}))
    on conflict (account) do update
      set next_at = greatest(r.next_at, clock_timestamp()) + make_interval(secs => ${count * spacing})
    returning extract(epoch from r.next_at - clock_timestamp())::float8 - ${count * spacing}::float8 as wait`);
  return { waitMs: Math.max(0, (row?.wait ?? 0) * 1000), spacingMs: spacing * 1000 };
}
