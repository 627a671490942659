import { sql } from 'drizzle-orm';

import { priceOf } from '#builders/sms/prices.ts';
import { CENTS_PER_CARD } from '#app/messaging/postage.ts';
import type { PostcardSize } from '#builders/postcard/document.ts';
import type { Tx } from '#db/client.ts';

/** Amazon SES's list price, in cents for a thousand emails. Attachments and dedicated addresses cost extra (check). */
const SES_CENTS_PER_THOUSAND = 10;

export type CampaignCost = { cents: number; provider: 'sandbox' | 'ses' | 'twilio' | 'lob' | null };

/**
 * What a campaign's messages cost, by the provider that carried the first of them: emails by their number, texts by their parts,
 * between the cheapest and the dearest carrier, postcards by what the printer said, else by its list. The sandbox costs nothing.
 */
export async function campaignCost(tx: Tx, campaignId: number): Promise<CampaignCost> {
  const [row] = await tx.execute<{
    provider: CampaignCost['provider'];
    sent: number;
    parts: number;
    costCents: number;
    size: PostcardSize | null;
  }>(sql`
    select m.provider, sum(s.sent) over ()::int as sent, sum(s.parts) over ()::int as parts,
           sum(s.cost_cents) over ()::bigint as "costCents", s.compiled ->> 'size' as size
      from campaign_steps s
      left join lateral (select provider from messages where step_id = s.id and state = 'sent' order by id limit 1) m on true
     where s.campaign_id = ${campaignId} order by s.position limit 1`);
  if (row?.provider === 'ses')
    return { provider: 'ses', cents: Math.round((row.sent * SES_CENTS_PER_THOUSAND) / 1000) };
  if (row?.provider === 'twilio') {
    const { low, high } = priceOf(row.parts);
    return { provider: 'twilio', cents: Math.round((low + high) / 2 / 100) };
  }
  if (row?.provider === 'lob')
    return { provider: 'lob', cents: row.costCents || row.sent * (row.size ? CENTS_PER_CARD[row.size] : 0) };
  return { provider: row?.provider ?? null, cents: 0 };
}
