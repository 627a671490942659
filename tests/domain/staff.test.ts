import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { listAudit } from '#app/company/audit.server.ts';
import { hashPassword } from '#app/company/passwords.server.ts';
import { readSession, signIn } from '#app/company/sessions.server.ts';
import {
  acceptInvitation,
  addStaff,
  changeRole,
  invitationToken,
  listStaff,
  readInvitation,
  removeStaff,
} from '#app/company/staff.server.ts';
import { withCompany } from '#db/client.ts';
import { people } from '#db/schema/index.ts';
import { makeCompany, makeStaff, TEST_PASSWORD } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const secret = 's'.repeat(64);
const actorOf = (admin: { staffId: number; name: string }) => ({ staffId: admin.staffId, name: admin.name });

test('B-15: a person is added with a role, invited until a password is chosen, and the audit log says by whom', async () => {
  const { companyId, admin } = await makeCompany(db);
  const added = await withCompany(db, companyId, (tx) =>
    addStaff(tx, actorOf(admin), { email: ' Nora@Larks.Example ', name: ' Nora  Quist ', role: 'office' }),
  );
  expect(added).toMatchObject({ ok: true, invited: true });
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
  expect(added).toMatchObject({ ok: true, personId: one.admin.personId, invited: false });
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
      }
    });
  }
});

test('who is removed is signed out there at once, keeps other companies, and can come back as the same member', async () => {
  const [one, two] = [await makeCompany(db), await makeCompany(db)];
  const member = await withCompany(db, one.companyId, (tx) => makeStaff(tx, { role: 'office' }));
  const here = await signIn(db, { email: member.email, password: TEST_PASSWORD, ip: '192.0.2.1' });
  if (!here.ok) throw new Error(here.reason);
  await withCompany(db, one.companyId, (tx) => removeStaff(tx, actorOf(one.admin), member.staffId));
  expect(await readSession(db, here.token)).toBeNull();
  expect(await signIn(db, { email: member.email, password: TEST_PASSWORD, ip: '192.0.2.1' })).toEqual({
    ok: false,
    reason: 'no_company',
  });
  await withCompany(db, two.companyId, (tx) =>
    addStaff(tx, actorOf(two.admin), { email: member.email, name: 'x', role: 'viewer' }),
  );
  expect(await signIn(db, { email: member.email, password: TEST_PASSWORD, ip: '192.0.2.1' })).toMatchObject({
    ok: true,
    companyId: two.companyId,
  });
  const back = await withCompany(db, one.companyId, (tx) =>
    addStaff(tx, actorOf(one.admin), { email: member.email, name: 'x', role: 'viewer' }),
  );
  expect(back).toMatchObject({ ok: true, staffId: member.staffId });
});

test('an invitation opens once, within a week, and only as it was made', async () => {
  const { companyId, admin } = await makeCompany(db);
  const added = await withCompany(db, companyId, (tx) =>
    addStaff(tx, actorOf(admin), { email: 'ida@larks.example', name: 'Ida Brandt', role: 'viewer' }),
  );
  if (!added.ok) throw new Error('not added');
  const token = invitationToken(secret, added.personId);
  expect(await readInvitation(db, secret, token)).toMatchObject({ name: 'Ida Brandt', email: 'ida@larks.example' });
  expect(await readInvitation(db, 'other'.repeat(10), token)).toBeNull();
  expect(await readInvitation(db, secret, token.replace(/^[0-9a-z]+/, '1'))).toBeNull();
  expect(await readInvitation(db, secret, 'nonsense')).toBeNull();
  expect(await readInvitation(db, secret, token, new Date(Date.now() + 8 * 86_400_000))).toBeNull();

  expect(await acceptInvitation(db, secret, token, 'short')).toMatchObject({ ok: false, reason: 'password' });
  const both = await Promise.all(
    ['a ladder for Ida one', 'a ladder for Ida two'].map((password) => acceptInvitation(db, secret, token, password)),
  );
  expect(both.filter((result) => result.ok)).toHaveLength(1);
  expect(await acceptInvitation(db, secret, token, 'a ladder for Ida three')).toEqual({ ok: false, reason: 'expired' });
  const password = both[0]!.ok ? 'a ladder for Ida one' : 'a ladder for Ida two';
  expect(await signIn(db, { email: 'ida@larks.example', password, ip: '192.0.2.2' })).toMatchObject({ ok: true });
});

test('an invitation to somebody who has a password opens nothing', async () => {
  const { admin } = await makeCompany(db);
  await db
    .update(people)
    .set({ passwordHash: await hashPassword(TEST_PASSWORD) })
    .where(eq(people.id, admin.personId));
  expect(await readInvitation(db, secret, invitationToken(secret, admin.personId))).toBeNull();
});
