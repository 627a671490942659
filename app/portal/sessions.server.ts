import { eq, inArray, lt, sql } from 'drizzle-orm';
import { nanoid } from 'nanoid';

import { hashPassword, passwordProblem, verifyPassword } from '#app/company/passwords.server.ts';
import { forgetAttempts, takeAttempt, visitorOf, type Limit } from '#app/company/rate-limit.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { portalAccounts, portalSessions } from '#db/schema/index.ts';

import { accountsOf, ensureAccounts, visibleCustomers, type VisibleCustomer } from './accounts.server.ts';
import { readPortal } from './brand.server.ts';
import { consumeToken, dropTokens, hashSecret, readToken } from './tokens.server.ts';

/** A customer's session ends this long after signing in, whatever was done meanwhile: portals are opened on shared phones. */
export const SESSION_HOURS = 12;

/** Who looks at a portal's page. */
export type PortalVisitor = {
  accountId: number;
  email: string;
  /** Never empty. */
  customers: VisibleCustomer[];
};

export type CustomerSignIn =
  | { ok: true; token: string }
  /** The same of an address without an account, one that was only invited, and a wrong password (S2-27). */
  | { ok: false; reason: 'wrong' }
  | { ok: false; reason: 'too_many'; retryAfterSeconds: number };

/**
 * Signs a customer in to the company's portal.
 * @param attempt.ip the visitor's network address: guesses are limited per address and per account
 * @returns a token for the cookie; only its hash is kept
 */
export async function signInCustomer(
  db: Db,
  companyId: number,
  attempt: { email: string; password: string; ip: string },
): Promise<CustomerSignIn> {
  const email = attempt.email.trim().toLowerCase().replaceAll('\0', '');
  const perAccount = {
    key: ['portal sign-in', String(companyId), 'account', email],
    limit: 10,
    seconds: 900,
  } satisfies Limit;
  const perVisitor = { key: ['portal sign-in', 'ip', visitorOf(attempt.ip)], limit: 50, seconds: 900 } satisfies Limit;
  const allowance = await takeAttempt(db, [perAccount, perVisitor]);
  if (!allowance.ok) return { ok: false, reason: 'too_many', retryAfterSeconds: allowance.retryAfterSeconds };
  const [account] = await withCompany(db, companyId, (tx) => accountsOf(tx, email));
  const matches = await verifyPassword(account?.passwordHash ?? null, attempt.password);
  if (!account || !matches) return { ok: false, reason: 'wrong' };
  await forgetAttempts(db, [perAccount.key]);
  return { ok: true, token: await withCompany(db, companyId, (tx) => startSession(tx, account.id)) };
}

async function startSession(tx: Tx, accountId: number): Promise<string> {
  const token = nanoid(32);
  await tx.delete(portalSessions).where(lt(portalSessions.expiresAt, sql`now()`));
  await tx.insert(portalSessions).values({
    tokenHash: hashSecret(token),
    accountId,
    expiresAt: sql`now() + make_interval(hours => ${SESSION_HOURS})`,
  });
  await tx
    .update(portalAccounts)
    .set({ lastSignInAt: sql`now()` })
    .where(eq(portalAccounts.id, accountId));
  return token;
}

/** Who a cookie's token stands for; null when it expired, or the address has left the customer's record. */
export async function readVisitor(tx: Tx, token: string): Promise<PortalVisitor | null> {
  const [row] = await tx.execute<{ accountId: number; email: string }>(sql`
    select a.id as "accountId", a.email
      from portal_sessions s
      join portal_accounts a on a.id = s.account_id and a.password_hash is not null
      join contacts k on k.id = a.contact_id and k.kind = 'email' and k.value = a.email
     where s.token_hash = ${hashSecret(token)} and s.expires_at > now()`);
  if (!row) return null;
  return { ...row, customers: await visibleCustomers(tx, row.email) };
}

/** Ends a session; unknown ones are fine. */
export async function signOutCustomer(tx: Tx, token: string): Promise<void> {
  await tx.delete(portalSessions).where(eq(portalSessions.tokenHash, hashSecret(token)));
}

export type ConfirmAccount =
  | { ok: true; token: string }
  | { ok: false; reason: 'used' | 'expired' }
  | { ok: false; reason: 'password'; error: string }
  | { ok: false; reason: 'too_many'; retryAfterSeconds: number };

/**
 * Sets the password that a mailed link allows, uses the link up, ends the login's other sessions and signs the customer in
 * (S2-28). A password that is refused leaves the link as it was.
 */
export async function confirmAccount(
  db: Db,
  companyId: number,
  request: { token: string; password: string; ip: string },
): Promise<ConfirmAccount> {
  const allowance = await takeAttempt(db, [
    { key: ['portal confirm', 'ip', visitorOf(request.ip)], limit: 50, seconds: 900 },
  ]);
  if (!allowance.ok) return { ok: false, reason: 'too_many', retryAfterSeconds: allowance.retryAfterSeconds };
  const [found, portal] = await withCompany(
    db,
    companyId,
    async (tx) => [await readToken(tx, request.token), await readPortal(tx)] as const,
  );
  if (found.state !== 'ready') return { ok: false, reason: found.state };
  const error = passwordProblem(request.password, [found.email, portal.brand.name]);
  if (error) return { ok: false, reason: 'password', error: `${error}.` };
  const passwordHash = await hashPassword(request.password);
  return withCompany(db, companyId, async (tx) => {
    if (!(await consumeToken(tx, request.token))) return { ok: false, reason: 'used' } as const;
    const accounts = await ensureAccounts(tx, found.email);
    const ids = accounts.map((account) => account.id);
    if (!ids.includes(found.accountId)) return { ok: false, reason: 'expired' } as const;
    await tx
      .update(portalAccounts)
      .set({ passwordHash, activatedAt: sql`coalesce(${portalAccounts.activatedAt}, now())` })
      .where(inArray(portalAccounts.id, ids));
    await tx.delete(portalSessions).where(inArray(portalSessions.accountId, ids));
    await dropTokens(tx, ids);
    return { ok: true, token: await startSession(tx, found.accountId) } as const;
  });
}
