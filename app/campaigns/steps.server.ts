import { createHash } from 'node:crypto';

import { and, desc, eq, sql } from 'drizzle-orm';

import { AudienceRules, readRules } from '#app/audiences/rules.ts';
import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { parseEmailDocument, type EmailDocument } from '#builders/email/document.ts';
import type { Tx } from '#db/client.ts';
import { auditEntries, campaigns, campaignSteps } from '#db/schema/index.ts';

import { lockCampaign } from './campaigns.server.ts';

/** Longer ones are cut off by every mail program long before. */
export const SUBJECT_LIMIT = 500;

export type EmailStep = {
  id: number;
  subject: string;
  preheader: string;
  document: unknown;
  version: number;
  updatedAt: Date;
};

/** The email of a campaign as it is drafted, or null when there is no such campaign. */
export async function loadEmailStep(tx: Tx, campaignId: number): Promise<EmailStep | null> {
  const { id, subject, preheader, document, version, updatedAt } = campaignSteps;
  const [row] = await tx
    .select({ id, subject, preheader, document, version, updatedAt })
    .from(campaignSteps)
    .where(and(eq(campaignSteps.campaignId, campaignId), eq(campaignSteps.position, 1)));
  return row ?? null;
}

export type Saved<Version> =
  | { ok: true; version: Version; savedAt: string }
  /** Somebody else saved first: nothing was changed. `by` and `at` say who and when. */
  | { ok: false; reason: 'conflict'; by: string; at: string }
  /** It was launched meanwhile: what was sent can't be changed. */
  | { ok: false; reason: 'launched' }
  | { ok: false; reason: 'invalid'; errors: Record<string, string> };

/**
 * Saves the email of a draft if nobody has saved since `version`: two people who edit at once lose nothing.
 * Fields that are left out stay as they are.
 * @returns null when the company has no such campaign
 */
export async function saveEmailStep(
  tx: Tx,
  actor: Actor,
  campaignId: number,
  input: { version: number; subject?: string; preheader?: string; document?: unknown },
): Promise<Saved<number> | null> {
  const campaign = await lockCampaign(tx, campaignId);
  const step = campaign && (await loadEmailStep(tx, campaignId));
  if (!step) return null;
  if (campaign.status !== 'draft') return { ok: false, reason: 'launched' };
  if (step.version !== input.version) return conflict(tx, campaignId, step.updatedAt);
  const errors: Record<string, string> = {};
  for (const line of ['subject', 'preheader'] as const) {
    if ((input[line] ?? '').length > SUBJECT_LIMIT) errors[line] = `Shorten this to ${SUBJECT_LIMIT} characters.`;
  }
  const document = input.document === undefined ? null : parseEmailDocument(input.document);
  if (document && !document.ok) errors.document = document.error;
  if (Object.keys(errors).length > 0) return { ok: false, reason: 'invalid', errors };
  const [saved] = await tx
    .update(campaignSteps)
    .set({
      ...(input.subject !== undefined && { subject: oneLine(input.subject) }),
      ...(input.preheader !== undefined && { preheader: oneLine(input.preheader) }),
      ...(document?.ok && { document: document.document satisfies EmailDocument }),
      version: sql`${campaignSteps.version} + 1`,
      updatedAt: sql`now()`,
    })
    .where(eq(campaignSteps.id, step.id))
    .returning({ version: campaignSteps.version, at: campaignSteps.updatedAt });
  await auditSitting(tx, actor, campaignId, 'campaign.edit_email', { fromVersion: step.version });
  return { ok: true, version: saved!.version, savedAt: saved!.at.toISOString() };
}

/** A subject is one line; what a paste brings along beyond that is folded into spaces. */
const oneLine = (text: string) => text.replaceAll(/[\r\n\t\u2028\u2029]+/g, ' ').replaceAll('\u0000', '');

/** Stands for one state of the rules, so that a save can say what it was made from. */
export const rulesVersion = (rules: AudienceRules) =>
  createHash('sha256')
    .update(JSON.stringify(AudienceRules.parse(rules)))
    .digest('base64url')
    .slice(0, 16);

/**
 * Saves the audience of a draft if it is still the one that the change was made from.
 * @param input.version `rulesVersion` of the rules that the person saw
 * @returns null when the company has no such campaign
 */
export async function saveAudience(
  tx: Tx,
  actor: Actor,
  campaignId: number,
  input: { version: string; rules: AudienceRules },
): Promise<Saved<string> | null> {
  const campaign = await lockCampaign(tx, campaignId);
  if (!campaign) return null;
  if (campaign.status !== 'draft') return { ok: false, reason: 'launched' };
  const stored = rulesVersion(readRules(campaign.audience));
  const version = rulesVersion(input.rules);
  if (stored !== input.version && stored !== version) return conflict(tx, campaignId, campaign.updatedAt);
  if (stored === version) return { ok: true, version, savedAt: campaign.updatedAt.toISOString() };
  const [saved] = await tx
    .update(campaigns)
    .set({ audience: input.rules, updatedAt: sql`now()` })
    .where(eq(campaigns.id, campaignId))
    .returning({ at: campaigns.updatedAt });
  await auditSitting(tx, actor, campaignId, 'campaign.edit_audience', { before: readRules(campaign.audience) });
  return { ok: true, version, savedAt: saved!.at.toISOString() };
}

/**
 * Saves come with every pause of typing. The audit log gets one line a sitting: none if this person's last line about the
 * campaign says the same and is younger than ten minutes.
 */
async function auditSitting(tx: Tx, actor: Actor, id: number, action: string, details: Record<string, unknown>) {
  const [last] = await tx
    .select({
      action: auditEntries.action,
      staffId: auditEntries.staffId,
      recent: sql<boolean>`${auditEntries.at} > now() - interval '10 minutes'`,
    })
    .from(auditEntries)
    .where(and(eq(auditEntries.subjectType, 'campaign'), eq(auditEntries.subjectId, id)))
    .orderBy(desc(auditEntries.id))
    .limit(1);
  if (last?.recent && last.action === action && last.staffId === actor.staffId) return;
  await recordAudit(tx, actor, action, { type: 'campaign', id }, details);
}

async function conflict(tx: Tx, id: number, at: Date): Promise<Saved<never>> {
  const [last] = await tx
    .select({ actor: auditEntries.actor })
    .from(auditEntries)
    .where(and(eq(auditEntries.subjectType, 'campaign'), eq(auditEntries.subjectId, id)))
    .orderBy(desc(auditEntries.id))
    .limit(1);
  return { ok: false, reason: 'conflict', by: last?.actor ?? 'Somebody', at: at.toISOString() };
}
