import { sql } from 'drizzle-orm';

import { audienceQuery } from '#app/audiences/audience.server.ts';
import { placed } from '#app/consent/hours/where.server.ts';
import type { SendingRules } from '#app/consent/rules.ts';
import type { Tx } from '#db/client.ts';
import { joinWhole } from '#db/plans.ts';

import type { CampaignCheck } from './checklist.server.ts';
import { keepsHours } from './dry-run-hours.ts';
import { waitsOf, type Waits } from './dry-run.ts';

/** So many recipients are looked up where they are; smaller audiences are counted whole. */
const SAMPLE = 2_000;

type Drawn = { customer_id: number; invoice_id: number; contact_id: number | null };
type Found = { drawn: number; waiting: number; firstAt: string | null; lastAt: string | null };

/**
 * How many of a draft's recipients a launch at that instant would write to at once, and how many would wait for sending hours
 * where they are (B-05, B-14): found by the gate's own rule.
 * @returns null where no hours are kept, and while nobody gets it
 */
export async function countWaits(
  tx: Tx,
  check: Pick<CampaignCheck, 'rules' | 'today' | 'reach' | 'counts'> & { sender: { timeZone: string } },
  rules: SendingRules,
  now: Date,
): Promise<Waits | null> {
  const { reach, today, counts, sender } = check;
  if (!keepsHours(reach.channel, rules) || counts.eligible === 0) return null;
  const audience = audienceQuery(check.rules, today, reach);
  const drawn = await joinWhole(tx, () =>
    tx.execute<Drawn>(sql`
      select customer_id, invoice_id, contact_id from (${audience}) a where exclusion is null
       order by hashint8(invoice_id) limit ${SAMPLE}`),
  );
  const at = sql`${now.toISOString()}::timestamptz`;
  const hours = await placed(tx, rules, sender.timeZone, { instant: now, now: at });
  const [found] = await tx.execute<Found>(sql`
    with due as materialized (
      select d.invoice_id as id, d.*, null::text as refusal, 'planned' as state, null::text as reason, ${at} as send_at
        from jsonb_to_recordset(${JSON.stringify(drawn)}::jsonb)
             as d(customer_id bigint, invoice_id bigint, contact_id bigint)
    ), ${hours}
    select count(*)::int as drawn, count(placed.until)::int as waiting, min(placed.until) as "firstAt",
           max(placed.until) as "lastAt"
      from due left join placed on placed.id = due.id`);
  return waitsOf(found!, counts.eligible);
}
