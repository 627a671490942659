import { sql } from 'drizzle-orm';

import { withCompany, type Db } from '#db/client.ts';
import { bounce, complaint, delay, delivery } from '#tests/fakes/ses-events.ts';
import { throttled, type SesBehaviour, type TakenMail } from '#tests/fakes/ses.ts';

import { launchTo, pause, startWorker, stopWorker, until, untilSent, type Launched } from './crew.ts';
import { startGaugedSes } from './gauge.ts';
import { count, type DrillResult } from './result.ts';
import { startWebhook } from './webhook.ts';

export const name = 'provider';

export type ProviderOptions = { url: string; db: Db; messages: number; rate: number; withinMs: number };

/** Of so many calls one is treated badly in each way. */
const ONE_IN = { dropped: 40, slow: 15, refused: 60, bounced: 30, complained: 50 };
const SLOW_MS = 1_500;
/** How long the provider throttles everything, in the middle of it all. */
const THROTTLED_MS = 1_500;

/**
 * A provider that takes mail and drops the answer, throttles, is slow, refuses some, and tells of its events twice, in the
 * wrong order, some before its own answer. Nobody may have got a message twice; what was dropped is unknown until its event
 * comes, and sent from then on; no event is counted twice.
 */
export async function drill({ url, db, messages, rate, withinMs }: ProviderOptions): Promise<DrillResult> {
  const ses = await startGaugedSes(rate);
  const webhook = await startWebhook(db);
  const launched = await launchTo(db, messages);
  const faults: string[] = [];
  const told: Promise<unknown>[] = [];
  const tell = (event: object) => {
    const again = async () => {
      // SNS comes again for whatever is not answered well, or not at all.
      const ok = await until(async () => (await webhook.tell(event).catch(() => 0)) === 200, 10_000, 100);
      if (!ok) faults.push('The webhook refused an event.');
    };
    told.push(again());
    return told.at(-1);
  };
  const rejected = { status: 400, code: 'MessageRejected', message: 'Email address is on the suppression list.' };
  const did = { dropped: 0, throttled: 0, slow: 0, refused: 0, bounced: 0, complained: 0 };
  const later: (() => void)[] = [];
  let throttledUntil: number | null = null;
  ses.behave = async (mail, call): Promise<SesBehaviour> => {
    if (call === Math.floor(messages / 3)) throttledUntil = performance.now() + THROTTLED_MS;
    if (throttledUntil !== null && performance.now() < throttledUntil) {
      did.throttled++;
      return throttled;
    }
    const is = (what: keyof typeof ONE_IN) => call % ONE_IN[what] === ONE_IN[what] - 1;
    if (is('refused')) {
      did.refused++;
      return rejected;
    }
    const events = eventsOf(mail, is('bounced'), is('complained'));
    if (is('bounced')) did.bounced++;
    else if (is('complained')) did.complained++;
    // Every third event comes before the answer, the others once all is over: backwards, and each of them twice.
    if (call % 3 === 0 && !is('dropped')) await tell(events[0]!);
    later.push(...events.toReversed().map((event) => () => void tell(event)));
    if (is('slow')) {
      did.slow++;
      await pause(SLOW_MS);
    }
    if (!is('dropped')) return 'ok';
    did.dropped++;
    return 'drop';
  };
  const crew = [startWorker(url, ses), startWorker(url, ses)];
  try {
    if (!(await untilSent(db, launched, withinMs))) faults.push('The campaign did not end in time.');
    const before = await count(name, db, launched, ses);
    if (before.unknown !== did.dropped) faults.push(`${did.dropped} answers dropped, ${before.unknown} unknown.`);
    for (const one of [...later, ...later]) {
      one();
      if (told.length % 50 === 0) await Promise.all(told.splice(0));
    }
    await Promise.all(told);
    const after = await count(name, db, launched, ses);
    if (after.unknown > 0) faults.push('An event did not settle what was unknown.');
    faults.push(...(await wrongEvents(db, launched, did)));
    return { ...after, unknown: before.unknown, settledByEvents: before.unknown - after.unknown, did, faults };
  } finally {
    await Promise.all(crew.map(stopWorker));
    webhook.close();
    await ses.close();
  }
}

/** What the provider will tell of a message, in order. */
function eventsOf(mail: TakenMail, bounces: boolean, complains: boolean): object[] {
  const about = { token: mail.tags.message ?? '', to: mail.to[0] ?? '' };
  if (bounces) return [delay(about), bounce(about)];
  return complains ? [delay(about), delivery(about), complaint(about)] : [delivery(about)];
}

async function wrongEvents(
  db: Db,
  { companyId, campaignId }: Launched,
  did: { bounced: number; complained: number },
): Promise<string[]> {
  const [row] = await withCompany(db, companyId, (tx) =>
    tx.execute<{ bounced: number; complained: number; doubled: number; suppressed: number }>(sql`
      select (select count(*)::int from messages where campaign_id = ${campaignId} and bounced_at is not null) as bounced,
             (select count(*)::int from messages where campaign_id = ${campaignId} and complained_at is not null) as complained,
             (select count(*)::int from suppressions) as suppressed,
             (select (count(*) - count(distinct (message_id, kind)))::int from message_events) as doubled`),
  );
  const wrong: string[] = [];
  const expect = (what: string, is: number, should: number) => {
    if (is !== should) wrong.push(`${what}: ${is} instead of ${should}.`);
  };
  expect('Bounced', row!.bounced, did.bounced);
  expect('Reported as spam', row!.complained, did.complained);
  expect('Suppressed', row!.suppressed, did.bounced + did.complained);
  expect('Events stored twice', row!.doubled, 0);
  return wrong;
}
