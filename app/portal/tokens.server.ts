import { createHash } from 'node:crypto';

import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { nanoid } from 'nanoid';

import type { Tx } from '#db/client.ts';
import { portalTokens } from '#db/schema/index.ts';

/** How long a link in a mail works. */
const LIFETIME_HOURS = { activate: 7 * 24, reset: 2 } as const;

/** What is kept of a secret that others hold. */
export const hashSecret = (secret: string) => createHash('sha256').update(secret).digest('base64url');

/** Makes a one-time link's secret (190 random bits); only its hash is kept. */
export async function makeToken(tx: Tx, accountId: number, purpose: 'activate' | 'reset'): Promise<string> {
  const token = nanoid(32);
  await tx.insert(portalTokens).values({
    tokenHash: hashSecret(token),
    accountId,
    purpose,
    expiresAt: sql`now() + make_interval(hours => ${LIFETIME_HOURS[purpose]})`,
  });
  return token;
}

export type TokenState =
  | { state: 'ready'; accountId: number; email: string }
  /** `expired` is also said of one that never was, that was replaced, or whose address has left the record. */
  | { state: 'used' | 'expired' };

/** What a link's secret is worth, without consuming it: mail scanners follow links. */
export async function readToken(tx: Tx, token: string): Promise<TokenState> {
  const [row] = await tx.execute<{ accountId: number; email: string; used: boolean; live: boolean }>(sql`
    select t.account_id as "accountId", a.email, t.used_at is not null as used,
           t.expires_at > now() and k.id is not null as live
      from portal_tokens t
      join portal_accounts a on a.id = t.account_id
      left join contacts k on k.id = a.contact_id and k.kind = 'email' and k.value = a.email
     where t.token_hash = ${hashSecret(token)}`);
  if (row?.used) return { state: 'used' };
  return row?.live ? { state: 'ready', accountId: row.accountId, email: row.email } : { state: 'expired' };
}

/** Uses a secret up. Of two that come at once, one gets true. */
export async function consumeToken(tx: Tx, token: string): Promise<boolean> {
  const rows = await tx
    .update(portalTokens)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(portalTokens.tokenHash, hashSecret(token)),
        isNull(portalTokens.usedAt),
        sql`${portalTokens.expiresAt} > now()`,
      ),
    )
    .returning({ accountId: portalTokens.accountId });
  return rows.length > 0;
}

/** Ends all links of these accounts that were not used: a password was set, or an address changed hands. */
export async function dropTokens(tx: Tx, accountIds: number[]): Promise<void> {
  await tx.delete(portalTokens).where(and(inArray(portalTokens.accountId, accountIds), isNull(portalTokens.usedAt)));
}
