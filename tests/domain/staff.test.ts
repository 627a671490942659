import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { listAudit } from '#app/company/audit.server.ts';
import { acceptInvitation, invitationToken, readInvitation } from '#app/company/invitations.server.ts';
import { readSession, signIn, startSession, switchCompany } from '#app/company/sessions.server.ts';
import { addStaff, changeRole, changeSmsLink, listStaff, removeStaff } from '#app/company/staff.server.ts';
import { withCompany } from '#db/client.ts';
import { people } from '#db/schema/index.ts';
import { makeCompany, makeStaff, TEST_PASSWORD, type MadeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const secret = 's'.repeat(64);
const actorOf = (admin: { staffId: number; name: string }) => ({ staffId: admin.staffId, name: admin.name });
let lastIp = 0;
const enter = (email: string, password: string) => signIn(db, { email, password, ip: `198.51.100.${++lastIp}` });

/** Adds an address to a company's staff. @returns the member and the link that was mailed */
async function invite({ companyId, admin }: MadeCompany, email: string, role = 'viewer') {
  const added = await withCompany(db, companyId, (tx) => addStaff(tx, actorOf(admin), { email, name: 'Ida', role }));
  if (!added.ok) throw new Error('not added');
  return { ...added, token: invitationToken(secret, { companyId, staffId: added.staffId }) };
}

test('B-15: a person is added with a role, invited until a password is chosen, and the audit log says by whom', async () => {
  const { companyId, admin } = await makeCompany(db);
  const added = await withCompany(db, companyId, (tx) =>
    addStaff(tx, actorOf(admin), { email: ' Nora@Larks.Example ', name: ' Nora  Quist ', role: 'office' }),
  );
  expect(added).toMatchObject({ ok: true });
  await withCompany(db, companyId, async (tx) => {
    expect((await listStaff(tx)).map(({ name, email, role, invited }) => ({ name, email, role, invited }))).toEqual([
      { name: 'Nora Quist', email: 'nora@larks.example', role: 'office', invited: true },
      { name: admin.name, email: admin.email, role: 'administrator', invited: false },
    ]);
    expect((await listAudit(tx))[0]).toMatchObject({
      staffId: admin.staffId,
      action: 'staff.add',
      details: { email: 'nora@larks.example', role: 'office' },
    });
  });
});

test('bad input is answered at its field, and nobody is added twice', async () => {
  const { companyId, admin } = await makeCompany(db);
  await withCompany(db, companyId, async (tx) => {
    const add = (email: string, name: string, role: string) => addStaff(tx, actorOf(admin), { email, name, role });
    expect(await add('', ' ', 'owner')).toEqual({
      ok: false,
      errors: { email: 'Enter an email address', name: 'Enter a name', role: 'Choose a role' },
    });
    expect(await add('nora@', 'Nora', 'viewer')).toMatchObject({
      errors: { email: expect.stringContaining('such as') },
    });
    expect(await add('n@larks.example', 'x'.repeat(101), 'viewer')).toMatchObject({
      errors: { name: expect.any(String) },
    });
    expect(await add(admin.email.toUpperCase(), 'Eve', 'viewer')).toEqual({
      ok: false,
      errors: { email: 'This person is on the staff already' },
    });
    expect(await listStaff(tx)).toHaveLength(1);
  });
});

test('somebody of another company keeps name and password, and each company sees only its own staff', async () => {
  const [one, two] = [await makeCompany(db), await makeCompany(db)];
  const added = await withCompany(db, two.companyId, (tx) =>
    addStaff(tx, actorOf(two.admin), { email: one.admin.email, name: 'Renamed', role: 'viewer' }),
  );
  expect(added).toMatchObject({ ok: true, personId: one.admin.personId });
  const [person] = await db.select().from(people).where(eq(people.id, one.admin.personId));
  expect(person!.name).toBe(one.admin.name);
  expect(await withCompany(db, one.companyId, (tx) => listStaff(tx))).toHaveLength(1);
  const foreign = await withCompany(db, one.companyId, (tx) =>
    changeRole(tx, actorOf(one.admin), two.admin.staffId, 'viewer'),
  );
  expect(foreign).toEqual({ ok: false, reason: 'not_found' });
});

test('the last administrator is neither demoted nor removed', async () => {
  const { companyId, admin } = await makeCompany(db);
  await withCompany(db, companyId, async (tx) => {
    const last = { ok: false, reason: 'last_administrator' };
    expect(await changeRole(tx, actorOf(admin), admin.staffId, 'viewer')).toEqual(last);
    expect(await removeStaff(tx, actorOf(admin), admin.staffId)).toEqual(last);
    expect(await changeRole(tx, actorOf(admin), admin.staffId, 'owner')).toEqual({ ok: false, reason: 'unknown_role' });
    const second = await makeStaff(tx, { role: 'marketer' });
    expect(await changeRole(tx, actorOf(admin), second.staffId, 'administrator')).toEqual({ ok: true });
    expect(await changeRole(tx, actorOf(second), admin.staffId, 'viewer')).toEqual({ ok: true });
    expect(await removeStaff(tx, actorOf(admin), second.staffId)).toEqual(last);
  });
});

test('two administrators who demote each other at the same moment leave one', async () => {
  const { companyId, admin } = await makeCompany(db);
  const second = await withCompany(db, companyId, (tx) => makeStaff(tx, { role: 'administrator' }));
  for (let round = 0; round < 5; round++) {
    const results = await Promise.all(
      [
        [admin, second],
        [second, admin],
      ].map(([by, whom]) =>
        withCompany(db, companyId, (tx) =>
          round % 2
            ? removeStaff(tx, actorOf(by!), whom!.staffId)
            : changeRole(tx, actorOf(by!), whom!.staffId, 'viewer'),
        ),
      ),
    );
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    await withCompany(db, companyId, async (tx) => {
      const left = await listStaff(tx);
      const boss = left.filter((member) => member.role === 'administrator');
      expect(boss).toHaveLength(1);
      for (const each of [admin, second]) {
        if (each.staffId === boss[0]!.id) continue;
        await addStaff(tx, actorOf(admin), { email: each.email, name: 'Back', role: 'administrator' });
        await changeRole(tx, actorOf(admin), each.staffId, 'administrator');
        await tx.execute(sql`update staff set accepted_at = now() where id = ${each.staffId}`);
      }
    });
  }
});

test('an administrator who was only invited is none yet: the one who has accepted is the last', async () => {
  const company = await makeCompany(db);
  const { staffId } = await invite(company, 'second.admin@larks.example', 'administrator');
  await withCompany(db, company.companyId, async (tx) => {
    const last = { ok: false, reason: 'last_administrator' };
    expect(await changeRole(tx, actorOf(company.admin), company.admin.staffId, 'viewer')).toEqual(last);
    expect(await removeStaff(tx, actorOf(company.admin), company.admin.staffId)).toEqual(last);
    expect(await removeStaff(tx, actorOf(company.admin), staffId)).toEqual({ ok: true });
  });
});

test('who is removed is signed out there at once, keeps other companies, and comes back as the same member, invited', async () => {
  const [one, two] = [await makeCompany(db), await makeCompany(db)];
  const member = await withCompany(db, one.companyId, (tx) => makeStaff(tx, { role: 'office' }));
  const here = await enter(member.email, TEST_PASSWORD);
  if (!here.ok) throw new Error(here.reason);
  await withCompany(db, one.companyId, (tx) => removeStaff(tx, actorOf(one.admin), member.staffId));
  expect(await readSession(db, here.token)).toBeNull();
  expect(await enter(member.email, TEST_PASSWORD)).toEqual({ ok: false, reason: 'no_company' });
  const elsewhere = await invite(two, member.email);
  expect(await acceptInvitation(db, secret, elsewhere.token, TEST_PASSWORD)).toMatchObject({ ok: true });
  expect(await enter(member.email, TEST_PASSWORD)).toMatchObject({ ok: true, companyId: two.companyId });
  const back = await invite(one, member.email);
  expect(back.staffId).toBe(member.staffId);
  const listed = await withCompany(db, one.companyId, (tx) => listStaff(tx));
  expect(listed.find((each) => each.id === member.staffId)?.invited).toBe(true);
  const session = await startSession(db, member.personId, one.companyId);
  expect(await readSession(db, session)).toBeNull();
});

test('B-15: an invitation opens once, within a week, and only as it was made', async () => {
  const company = await makeCompany(db, { name: 'Larks Heating' });
  const { token, staffId } = await invite(company, 'ida@larks.example');
  expect(await readInvitation(db, secret, token)).toMatchObject({
    staffId,
    email: 'ida@larks.example',
    company: { id: company.companyId, name: 'Larks Heating' },
  });
  expect(await readInvitation(db, 'other'.repeat(10), token)).toBeNull();
  expect(await readInvitation(db, secret, token.replace(/^[0-9a-z]+/, '1'))).toBeNull();
  expect(await readInvitation(db, secret, token.replace(/-[0-9a-z]+/, '-1'))).toBeNull();
  expect(await readInvitation(db, secret, 'nonsense')).toBeNull();
  expect(await readInvitation(db, secret, token, new Date(Date.now() + 8 * 86_400_000))).toBeNull();

  expect(await acceptInvitation(db, secret, token, 'short')).toMatchObject({ ok: false, reason: 'password' });
  expect(await acceptInvitation(db, secret, token, 'larks heating')).toMatchObject({ ok: false, reason: 'password' });
  const both = await Promise.all(
    ['a ladder for Ida one', 'a ladder for Ida two'].map((password) => acceptInvitation(db, secret, token, password)),
  );
  expect(both.filter((result) => result.ok)).toHaveLength(1);
  expect(await acceptInvitation(db, secret, token, 'a ladder for Ida three')).toEqual({ ok: false, reason: 'expired' });
  const password = both[0]!.ok ? 'a ladder for Ida one' : 'a ladder for Ida two';
  expect(await enter('ida@larks.example', password)).toMatchObject({ ok: true });
  await withCompany(db, company.companyId, async (tx) => {
    expect((await listAudit(tx))[0]).toMatchObject({ staffId, action: 'staff.accept', details: { role: 'viewer' } });
  });
});

test('an invitation to somebody who is removed meanwhile opens nothing', async () => {
  const company = await makeCompany(db);
  const { token, staffId } = await invite(company, 'gone@larks.example');
  await withCompany(db, company.companyId, (tx) => removeStaff(tx, actorOf(company.admin), staffId));
  expect(await readInvitation(db, secret, token)).toBeNull();
  expect(await acceptInvitation(db, secret, token, 'a ladder for nobody')).toEqual({ ok: false, reason: 'expired' });
});

test('B-15: who chose the password of an address at one company does not get into the next that adds it', async () => {
  const [a, b] = [await makeCompany(db), await makeCompany(db)];
  const email = 'xavier@larks.example';
  // A's administrator reads the link in the Outbox, and is Xavier at A.
  const atA = await invite(a, email);
  await acceptInvitation(db, secret, atA.token, 'known to the boss of A');
  const session = await enter(email, 'known to the boss of A');
  if (!session.ok) throw new Error(session.reason);
  const atB = await invite(b, email, 'administrator');
  const reach = async (token: string) => (await readSession(db, token))?.companies.map((one) => one.id);
  // Invited at B: no sign-in, no switch, and A's link is spent.
  expect(await reach(session.token)).toEqual([a.companyId]);
  expect(await switchCompany(db, session.token, b.companyId)).toBe(false);
  expect(await readSession(db, await startSession(db, atB.personId, b.companyId))).toBeNull();
  expect(await acceptInvitation(db, secret, atA.token, 'another good ladder')).toEqual({
    ok: false,
    reason: 'expired',
  });
  // Xavier, who never knew that password, accepts with B's link and one of his own.
  expect(await acceptInvitation(db, secret, atB.token, 'Xavier alone knows')).toEqual({
    ok: true,
    personId: atB.personId,
    companyId: b.companyId,
  });
  expect(await reach(session.token)).toEqual([a.companyId]);
  expect(await switchCompany(db, session.token, b.companyId)).toBe(false);
  expect(await enter(email, 'known to the boss of A')).toMatchObject({ ok: true, companyId: a.companyId });
  expect(await enter(email, 'Xavier alone knows')).toMatchObject({ ok: true, companyId: b.companyId });
});

test('B-15: who invites a member of another company and reads the link gets nothing of that company', async () => {
  const [victim, evil] = [await makeCompany(db), await makeCompany(db)];
  const theirs = await enter(victim.admin.email, TEST_PASSWORD);
  if (!theirs.ok) throw new Error(theirs.reason);
  const { token } = await invite(evil, victim.admin.email);
  await acceptInvitation(db, secret, token, 'chosen by the evil one');
  const inside = await enter(victim.admin.email, 'chosen by the evil one');
  if (!inside.ok) throw new Error(inside.reason);
  expect((await readSession(db, inside.token))?.companies.map((one) => one.id)).toEqual([evil.companyId]);
  expect(await switchCompany(db, inside.token, victim.companyId)).toBe(false);
  // The victim is not even disturbed.
  expect((await readSession(db, theirs.token))?.company.id).toBe(victim.companyId);
  expect(await enter(victim.admin.email, TEST_PASSWORD)).toMatchObject({ ok: true, companyId: victim.companyId });
});

test('the same password at two companies is one: a sign-in opens both, whichever was first', async () => {
  const [a, b] = [await makeCompany(db, { name: 'Ash' }), await makeCompany(db, { name: 'Beech' })];
  const before = await enter(a.admin.email, TEST_PASSWORD);
  const { token } = await invite(b, a.admin.email);
  await acceptInvitation(db, secret, token, TEST_PASSWORD);
  const session = await enter(a.admin.email, TEST_PASSWORD);
  if (!session.ok || !before.ok) throw new Error('refused');
  expect((await readSession(db, session.token))?.companies).toEqual([
    { id: a.companyId, name: 'Ash', role: 'administrator' },
    { id: b.companyId, name: 'Beech', role: 'viewer' },
  ]);
  expect((await readSession(db, before.token))?.companies).toHaveLength(2);
  expect(await switchCompany(db, session.token, b.companyId)).toBe(true);
});

test('S1-07: texting payment links is switched for one person, over their role, and written down', async () => {
  const company = await makeCompany(db);
  const other = await makeCompany(db);
  await withCompany(db, company.companyId, async (tx) => {
    const actor = actorOf(company.admin);
    const { staffId } = await makeStaff(tx, { role: 'technician' });
    const standing = async () => {
      const { smsLink, smsLinkOwn } = (await listStaff(tx)).find((one) => one.id === staffId)!;
      return [smsLink, smsLinkOwn];
    };
    expect(await standing()).toEqual([true, false]);
    expect(await changeSmsLink(tx, actor, staffId, false)).toBe(true);
    expect(await standing()).toEqual([false, true]);
    expect((await listAudit(tx))[0]).toMatchObject({ action: 'staff.sms_link', details: { from: true, to: false } });
    // The same again writes nothing down; what was taken from a person stays so in another role.
    const lines = (await listAudit(tx)).length;
    await changeSmsLink(tx, actor, staffId, false);
    expect(await listAudit(tx)).toHaveLength(lines);
    await changeRole(tx, actor, staffId, 'csr');
    expect(await standing()).toEqual([false, true]);
    // As the role says is no switch of their own, so it goes with the role.
    await changeSmsLink(tx, actor, staffId, true);
    expect(await standing()).toEqual([true, false]);
    await changeRole(tx, actor, staffId, 'viewer');
    expect(await standing()).toEqual([false, false]);
    await changeSmsLink(tx, actor, staffId, true);
    expect(await standing()).toEqual([true, true]);
    // Whoever comes back begins as the role says.
    await removeStaff(tx, actor, staffId);
    expect(await changeSmsLink(tx, actor, staffId, false)).toBe(false);
    const { email } = (
      await tx.execute<{ email: string }>(
        sql`select p.email from people p join staff s on s.person_id = p.id where s.id = ${staffId}`,
      )
    )[0]!;
    await addStaff(tx, actor, { email, name: 'Back', role: 'viewer' });
    expect(await standing()).toEqual([false, false]);
    expect(await changeSmsLink(tx, actor, other.admin.staffId, false)).toBe(false);
  });
});
