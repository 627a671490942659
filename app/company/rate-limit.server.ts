import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';

import { inArray, sql } from 'drizzle-orm';

import type { Db, Tx } from '#db/client.ts';
import { attempts } from '#db/schema/index.ts';

/** No more than `limit` attempts under one key within `seconds`. */
export type Limit = {
  /** Where and whom it counts, such as `['office sign-in', 'ip', '203.0.113.7']`. Only its hash is stored. */
  key: readonly string[];
  limit: number;
  /** At most a day: `sweepExpired` deletes what is older. */
  seconds: number;
};

export type Allowance = { ok: true } | { ok: false; retryAfterSeconds: number };

/**
 * Counts an attempt against several limits at once, in rows, so that all machines share them. An attempt that is refused
 * is not counted: whoever waits gets in, however often somebody else knocked meanwhile. Two attempts at the same moment
 * are counted one after the other.
 * @param db a pool, or the caller's transaction (the key is then held until it ends)
 */
export function takeAttempt(db: Db | Tx, limits: readonly Limit[]): Promise<Allowance> {
  const rules = limits.map((limit) => ({ ...limit, hash: hashKey(limit.key) }));
  const hashes = [...new Set(rules.map((rule) => rule.hash))].sort();
  return db.transaction(async (tx) => {
    for (const hash of hashes) await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${hash}, 0))`);
    let retryAfterSeconds = 0;
    for (const rule of rules) {
      // The attempt that must grow too old before another one fits.
      const [row] = await tx.execute<{ wait: number }>(sql`
        select ceil(extract(epoch from at + make_interval(secs => ${rule.seconds}) - now()))::int as wait
          from ${attempts}
         where key = ${rule.hash} and at > now() - make_interval(secs => ${rule.seconds})
         order by at desc offset ${rule.limit - 1} limit 1`);
      if (row) retryAfterSeconds = Math.max(retryAfterSeconds, row.wait, 1);
    }
    if (retryAfterSeconds > 0) return { ok: false, retryAfterSeconds };
    await tx.insert(attempts).values(hashes.map((key) => ({ key })));
    return { ok: true };
  });
}

/** Forgets the attempts under these keys, as after a sign-in that succeeded. */
export async function forgetAttempts(db: Db | Tx, keys: readonly Limit['key'][]): Promise<void> {
  await db.delete(attempts).where(inArray(attempts.key, keys.map(hashKey)));
}

/**
 * What of a network address stands for one visitor: an IPv4 address, or the /64 that a household or server gets of IPv6.
 * @returns the text itself where it is no address
 */
export function visitorOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped) return mapped[1]!;
  if (!isIPv6(ip)) return ip;
  const [head = '', tail] = ip.toLowerCase().split('%')[0]!.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const groups =
    tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return (
    groups
      .slice(0, 4)
      .map((group) => Number.parseInt(group, 16).toString(16))
      .join(':') + '::/64'
  );
}

const hashKey = (key: readonly string[]) => createHash('sha256').update(JSON.stringify(key)).digest('base64url');
