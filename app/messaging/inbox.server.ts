import { sql } from 'drizzle-orm';

import { withCompany, withTopic, type Db, type Tx } from '#db/client.ts';

import { inGroups, type Taken } from './event-groups.server.ts';
import { recordEvents, type MessageEvent } from './events.server.ts';
import type { SesEvent } from './ses-events.ts';
import { readMessageToken } from './token.server.ts';

export type EventInbox = {
  /** Whether the environment or any company names this topic. */
  knowsTopic: (topicArn: string) => Promise<boolean>;
  /**
   * Settles once what was told is committed; rejected when it could not be.
   * @param at when SNS was told, for events without a time of their own
   */
  take: (topicArn: string, event: SesEvent, at: Date) => Promise<Taken>;
};

const TOPIC_TTL_MS = 30_000;

type Told = { topicArn: string; event: MessageEvent };

/**
 * Takes in the events of Amazon SES, in groups. The same event told again finds its key in the database, so a replay changes
 * nothing.
 * @param options.secret verifies message tokens
 * @param options.topicArn the environment's topic, which speaks for every company without keys of its own
 */
export function eventInbox(db: Db, options: { secret: string; topicArn: string | null }): EventInbox {
  const known = new Map<string, number>();
  const put = inGroups<Told>((companyId, group) => write(db, companyId, group, options.topicArn));

  return {
    async knowsTopic(topicArn) {
      if (topicArn === options.topicArn || (known.get(topicArn) ?? 0) > Date.now()) return true;
      const isKnown = (await companiesOfTopic(db, topicArn)).length > 0;
      // Only what is known is kept, so this holds no more than companies have entered.
      if (isKnown) known.set(topicArn, Date.now() + TOPIC_TTL_MS);
      return isKnown;
    },

    async take(topicArn, told, at) {
      const named = told.token ? readMessageToken(options.secret, told.token) : null;
      const found = named ?? (await findByProviderId(db, topicArn, told));
      if (!found) return 'unknown';
      const { kind, key, details } = told;
      const dedupeKey = `ses:${found.messageId}:${key}`;
      // A time to come would stand above all that really happens until then.
      const when = told.at && told.at.getTime() < Date.now() + 60_000 ? told.at : at;
      const event = { messageId: found.messageId, kind, dedupeKey, details, at: when };
      return put(found.companyId, { topicArn, event });
    },
  };
}

function write(
  db: Db,
  companyId: number,
  group: readonly Told[],
  environmentTopic: string | null,
): Promise<readonly Taken[]> {
  return withCompany(db, companyId, async (tx) => {
    const trusted = await trustedTopic(tx, environmentTopic);
    const heard = group.filter((one) => one.topicArn === trusted);
    if (heard.length > 0)
      await recordEvents(
        tx,
        heard.map((one) => one.event),
      );
    return group.map((one) => (one.topicArn === trusted ? 'stored' : 'foreign'));
  });
}

/** The one topic that may tell the company of its messages: its own, or the environment's while it sends by its keys. */
async function trustedTopic(tx: Tx, environmentTopic: string | null): Promise<string | null> {
  const [row] = await tx.execute<{ topicArn: string | null; ownKeys: boolean }>(
    sql`select nullif(options ->> 'topicArn', '') as "topicArn", secrets is not null as "ownKeys"
          from channel_settings where channel = 'email'`,
  );
  return row?.topicArn ?? (row?.ownKeys ? null : environmentTopic);
}

/** The companies that entered this topic as theirs. */
async function companiesOfTopic(db: Db, topicArn: string): Promise<number[]> {
  const rows = await withTopic(db, topicArn, (tx) =>
    tx.execute<{ id: number }>(
      sql`select company_id as id from channel_settings where options ->> 'topicArn' = ${topicArn} order by company_id limit 20`,
    ),
  );
  return rows.map((row) => row.id);
}

/**
 * The message that SES gave this id, for notifications that carry neither tag nor headers. There is no index by that id,
 * since each would be written a million times for a look-up that hardly happens: the recipient leads to the few messages
 * that can be meant.
 */
async function findByProviderId(
  db: Db,
  topicArn: string,
  event: SesEvent,
): Promise<{ companyId: number; messageId: number } | null> {
  const addresses = event.recipients.map((one) => one.trim().toLowerCase());
  if (addresses.length === 0) return null;
  for (const companyId of await companiesOfTopic(db, topicArn)) {
    const [row] = await withCompany(db, companyId, (tx) =>
      tx.execute<{ id: number }>(sql`
        with those as (
          select distinct c.customer_id from contacts c
           where c.value in (select jsonb_array_elements_text(${JSON.stringify(addresses)}::jsonb))
        ), theirs as (
          select m.id, m.provider, m.provider_id from messages m where m.customer_id in (select customer_id from those)
          union all
          (select m.id, m.provider, m.provider_id from messages m where m.customer_id is null order by m.id desc limit 1000)
        )
        select id from theirs where provider = 'ses' and provider_id = ${event.providerId} limit 1`),
    );
    if (row) return { companyId, messageId: row.id };
  }
  return null;
}
