import { sql } from 'drizzle-orm';

import { AudienceRules } from '#app/audiences/rules.ts';
import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { compiledEmailSchema, type CompiledEmail } from '#builders/email/render.ts';
import { compiledPostcardSchema, type CompiledPostcard } from '#builders/postcard/compiled.ts';
import { compiledSmsSchema, type CompiledSms } from '#builders/sms/compiled.ts';
import type { Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import type { Channel } from '#db/schema/columns.ts';

import { lockCampaign } from './campaigns.server.ts';

/** A step's content as it was compiled and checked, and the version of the step that it was compiled from. */
export type CompiledStep = {
  stepId: number;
  version: number;
  compiled: CompiledEmail | CompiledSms | CompiledPostcard;
};

export type Launched =
  | { ok: true }
  /** Somebody launched it before: this click changed nothing. */
  | { ok: false; already: true }
  /** `changed`: a step was saved after it was compiled; compile and check again. */
  | { ok: false; already: false; why: 'missing' | 'changed' | 'empty' | 'audience' };

const compiledSchemas = { email: compiledEmailSchema, sms: compiledSmsSchema, mail: compiledPostcardSchema };

/**
 * Launches a draft, exactly once however often it is clicked: freezes the content, writes the audit line and adds the job
 * that makes the audience into messages, all in the caller's transaction and under the campaign's lock. The caller has
 * run the check list and compiled each step in its current version.
 */
export async function launchCampaign(
  tx: Tx,
  request: { campaignId: number; actor: Actor; steps: readonly CompiledStep[] },
): Promise<Launched> {
  const { campaignId, actor } = request;
  const campaign = await lockCampaign(tx, campaignId);
  if (!campaign) return { ok: false, already: false, why: 'missing' };
  if (campaign.status !== 'draft') return { ok: false, already: true };
  if (!AudienceRules.safeParse(campaign.audience).success) return { ok: false, already: false, why: 'audience' };
  const steps = await tx.execute<{ id: number; version: number; channel: Channel }>(
    sql`select id, version, channel from campaign_steps where campaign_id = ${campaignId} order by position for no key update`,
  );
  if (steps.length === 0) return { ok: false, already: false, why: 'empty' };
  for (const step of steps) {
    const content = request.steps.find((one) => one.stepId === step.id);
    if (!content || content.version !== step.version) return { ok: false, already: false, why: 'changed' };
    const frozen = JSON.stringify(compiledSchemas[step.channel].parse(content.compiled));
    await tx.execute(sql`update campaign_steps set compiled = ${frozen}::jsonb where id = ${step.id}`);
  }
  await tx.execute(sql`
    update campaigns
       set status = 'launching', launched_by = ${actor.staffId}, launched_at = now(), updated_at = now()
     where id = ${campaignId}`);
  await recordAudit(tx, actor, 'campaign.launch', { type: 'campaign', id: campaignId }, { steps: steps.length });
  const { companyId } = campaign;
  await addJob(tx, 'campaign.expand', { companyId, campaignId }, { key: `expand:${companyId}:${campaignId}` });
  return { ok: true };
}
