import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import type { Purpose } from './purposes.ts';
import { readRules } from './rules.server.ts';
import { lacksTextConsent } from './text-consent.server.ts';
import { preferences, type Preference } from './unsubscribe.server.ts';

/** What somebody gets of a purpose: not what they are out of, nor what texts need a yes for that nobody gave. */
export type Choice = Preference & { gets: boolean };

/** Whom a message went to and how, what it was for, and what its recipient chose so far. */
export type Recipient = {
  address: string;
  channel: 'email' | 'sms';
  company: string;
  purpose: Purpose;
  kind: string;
  preferences: Choice[];
};

/** The recipient behind an unsubscribe address. @returns null for a message that is not there or went to nobody */
export async function readRecipient(tx: Tx, messageId: number): Promise<Recipient | null> {
  const [row] = await tx.execute<Omit<Recipient, 'purpose' | 'preferences'> & { purpose: Purpose | null }>(sql`
    select m.address, m.channel, co.name as company, c.purpose, m.kind
      from messages m join companies co on co.id = m.company_id left join campaigns c on c.id = m.campaign_id
     where m.id = ${messageId} and m.address <> '' and m.channel in ('email', 'sms')`);
  if (!row) return null;
  const chosen = await preferences(tx, row.address);
  const lacking = row.channel === 'sms' ? await lackingYes(tx, row.address) : [];
  return {
    ...row,
    purpose: row.purpose ?? 'reminders',
    preferences: chosen.map((one) => ({ ...one, gets: !one.out && !lacking.includes(one.purpose) })),
  };
}

/** Purposes that need a yes on record before a text goes out, and have none. */
async function lackingYes(tx: Tx, address: string): Promise<Purpose[]> {
  const { textConsent } = await readRules(tx);
  const rows = await tx.execute<{ purpose: Purpose }>(sql`
    select purpose from (values ('reminders'), ('promotions')) p(purpose)
     where ${lacksTextConsent(sql`${address}`, sql`purpose`, sql`${textConsent}`)}`);
  return rows.map((row) => row.purpose);
}
