import { createHmac, timingSafeEqual } from 'node:crypto';

import { and, eq, isNull, sql } from 'drizzle-orm';

import { withCompany, type Db } from '#db/client.ts';
import { companies, people, staff } from '#db/schema/index.ts';

import { recordAudit } from './audit.server.ts';
import { hashPassword, passwordProblem } from './passwords.server.ts';

/*
 * A member of staff begins with a link in an email, and chooses a password behind it. The company that sends the email may
 * well read it (in the sandbox it stands in the Outbox). So a link opens the company that sent it and no other, whoever
 * follows it: the password chosen behind it is this membership's alone. See docs/decisions/0008.
 */

const INVITATION_DAYS = 7;

/**
 * The secret part of an invited member's link. It is derived, so nothing is stored, and it is spent once accepted.
 * @param secret the application's secret
 */
export function invitationToken(
  secret: string,
  member: { companyId: number; staffId: number },
  now = new Date(),
): string {
  const expires = Math.floor(now.getTime() / 1000) + INVITATION_DAYS * 86_400;
  const body = [member.companyId, member.staffId, expires].map((number) => number.toString(36)).join('-');
  return `${body}-${invitationMac(secret, body)}`;
}

export type Invitation = {
  staffId: number;
  personId: number;
  name: string;
  email: string;
  company: { id: number; name: string };
};

/** Whom an invitation is for, or null when it is not ours, too old or spent. A GET may ask: nothing is consumed. */
export async function readInvitation(
  db: Db,
  secret: string,
  token: string,
  now = new Date(),
): Promise<Invitation | null> {
  const parts = /^(([0-9a-z]{1,10})-([0-9a-z]{1,10})-([0-9a-z]{1,8}))-([\w-]{43})$/.exec(token);
  if (!parts) return null;
  const [, body, company, member, expires, mac] = parts as unknown as [string, string, string, string, string, string];
  if (!timingSafeEqual(Buffer.from(invitationMac(secret, body)), Buffer.from(mac))) return null;
  if (Number.parseInt(expires, 36) * 1000 < now.getTime()) return null;
  const staffId = Number.parseInt(member, 36);
  return withCompany(db, Number.parseInt(company, 36), async (tx) => {
    const [row] = await tx
      .select({
        staffId: staff.id,
        personId: people.id,
        name: people.name,
        email: people.email,
        company: { id: companies.id, name: companies.name },
      })
      .from(staff)
      .innerJoin(people, eq(people.id, staff.personId))
      .innerJoin(companies, eq(companies.id, staff.companyId))
      .where(and(eq(staff.id, staffId), isNull(staff.acceptedAt), isNull(staff.removedAt)));
    return row ?? null;
  });
}

export type AcceptInvitation =
  | { ok: true; personId: number; companyId: number }
  | { ok: false; reason: 'expired' }
  | { ok: false; reason: 'password'; error: string };

/**
 * Makes an invited person a member, with the password they chose for this company. It may be the one they have elsewhere:
 * the next sign-in finds that out and opens both. Of two who use one link at once, one is told that it is spent.
 */
export async function acceptInvitation(
  db: Db,
  secret: string,
  token: string,
  password: string,
): Promise<AcceptInvitation> {
  const invitation = await readInvitation(db, secret, token);
  if (!invitation) return { ok: false, reason: 'expired' };
  const { staffId, personId, name, email, company } = invitation;
  const error = passwordProblem(password, [email, name, company.name]);
  if (error) return { ok: false, reason: 'password', error };
  const passwordHash = await hashPassword(password);
  return withCompany(db, company.id, async (tx) => {
    const [member] = await tx
      .update(staff)
      .set({ passwordHash, acceptedAt: sql`now()` })
      .where(and(eq(staff.id, staffId), isNull(staff.acceptedAt), isNull(staff.removedAt)))
      .returning({ role: staff.role });
    if (!member) return { ok: false, reason: 'expired' };
    await recordAudit(tx, { staffId, name }, 'staff.accept', { type: 'staff', id: staffId }, { role: member.role });
    return { ok: true, personId, companyId: company.id };
  });
}

const invitationMac = (secret: string, body: string) =>
  createHmac('sha256', secret).update(`staff invitation:2:${body}`).digest('base64url');
