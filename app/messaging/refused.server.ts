import { sql } from 'drizzle-orm';

import { channelOf, whoTells } from '#app/consent/address.ts';
import { suppress } from '#app/consent/suppress.server.ts';
import type { Tx } from '#db/client.ts';

/**
 * Lets nothing go any more to an address that the provider refused for good: since it takes no messages, or since its owner asked
 * the carrier for none (then START lets them in again). One that is out already is not written down once more.
 */
export async function suppressRefused(
  tx: Tx,
  to: { messageId: number; customerId: number | null; address: string },
  why: 'bounced' | 'unsubscribed',
): Promise<void> {
  const channel = channelOf(to.address);
  if (why === 'unsubscribed') {
    const [out] = await tx.execute(sql`
      select from suppressions where channel = ${channel} and address = ${to.address} and purpose = 'all'`);
    if (out) return;
  }
  const how = why === 'unsubscribed' ? 'text' : 'bounce';
  await suppress(tx, { ...to, how, actor: whoTells[channel], purpose: 'all', reason: why });
}
