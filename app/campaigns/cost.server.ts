import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

/** Amazon SES's list price, in cents for a thousand emails. Attachments and dedicated addresses cost extra (check). */
const SES_CENTS_PER_THOUSAND = 10;

export type EmailCost = { cents: number; provider: 'sandbox' | 'ses' | null };

/**
 * What a campaign's emails cost, by the provider that carried the first of them. The sandbox costs nothing.
 * @param sent how many went out
 */
export async function emailCost(tx: Tx, campaignId: number, sent: number): Promise<EmailCost> {
  const [row] = await tx.execute<{ provider: 'sandbox' | 'ses' }>(sql`
    select m.provider from campaign_steps s
      join lateral (select provider from messages where step_id = s.id and state = 'sent' order by id limit 1) m on true
     where s.campaign_id = ${campaignId} order by s.position limit 1`);
  const provider = row?.provider ?? null;
  return { provider, cents: provider === 'ses' ? Math.round((sent * SES_CENTS_PER_THOUSAND) / 1000) : 0 };
}
