import { and, asc, eq, isNotNull, isNull } from 'drizzle-orm';
import { z } from 'zod';

import type { Tx } from '#db/client.ts';
import { people, sessions, staff } from '#db/schema/index.ts';

import { recordAudit, type Actor } from './audit.server.ts';
import { can, isRole, may, type Role } from './permissions.ts';

export type StaffMember = {
  id: number;
  personId: number;
  name: string;
  email: string;
  role: Role;
  /** Whether they may text payment links (S1-07), and whether that was switched for them alone. */
  smsLink: boolean;
  smsLinkOwn: boolean;
  /** True until the person has accepted: until then they can't sign in here. */
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
      invoiceSmsLink: staff.invoiceSmsLink,
      acceptedAt: staff.acceptedAt,
    })
    .from(staff)
    .innerJoin(people, eq(people.id, staff.personId))
    .where(isNull(staff.removedAt))
    .orderBy(asc(people.name), asc(staff.id));
  return rows.map(({ acceptedAt, invoiceSmsLink, ...row }) => ({
    ...row,
    smsLink: may({ role: row.role, invoiceSmsLink }, 'invoices.sms_link'),
    smsLinkOwn: invoiceSmsLink !== null,
    invited: acceptedAt === null,
  }));
}

export type AddStaff =
  | { ok: true; staffId: number; personId: number }
  | { ok: false; errors: { email?: string; name?: string; role?: string } };

const email = z.email().max(254);

/**
 * Adds a person to the company's staff. Whoever they are, they stay `invited` until they open the link that
 * `invitationToken` makes and choose a password; somebody who works for another company keeps name and password there. A
 * person who was removed comes back as the same member, and is invited anew.
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
      set: { role, removedAt: null, acceptedAt: null, passwordHash: null, invoiceSmsLink: null },
      setWhere: isNotNull(staff.removedAt),
    })
    .returning({ id: staff.id });
  if (!member) return { ok: false, errors: { email: 'This person is on the staff already' } };
  await recordAudit(tx, actor, 'staff.add', { type: 'staff', id: member.id }, { email: address, role });
  return { ok: true, staffId: member.id, personId: person!.id };
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

/**
 * Lets one person text payment links, or not, whatever their role says (S1-07). What is as the role says is kept as such, so
 * that it changes with the role; what differs from it stays through a change of role.
 * @returns false when there is no such member
 */
export async function changeSmsLink(tx: Tx, actor: Actor, staffId: number, allowed: boolean): Promise<boolean> {
  const [member] = await tx
    .select({ role: staff.role, invoiceSmsLink: staff.invoiceSmsLink })
    .from(staff)
    .where(and(eq(staff.id, staffId), isNull(staff.removedAt)))
    .for('no key update');
  if (!member) return false;
  const from = may(member, 'invoices.sms_link');
  if (from === allowed) return true;
  const invoiceSmsLink = can(member.role, 'invoices.sms_link') === allowed ? null : allowed;
  await tx.update(staff).set({ invoiceSmsLink }).where(eq(staff.id, staffId));
  await recordAudit(tx, actor, 'staff.sms_link', { type: 'staff', id: staffId }, { from, to: allowed });
  return true;
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

/**
 * Locks the administrators, in the order of their ids, so that two of them can't demote each other at once. One who was
 * only invited can't give anybody a role yet, and does not count.
 */
async function lockMember(tx: Tx, staffId: number) {
  const administrators = await tx
    .select({ id: staff.id })
    .from(staff)
    .where(and(eq(staff.role, 'administrator'), isNull(staff.removedAt), isNotNull(staff.acceptedAt)))
    .orderBy(asc(staff.id))
    .for('no key update');
  const [member] = await tx
    .select()
    .from(staff)
    .where(and(eq(staff.id, staffId), isNull(staff.removedAt)))
    .for('no key update');
  if (!member) return null;
  const others = administrators.filter((one) => one.id !== staffId);
  return { ...member, lastAdministrator: member.role === 'administrator' && others.length === 0 };
}
