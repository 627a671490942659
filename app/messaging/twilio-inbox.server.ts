import { sql } from 'drizzle-orm';

import { suppressAll } from '#app/consent/suppress.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';

import { noteProblem } from './breaker.server.ts';
import { inGroups, type Taken } from './event-groups.server.ts';
import { recordEvents } from './events.server.ts';
import { stopOf } from './text-stops.ts';
import type { TwilioEvent } from './twilio-events.ts';

type Told = { messageId: number; event: TwilioEvent };

/**
 * Takes in what Twilio tells of texts, in groups. The same told again finds its key in the database, so a replay changes nothing.
 * @returns settles once what was told is committed; rejected when it could not be
 */
export function twilioInbox(
  db: Db,
): (message: { companyId: number; messageId: number }, event: TwilioEvent) => Promise<Taken> {
  const put = inGroups<Told>((companyId, group) => write(db, companyId, group));
  return ({ companyId, messageId }, event) => put(companyId, { messageId, event });
}

function write(db: Db, companyId: number, group: readonly Told[]): Promise<readonly Taken[]> {
  return withCompany(db, companyId, async (tx) => {
    const at = new Date();
    const fresh = await recordEvents(
      tx,
      group.map(({ messageId, event: { kind, key, details } }) => ({
        messageId,
        kind,
        dedupeKey: `twilio:${messageId}:${key}`,
        details,
        at,
      })),
    );
    if (fresh > 0) {
      await noteProblems(tx, group);
      await askToStop(tx, companyId, group);
      await stopThose(
        tx,
        group.filter((one) => one.event.out).map((one) => one.messageId),
      );
    }
    return group.map(() => 'stored');
  });
}

/** What operators must hear of, each once a group. */
async function noteProblems(tx: Tx, group: readonly Told[]): Promise<void> {
  const problems = group.flatMap(({ event }) => event.problem ?? []);
  for (const { kind, message } of new Map(problems.map((one) => [one.message, one])).values()) {
    if (kind !== 'hours') await noteProblem(tx, 'twilio', { kind, message });
  }
}

/**
 * Codes after which no more texts of campaigns should go out. It is for those to decide, by what is stored: in a job, which there is
 * if and only if this is.
 */
async function askToStop(tx: Tx, companyId: number, group: readonly Told[]): Promise<void> {
  const codes = new Set(group.flatMap(({ event }) => (event.code !== null && stopOf(event.code) ? [event.code] : [])));
  for (const code of codes)
    await addJob(tx, 'texts.stop', { companyId, code }, { key: `texts.stop:${companyId}:${code}` });
}

/** Those who said STOP to Twilio and not to us: they are out here too, and written down once. */
async function stopThose(tx: Tx, messageIds: readonly number[]): Promise<void> {
  if (messageIds.length === 0) return;
  const people = await tx.execute<{ messageId: number; customerId: number | null; address: string }>(sql`
    select distinct on (m.address) m.id as "messageId", m.customer_id as "customerId", m.address
      from messages m where m.id = any(${sql.param([...messageIds])}::bigint[]) and m.address <> ''
       and not exists (select from suppressions s where s.channel = 'sms' and s.address = m.address and s.purpose = 'all')
     order by m.address, m.id`);
  await suppressAll(
    tx,
    people.map((one) => ({ ...one, purpose: 'all', reason: 'unsubscribed', how: 'text', actor: 'Text provider' })),
  );
}
