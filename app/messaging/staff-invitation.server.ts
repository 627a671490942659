import { sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { invitationToken } from '#app/company/invitations.server.ts';
import { addStaff, listStaff, type AddStaff, type StaffMember } from '#app/company/staff.server.ts';
import { escapeHtml } from '#builders/email/rich-text.ts';
import type { Tx } from '#db/client.ts';

import type { Addresses } from './addresses.ts';
import { sendTransactional } from './send-transactional.server.ts';

type Surroundings = { addresses: Addresses; secret: string };

/**
 * Adds a person to the staff and mails them the link to accept and choose a password, also when they work for another
 * company already: this one's administrator is told nothing of that.
 * @returns as `addStaff`
 */
export async function inviteStaff(
  tx: Tx,
  at: Surroundings,
  actor: Actor,
  input: { email: string; name: string; role: string },
): Promise<AddStaff> {
  const added = await addStaff(tx, actor, input);
  if (added.ok) {
    const member = (await listStaff(tx)).find((one) => one.id === added.staffId);
    if (member) await sendLink(tx, at, actor, member);
  }
  return added;
}

/** Mails the link again. @returns false when there is no such member, or they have accepted already */
export async function resendInvitation(tx: Tx, at: Surroundings, actor: Actor, staffId: number): Promise<boolean> {
  const member = (await listStaff(tx)).find((one) => one.id === staffId);
  if (!member?.invited) return false;
  await sendLink(tx, at, actor, member);
  await recordAudit(tx, actor, 'staff.invite_again', { type: 'staff', id: staffId }, { email: member.email });
  return true;
}

async function sendLink(tx: Tx, { addresses, secret }: Surroundings, actor: Actor, member: StaffMember) {
  const [company] = await tx.execute<{ id: number; name: string }>(sql`
    select id, name from companies where id = current_company_id()`);
  const { id: companyId, name } = company!;
  const url = `${addresses.appOrigin}/join/${invitationToken(secret, { companyId, staffId: member.id })}`;
  const lines = [
    `Hello ${member.name},`,
    `${actor.name} added you to ${name} on Fieldpost. Open this page to choose your password:`,
  ];
  const end = [
    'If you sign in to Fieldpost for another company, you may take the same password: then one sign-in opens both.',
    'The link works for seven days and once. If you did not expect it, leave it alone: nothing happens.',
  ];
  const paragraph = (html: string) => `<p style="margin:0 0 16px">${html}</p>`;
  await sendTransactional(tx, {
    kind: 'staff_invitation',
    to: member.email,
    subject: `Choose your password for ${name} on Fieldpost`,
    text: [...lines, url, ...end].join('\n\n'),
    html: `<!doctype html><html lang="en"><body style="margin:0;padding:24px;font:16px/24px system-ui,sans-serif;color:#1d2420">
${lines.map((text) => paragraph(escapeHtml(text))).join('\n')}
${paragraph(`<a href="${escapeHtml(url)}" style="color:#1e6b52">Choose a password</a>`)}
${end.map((text) => paragraph(escapeHtml(text))).join('\n')}
</body></html>`,
  });
}
