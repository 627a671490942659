import { createHmac, timingSafeEqual } from 'node:crypto';

import { and, asc, eq, isNotNull, isNull } from 'drizzle-orm';
import { z } from 'zod';

import type { Db, Tx } from '#db/client.ts';
import { people, sessions, staff } from '#db/schema/index.ts';

import { recordAudit, type Actor } from './audit.server.ts';
import { hashPassword, passwordProblem } from './passwords.server.ts';
import { isRole, type Role } from './permissions.ts';

export type StaffMember = {
  id: number;
  personId: number;
  name: string;
  email: string;
  role: Role;
  /** True until the person has chosen a password. */
  invited: boolean;
};

/** Who works for the company now, by name. */
export async function listStaff(tx: Tx): Promise<StaffMember[]> {
  const rows = await tx
    .select({
      id: staff.id,
      personId: people.id,
      name: people.name,
      email: people.email,
      role: staff.role,
      passwordHash: people.passwordHash,
    })
    .from(staff)
    .innerJoin(people, eq(people.id, staff.personId))
    .where(isNull(staff.removedAt))
    .orderBy(asc(people.name), asc(staff.id));
  return rows.map(({ passwordHash, ...row }) => ({ ...row, invited: passwordHash === null }));
}

export type AddStaff =
  | { ok: true; staffId: number; personId: number; invited: boolean }
  | { ok: false; errors: { email?: string; name?: string; role?: string } };

const email = z.email().max(254);

/**
 * Adds a person to the company's staff. Somebody who works for another company already keeps their name and password; a
 * new person stays `invited` until they open the link that `invitationToken` makes and choose a password. A person who
 * was removed comes back as the same member.
 */
export async function addStaff(
  tx: Tx,
  actor: Actor,
  input: { email: string; name: string; role: string },
): Promise<AddStaff> {
  const address = input.email.trim().toLowerCase();
  const name = input.name.trim().replaceAll(/\s+/g, ' ');
  const role = isRole(input.role) ? input.role : null;
  const errors: { email?: string; name?: string; role?: string } = {};
  if (!address) errors.email = 'Enter an email address';
  else if (!email.safeParse(address).success) errors.email = 'Enter an email address such as ann@company.com';
  if (!name) errors.name = 'Enter a name';
  else if (name.length > 100) errors.name = 'Use at most 100 characters';
  if (!role) errors.role = 'Choose a role';
  if (!role || Object.keys(errors).length > 0) return { ok: false, errors };

  await tx.insert(people).values({ email: address, name }).onConflictDoNothing();
  const [person] = await tx.select().from(people).where(eq(people.email, address));
  const [member] = await tx
    .insert(staff)
    .values({ personId: person!.id, role })
    .onConflictDoUpdate({
      target: [staff.companyId, staff.personId],
      set: { role, removedAt: null },
      setWhere: isNotNull(staff.removedAt),
    })
    .returning({ id: staff.id });
  if (!member) return { ok: false, errors: { email: 'This person is on the staff already' } };
  await recordAudit(tx, actor, 'staff.add', { type: 'staff', id: member.id }, { email: address, role });
  return { ok: true, staffId: member.id, personId: person!.id, invited: person!.passwordHash === null };
}

export type StaffChange = { ok: true } | { ok: false; reason: 'not_found' | 'last_administrator' | 'unknown_role' };

/** Gives a member another role. The last administrator keeps theirs, or nobody could ever give one again. */
export async function changeRole(tx: Tx, actor: Actor, staffId: number, role: string): Promise<StaffChange> {
  if (!isRole(role)) return { ok: false, reason: 'unknown_role' };
  const member = await lockMember(tx, staffId);
  if (!member) return { ok: false, reason: 'not_found' };
  if (member.role === role) return { ok: true };
  if (member.lastAdministrator) return { ok: false, reason: 'last_administrator' };
  await tx.update(staff).set({ role }).where(eq(staff.id, staffId));
  const details = { from: member.role, to: role };
  await recordAudit(tx, actor, 'staff.change_role', { type: 'staff', id: staffId }, details);
  return { ok: true };
}

/** Takes a member off the staff and ends their sessions here. The row stays, since the audit log names it. */
export async function removeStaff(tx: Tx, actor: Actor, staffId: number): Promise<StaffChange> {
  const member = await lockMember(tx, staffId);
  if (!member) return { ok: false, reason: 'not_found' };
  if (member.lastAdministrator) return { ok: false, reason: 'last_administrator' };
  await tx.update(staff).set({ removedAt: new Date() }).where(eq(staff.id, staffId));
  await tx
    .delete(sessions)
    .where(and(eq(sessions.personId, member.personId), eq(sessions.companyId, member.companyId)));
  await recordAudit(tx, actor, 'staff.remove', { type: 'staff', id: staffId }, { role: member.role });
  return { ok: true };
}

/** Locks the administrators, in the order of their ids, so that two of them can't demote each other at once. */
async function lockMember(tx: Tx, staffId: number) {
  const administrators = await tx
    .select({ id: staff.id })
    .from(staff)
    .where(and(eq(staff.role, 'administrator'), isNull(staff.removedAt)))
    .orderBy(asc(staff.id))
    .for('no key update');
  const [member] = await tx
    .select()
    .from(staff)
    .where(and(eq(staff.id, staffId), isNull(staff.removedAt)))
    .for('no key update');
  if (!member) return null;
  return { ...member, lastAdministrator: member.role === 'administrator' && administrators.length < 2 };
}

const INVITATION_DAYS = 7;

/**
 * The secret part of an invited person's link. It is derived, so nothing is stored, and it is spent once a password is
 * set. It goes to the person's address and nowhere else: whoever has it becomes that person, at other companies too.
 * @param secret the application's secret
 */
export function invitationToken(secret: string, personId: number, now = new Date()): string {
  const expires = Math.floor(now.getTime() / 1000) + INVITATION_DAYS * 86_400;
  const body = `${personId.toString(36)}-${expires.toString(36)}`;
  return `${body}-${invitationMac(secret, body)}`;
}

/** Whom an invitation is for, or null when it is not ours, too old or spent. A GET may ask: nothing is consumed. */
export async function readInvitation(db: Db, secret: string, token: string, now = new Date()) {
  const parts = /^([0-9a-z]{1,10})-([0-9a-z]{1,8})-([\w-]{43})$/.exec(token);
  if (!parts) return null;
  const [, id, expires, mac] = parts as unknown as [string, string, string, string];
  if (!timingSafeEqual(Buffer.from(invitationMac(secret, `${id}-${expires}`)), Buffer.from(mac))) return null;
  if (Number.parseInt(expires, 36) * 1000 < now.getTime()) return null;
  const [person] = await db
    .select({ id: people.id, name: people.name, email: people.email })
    .from(people)
    .where(and(eq(people.id, Number.parseInt(id, 36)), isNull(people.passwordHash)));
  return person ?? null;
}

export type AcceptInvitation =
  | { ok: true; personId: number }
  | { ok: false; reason: 'expired' }
  | { ok: false; reason: 'password'; error: string };

/** Sets the first password of an invited person. Of two who use one link at once, one is told that it is spent. */
export async function acceptInvitation(
  db: Db,
  secret: string,
  token: string,
  password: string,
): Promise<AcceptInvitation> {
  const person = await readInvitation(db, secret, token);
  if (!person) return { ok: false, reason: 'expired' };
  const error = passwordProblem(password, [person.email, person.name]);
  if (error) return { ok: false, reason: 'password', error };
  const passwordHash = await hashPassword(password);
  const set = await db
    .update(people)
    .set({ passwordHash })
    .where(and(eq(people.id, person.id), isNull(people.passwordHash)))
    .returning({ id: people.id });
  return set.length > 0 ? { ok: true, personId: person.id } : { ok: false, reason: 'expired' };
}

const invitationMac = (secret: string, body: string) =>
  createHmac('sha256', secret).update(`staff invitation:1:${body}`).digest('base64url');
