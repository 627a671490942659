import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { sendRange } from '#app/campaigns/send.server.ts';
import type { Attempt } from '#app/messaging/attempt.server.ts';
import { lookAgainAt, noteProblem, passBreaker, readHold, tryNow, weigh } from '#app/messaging/breaker.server.ts';
import { sesProvider, type SesOptions } from '#app/messaging/providers/ses.server.ts';
import { sendMessage, sendTransactional } from '#app/messaging/send-transactional.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import {
  counterDifferences,
  launchAndExpand,
  overdueInvoices,
  runRanges,
  sendingCompany,
  sendingWith,
  statesOf,
} from '#tests/fakes/sending.ts';
import { startFakeSes, throttled, unavailable, type FakeSes } from '#tests/fakes/ses.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

let ses: FakeSes;
let account = 0;
beforeEach(async () => {
  ses = await startFakeSes();
  account++;
});
afterEach(() => ses.close());

/** A worker's provider: each test has an account of its own, and two workers of a test share it. */
const provider = (more: Partial<SesOptions> = {}) =>
  sesProvider({
    region: 'us-east-1',
    accessKeyId: `AKIAIOSFODNN7EXAM${account}`,
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG',
    endpoint: ses.url,
    answerTimeoutMs: 300,
    ...more,
  });

async function campaignTo(people: number) {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => overdueInvoices(tx, people));
  return { companyId, ...(await launchAndExpand(db, companyId)) };
}

const holdOf = () => readHold(db, provider().account);
/** The wait is over. */
const waited = () => db.execute(sql`update provider_breakers set retry_at = now() where state <> 'closed'`);
const secondsToGo = async () => (Date.parse((await holdOf())!.retryAt) - Date.now()) / 1000;
const problems = (companyId: number) =>
  withCompany(db, companyId, (tx) =>
    tx.execute<{ kind: string; message: string }>(sql`select kind, message from provider_errors order by id`),
  );

test('a provider that fails three windows in a row opens the breaker: nothing is handed over, nothing lost', async () => {
  const { companyId, campaignId, stepId, ranges } = await campaignTo(6);
  ses.behave = () => unavailable;
  const sending = sendingWith(db, provider());
  expect(await runRanges(sending, companyId, ranges)).toEqual(['retry']);
  expect(await runRanges(sending, companyId, ranges)).toEqual(['retry']);
  expect(await holdOf()).toBeNull();
  expect(await runRanges(sending, companyId, ranges)).toEqual(['retry']);
  const hold = (await holdOf())!;
  expect(hold.reason).toBe('Amazon SES is not available (“Try again later”).');
  expect(hold.trying).toBe(false);
  expect(await secondsToGo()).toBeGreaterThan(25);
  const asked = ses.requests;
  expect(await runRanges(sending, companyId, ranges)).toEqual(['waiting']);
  expect(ses.requests).toBe(asked);
  expect(await statesOf(db, companyId, campaignId)).toEqual(Array(6).fill('planned'));
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
  // Once a window, and once more as it opened.
  expect((await problems(companyId)).map((one) => one.kind)).toEqual([
    'unavailable',
    'unavailable',
    'unavailable',
    'breaker',
  ]);
});

test('the wait grows with each trial that fails; one that succeeds closes it, and all goes on by itself', async () => {
  const { companyId, campaignId, stepId, ranges } = await campaignTo(8);
  ses.behave = () => unavailable;
  const sending = sendingWith(db, provider());
  for (let n = 0; n < 3; n++) await runRanges(sending, companyId, ranges);
  const waits = [];
  for (let n = 0; n < 6; n++) {
    waits.push(Math.round((await secondsToGo()) / 10) * 10);
    await waited();
    const before = ses.requests;
    expect(await runRanges(sending, companyId, ranges)).toEqual(['retry']);
    expect(ses.requests - before).toBe(1);
  }
  expect(waits).toEqual([30, 60, 120, 300, 600, 600]);
  await waited();
  ses.behave = () => 'ok';
  expect(await runRanges(sending, companyId, ranges)).toEqual(['done']);
  expect(await holdOf()).toBeNull();
  expect(new Set(ses.taken.map((mail) => mail.tags.message)).size).toBe(8);
  expect(ses.taken).toHaveLength(8);
  expect(await statesOf(db, companyId, campaignId)).toEqual(Array(8).fill('sent'));
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('a provider that hangs leaves one window unknown, and one message for each trial', async () => {
  const { companyId, campaignId, ranges } = await campaignTo(20);
  ses.behave = () => 'hang';
  const sending = sendingWith(db, provider(), { windowSize: 6 });
  expect(await runRanges(sending, companyId, ranges)).toEqual(['waiting']);
  expect((await holdOf())!.reason).toBe('Amazon SES does not answer.');
  const unknown = async () =>
    (await statesOf(db, companyId, campaignId)).filter((state) => state === 'unknown:no_answer').length;
  expect(await unknown()).toBe(6);
  await waited();
  expect(await runRanges(sending, companyId, ranges)).toEqual(['waiting']);
  expect(await unknown()).toBe(7);
  ses.behave = () => 'ok';
  await waited();
  expect(await runRanges(sending, companyId, ranges)).toEqual(['done']);
  // Whatever was taken without an answer is not sent again.
  expect(new Set(ses.taken.map((mail) => mail.tags.message)).size).toBe(20);
  expect(ses.taken).toHaveLength(20);
  expect(await unknown()).toBe(7);
});

test('connections that are cut stop a window after five: few are unknown, the others wait', async () => {
  const { companyId, campaignId, ranges } = await campaignTo(40);
  ses.rate = 10;
  ses.behave = () => 'drop';
  expect(await runRanges(sendingWith(db, provider()), companyId, ranges)).toEqual(['retry']);
  const states = await statesOf(db, companyId, campaignId);
  expect(states.filter((state) => state === 'unknown:no_answer').length).toBeLessThan(15);
  expect(states.filter((state) => state === 'planned').length).toBeGreaterThan(25);
  expect((await holdOf())?.reason).toBe('Amazon SES does not answer.');
});

test('two workers share one breaker, and only one of them tries', async () => {
  const { companyId, ranges } = await campaignTo(4);
  const other = await campaignTo(4);
  ses.behave = () => unavailable;
  const [one, two] = [sendingWith(db, provider()), sendingWith(db, provider())];
  await runRanges(one, companyId, ranges);
  await runRanges(two, other.companyId, other.ranges);
  await runRanges(one, companyId, ranges);
  expect(await runRanges(two, other.companyId, other.ranges)).toEqual(['waiting']);
  await waited();
  const passes = await Promise.all([1, 2, 3].map(() => passBreaker(db, provider().account)));
  expect(passes.map((pass) => pass.kind).toSorted()).toEqual(['open', 'open', 'trial']);
  expect((await holdOf())!.trying).toBe(true);
  // One that died in its trial does not hold the others for ever.
  await waited();
  expect((await passBreaker(db, provider().account)).kind).toBe('trial');
});

test('a trial in which nothing could be handed over is given to the next', async () => {
  const { companyId, ranges } = await campaignTo(2);
  ses.behave = () => unavailable;
  const sending = sendingWith(db, provider());
  for (let n = 0; n < 3; n++) await runRanges(sending, companyId, ranges);
  await waited();
  await withCompany(db, companyId, (tx) => tx.execute(sql`update campaigns set status = 'paused'`));
  const [rangeId] = ranges;
  expect(await sendRange(sending, { companyId, rangeId: rangeId! })).toBe('resting');
  await withCompany(db, companyId, (tx) =>
    tx
      .execute(sql`update campaigns set status = 'sending'`)
      .then(() => tx.execute(sql`update customers set do_not_contact = true`)),
  );
  expect(await runRanges(sending, companyId, ranges)).toEqual(['done']);
  expect((await passBreaker(db, provider().account)).kind).toBe('trial');
});

test('a person’s click tries now, and what waits in the queue is woken', async () => {
  const { companyId, campaignId, ranges } = await campaignTo(3);
  ses.behave = () => unavailable;
  const sending = sendingWith(db, provider());
  for (let n = 0; n < 4; n++) await runRanges(sending, companyId, ranges);
  const waiting = async () => {
    const [row] = await db.execute<{ later: number }>(
      sql`select later from queue_state(${companyId}::bigint) where task = 'campaign.send_range'`,
    );
    return row?.later;
  };
  expect(await waiting()).toBe(1);
  ses.behave = () => 'ok';
  expect(await withCompany(db, companyId, (tx) => tryNow(tx, provider().account!))).toBe(true);
  expect(await waiting()).toBe(0);
  expect(await runRanges(sending, companyId, ranges)).toEqual(['done']);
  expect(await statesOf(db, companyId, campaignId)).toEqual(Array(3).fill('sent'));
  expect(await withCompany(db, companyId, (tx) => tryNow(tx, provider().account!))).toBe(false);
});

test('single messages wait with it, without using up their tries, and go out afterwards', async () => {
  const { companyId, ranges } = await campaignTo(2);
  ses.behave = () => unavailable;
  const sending = sendingWith(db, provider());
  for (let n = 0; n < 3; n++) await runRanges(sending, companyId, ranges);
  const asked = ses.requests;
  const receipt = {
    kind: 'receipt',
    to: 'dana@mail.example',
    subject: 'Paid',
    html: '<p>Paid</p>',
    text: 'Paid',
  } as const;
  const messageId = await withCompany(db, companyId, (tx) => sendTransactional(tx, receipt));
  await sendMessage(sending, { companyId, messageId });
  await sendMessage(sending, { companyId, messageId }, { last: true });
  expect(ses.requests).toBe(asked);
  const state = async () => {
    const [row] = await withCompany(db, companyId, (tx) =>
      tx.execute<{ state: string }>(sql`select state from messages where id = ${messageId}`),
    );
    return row!.state;
  };
  expect(await state()).toBe('planned');
  const [queued] = await db.execute<{ later: number }>(
    sql`select later from queue_state(${companyId}::bigint) where task = 'message.send'`,
  );
  expect(queued!.later).toBe(1);
  await waited();
  ses.behave = () => 'ok';
  await sendMessage(sending, { companyId, messageId });
  expect(await state()).toBe('sent');
  // It was the trial: campaigns go on too.
  expect(await holdOf()).toBeNull();
});

test('a used-up daily quota waits and says so', async () => {
  const { companyId, campaignId, ranges } = await campaignTo(3);
  ses.behave = (_, request) =>
    request > 1 ? { status: 400, code: 'Throttling', message: 'Daily message quota exceeded.' } : 'ok';
  const sending = sendingWith(db, provider(), { windowSize: 1 });
  expect(await runRanges(sending, companyId, ranges)).toEqual(['retry']);
  expect((await holdOf())!.reason).toBe('The daily sending quota of Amazon SES is used up.');
  expect(await secondsToGo()).toBeGreaterThan(600);
  expect(await statesOf(db, companyId, campaignId)).toEqual(['sent', 'planned', 'planned']);
});

test('throttling slows down and opens nothing; keys that are wrong pause the campaign until somebody acts', async () => {
  const { companyId, ranges } = await campaignTo(3);
  ses.behave = () => throttled;
  const sending = sendingWith(db, provider());
  for (let n = 0; n < 5; n++) expect(await runRanges(sending, companyId, ranges)).toEqual(['retry']);
  expect(await holdOf()).toBeNull();
  ses.behave = () => ({
    status: 403,
    code: 'InvalidClientTokenId',
    message: 'The token of ann@mail.example is invalid',
  });
  expect(await runRanges(sending, companyId, ranges)).toEqual(['blocked']);
  expect(await holdOf()).toBeNull();
  const [last] = (await problems(companyId)).toReversed();
  expect(last).toEqual({ kind: 'blocked', message: 'Amazon SES refuses: The token of [address] is invalid' });
});

test('of a company’s refusals the newest fifty are kept', async () => {
  const { companyId } = await campaignTo(1);
  await withCompany(db, companyId, async (tx) => {
    await tx.execute(sql`
      insert into provider_errors (provider, kind, message) select 'ses', 'throttled', 'No. ' || n from generate_series(1, 60) n`);
  });
  ses.behave = () => unavailable;
  const messageId = await withCompany(db, companyId, (tx) =>
    sendTransactional(tx, { kind: 'test', to: 'dana@mail.example', subject: 'x', html: 'x', text: 'x' }),
  );
  await sendMessage(sendingWith(db, provider()), { companyId, messageId }).catch(() => {});
  const kept = await problems(companyId);
  expect([kept.length, kept[0]!.message, kept.at(-1)!.kind]).toEqual([50, 'No. 12', 'unavailable']);
});

test('what counts as a failed window', () => {
  const down: Attempt = { kind: 'retry', why: 'unavailable', afterSeconds: 1, reason: 'Down' };
  const slow: Attempt = { kind: 'retry', why: 'throttled', afterSeconds: 1, reason: 'Slow' };
  const silent: Attempt = { kind: 'unknown', reason: 'no_answer' };
  const sent: Attempt = { kind: 'sent', providerId: '1' };
  const failed: Attempt = { kind: 'failed', reason: 'rejected' };
  const verdict = (...results: (Attempt | null)[]) => weigh('ses', results).verdict;
  expect(verdict()).toBe('nothing');
  expect(verdict(null, null)).toBe('nothing');
  expect(verdict(down, null)).toBe('fails');
  expect(verdict(silent)).toBe('fails');
  expect(verdict(silent, down, silent)).toBe('fails');
  expect(verdict(silent, silent, silent, silent, silent, null)).toBe('silent');
  expect(verdict(silent, silent, silent, silent, silent, sent)).toBe('works');
  expect(verdict(failed, down)).toBe('works');
  expect(verdict(slow)).toBe('works');
  expect(weigh('ses', [sent]).problem).toBeNull();
  expect(weigh('ses', [sent, failed]).problem).toEqual({ kind: 'rejected', message: 'Amazon SES refused 1 message.' });
});

test('a trial that somebody asked for and that fails leaves the wait as it was: others may share the account', async () => {
  const { companyId, ranges } = await campaignTo(3);
  ses.behave = () => unavailable;
  const sending = sendingWith(db, provider());
  for (let n = 0; n < 3; n++) await runRanges(sending, companyId, ranges);
  const before = (await holdOf())!.retryAt;
  for (let n = 0; n < 3; n++) {
    const asked = ses.requests;
    expect(await withCompany(db, companyId, (tx) => tryNow(tx, provider().account!))).toBe(true);
    await runRanges(sending, companyId, ranges);
    expect(ses.requests).toBe(asked + 1);
    expect((await holdOf())!.retryAt).toEqual(before);
  }
  // One that came by itself counts.
  await waited();
  await runRanges(sending, companyId, ranges);
  expect(await secondsToGo()).toBeGreaterThan(50);
});

test('what is just being put off when somebody tries now is woken, or sees that it need not wait', async () => {
  const { companyId, ranges } = await campaignTo(1);
  ses.behave = () => unavailable;
  const sending = sendingWith(db, provider());
  for (let n = 0; n < 3; n++) await runRanges(sending, companyId, ranges);
  const account = provider().account!;
  let trying: Promise<boolean> = Promise.resolve(false);
  await withCompany(db, companyId, async (tx) => {
    expect((await lookAgainAt(tx, account)).getTime()).toBeGreaterThan(Date.now() + 10_000);
    trying = withCompany(db, companyId, (other) => tryNow(other, account));
    const waits = sql`select count(*)::int as n from pg_locks l join pg_stat_activity a using (pid)
                       where not l.granted and a.datname = current_database()`;
    await expect.poll(async () => (await db.execute<{ n: number }>(waits))[0]!.n, { interval: 10 }).toBeGreaterThan(0);
  });
  expect(await trying).toBe(true);
  const seen = await withCompany(db, companyId, (tx) => lookAgainAt(tx, account));
  expect(seen.getTime()).toBeLessThanOrEqual(Date.now());
});

test('refusals that are written down at the same time wait for nobody', async () => {
  const companyId = await sendingCompany(db);
  const note = (tx: Tx) => noteProblem(tx, 'ses', { kind: 'unavailable', message: 'Away' });
  await withCompany(db, companyId, async (tx) => {
    for (let n = 0; n < 55; n++) await note(tx);
  });
  await withCompany(db, companyId, async (tx) => {
    await note(tx);
    await withCompany(db, companyId, note); // would wait for the first for ever
  });
  expect((await problems(companyId)).length).toBeLessThanOrEqual(51);
});
