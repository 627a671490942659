import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import type { Purpose } from './purposes.ts';
import { preferences, type Preference } from './unsubscribe.server.ts';

/** Whom a message went to, what it was for, and what its recipient chose so far. */
export type Recipient = { address: string; purpose: Purpose; kind: string; preferences: Preference[] };

/** The recipient behind an unsubscribe address. @returns null for a message that is not there or went to nobody */
export async function readRecipient(tx: Tx, messageId: number): Promise<Recipient | null> {
  const [row] = await tx.execute<{ address: string; purpose: Purpose | null; kind: string }>(sql`
    select m.address, c.purpose, m.kind from messages m left join campaigns c on c.id = m.campaign_id
     where m.id = ${messageId} and m.address <> ''`);
  if (!row) return null;
  return {
    address: row.address,
    purpose: row.purpose ?? 'reminders',
    kind: row.kind,
    preferences: await preferences(tx, row.address),
  };
}
