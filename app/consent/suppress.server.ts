import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { consents } from '#db/schema/index.ts';

import { addressKey, channelOf } from './address.ts';
import type { PurposeOrAll } from './purposes.ts';

export type SuppressionReason = 'unsubscribed' | 'bounced' | 'complained' | 'office';

export type Proof = {
  /** link, one_click, text, office, import, complaint, bounce, returned, portal, payment_page */
  how: string;
  /** Who did it, in words. */
  actor: string;
  /** The words the person saw, and which version of them. */
  textShown?: string;
  version?: string;
  messageId?: number | null;
  customerId?: number | null;
};

export type Suppression = Proof & { address: string; purpose: PurposeOrAll; reason: SuppressionReason };

/**
 * Puts an address on the list that nothing goes to, and writes down why (B-13: append-only).
 * @param request.address an email address, kept in lower case, an E.164 number, or a postal address as messages have it
 */
export const suppress = (tx: Tx, request: Suppression): Promise<void> => suppressAll(tx, [request]);

/** The same for many in one statement. They are written in the order of their addresses, so that two runs never lock each other. */
export async function suppressAll(tx: Tx, requests: readonly Suppression[]): Promise<void> {
  if (requests.length === 0) return;
  const rows = requests
    .map((one) => ({
      channel: channelOf(addressKey(one.address)),
      address: addressKey(one.address),
      purpose: one.purpose,
      reason: one.reason,
      how: one.how,
      actor: one.actor,
      text_shown: one.textShown ?? '',
      text_version: one.version ?? '',
      message_id: one.messageId ?? null,
      customer_id: one.customerId ?? null,
    }))
    .toSorted((a, b) => (a.address < b.address ? -1 : Number(a.address > b.address)));
  await tx.execute(sql`
    with told as (
      select t.* from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
             as (channel text, address text, purpose text, reason text, how text, actor text, text_shown text, text_version text,
                 message_id bigint, customer_id bigint)) with ordinality
             as t(channel, address, purpose, reason, how, actor, text_shown, text_version, message_id, customer_id, n)
    ), written as (
      insert into consents (channel, address, purpose, state, how, actor, text_shown, text_version, message_id, customer_id)
      select channel, address, purpose, 'out', how, actor, text_shown, text_version, message_id, customer_id
        from told order by n
    )
    insert into suppressions (channel, address, purpose, reason)
    select distinct on (address, purpose) channel, address, purpose, reason
      from told order by address, purpose, reason = 'unsubscribed', n
    on conflict (company_id, channel, address, purpose) do update set reason = excluded.reason
      where suppressions.reason = 'unsubscribed'`);
}

/** One line of the history. Nothing is ever rewritten there. */
export async function appendConsent(
  tx: Tx,
  line: Proof & { address: string; purpose: PurposeOrAll; state: 'in' | 'out' },
): Promise<void> {
  await tx.insert(consents).values({
    channel: channelOf(line.address),
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
