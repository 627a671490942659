import { sql } from 'drizzle-orm';

import { withCompany, withTopic, type Db, type Tx } from '#db/client.ts';
import { sqlState } from '#db/failure.ts';

import { recordEvents, type MessageEvent } from './events.server.ts';
import type { SesEvent } from './ses-events.ts';
import { readMessageToken } from './token.server.ts';

/**
 * What became of an event: `stored` (or had been before), `unknown` when no message of ours is meant, `foreign` when the
 * topic is not one that may tell that company anything, `busy` when more waits than can be held.
 */
export type Taken = 'stored' | 'unknown' | 'foreign' | 'busy';

export type EventInbox = {
  /** Whether the environment or any company names this topic. */
  knowsTopic: (topicArn: string) => Promise<boolean>;
  /**
   * Settles once what was told is committed; rejected when it could not be.
   * @param at when SNS was told, for events without a time of their own
   */
  take: (topicArn: string, event: SesEvent, at: Date) => Promise<Taken>;
};

/** Events that one transaction takes in, at most. */
const GROUP = 500;
/** Companies whose events are written at a time: pages want connections too. */
const LANES = 3;
/** What may wait in memory; SNS comes again for the rest. */
const MAX_WAITING = 5_000;
const TOPIC_TTL_MS = 30_000;

type Waiting = {
  topicArn: string;
  event: MessageEvent;
  done: (taken: Taken) => void;
  failed: (error: unknown) => void;
};

/**
 * Takes in the provider's events. What arrives for one company while its last group is being written is written together,
 * in one transaction: a burst costs few commits, a single event waits for none. Nothing is kept but in the database, and
 * the same event told again finds its key there, so a replay changes nothing.
 * @param options.secret verifies message tokens
 * @param options.topicArn the environment's topic, which speaks for every company without keys of its own
 */
export function eventInbox(db: Db, options: { secret: string; topicArn: string | null }): EventInbox {
  const waiting = new Map<number, Waiting[]>();
  const inTurn: number[] = [];
  const known = new Map<string, number>();
  let lanes = 0;
  let count = 0;

  const work = async () => {
    lanes++;
    for (let companyId = inTurn.shift(); companyId !== undefined; companyId = inTurn.shift()) {
      const list = waiting.get(companyId)!;
      const group = list.splice(0, GROUP);
      await write(db, companyId, group, options.topicArn);
      count -= group.length;
      // Whoever came meanwhile makes the next group, after other companies had theirs.
      if (list.length > 0) inTurn.push(companyId);
      else waiting.delete(companyId);
    }
    lanes--;
  };

  const put = (companyId: number, topicArn: string, event: MessageEvent) =>
    new Promise<Taken>((done, failed) => {
      if (count >= MAX_WAITING) return done('busy');
      count++;
      const one = { topicArn, event, done, failed };
      const list = waiting.get(companyId);
      if (list) return void list.push(one);
      waiting.set(companyId, [one]);
      inTurn.push(companyId);
      if (lanes < LANES) setImmediate(() => void (lanes < LANES && work()));
    });

  return {
    async knowsTopic(topicArn) {
      if (topicArn === options.topicArn || (known.get(topicArn) ?? 0) > Date.now()) return true;
      const isKnown = (await companiesOfTopic(db, topicArn)).length > 0;
      // Only what is known is kept, so this holds no more than companies have entered.
      if (isKnown) known.set(topicArn, Date.now() + TOPIC_TTL_MS);
      return isKnown;
    },

    async take(topicArn, event, at) {
      const named = event.token ? readMessageToken(options.secret, event.token) : null;
      const found = named ?? (await findByProviderId(db, topicArn, event));
      if (!found) return 'unknown';
      const { kind, key, details } = event;
      const dedupeKey = `ses:${found.messageId}:${key}`;
      // A time to come would stand above all that really happens until then.
      const when = event.at && event.at.getTime() < Date.now() + 60_000 ? event.at : at;
      return put(found.companyId, topicArn, { messageId: found.messageId, kind, dedupeKey, details, at: when });
    },
  };
}

async function write(db: Db, companyId: number, group: readonly Waiting[], environmentTopic: string | null) {
  try {
    const may = await withCompany(db, companyId, async (tx) => {
      const trusted = await trustedTopic(tx, environmentTopic);
      const heard = group.filter((one) => one.topicArn === trusted);
      if (heard.length > 0)
        await recordEvents(
          tx,
          heard.map((one) => one.event),
        );
      return trusted;
    });
    for (const one of group) one.done(one.topicArn === may ? 'stored' : 'foreign');
  } catch (error) {
    if (group.length === 1 || !isOfStatement(error)) return group.forEach((one) => one.failed(error));
    // One that can't be stored must not hold back the others.
    for (const one of group) await write(db, companyId, [one], environmentTopic);
  }
}

/** True when the database answered and refused; false when it could not be asked. */
function isOfStatement(error: unknown): boolean {
  const code = sqlState(error);
  // SQLSTATE classes: 08 connection, 53 resources, 57 operator intervention.
  return code !== '' && !/^(08|53|57)/.test(code);
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
