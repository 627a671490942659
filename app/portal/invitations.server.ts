import { and, eq, inArray, sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { takeAttempt, visitorOf } from '#app/company/rate-limit.server.ts';
import { readEmail } from '#app/invoicing/customers/customer-form.ts';
import { portalOrigin, type Addresses } from '#app/messaging/addresses.ts';
import { sendTransactional } from '#app/messaging/send-transactional.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { contacts, portalAccounts } from '#db/schema/index.ts';

import { ensureAccounts, type Account } from './accounts.server.ts';
import { readPortal, type Portal } from './brand.server.ts';
import { passwordMail, type Letterhead } from './emails.ts';
import { dropTokens, makeToken } from './tokens.server.ts';

/** Every answer takes this long at least, so that its time doesn't tell whether a mail was written. */
const FLOOR_MS = 500;

export type InvitationAnswer =
  | { ok: true; email: string }
  | { ok: false; reason: 'empty' | 'bad_email' }
  | { ok: false; reason: 'too_many'; retryAfterSeconds: number };

/**
 * A visitor asks for a link to create a password (S2-26), or for a new one. Whether the address stands on a record is told
 * by mail only: the answer and the time it takes are the same (S2-27). An address with an account gets a link to choose a
 * new password in place of an invitation.
 * @param request.ip the visitor's network address: requests are limited per visitor and per address
 * @param request.for what the visitor asked for; it changes only the words of the mail
 */
export async function requestInvitation(
  db: Db,
  addresses: Addresses,
  request: { companyId: number; email: string; ip: string; for?: 'invitation' | 'reset' },
): Promise<InvitationAnswer> {
  const { companyId } = request;
  if (request.email.trim() === '') return { ok: false, reason: 'empty' };
  const email = readEmail(request.email);
  if (!email) return { ok: false, reason: 'bad_email' };
  const allowance = await takeAttempt(db, [
    { key: ['portal invitation', String(companyId), 'address', email], limit: 5, seconds: 3600 },
    { key: ['portal invitation', 'ip', visitorOf(request.ip)], limit: 20, seconds: 3600 },
  ]);
  if (!allowance.ok) return { ok: false, reason: 'too_many', retryAfterSeconds: allowance.retryAfterSeconds };
  const floor = new Promise((done) => setTimeout(done, FLOOR_MS));
  try {
    await withCompany(db, companyId, async (tx) => {
      const accounts = await ensureAccounts(tx, email);
      const portal = await readPortal(tx);
      if (accounts[0] && portal.enabled) {
        const active = request.for === 'reset' ? 'reset' : 'known';
        await sendLink(tx, addresses, portal, accounts, accounts[0].passwordHash === null ? 'invitation' : active);
      }
    });
  } finally {
    await floor;
  }
  return { ok: true, email };
}

export type Invite = { ok: true; email: string } | { ok: false; error: string };

/**
 * The office invites a contact, or again one that was invited before (S3-12 to S3-15). An address that has a password
 * already gets a link to choose a new one, and keeps the old one until then.
 * @returns in words why nothing was sent
 */
export async function inviteContact(tx: Tx, addresses: Addresses, contactId: number, actor: Actor): Promise<Invite> {
  const [contact] = await tx
    .select({ email: contacts.value, customerId: contacts.customerId })
    .from(contacts)
    .where(and(eq(contacts.id, contactId), eq(contacts.kind, 'email')));
  if (!contact) return { ok: false, error: 'This email is no longer on the customer’s record.' };
  const portal = await readPortal(tx);
  if (!portal.enabled) {
    return { ok: false, error: 'The Customer Portal is not set up yet. An administrator does that in Settings.' };
  }
  const accounts = await ensureAccounts(tx, contact.email);
  const own = accounts.find((account) => account.contactId === contactId)!;
  const others = accounts.filter((account) => account !== own);
  const known = accounts.some((account) => account.passwordHash !== null);
  await sendLink(tx, addresses, portal, [own, ...others], known ? 'known' : 'invitation');
  const subject = { type: 'customer', id: contact.customerId };
  await recordAudit(tx, actor, 'portal.invite', subject, { email: contact.email });
  return { ok: true, email: contact.email };
}

/** Writes the mail with a fresh link for the first of a login's accounts; links sent before end. */
async function sendLink(
  tx: Tx,
  addresses: Addresses,
  portal: Portal,
  accounts: Account[],
  kind: 'invitation' | 'known' | 'reset',
): Promise<void> {
  const ids = accounts.map((account) => account.id);
  const { id, email, customerId } = accounts[0]!;
  await dropTokens(tx, ids);
  const token = await makeToken(tx, id, kind === 'invitation' ? 'activate' : 'reset');
  if (kind === 'invitation') {
    await tx
      .update(portalAccounts)
      .set({ invitedAt: sql`now()` })
      .where(inArray(portalAccounts.id, ids));
  }
  const origin = portalOrigin(addresses, portal.host!);
  const mail = passwordMail(kind, letterhead(portal, origin), `${origin}/confirm/${token}`);
  await sendTransactional(tx, {
    kind: kind === 'invitation' ? 'portal_invitation' : 'portal_reset',
    to: email,
    customerId,
    ...mail,
  });
}

/** How the company stands at the head of a mail; its pictures are absolute. */
export function letterhead({ brand }: Portal, origin: string): Letterhead {
  const { logo } = brand;
  return {
    ...brand,
    logo: logo && {
      url: `${origin}/images/${logo.token}`,
      width: Math.max(1, Math.round((logo.width * 50) / logo.height)),
      height: 50,
    },
  };
}
