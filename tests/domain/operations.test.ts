import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';

import { system } from '#app/company/audit.server.ts';
import { noteProblem } from '#app/messaging/breaker.server.ts';
import { readRightNow, runJobAgain, trySendingNow } from '#app/messaging/operations.server.ts';
import { twilioAccount } from '#app/messaging/providers/twilio.server.ts';
import { sesAccount } from '#app/messaging/providers/ses.server.ts';
import { bookPlaces } from '#app/messaging/rate.server.ts';
import { withCompany } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import { beat } from '#db/workers.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import {
  launchAndExpand,
  overdueInvoices,
  runRanges,
  SECRET,
  sendingCompany,
  sendingWith,
} from '#tests/fakes/sending.ts';
import { twilioKeys } from '#tests/fakes/twilio.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();
const owner = postgres(url, { max: 1, onnotice: () => {} });
afterAll(() => owner.end());

const ses = { region: 'us-east-1', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' };
const account = sesAccount(ses);
const rightNow = (companyId: number, keys: typeof ses | null = ses) =>
  withCompany(db, companyId, (tx) => readRightNow(tx, { secret: SECRET, ses: keys, twilio: null, lob: null }));

test('a company that sends nothing has nothing to show', async () => {
  const companyId = await sendingCompany(db);
  expect(await rightNow(companyId, null)).toEqual({
    email: { provider: 'sandbox', rate: null, hold: null },
    texts: { provider: 'sandbox', rate: null, hold: null },
    postcards: { provider: 'sandbox', rate: null, hold: null },
    waiting: 0,
    paused: 0,
    due: 0,
    oldestDueAt: null,
    inFlight: 0,
    single: 0,
    unknown: 0,
    unknownIn: [],
    workers: 0,
    failed: [],
    problems: [],
  });
});

test('what waits, what is due since when, what is in flight and what nobody knows', async () => {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => overdueInvoices(tx, 12));
  const { campaignId, ranges } = await launchAndExpand(db, companyId);
  await withCompany(db, companyId, (tx) =>
    tx.execute(
      sql`update messages set send_at = now() + interval '1 day' where id > (select min(id) + 9 from messages)`,
    ),
  );
  const before = await rightNow(companyId);
  expect([before.waiting, before.due, before.inFlight, before.unknown]).toEqual([12, 10, 0, 0]);
  expect(Date.now() - Date.parse(before.oldestDueAt!)).toBeLessThan(60_000);
  // Looked at from inside of a call: the window is on its way. The first call has no answer.
  const seen: Awaited<ReturnType<typeof rightNow>>[] = [];
  const provider = recordingProvider(async (message, call) => {
    if (call === 1) throw new Error('cut off');
    if (call === 2) seen.push(await rightNow(companyId));
    return { kind: 'sent', providerId: String(message.messageId) };
  });
  await runRanges(sendingWith(db, provider, { windowSize: 4 }), companyId, ranges);
  expect([seen[0]!.inFlight, seen[0]!.due]).toEqual([4, 6]);
  const after = await rightNow(companyId);
  expect([after.waiting, after.due, after.oldestDueAt, after.unknown]).toEqual([2, 0, null, 1]);
  expect(after.unknownIn).toEqual([{ campaignId, name: expect.any(String) as string, count: 1 }]);
  await withCompany(db, companyId, (tx) => tx.execute(sql`update campaigns set status = 'paused'`));
  expect((await rightNow(companyId)).paused).toBe(2);
});

test('rate, share, breaker, workers and refusals of the company’s own account', async () => {
  const companyId = await sendingCompany(db);
  const other = await sendingCompany(db);
  await bookPlaces(db, account, 5, 14);
  await db.execute(sql`update provider_rates set share = 0.5, throttled_at = now()`);
  await db.execute(sql`
    insert into provider_breakers (account, state, failures, reason, opened_at, retry_at)
    values (${account}, 'open', 3, 'Amazon SES does not answer.', now(), now() + interval '1 minute')`);
  await beat(db, 'alive', 'p');
  await withCompany(db, companyId, (tx) =>
    noteProblem(tx, 'ses', { kind: 'no_answer', message: 'No answer for a@b.example' }),
  );
  const state = await rightNow(companyId);
  expect(state).toMatchObject({
    email: { provider: 'ses', rate: { allowed: 14 }, hold: { trying: false } },
    texts: { provider: 'sandbox', rate: null, hold: null },
    workers: 1,
  });
  expect(state.email.rate!.share).toBeCloseTo(0.5, 1);
  expect(state.problems.map((one) => one.message)).toEqual(['No answer for [address]']);
  expect((await rightNow(other)).problems).toEqual([]);
  // In the sandbox nobody waits for Amazon.
  expect((await rightNow(other, null)).email.hold).toBeNull();
  expect(
    await withCompany(db, other, (tx) =>
      trySendingNow(tx, system, { secret: SECRET, ses: null, twilio: null, lob: null }),
    ),
  ).toBe(false);
  expect(
    await withCompany(db, companyId, (tx) =>
      trySendingNow(tx, system, { secret: SECRET, ses, twilio: null, lob: null }),
    ),
  ).toBe(true);
  expect((await rightNow(companyId)).email.hold!.trying).toBe(true);
});

test('texts have an account of their own: its rate against what is allowed, and its breaker', async () => {
  const companyId = await sendingCompany(db);
  const texts = twilioAccount(twilioKeys);
  const read = () =>
    withCompany(db, companyId, (tx) => readRightNow(tx, { secret: SECRET, ses: null, twilio: twilioKeys, lob: null }));
  expect(await read()).toMatchObject({
    email: { provider: 'sandbox' },
    texts: { provider: 'twilio', rate: null, hold: null },
  });
  await bookPlaces(db, texts, 3, 2);
  await db.execute(sql`
    insert into provider_breakers (account, state, failures, reason, opened_at, retry_at)
    values (${texts}, 'open', 3, 'Twilio does not answer.', now(), now() + interval '1 minute')`);
  expect(await read()).toMatchObject({
    email: { provider: 'sandbox', rate: null, hold: null },
    texts: { rate: { allowed: 2 }, hold: { reason: 'Twilio does not answer.', trying: false } },
  });
});

test('a job that failed is shown to its company with the reason, and can be run again; another company’s can not', async () => {
  const companyId = await sendingCompany(db);
  const other = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => addJob(tx, 'invoice.settled', { companyId, invoiceId: 1 }));
  await withCompany(db, other, (tx) => addJob(tx, 'invoice.settled', { companyId: other, invoiceId: 1 }));
  await owner`
    update graphile_worker._private_jobs
       set attempts = max_attempts, last_error = 'The payload can''t be read: ann@mail.example' || chr(10) || 'at line 1'`;
  const [job, ...more] = (await rightNow(companyId)).failed;
  expect(more).toEqual([]);
  expect(job).toMatchObject({
    task: 'invoice.settled',
    own: true,
    attempts: 10,
    maxAttempts: 10,
    reason: "The payload can't be read: [address]",
    again: null,
  });
  const run = (by: number) => withCompany(db, by, (tx) => runJobAgain(tx, system, job!.id));
  expect(await run(other)).toBe(false);
  expect(await run(companyId)).toBe(true);
  const [again] = (await rightNow(companyId)).failed;
  expect(again).toMatchObject({ attempts: 0, again: expect.any(String) as string });
  await owner`update graphile_worker._private_jobs set locked_at = now()`;
  expect(await run(companyId)).toBe(false);
});

test('a payload of other code that names no company is set aside where every company sees it', async () => {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => addJob(tx, 'invoice.settled', { companyId, invoiceId: 2 }));
  await owner`
    update graphile_worker._private_jobs set payload = '{"invoice": "old"}', last_error = 'can''t be read', attempts = 1
     where payload->>'invoiceId' = '2'`;
  const [job] = (await rightNow(companyId)).failed;
  expect(job).toMatchObject({ own: false, attempts: 1, reason: "can't be read", again: expect.any(String) as string });
});
