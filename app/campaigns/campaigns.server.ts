import { and, eq, isNull, sql } from 'drizzle-orm';

import type { Reach } from '#app/audiences/audience.server.ts';
import { defaultRules } from '#app/audiences/rules.ts';
import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { emptyDocument } from '#builders/email/document.ts';
import { emailTemplates } from '#builders/email/templates/templates.ts';
import { emptyPostcard } from '#builders/postcard/form.ts';
import { postcardTemplates } from '#builders/postcard/templates.ts';
import { emptySms } from '#builders/sms/document.ts';
import { smsTemplates } from '#builders/sms/templates.ts';
import type { Tx } from '#db/client.ts';
import type { Channel } from '#db/schema/columns.ts';
import { keyset, type Page } from '#db/keyset.ts';
import { campaigns, campaignSteps } from '#db/schema/index.ts';

import type { CampaignStatus } from './words.ts';

export const NAME_LIMIT = 120;

/** A name as it is kept: one line without control characters. @returns null when nothing is left or it is too long */
export function cleanName(typed: string): string | null {
  const name = typed.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return name === '' || name.length > NAME_LIMIT ? null : name;
}

const NAME_ERROR = `Give the campaign a name of at most ${NAME_LIMIT} characters.`;

export type Refused = { ok: false; errors: Record<string, string> };

/** What a new step holds, by the id of its template. @returns null for an id of none */
function startFrom(template: string) {
  if (template === 'blank') return { channel: 'email', subject: '', preheader: '', document: emptyDocument() } as const;
  if (template === 'blank-text') return { channel: 'sms', document: emptySms() } as const;
  if (template === 'blank-postcard') return { channel: 'mail', document: emptyPostcard() } as const;
  const email = emailTemplates.find((each) => each.id === template);
  if (email) {
    return { channel: 'email', subject: email.subject, preheader: email.preheader, document: email.document } as const;
  }
  const text = smsTemplates.find((each) => each.id === template);
  if (text) return { channel: 'sms', document: text.document } as const;
  const card = postcardTemplates.find((each) => each.id === template);
  return card ? ({ channel: 'mail', document: card.document } as const) : null;
}

/**
 * Makes a draft by email, text or mail from a starting template, or from nothing (S0-01).
 * @param input.template the id of one of `emailTemplates`, `smsTemplates` or `postcardTemplates`, or `blank`, `blank-text` or `blank-postcard`
 */
export async function createCampaign(
  tx: Tx,
  actor: Actor,
  input: { name: string; template: string },
): Promise<{ ok: true; id: number } | Refused> {
  const start = startFrom(input.template);
  const errors: Record<string, string> = {};
  const name = cleanName(input.name);
  if (!name) errors.name = NAME_ERROR;
  if (!start) errors.template = 'Choose where to start from.';
  if (!name || !start) return { ok: false, errors };
  const [made] = await tx
    .insert(campaigns)
    .values({ name, audience: defaultRules, createdBy: actor.staffId })
    .returning({ id: campaigns.id });
  await tx.insert(campaignSteps).values({ campaignId: made!.id, position: 1, ...start });
  await recordAudit(tx, actor, 'campaign.create', { type: 'campaign', id: made!.id }, { name, from: input.template });
  return { ok: true, id: made!.id };
}

export type Campaign = typeof campaigns.$inferSelect;

/** One campaign, or null when the company has no such one. */
export async function getCampaign(tx: Tx, id: number): Promise<Campaign | null> {
  const [row] = await tx.select().from(campaigns).where(eq(campaigns.id, id));
  return row ?? null;
}

/** The same, and nobody else changes it until the transaction ends. */
export async function lockCampaign(tx: Tx, id: number): Promise<Campaign | null> {
  const [row] = await tx.select().from(campaigns).where(eq(campaigns.id, id)).for('no key update');
  return row ?? null;
}

/** By what and for what the campaign reaches people: by the channel of its first step. */
export async function reachOf(tx: Tx, campaign: Pick<Campaign, 'id' | 'purpose'>): Promise<Reach> {
  const [step] = await tx
    .select({ channel: campaignSteps.channel })
    .from(campaignSteps)
    .where(eq(campaignSteps.campaignId, campaign.id))
    .orderBy(campaignSteps.position)
    .limit(1);
  return { channel: step?.channel ?? 'email', purpose: campaign.purpose };
}

export async function renameCampaign(
  tx: Tx,
  actor: Actor,
  id: number,
  typed: string,
): Promise<{ ok: true } | Refused | null> {
  const name = cleanName(typed);
  if (!name) return { ok: false, errors: { name: NAME_ERROR } };
  const campaign = await lockCampaign(tx, id);
  if (!campaign) return null;
  if (campaign.name === name) return { ok: true };
  await tx
    .update(campaigns)
    .set({ name, updatedAt: sql`now()` })
    .where(eq(campaigns.id, id));
  await recordAudit(tx, actor, 'campaign.rename', { type: 'campaign', id }, { from: campaign.name, to: name });
  return { ok: true };
}

/** Content that somebody could not save because another was faster, to be kept in the copy. */
export type CopiedContent = {
  subject?: string;
  preheader?: string;
  document?: unknown;
  audience?: unknown;
  stopOnReply?: boolean;
};

/**
 * A new draft with the audience and the emails of another campaign, launched or not.
 * @param instead content to put in place of what is stored
 * @returns the id of the copy, or null when there is no such campaign
 */
export async function duplicateCampaign(
  tx: Tx,
  actor: Actor,
  id: number,
  instead: CopiedContent = {},
): Promise<number | null> {
  const source = await getCampaign(tx, id);
  if (!source) return null;
  const name = `${source.name.replace(/ \(copy\)$/, '').slice(0, NAME_LIMIT - 7)} (copy)`;
  const audience = (instead.audience ?? source.audience) as Record<string, unknown>;
  const [copy] = await tx
    .insert(campaigns)
    .values({
      name,
      purpose: source.purpose,
      audience,
      stopOnReply: instead.stopOnReply ?? source.stopOnReply,
      createdBy: actor.staffId,
    })
    .returning({ id: campaigns.id });
  const steps = await tx.select().from(campaignSteps).where(eq(campaignSteps.campaignId, id));
  for (const { position, channel, subject, preheader, document } of steps) {
    const content = { channel, subject, preheader, document, ...(position === 1 ? contentOf(instead) : {}) };
    await tx.insert(campaignSteps).values({ campaignId: copy!.id, position, ...content });
  }
  await recordAudit(tx, actor, 'campaign.duplicate', { type: 'campaign', id: copy!.id }, { name, from: id });
  return copy!.id;
}

/** What of it a step holds. */
function contentOf({ audience: _, stopOnReply: __, ...content }: CopiedContent) {
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined));
}

/** Deletes a draft for good. @returns false when it was launched meanwhile, null when there is none */
export async function deleteDraft(tx: Tx, actor: Actor, id: number): Promise<boolean | null> {
  const campaign = await lockCampaign(tx, id);
  if (!campaign) return null;
  if (campaign.status !== 'draft') return false;
  await tx.delete(campaigns).where(and(eq(campaigns.id, id), eq(campaigns.status, 'draft')));
  await recordAudit(tx, actor, 'campaign.delete', { type: 'campaign', id }, { name: campaign.name });
  return true;
}

/** Takes a campaign off the list, or puts it back; its results stay. @returns false while it is still running */
export async function archiveCampaign(tx: Tx, actor: Actor, id: number, archived: boolean): Promise<boolean | null> {
  const campaign = await lockCampaign(tx, id);
  if (!campaign) return null;
  if (campaign.status === 'launching' || campaign.status === 'sending' || campaign.status === 'paused') return false;
  if ((campaign.archivedAt !== null) === archived) return true;
  await tx
    .update(campaigns)
    .set({ archivedAt: archived ? sql`now()` : null })
    .where(eq(campaigns.id, id));
  const action = archived ? 'campaign.archive' : 'campaign.unarchive';
  await recordAudit(tx, actor, action, { type: 'campaign', id }, { name: campaign.name });
  return true;
}

export type CampaignRow = {
  id: number;
  name: string;
  channel: Channel;
  status: CampaignStatus;
  /** Messages that the launch made; null for a draft. */
  people: number | null;
  sent: number;
  collectedCents: number;
  launchedAt: string | null;
};

export type CampaignFilter = {
  search?: string;
  /** drafts, running or finished ones, or the archive; all but the archive by default. */
  show?: CampaignShow | null;
  after?: string | null;
  before?: string | null;
  limit?: number;
};

const shown = {
  draft: sql`c.status = 'draft' and c.archived_at is null`,
  running: sql`c.status in ('launching', 'sending', 'paused')`,
  finished: sql`c.status in ('sent', 'canceled') and c.archived_at is null`,
  archived: sql`c.archived_at is not null`,
};

export type CampaignShow = keyof typeof shown;

/** Campaigns, the newest first. Keyset-paged by id; counters and dollars are read for the page alone. */
export async function listCampaigns(tx: Tx, filter: CampaignFilter = {}): Promise<Page<CampaignRow>> {
  const keys = keyset([{ value: sql`c.id`, type: 'bigint', descending: true }], {
    after: filter.after,
    before: filter.before,
    limit: filter.limit ?? 25,
  });
  const term = filter.search?.replaceAll('\u0000', '').trim() ?? '';
  const wanted = [keys.where, filter.show ? shown[filter.show] : sql`c.archived_at is null`];
  if (term) wanted.push(sql`c.name ilike ${`%${term.replaceAll(/[\\%_]/g, '\\$&')}%`}`);
  const found = await tx.execute<CampaignRow & { cursor: string }>(sql`
    with page as (
      select c.*, ${keys.cursor} as cursor, row_number() over (order by ${keys.orderBy}) as place
        from campaigns c where ${sql.join(wanted, sql` and `)} order by ${keys.orderBy} limit ${keys.limit}
    )
    select p.id, p.name, coalesce(s.channel, 'email') as channel, p.status, p.launched_at as "launchedAt", p.cursor,
           case when p.status <> 'draft' then s.people end::int8 as people, coalesce(s.sent, 0)::int8 as sent,
           coalesce((select sum(a.amount_cents) from attributions a where a.campaign_id = p.id), 0)::int8 as "collectedCents"
      from page p
      left join lateral (
        select sum(planned + sent + skipped + failed + unknown) as people, sum(sent) as sent, min(channel) as channel
          from campaign_steps where campaign_id = p.id) s on true
     order by p.place`);
  return keys.toPage(found);
}

/** Whether the company has any campaign at all: what the empty list says depends on it. */
export async function hasCampaigns(tx: Tx): Promise<boolean> {
  const [row] = await tx.select({ id: campaigns.id }).from(campaigns).where(isNull(campaigns.archivedAt)).limit(1);
  return row !== undefined;
}
