import { createHash } from 'node:crypto';

import { desc } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import type { Tx } from '#db/client.ts';
import { portalAgreements } from '#db/schema/index.ts';

import { agreement, agreementText } from './agreement.ts';

/** Who accepted which version last, or null when nobody ever did. */
export async function readAcceptance(tx: Tx): Promise<{ version: string; acceptedBy: string; at: Date } | null> {
  const [row] = await tx
    .select({ version: portalAgreements.version, acceptedBy: portalAgreements.acceptedBy, at: portalAgreements.at })
    .from(portalAgreements)
    .orderBy(desc(portalAgreements.id))
    .limit(1);
  return row ?? null;
}

/** Whether the agreement as it stands now was accepted: only then may anything of the portal be set (S2-01). */
export async function isAgreementAccepted(tx: Tx): Promise<boolean> {
  return (await readAcceptance(tx))?.version === agreement.version;
}

export type Accept = { ok: true } | { ok: false; errors: { agree?: string; form?: string } };

/**
 * Keeps that this administrator accepted the agreement: who, when, which version, and the hash of its text (S2-02). A second
 * acceptance of the same version changes nothing. The caller has checked the permission `portal.agreement`.
 * @param answer.version of the text that the person saw
 */
export async function acceptAgreement(
  tx: Tx,
  actor: Actor & { staffId: number },
  answer: { agreed: boolean; version: string },
): Promise<Accept> {
  if (answer.version !== agreement.version) {
    return { ok: false, errors: { form: 'The agreement has changed since you opened this page. Read it again.' } };
  }
  if (!answer.agreed) return { ok: false, errors: { agree: 'Select the checkbox to accept the agreement.' } };
  if (await isAgreementAccepted(tx)) return { ok: true };
  const textHash = createHash('sha256').update(agreementText(agreement)).digest('hex');
  const { version } = agreement;
  await tx.insert(portalAgreements).values({ staffId: actor.staffId, acceptedBy: actor.name, version, textHash });
  await recordAudit(tx, actor, 'portal.accept_agreement', { type: 'portal', id: null }, { version, textHash });
  return { ok: true };
}
