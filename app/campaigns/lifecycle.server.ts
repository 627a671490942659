import { sql } from 'drizzle-orm';

import { recordAudit, system, type Actor } from '#app/company/audit.server.ts';
import type { Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';

import { lockCampaign } from './campaigns.server.ts';
import { addOpenRanges, finishCampaign } from './send-lease.server.ts';
import type { CampaignStatus } from './words.ts';

/** `status` is where the campaign stands instead; null when the company has no such campaign. */
export type Turned = { ok: true } | { ok: false; status: CampaignStatus | null };

/**
 * Holds a campaign while it sends. It takes hold within one window; what is on its way arrives (B-06), but for postcards that
 * are not in print yet.
 */
export async function pauseCampaign(tx: Tx, campaignId: number, actor: Actor): Promise<Turned> {
  const campaign = await lockCampaign(tx, campaignId);
  if (campaign?.status !== 'sending') return { ok: false, status: campaign?.status ?? null };
  await tx.execute(sql`
    update campaigns set status = 'paused', pause_reason = null, updated_at = now() where id = ${campaignId}`);
  await recordAudit(tx, actor, 'campaign.pause', { type: 'campaign', id: campaignId });
  await recallPostcards(tx, campaign.companyId, campaignId);
  return { ok: true };
}

/** Postcards that are accepted but not printed are taken back, where the campaign has any. */
async function recallPostcards(tx: Tx, companyId: number, campaignId: number): Promise<void> {
  const cards = await tx.execute(sql`
    select from campaign_steps where campaign_id = ${campaignId} and channel = 'mail' and sent > 0 limit 1`);
  if (cards.length > 0) await addJob(tx, 'campaign.recall', { companyId, campaignId });
}

/** Goes on where a pause took hold: nothing is repeated, nothing left out (B-06). */
export async function resumeCampaign(tx: Tx, campaignId: number, actor: Actor): Promise<Turned> {
  const campaign = await lockCampaign(tx, campaignId);
  if (campaign?.status !== 'paused') return { ok: false, status: campaign?.status ?? null };
  await tx.execute(sql`
    update campaigns set status = 'sending', pause_reason = null, updated_at = now() where id = ${campaignId}`);
  await recordAudit(tx, actor, 'campaign.resume', { type: 'campaign', id: campaignId });
  await addOpenRanges(tx, campaign.companyId, campaignId);
  await finishCampaign(tx, campaignId);
  return { ok: true };
}

/**
 * Ends a campaign for good. Whatever is still planned is skipped with the reason `canceled`: by the worker, range by range,
 * since there may be a million of them. Nothing goes out meanwhile: the gate asks for the status itself.
 */
export async function cancelCampaign(tx: Tx, campaignId: number, actor: Actor): Promise<Turned> {
  const campaign = await lockCampaign(tx, campaignId);
  const status = campaign?.status ?? null;
  if (!campaign || (status !== 'launching' && status !== 'sending' && status !== 'paused'))
    return { ok: false, status };
  await tx.execute(sql`
    update campaigns set status = 'canceled', pause_reason = null, finished_at = now(), updated_at = now()
     where id = ${campaignId}`);
  await recordAudit(tx, actor, 'campaign.cancel', { type: 'campaign', id: campaignId });
  await addOpenRanges(tx, campaign.companyId, campaignId);
  await recallPostcards(tx, campaign.companyId, campaignId);
  return { ok: true };
}

/** A pause that nobody asked for, with its reason in words: it stands on the campaign until somebody resumes it. */
export async function pauseByItself(tx: Tx, campaignId: number, reason: string): Promise<void> {
  const paused = await tx.execute(sql`
    update campaigns set status = 'paused', pause_reason = ${reason.slice(0, 500)}, updated_at = now()
     where id = ${campaignId} and status = 'sending' returning id`);
  if (paused.length === 0) return;
  await recordAudit(tx, system, 'campaign.pause', { type: 'campaign', id: campaignId }, { reason });
}
