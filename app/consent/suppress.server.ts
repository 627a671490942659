import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { consents } from '#db/schema/index.ts';

import type { PurposeOrAll } from './purposes.ts';

export type SuppressionReason = 'unsubscribed' | 'bounced' | 'complained' | 'office';

export type Proof = {
  /** link, one_click, office, import, complaint, bounce, portal */
  how: string;
  /** Who did it, in words. */
  actor: string;
  /** The words the person saw, and which version of them. */
  textShown?: string;
  version?: string;
  messageId?: number | null;
  customerId?: number | null;
};

/**
 * Puts an address on the list that nothing goes to, and writes down why (B-13: append-only).
 * @param request.address an email address; kept in lower case
 */
export async function suppress(
  tx: Tx,
  request: Proof & { address: string; purpose: PurposeOrAll; reason: SuppressionReason },
): Promise<void> {
  const address = mailKey(request.address);
  await appendConsent(tx, { ...request, address, state: 'out' });
  await tx.execute(sql`
    insert into suppressions (channel, address, purpose, reason) values ('email', ${address}, ${request.purpose}, ${request.reason})
    on conflict (company_id, channel, address, purpose) do update set reason = excluded.reason
      where suppressions.reason = 'unsubscribed'`);
}

/** One line of the history. Nothing is ever rewritten there. */
export async function appendConsent(
  tx: Tx,
  line: Proof & { address: string; purpose: PurposeOrAll; state: 'in' | 'out' },
): Promise<void> {
  await tx.insert(consents).values({
    channel: 'email',
    address: line.address,
    purpose: line.purpose,
    state: line.state,
    how: line.how,
    actor: line.actor,
    textShown: line.textShown ?? '',
    textVersion: line.version ?? '',
    messageId: line.messageId ?? null,
    customerId: line.customerId ?? null,
  });
}

/** An address as it is kept and compared. */
export const mailKey = (address: string) => address.trim().toLowerCase();
