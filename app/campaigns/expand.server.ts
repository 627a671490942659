import { sql } from 'drizzle-orm';

import { audienceQuery } from '#app/audiences/audience.server.ts';
import { AudienceRules } from '#app/audiences/rules.ts';
import type { Tx } from '#db/client.ts';
import { joinWhole, keepKeyPlans, renewStatistics } from '#db/plans.ts';

import { lockCampaign, reachOf } from './campaigns.server.ts';
import { addOpenRanges, finishCampaign } from './send-lease.server.ts';
import { localDay } from './send-values.server.ts';

/** Messages of one range: what one worker takes at a time. Taking one, and closing it, costs as much as thirty messages. */
export const RANGE_SIZE = 2_500;
/** So many new rows may change how a table is best read. */
const MANY_ROWS = 500;

/**
 * Makes a launched campaign's audience into enrollments and messages, a message a step: those left out are skipped from
 * the start, with their reason (B-04). Fixes the ranges and adds their jobs. It is one transaction, so a crash half-way
 * leaves nothing, and a second run finds the campaign no longer launching.
 * @returns how many messages were made, by state; null when there was nothing to do
 */
export async function expandCampaign(tx: Tx, campaignId: number): Promise<{ planned: number; skipped: number } | null> {
  const campaign = await lockCampaign(tx, campaignId);
  if (campaign?.status !== 'launching') return null;
  const [company] = await tx.execute<{ timeZone: string }>(
    sql`select time_zone as "timeZone" from companies where id = current_company_id()`,
  );
  const rules = AudienceRules.parse(campaign.audience);
  const audience = audienceQuery(rules, localDay(company!.timeZone), await reachOf(tx, campaign));
  const [made] = await joinWhole(tx, () =>
    keepKeyPlans<{ planned: number; skipped: number }>(
      tx,
      (plans) => sql`
    with audience as materialized (
      -- The runs' ids are drawn here, so that both inserts read the audience and nothing has to be joined again.
      select nextval('enrollments_id_seq') as run_id, a.* from (${audience}) a
    ), enrolled as (
      insert into enrollments (id, campaign_id, customer_id, invoice_id, status, end_reason)
      overriding system value
      select run_id, ${campaignId}, customer_id, invoice_id, case when exclusion is null then 'active' else 'ended' end,
             exclusion
        from audience
    ), made as (
      insert into messages (kind, channel, campaign_id, step_id, enrollment_id, customer_id, invoice_id, contact_id,
                            location_id, address, state, reason)
      select 'campaign', s.channel, ${campaignId}, s.id, a.run_id, a.customer_id, a.invoice_id, a.contact_id, a.location_id,
             coalesce(a.address, ''), case when a.exclusion is null then 'planned' else 'skipped' end, a.exclusion
        from audience a
       cross join (select id, channel from campaign_steps where campaign_id = ${campaignId} order by position) s
      returning id, step_id, state, reason
    ), ranges as (
      insert into message_ranges (campaign_id, step_id, from_id, to_id, cursor_id)
      select ${campaignId}, step_id, min(id), max(id), min(id)
        from (select id, step_id, (row_number() over (partition by step_id order by id) - 1) / ${RANGE_SIZE} as slice
                from made where state = 'planned') sliced
       group by step_id, slice order by step_id, slice
    ), counts as (
      select step_id, count(*) filter (where state = 'planned')::int as planned,
             count(*) filter (where state = 'skipped')::int as skipped
        from made group by step_id
    ), counted as (
      update campaign_steps s set planned = c.planned, skipped = c.skipped from counts c where s.id = c.step_id
    ), reasoned as (
      insert into campaign_step_reasons (step_id, state, reason, count)
      select step_id, 'skipped', reason, count(*)::int from made where reason is not null group by step_id, reason
    )
    select coalesce(sum(planned), 0)::int as planned, coalesce(sum(skipped), 0)::int as skipped, ${plans} from counts`,
    ),
  );
  // Sending looks its messages up by stretches of ids, from now on.
  if (made && made.planned + made.skipped >= MANY_ROWS) await renewStatistics(tx, ['enrollments', 'messages']);
  await tx.execute(sql`update campaigns set status = 'sending', updated_at = now() where id = ${campaignId}`);
  await addOpenRanges(tx, campaign.companyId, campaignId);
  await finishCampaign(tx, campaignId);
  return { planned: made?.planned ?? 0, skipped: made?.skipped ?? 0 };
}
