import { sql } from 'drizzle-orm';

import { withCompany, withTextNumber, type Db } from '#db/client.ts';

import { keysOf, readTextSettings, type TextOptions, type TwilioKeys } from './providers/choose-text.server.ts';

/** The companies whose texts go by one of these numbers or Messaging Services, at most twenty: a post's signature tells which. */
export async function companiesOfNumber(db: Db, numbersOrServices: readonly string[]): Promise<number[]> {
  const found = new Set<number>();
  for (const one of numbersOrServices) {
    const rows = await withTextNumber(db, one, (tx) =>
      tx.execute<{ id: number }>(sql`
        select company_id as id from channel_settings
         where channel = 'sms' and ${one} in (options ->> 'number', options ->> 'messagingServiceSid')
         order by company_id limit 20`),
    );
    for (const row of rows) found.add(row.id);
  }
  return [...found];
}

/** The keys by which a company's texts go, its own or the environment's; null when it has none. */
export async function twilioKeysOf(
  db: Db,
  companyId: number,
  options: Pick<TextOptions, 'secret' | 'twilio'>,
): Promise<TwilioKeys | null> {
  return keysOf(await withCompany(db, companyId, readTextSettings), options);
}
