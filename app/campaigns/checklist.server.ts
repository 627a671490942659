import { audienceCounts, type AudienceCounts } from '#app/audiences/audience.server.ts';
import { AudienceRules, readRules } from '#app/audiences/rules.ts';
import type { Actor } from '#app/company/audit.server.ts';
import type { Addresses } from '#app/messaging/addresses.ts';
import { emailProviderName, type ProviderOptions } from '#app/messaging/providers/choose.server.ts';
import { loadSender, type Sender } from '#app/messaging/sender.server.ts';
import { compileEmail } from '#builders/email/compile.server.ts';
import { emptyDocument, parseEmailDocument } from '#builders/email/document.ts';
import type { CompiledEmail } from '#builders/email/render.ts';
import type { Problem } from '#builders/merge/problem.ts';
import type { Tx } from '#db/client.ts';

import { getCampaign, lockCampaign, type Campaign } from './campaigns.server.ts';
import { checklist, hasContent, usesOf, type CheckItem } from './checklist.ts';
import { launchCampaign } from './launch.server.ts';
import { localDay } from './send-values.server.ts';
import { loadEmailStep, rulesVersion, type EmailStep } from './steps.server.ts';

export type CheckOptions = { addresses: Addresses } & Pick<ProviderOptions, 'ses'>;

export type CampaignCheck = {
  campaign: Campaign;
  step: EmailStep;
  rules: AudienceRules;
  rulesVersion: string;
  /** The company's day, `YYYY-MM-DD`, that the audience was read for. */
  today: string;
  counts: AudienceCounts;
  items: CheckItem[];
  /** True when nothing stands against the launch. */
  ready: boolean;
  /** The email as it would be frozen, or null while it does not compile. */
  compiled: CompiledEmail | null;
  /** What may be sent but should be looked at. */
  warnings: readonly Problem[];
  sender: Sender;
  /** Which provider would carry it; `sandbox` means that nothing leaves the house. */
  provider: 'sandbox' | 'ses';
};

/**
 * Looks at everything that a campaign needs before it may go out. The pages show it; the launch asks it again in its own
 * transaction, so that nothing is launched that a page would not let through (S0-06, B-10).
 * @returns null when the company has no such campaign
 */
export async function checkCampaign(tx: Tx, campaignId: number, options: CheckOptions): Promise<CampaignCheck | null> {
  const campaign = await getCampaign(tx, campaignId);
  const step = campaign && (await loadEmailStep(tx, campaignId));
  if (!step) return null;
  const provider = await emailProviderName(tx, options);
  const sender = await loadSender(tx, { addresses: options.addresses, standIn: provider === 'sandbox' });
  const rules = readRules(campaign.audience);
  const today = localDay(sender.timeZone);
  const counts = await audienceCounts(tx, rules, today, campaign.purpose);
  const parsed = parseEmailDocument(step.document);
  const document = parsed.ok ? parsed.document : emptyDocument();
  const { subject, preheader } = step;
  const result = await compileEmail({ document, subject, preheader, assetOrigin: options.addresses.appOrigin });
  const items = checklist({
    campaignId,
    rulesReadable: AudienceRules.safeParse(campaign.audience).success,
    eligible: counts.eligible,
    subject,
    hasContent: parsed.ok && hasContent(document),
    uses: result.ok ? result.email.uses : usesOf(document),
    problems: result.ok ? [] : result.problems,
    postalAddress: sender.profile.postalAddress,
    portalOrigin: sender.portalOrigin,
    from: sender.from?.address ?? null,
  });
  return {
    campaign,
    step,
    rules,
    rulesVersion: rulesVersion(rules),
    today,
    counts,
    items,
    ready: result.ok && items.every((each) => each.state === 'done'),
    compiled: result.ok ? result.email : null,
    warnings: result.ok ? result.warnings : [],
    sender,
    provider,
  };
}

export type LaunchOutcome =
  | { ok: true }
  | { ok: false; reason: 'missing' }
  /** Somebody launched it before: this click changed nothing. */
  | { ok: false; reason: 'already' }
  /** A colleague changed the email or the audience after the page was opened. */
  | { ok: false; reason: 'changed' }
  | { ok: false; reason: 'not_ready'; items: CheckItem[] };

/**
 * Runs the checklist once more under the campaign's lock and launches what it saw, in the caller's transaction: nothing
 * else can slip in between, and a second click finds it launched.
 * @param seen the versions of email and audience that the person agreed to
 */
export async function launchChecked(
  tx: Tx,
  actor: Actor,
  campaignId: number,
  seen: { emailVersion: number; rulesVersion: string },
  options: CheckOptions,
): Promise<LaunchOutcome> {
  const campaign = await lockCampaign(tx, campaignId);
  if (!campaign) return { ok: false, reason: 'missing' };
  if (campaign.status !== 'draft') return { ok: false, reason: 'already' };
  const check = await checkCampaign(tx, campaignId, options);
  if (!check) return { ok: false, reason: 'missing' };
  if (check.step.version !== seen.emailVersion || check.rulesVersion !== seen.rulesVersion) {
    return { ok: false, reason: 'changed' };
  }
  if (!check.ready || !check.compiled) {
    return { ok: false, reason: 'not_ready', items: check.items.filter((each) => each.state !== 'done') };
  }
  const { id: stepId, version } = check.step;
  const launched = await launchCampaign(tx, {
    campaignId,
    actor,
    steps: [{ stepId, version, compiled: check.compiled }],
  });
  if (launched.ok) return launched;
  return { ok: false, reason: launched.already ? 'already' : 'changed' };
}
