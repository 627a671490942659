import { createHash } from 'node:crypto';

import { and, asc, eq, gt, isNull, lt, ne, sql } from 'drizzle-orm';
import { nanoid } from 'nanoid';

import { withPerson, type Db, type Tx } from '#db/client.ts';
import { companies, people, sessions, staff } from '#db/schema/index.ts';

import { hashPassword, passwordProblem, verifyPassword } from './passwords.server.ts';
import { forgetAttempts, sweepAttempts, takeAttempt, visitorOf, type Limit } from './rate-limit.server.ts';
import type { Role } from './permissions.ts';

/** A session lives this long after its last use. */
export const SESSION_DAYS = 30;

export type StaffSession = {
  person: { id: number; name: string; email: string };
  company: { id: number; name: string; timeZone: string; currency: string };
  staff: { id: number; role: Role };
  /** Every company the person works for, this one too, by name. */
  companies: { id: number; name: string; role: Role }[];
};

export type SignIn =
  | { ok: true; token: string; personId: number; companyId: number }
  /** `wrong` says the same of a missing account as of a wrong password; `no_company` follows a right password only. */
  | { ok: false; reason: 'wrong' | 'no_company' }
  | { ok: false; reason: 'too_many'; retryAfterSeconds: number };

/**
 * Signs a person in to the office, into the first company they work for.
 * @param attempt.ip the visitor's network address: guesses are limited per address and per account
 * @returns a token for the cookie (190 random bits, stored as its hash only), or why not
 */
export async function signIn(db: Db, attempt: { email: string; password: string; ip: string }): Promise<SignIn> {
  const email = attempt.email.trim().toLowerCase();
  const perAccount = { key: ['office sign-in', 'account', email], limit: 10, seconds: 900 } satisfies Limit;
  const perAddress = { key: ['office sign-in', 'ip', visitorOf(attempt.ip)], limit: 50, seconds: 900 } satisfies Limit;
  const allowance = await takeAttempt(db, [perAccount, perAddress]);
  if (!allowance.ok) return { ok: false, reason: 'too_many', retryAfterSeconds: allowance.retryAfterSeconds };

  const [person] = await db.select().from(people).where(eq(people.email, email));
  const matches = await verifyPassword(person?.passwordHash ?? null, attempt.password);
  if (!person || !matches) return { ok: false, reason: 'wrong' };
  const [place] = await listCompanies(db, person.id);
  if (!place) return { ok: false, reason: 'no_company' };
  await forgetAttempts(db, [perAccount.key]);
  const token = await startSession(db, person.id, place.id);
  return { ok: true, token, personId: person.id, companyId: place.id };
}

/** Opens a session without a password: for `signIn` and for an invitation just accepted. @returns the cookie's token */
export async function startSession(db: Db | Tx, personId: number, companyId: number): Promise<string> {
  const token = nanoid(32);
  await db.insert(sessions).values({ tokenHash: hashToken(token), personId, companyId, expiresAt: expiry() });
  return token;
}

/**
 * Who a cookie's token stands for. Nothing is cached: a changed role or a removal shows at the next request.
 * @returns null when there is no such session, it expired, or the person no longer works there
 */
export async function readSession(db: Db, token: string): Promise<StaffSession | null> {
  const tokenHash = hashToken(token);
  const [row] = await db
    .select({
      person: { id: people.id, name: people.name, email: people.email },
      company: {
        id: companies.id,
        name: companies.name,
        timeZone: companies.timeZone,
        currency: companies.currency,
      },
      stale: sql<boolean>`${sessions.expiresAt} < now() + make_interval(days => ${SESSION_DAYS - 1})`,
    })
    .from(sessions)
    .innerJoin(people, eq(people.id, sessions.personId))
    .innerJoin(companies, eq(companies.id, sessions.companyId))
    .where(and(eq(sessions.tokenHash, tokenHash), gt(sessions.expiresAt, sql`now()`)));
  if (!row) return null;
  const { person, company } = row;
  // One transaction finds the place here and all others, which the shell shows.
  const places = await listPlaces(db, person.id);
  const place = places.find((one) => one.id === company.id);
  if (!place) {
    await signOut(db, token);
    return null;
  }
  // At most one write a day and session.
  if (row.stale) await db.update(sessions).set({ expiresAt: expiry() }).where(eq(sessions.tokenHash, tokenHash));
  return {
    person,
    company,
    staff: { id: place.staffId, role: place.role },
    companies: places.map(({ id, name, role }) => ({ id, name, role })),
  };
}

/** Ends a session; unknown ones are fine. */
export async function signOut(db: Db, token: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.tokenHash, hashToken(token)));
}

/** The companies a person works for, by name. */
export async function listCompanies(db: Db, personId: number): Promise<StaffSession['companies']> {
  const places = await listPlaces(db, personId);
  return places.map(({ id, name, role }) => ({ id, name, role }));
}

function listPlaces(db: Db, personId: number) {
  return withPerson(db, personId, (tx) =>
    tx
      .select({ id: companies.id, name: companies.name, role: staff.role, staffId: staff.id })
      .from(staff)
      .innerJoin(companies, eq(companies.id, staff.companyId))
      .where(and(eq(staff.personId, personId), isNull(staff.removedAt)))
      .orderBy(asc(companies.name), asc(companies.id)),
  );
}

/** Takes a session to another company of the same person. @returns false, changing nothing, when they don't work there */
export async function switchCompany(db: Db, token: string, companyId: number): Promise<boolean> {
  const session = await readSession(db, token);
  if (!session) return false;
  const places = await listCompanies(db, session.person.id);
  if (!places.some((place) => place.id === companyId)) return false;
  await db
    .update(sessions)
    .set({ companyId })
    .where(eq(sessions.tokenHash, hashToken(token)));
  return true;
}

export type PasswordChange = { ok: true } | { ok: false; errors: { current?: string; next?: string } };

/** Changes a signed-in person's password and ends their other sessions. */
export async function changePassword(
  db: Db,
  token: string,
  words: { current: string; next: string },
): Promise<PasswordChange> {
  const session = await readSession(db, token);
  if (!session) return { ok: false, errors: { current: 'Sign in again first' } };
  const { id, email, name } = session.person;
  const limit: Limit = { key: ['password change', String(id)], limit: 10, seconds: 900 };
  const allowance = await takeAttempt(db, [limit]);
  if (!allowance.ok) return { ok: false, errors: { current: 'Too many attempts. Try again in a few minutes' } };
  const [person] = await db.select().from(people).where(eq(people.id, id));
  if (!(await verifyPassword(person?.passwordHash ?? null, words.current))) {
    return { ok: false, errors: { current: 'This is not your current password' } };
  }
  const problem = passwordProblem(words.next, [email, name, session.company.name]);
  if (problem) return { ok: false, errors: { next: problem } };
  const passwordHash = await hashPassword(words.next);
  await db.transaction(async (tx) => {
    await tx.update(people).set({ passwordHash }).where(eq(people.id, id));
    await tx.delete(sessions).where(and(eq(sessions.personId, id), ne(sessions.tokenHash, hashToken(token))));
  });
  await forgetAttempts(db, [limit.key]);
  return { ok: true };
}

/** Deletes what has expired: sessions, and attempts that no limit counts any more. */
export async function sweepSessions(db: Db): Promise<void> {
  await db.delete(sessions).where(lt(sessions.expiresAt, sql`now()`));
  await sweepAttempts(db);
}

const hashToken = (token: string) => createHash('sha256').update(token).digest('base64url');

const expiry = () => sql`now() + make_interval(days => ${SESSION_DAYS})`;
