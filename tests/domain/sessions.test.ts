import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { visitorOf, takeAttempt } from '#app/company/rate-limit.server.ts';
import { changePassword, readSession, signIn, signOut, switchCompany } from '#app/company/sessions.server.ts';
import { acceptInvitation, invitationToken } from '#app/company/invitations.server.ts';
import { addStaff, changeRole } from '#app/company/staff.server.ts';
import { withCompany } from '#db/client.ts';
import { attempts, sessions } from '#db/schema/index.ts';
import { makeCompany, makeStaff, TEST_PASSWORD, type MadeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

let lastIp = 0;
const newIp = () => `198.51.100.${++lastIp}`;

/** Makes a company's administrator a viewer of another one, through its invitation. */
async function join(company: MadeCompany, email: string, password: string) {
  const { companyId, admin } = company;
  const added = await withCompany(db, companyId, (tx) => addStaff(tx, admin, { email, name: 'B', role: 'viewer' }));
  if (!added.ok) throw new Error('not added');
  const secret = 's'.repeat(64);
  const joined = await acceptInvitation(db, secret, invitationToken(secret, { companyId, ...added }), password);
  if (!joined.ok) throw new Error(joined.reason);
}

async function signedIn(email: string, password = TEST_PASSWORD): Promise<string> {
  const result = await signIn(db, { email, password, ip: newIp() });
  if (!result.ok) throw new Error(result.reason);
  return result.token;
}

test('a session stands for the person, the company and the role as it is now', async () => {
  const { companyId, name, admin } = await makeCompany(db);
  const member = await withCompany(db, companyId, (tx) => makeStaff(tx, { role: 'office' }));
  const token = await signedIn(` ${member.email.toUpperCase()} `);
  expect(token).toMatch(/^[\w-]{32}$/);
  expect(await readSession(db, token)).toEqual({
    person: { id: member.personId, name: member.name, email: member.email },
    company: { id: companyId, name, timeZone: 'America/New_York', currency: 'USD' },
    staff: { id: member.staffId, role: 'office', invoiceSmsLink: null },
    companies: [{ id: companyId, name, role: 'office' }],
  });
  await withCompany(db, companyId, (tx) => changeRole(tx, admin, member.staffId, 'viewer'));
  expect((await readSession(db, token))?.staff.role).toBe('viewer');
  await signOut(db, token);
  expect(await readSession(db, token)).toBeNull();
});

test('the token itself is not stored', async () => {
  const { admin } = await makeCompany(db);
  const token = await signedIn(admin.email);
  const rows = await db.select().from(sessions);
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toContain(token);
});

test('an unknown account and a wrong password get the same answer', async () => {
  const { admin } = await makeCompany(db);
  const wrong = await signIn(db, { email: admin.email, password: 'not the password', ip: newIp() });
  const unknown = await signIn(db, { email: 'nobody@company.example', password: TEST_PASSWORD, ip: newIp() });
  expect(wrong).toEqual({ ok: false, reason: 'wrong' });
  expect(unknown).toEqual(wrong);
});

test('after ten wrong guesses at an account even the right password waits, whether or not the account exists', async () => {
  const { admin } = await makeCompany(db);
  for (const email of [admin.email, 'ghost@company.example']) {
    for (let i = 0; i < 10; i++) {
      expect(await signIn(db, { email, password: `wrong guess ${i}`, ip: newIp() })).toMatchObject({ reason: 'wrong' });
    }
    const refused = await signIn(db, { email, password: TEST_PASSWORD, ip: newIp() });
    expect(refused).toMatchObject({ ok: false, reason: 'too_many' });
    if (!refused.ok && refused.reason === 'too_many') {
      expect(refused.retryAfterSeconds).toBeGreaterThan(800);
      expect(refused.retryAfterSeconds).toBeLessThanOrEqual(900);
    }
  }
  await db.update(attempts).set({ at: sql`at - interval '15 minutes'` });
  expect(await signIn(db, { email: admin.email, password: TEST_PASSWORD, ip: newIp() })).toMatchObject({ ok: true });
});

test('a sign-in that succeeds clears the account, and guesses at many accounts from one address are stopped', async () => {
  const { admin } = await makeCompany(db);
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 6; i++) await signIn(db, { email: admin.email, password: 'wrong guess', ip: newIp() });
    expect(await signedIn(admin.email)).toBeTruthy();
  }
  const limit = { key: ['office sign-in', 'ip', visitorOf('2001:db8:7:1::5')], limit: 50, seconds: 900 };
  for (let i = 0; i < 50; i++) expect(await takeAttempt(db, [limit])).toEqual({ ok: true });
  const elsewhere = { email: admin.email, password: TEST_PASSWORD };
  expect(await signIn(db, { ...elsewhere, ip: '2001:db8:7:1::99' })).toMatchObject({ reason: 'too_many' });
  expect(await signIn(db, { ...elsewhere, ip: '2001:db8:7:2::99' })).toMatchObject({ ok: true });
});

test('attempts at the same moment do not slip past the limit, and refused ones do not prolong it', async () => {
  const limit = { key: ['test', 'rush'], limit: 5, seconds: 60 };
  const results = await Promise.all(Array.from({ length: 12 }, () => takeAttempt(db, [limit])));
  expect(results.filter((result) => result.ok)).toHaveLength(5);
  await db.update(attempts).set({ at: sql`at - interval '60 seconds'` });
  expect(await takeAttempt(db, [limit])).toEqual({ ok: true });
});

test('a visitor is an IPv4 address or a /64', () => {
  expect(visitorOf('203.0.113.7')).toBe('203.0.113.7');
  expect(visitorOf('::ffff:203.0.113.7')).toBe('203.0.113.7');
  expect(visitorOf('2001:DB8::1')).toBe('2001:db8:0:0::/64');
  expect(visitorOf('2001:0db8:0:0:1:2:3:4')).toBe('2001:db8:0:0::/64');
  expect(visitorOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  expect(visitorOf('::1')).toBe('0:0:0:0::/64');
  expect(visitorOf('')).toBe('');
});

test('a session slides thirty days on from its use, at most one write a day, and ends when it expires', async () => {
  const { admin } = await makeCompany(db);
  const token = await signedIn(admin.email);
  const days = async () =>
    (
      await db.execute<{ days: number }>(
        sql`select extract(epoch from max(expires_at) - now())::float8 / 86400 as days from sessions
             where person_id = ${admin.personId}`,
      )
    )[0]!.days;
  const age = (interval: string) =>
    db.execute(
      sql`update sessions set expires_at = expires_at - ${interval}::interval where person_id = ${admin.personId}`,
    );
  await age('10 hours');
  await readSession(db, token);
  expect(await days()).toBeLessThan(29.7);
  await age('10 days');
  await readSession(db, token);
  expect(await days()).toBeGreaterThan(29.9);
  await age('31 days');
  expect(await readSession(db, token)).toBeNull();
});

test('a person of several companies lists them and switches, but to no other', async () => {
  const [b, a, other] = [
    await makeCompany(db, { name: 'Birch Heating' }),
    await makeCompany(db, { name: 'Aspen Plumbing' }),
    await makeCompany(db, { name: 'Cedar Electric' }),
  ];
  await join(a, b.admin.email, TEST_PASSWORD);
  const token = await signedIn(b.admin.email);
  expect((await readSession(db, token))?.companies).toEqual([
    { id: a.companyId, name: 'Aspen Plumbing', role: 'viewer' },
    { id: b.companyId, name: 'Birch Heating', role: 'administrator' },
  ]);
  expect((await readSession(db, token))?.company.id).toBe(a.companyId);
  expect(await switchCompany(db, token, b.companyId)).toBe(true);
  expect((await readSession(db, token))?.staff.role).toBe('administrator');
  expect(await switchCompany(db, token, other.companyId)).toBe(false);
  expect(await switchCompany(db, 'no session', b.companyId)).toBe(false);
  expect((await readSession(db, token))?.company.id).toBe(b.companyId);
});

test('a changed password needs the current one and signs out every other place', async () => {
  const { admin } = await makeCompany(db);
  const [here, there] = [await signedIn(admin.email), await signedIn(admin.email)];
  const change = (current: string, next: string) => changePassword(db, here, { current, next });
  expect(await change('wrong', 'a better password')).toMatchObject({ errors: { current: expect.any(String) } });
  expect(await change(TEST_PASSWORD, 'short')).toMatchObject({ errors: { next: 'Use at least 10 characters' } });
  expect(await change(TEST_PASSWORD, admin.email)).toMatchObject({ errors: { next: expect.any(String) } });
  expect(await change(TEST_PASSWORD, 'a better ladder')).toEqual({ ok: true });
  expect(await readSession(db, there)).toBeNull();
  expect(await readSession(db, here)).not.toBeNull();
  expect(await signIn(db, { email: admin.email, password: TEST_PASSWORD, ip: newIp() })).toMatchObject({ ok: false });
  expect(await signedIn(admin.email, 'a better ladder')).toBeTruthy();
});

test('a changed password holds at the companies that the old one opened, and at no other', async () => {
  const [one, two, three] = [await makeCompany(db), await makeCompany(db), await makeCompany(db)];
  const { email } = one.admin;
  await join(two, email, TEST_PASSWORD);
  await join(three, email, 'a ladder of its own');
  const here = await signedIn(email);
  const there = await signedIn(email);
  const apart = await signedIn(email, 'a ladder of its own');
  expect(await changePassword(db, here, { current: 'a ladder of its own', next: 'a better ladder' })).toMatchObject({
    errors: { current: expect.any(String) },
  });
  expect(await changePassword(db, here, { current: TEST_PASSWORD, next: 'a better ladder' })).toEqual({ ok: true });
  expect(await readSession(db, there)).toBeNull();
  expect((await readSession(db, apart))?.company.id).toBe(three.companyId);
  const after = await readSession(db, await signedIn(email, 'a better ladder'));
  expect(after?.companies.map((place) => place.id)).toEqual([one.companyId, two.companyId]);
});

test('one right password wins no new guesses at another of the same address', async () => {
  const [one, two] = [await makeCompany(db), await makeCompany(db)];
  const { email } = one.admin;
  await join(two, email, 'a ladder of its own');
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 2; i++) {
      expect(await signIn(db, { email, password: `guess ${round} ${i}`, ip: newIp() })).toMatchObject({ ok: false });
    }
    expect(await signedIn(email, 'a ladder of its own')).toBeTruthy();
  }
  await signIn(db, { email, password: 'guess', ip: newIp() });
  expect(await signIn(db, { email, password: TEST_PASSWORD, ip: newIp() })).toMatchObject({ reason: 'too_many' });
});
