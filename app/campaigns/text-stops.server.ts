import { sql } from 'drizzle-orm';

import { stopOf } from '#app/messaging/text-stops.ts';
import type { Tx } from '#db/client.ts';

import { pauseByItself } from './lifecycle.server.ts';

/** So many of those told last are looked at: far more than any stop needs. */
const LOOKED_AT = 10_000;

/**
 * Pauses the campaigns by text that send, with the reason in words, where a code was told often enough within the last hour (see
 * `stopOf`). Only texts that were handed over since a campaign was launched or resumed count against it: what is still told of
 * the ones before does not undo a person's Resume.
 * @param code what Twilio told
 */
export async function stopTexts(tx: Tx, code: number): Promise<void> {
  const stop = stopOf(code);
  if (!stop) return;
  const campaigns = await tx.execute<{ id: number }>(sql`
    with told as materialized (
      select message_id from message_events
       where kind = 'bounced' and at > now() - interval '1 hour' and details ->> 'code' = ${String(code)}
       order by at desc limit ${LOOKED_AT}
    )
    select c.id from campaigns c
     where c.status = 'sending'
       and exists (select from campaign_steps s where s.campaign_id = c.id and s.channel = 'sms')
       and (select count(*) from told join messages m on m.id = told.message_id
             where m.channel = 'sms' and m.attempted_at >= c.updated_at) >= ${stop.times}
     order by c.id`);
  for (const { id } of campaigns) await pauseByItself(tx, id, stop.reason);
}
