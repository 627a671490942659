import { createHash } from 'node:crypto';

import { and, asc, eq, inArray, isNotNull, ne, sql } from 'drizzle-orm';
import { nanoid } from 'nanoid';

import { withPerson, type Db, type Tx } from '#db/client.ts';
import { companies, people, sessions, staff } from '#db/schema/index.ts';

import { hashPassword, passwordProblem, verifyPassword } from './passwords.server.ts';
import { forgetAttempts, takeAttempt, visitorOf, type Limit } from './rate-limit.server.ts';
import type { Member, Role } from './permissions.ts';

/** A session lives this long after its last use. */
export const SESSION_DAYS = 30;

export type StaffSession = {
  person: { id: number; name: string; email: string };
  company: { id: number; name: string; timeZone: string; currency: string };
  staff: { id: number } & Member;
  /** The companies that the password opens, this one too, by name. */
  companies: { id: number; name: string; role: Role }[];
};

export type SignIn =
  | { ok: true; token: string; personId: number; companyId: number }
  /** `wrong` says the same of a missing account as of a wrong password; `no_company` follows a right password only. */
  | { ok: false; reason: 'wrong' | 'no_company' }
  | { ok: false; reason: 'too_many'; retryAfterSeconds: number };

/**
 * Signs a person in to the office, into the first company that the password opens. Memberships with another password stay
 * shut: who sends an invitation can read it, so a link, and the password chosen behind it, is worth its own company only.
 * Where several passwords turn out to be the same, they are one from then on.
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
  const memberships = person ? await listMemberships(db, person.id) : [];
  const opened = await openedBy(memberships, attempt.password);
  if (!person || opened.length === 0) return { ok: false, reason: 'wrong' };
  const places = opened.filter((place) => !place.removed);
  const [place] = places;
  if (!place) return { ok: false, reason: 'no_company' };
  await setPassword(db, person.id, places, place.passwordHash);
  // Whoever knows one password of several must not win new guesses at the others with it.
  const nothingLeftToGuess = memberships.every((one) => one.removed || places.includes(one));
  if (nothingLeftToGuess) await forgetAttempts(db, [perAccount.key]);
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
  // One statement, since every page begins with it. To name the person opens their own rows in `staff`; the lateral part
  // asks for what was named, so it can't come before. Without a place there is one row, of nulls.
  const rows = await db.execute<SessionRow>(sql`
    with session as materialized (
      select person_id, company_id, set_config('app.person_id', person_id::text, true)::bigint as named,
             expires_at < now() + make_interval(days => ${SESSION_DAYS - 1}::int) as stale
        from ${sessions} where token_hash = ${tokenHash} and expires_at > now()
    )
    select person.id as "personId", person.name as "personName", person.email, session.company_id as "companyId",
           session.stale, place.*
      from session
      join ${people} person on person.id = session.person_id
      left join lateral (
        select staff.id as "staffId", staff.role, staff.invoice_sms_link as "invoiceSmsLink", staff.password_hash as "passwordHash",
               company.id, company.name, company.time_zone as "timeZone", company.currency
          from ${staff} staff join ${companies} company on company.id = staff.company_id
         where staff.person_id = session.named and staff.removed_at is null and staff.accepted_at is not null
         order by company.name, company.id offset 0
      ) place on true`);
  const [first] = rows;
  if (!first) return null;
  const place = rows.find((row) => row.id === first.companyId);
  if (!place) {
    await signOut(db, token);
    return null;
  }
  // At most one write a day and session.
  if (first.stale) await db.update(sessions).set({ expiresAt: expiry() }).where(eq(sessions.tokenHash, tokenHash));
  return {
    person: { id: first.personId, name: first.personName, email: first.email },
    company: { id: place.id, name: place.name, timeZone: place.timeZone, currency: place.currency },
    staff: { id: place.staffId, role: place.role, invoiceSmsLink: place.invoiceSmsLink },
    companies: rows
      .filter((one) => one.passwordHash === place.passwordHash)
      .map(({ id, name, role }) => ({ id, name, role })),
  };
}

type SessionRow = {
  personId: number;
  personName: string;
  email: string;
  companyId: number;
  stale: boolean;
  staffId: number;
  role: Role;
  invoiceSmsLink: boolean | null;
  passwordHash: string;
  id: number;
  name: string;
  timeZone: string;
  currency: string;
};

/** Ends a session; unknown ones are fine. */
export async function signOut(db: Db, token: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.tokenHash, hashToken(token)));
}

type Membership = {
  id: number;
  name: string;
  role: Role;
  staffId: number;
  passwordHash: string;
  removed: boolean;
};

/** The person's accepted memberships, by the company's name; those that ended too. An invitation is none yet. */
async function listMemberships(db: Db, personId: number): Promise<Membership[]> {
  const rows = await withPerson(db, personId, (tx) =>
    tx
      .select({
        id: companies.id,
        name: companies.name,
        role: staff.role,
        staffId: staff.id,
        passwordHash: staff.passwordHash,
        removed: sql<boolean>`${staff.removedAt} is not null`,
      })
      .from(staff)
      .innerJoin(companies, eq(companies.id, staff.companyId))
      .where(and(eq(staff.personId, personId), isNotNull(staff.acceptedAt)))
      .orderBy(asc(companies.name), asc(companies.id)),
  );
  return rows.flatMap(({ passwordHash, ...row }) => (passwordHash === null ? [] : [{ ...row, passwordHash }]));
}

/** Those that a password opens. With none there to open, the same work is done, so that the time taken tells nothing. */
async function openedBy(memberships: Membership[], password: string): Promise<Membership[]> {
  const hashes = [...new Set<string | null>(memberships.map((one) => one.passwordHash))];
  if (hashes.length === 0) hashes.push(null);
  const matches = await Promise.all(hashes.map((hash) => verifyPassword(hash, password)));
  return memberships.filter((one) => matches[hashes.indexOf(one.passwordHash)]);
}

/** Gives memberships of one person one password, where theirs is still as it was read. */
async function setPassword(db: Db | Tx, personId: number, places: Membership[], passwordHash: string): Promise<void> {
  const changes = places.filter((one) => one.passwordHash !== passwordHash);
  if (changes.length === 0) return;
  await db.transaction(async (tx) => {
    for (const place of changes) {
      await tx.execute(sql`select set_config('app.company_id', ${String(place.id)}, true)`);
      await tx
        .update(staff)
        .set({ passwordHash })
        .where(and(eq(staff.personId, personId), eq(staff.passwordHash, place.passwordHash)));
    }
  });
}

/** Takes a session to another company that its password opens. @returns false, changing nothing, for any other */
export async function switchCompany(db: Db, token: string, companyId: number): Promise<boolean> {
  const session = await readSession(db, token);
  if (!session?.companies.some((place) => place.id === companyId)) return false;
  await db
    .update(sessions)
    .set({ companyId })
    .where(eq(sessions.tokenHash, hashToken(token)));
  return true;
}

export type PasswordChange = { ok: true } | { ok: false; errors: { current?: string; next?: string } };

/** Changes the password with which a session was opened, at each company it opens, and ends the other sessions there. */
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
  const memberships = (await listMemberships(db, id)).filter((one) => !one.removed);
  const here = memberships.find((one) => one.id === session.company.id);
  if (!here || !(await verifyPassword(here.passwordHash, words.current))) {
    return { ok: false, errors: { current: 'This is not your current password' } };
  }
  const problem = passwordProblem(words.next, [email, name, session.company.name]);
  if (problem) return { ok: false, errors: { next: problem } };
  const passwordHash = await hashPassword(words.next);
  const places = memberships.filter((one) => one.passwordHash === here.passwordHash);
  const companyIds = places.map((one) => one.id);
  await db.transaction(async (tx) => {
    await setPassword(tx, id, places, passwordHash);
    await tx
      .delete(sessions)
      .where(
        and(
          eq(sessions.personId, id),
          inArray(sessions.companyId, companyIds),
          ne(sessions.tokenHash, hashToken(token)),
        ),
      );
  });
  await forgetAttempts(db, [limit.key]);
  return { ok: true };
}

const hashToken = (token: string) => createHash('sha256').update(token).digest('base64url');

const expiry = () => sql`now() + make_interval(days => ${SESSION_DAYS})`;
