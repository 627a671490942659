import { sql } from 'drizzle-orm';

import { encryptSecret } from '#app/company/crypto.server.ts';
import { withCompany, type Db } from '#db/client.ts';
import { SECRET } from '#tests/fakes/sending.ts';

/** The auth token of a company's own account. */
export const OWN_TOKEN = '00112233445566778899aabbccddeeff';
export const OWN_ACCOUNT = `AC${'9'.repeat(32)}`;

/** Everything that Twilio's webhooks could have changed of a company. */
export const toldTexts = (db: Db, companyId: number) =>
  withCompany(db, companyId, async (tx) => {
    const list = async (query: ReturnType<typeof sql>) =>
      (await tx.execute<{ is: string }>(query)).map((row) => row.is);
    return {
      events: await list(sql`select kind as is from message_events order by message_id, id`),
      messages: await list(sql`
        select concat_ws(' ', state, reason, case when delivered_at is not null then 'delivered' end,
                         case when bounced_at is not null then 'bounced' end) as is from messages order by id`),
      suppressed: await list(
        sql`select address || ' ' || reason as is from suppressions where channel = 'sms' order by 1`,
      ),
      problems: await list(sql`select kind as is from provider_errors order by id`),
      inbound: await list(sql`select sender || ' ' || body as is from inbound_texts order by id`),
    };
  });

/** What it changed but messages, where it changed nothing. */
export const nothingTold = { events: [], suppressed: [], problems: [], inbound: [] };

/** A company's settings of texts. @param token of its own account; null for the environment's */
export async function textChannel(
  db: Db,
  companyId: number,
  options: Record<string, string>,
  token: string | null = OWN_TOKEN,
): Promise<void> {
  const secrets = token && encryptSecret(SECRET, token);
  await withCompany(db, companyId, (tx) =>
    tx.execute(sql`
      insert into channel_settings (channel, provider, options, secrets)
      values ('sms', 'twilio', ${JSON.stringify(options)}::jsonb, ${secrets})`),
  );
}
