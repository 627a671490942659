import { createHash } from 'node:crypto';

import { and, desc, eq, sql } from 'drizzle-orm';

import { AudienceRules, readRules } from '#app/audiences/rules.ts';
import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { parseEmailDocument, type EmailDocument } from '#builders/email/document.ts';
import type { PostcardDocument } from '#builders/postcard/document.ts';
import { parsePostcardDocument } from '#builders/postcard/form.ts';
import { parseSmsDocument, type SmsDocument } from '#builders/sms/document.ts';
import type { Tx } from '#db/client.ts';
import type { Channel } from '#db/schema/columns.ts';
import { auditEntries, campaigns, campaignSteps } from '#db/schema/index.ts';

import { lockCampaign } from './campaigns.server.ts';

/** Longer ones are cut off by every mail program long before. */
export const SUBJECT_LIMIT = 500;

/** A step as it is drafted. `document` is of the channel's kind; texts have neither subject nor preheader. */
export type Step = {
  id: number;
  channel: Channel;
  subject: string;
  preheader: string;
  document: unknown;
  version: number;
  updatedAt: Date;
};

/** The step of a campaign, or null when there is no such campaign. */
export async function loadStep(tx: Tx, campaignId: number): Promise<Step | null> {
  const { id, channel, subject, preheader, document, version, updatedAt } = campaignSteps;
  const [row] = await tx
    .select({ id, channel, subject, preheader, document, version, updatedAt })
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
  const opened = await openStep(tx, campaignId, 'email', input.version);
  if (!opened?.ok) return opened;
  const { step } = opened;
  const errors: Record<string, string> = {};
  for (const line of ['subject', 'preheader'] as const) {
    if ((input[line] ?? '').length > SUBJECT_LIMIT) errors[line] = `Shorten this to ${SUBJECT_LIMIT} characters.`;
  }
  const document = input.document === undefined ? null : parseEmailDocument(input.document);
  if (document && !document.ok) errors.document = document.error;
  if (Object.keys(errors).length > 0) return { ok: false, reason: 'invalid', errors };
  return writeStep(tx, actor, campaignId, step, {
    ...(input.subject !== undefined && { subject: oneLine(input.subject) }),
    ...(input.preheader !== undefined && { preheader: oneLine(input.preheader) }),
    ...(document?.ok && { document: document.document satisfies EmailDocument }),
  });
}

/** The same for the text of a draft (S0-10), and whether an answer ends what waits for whoever answers (B-13). */
export async function saveTextStep(
  tx: Tx,
  actor: Actor,
  campaignId: number,
  input: { version: number; text: string; stopOnReply?: boolean | undefined },
): Promise<Saved<number> | null> {
  const opened = await openStep(tx, campaignId, 'sms', input.version);
  if (!opened?.ok) return opened;
  const read = parseSmsDocument({ version: 1, text: input.text });
  if (!read.ok) return { ok: false, reason: 'invalid', errors: { text: read.error } };
  const { stopOnReply } = input;
  if (stopOnReply !== undefined) await tx.update(campaigns).set({ stopOnReply }).where(eq(campaigns.id, campaignId));
  return writeStep(tx, actor, campaignId, opened.step, { document: read.document satisfies SmsDocument });
}

/** And for the postcard of a draft (S0-14). */
export async function savePostcardStep(
  tx: Tx,
  actor: Actor,
  campaignId: number,
  input: { version: number; document: unknown },
): Promise<Saved<number> | null> {
  const opened = await openStep(tx, campaignId, 'mail', input.version);
  if (!opened?.ok) return opened;
  const read = parsePostcardDocument(input.document);
  if (!read.ok) return { ok: false, reason: 'invalid', errors: read.errors };
  return writeStep(tx, actor, campaignId, opened.step, { document: read.document });
}

/** Holds a draft's step of that channel, if nobody has saved it since `version`. */
async function openStep(
  tx: Tx,
  campaignId: number,
  channel: Channel,
  version: number,
): Promise<{ ok: true; step: Step } | (Saved<number> & { ok: false }) | null> {
  const campaign = await lockCampaign(tx, campaignId);
  const step = campaign && (await loadStep(tx, campaignId));
  if (step?.channel !== channel) return null;
  if (campaign?.status !== 'draft') return { ok: false, reason: 'launched' };
  return step.version === version ? { ok: true, step } : conflict(tx, campaignId, step.updatedAt);
}

async function writeStep(
  tx: Tx,
  actor: Actor,
  campaignId: number,
  step: Step,
  content: { subject?: string; preheader?: string; document?: EmailDocument | SmsDocument | PostcardDocument },
): Promise<Saved<number>> {
  const [saved] = await tx
    .update(campaignSteps)
    .set({ ...content, version: sql`${campaignSteps.version} + 1`, updatedAt: sql`now()` })
    .where(eq(campaignSteps.id, step.id))
    .returning({ version: campaignSteps.version, at: campaignSteps.updatedAt });
  await auditSitting(tx, actor, campaignId, editActions[step.channel], { fromVersion: step.version });
  return { ok: true, version: saved!.version, savedAt: saved!.at.toISOString() };
}

const editActions = {
  email: 'campaign.edit_email',
  sms: 'campaign.edit_text',
  mail: 'campaign.edit_postcard',
} as const;

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

async function conflict(tx: Tx, id: number, at: Date): Promise<Saved<never> & { ok: false }> {
  const [last] = await tx
    .select({ actor: auditEntries.actor })
    .from(auditEntries)
    .where(and(eq(auditEntries.subjectType, 'campaign'), eq(auditEntries.subjectId, id)))
    .orderBy(desc(auditEntries.id))
    .limit(1);
  return { ok: false, reason: 'conflict', by: last?.actor ?? 'Somebody', at: at.toISOString() };
}
