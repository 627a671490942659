import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import postgres from 'postgres';
import { afterAll, expect, test, vi } from 'vitest';

import { sendTransactional } from '#app/messaging/send-transactional.server.ts';
import { withCompany } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import { beat, silentWorkers } from '#db/workers.ts';
import {
  addresses,
  counterDifferences,
  launch,
  overdueInvoices,
  SECRET,
  sendingCompany,
  statesOf,
} from '#tests/fakes/sending.ts';
import { environmentOf, startFakeSes } from '#tests/fakes/ses.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { workerFlags } from '#workers/flags.ts';
import { startWorker } from '#workers/worker.ts';

const { db, url } = await createTestDatabase();
const owner = postgres(url, { max: 1, onnotice: () => {} });
afterAll(() => owner.end());

const lines: string[] = [];
const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
const start = () =>
  startWorker({
    databaseUrl: url,
    addresses,
    secret: SECRET,
    ses: null,
    sesEndpoint: null,
    twilio: null,
    twilioApiBase: null,
    lob: null,
    lobApiBase: null,
    log,
  });

const campaignStatus = async (companyId: number, campaignId: number) => {
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<{ status: string }>(sql`select status from campaigns where id = ${campaignId}`),
  );
  return rows[0]?.status;
};

test('two workers take a launch to the end: expanded, sent, delivered; and single messages beside it', async () => {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => overdueInvoices(tx, 30));
  const workers = await Promise.all([start(), start()]);
  const alive = await db.execute(sql`select name from workers where beat_at > now() - interval '10 seconds'`);
  expect(alive).toHaveLength(2);
  const { campaignId, stepId } = await launch(db, companyId);
  await withCompany(db, companyId, (tx) =>
    sendTransactional(tx, {
      kind: 'receipt',
      to: 'dana@mail.example',
      subject: 'Paid',
      html: '<p>Paid</p>',
      text: 'Paid',
    }),
  );
  await expect.poll(() => campaignStatus(companyId, campaignId)).toBe('sent');
  const read = () =>
    withCompany(db, companyId, async (tx) => {
      const [step] = await tx.execute<{ sent: number; delivered: number; mails: number }>(sql`
        select sent, delivered, (select count(*)::int from outbox_emails) as mails from campaign_steps where id = ${stepId}`);
      return step;
    });
  await expect.poll(read).toEqual({ sent: 30, delivered: 30, mails: 31 });
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
  await Promise.all(workers.map((worker) => worker.stop()));
  expect([...(await db.execute(sql`select name from workers`))]).toEqual([]);
  expect(lines.filter((line) => line.includes('@mail.example'))).toEqual([]);
});

test('the jobs of a worker that ended without a word are freed by the next one that starts', async () => {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => overdueInvoices(tx, 1));
  const { campaignId } = await launch(db, companyId);
  await beat(db, 'dead', 'pool-dead');
  await db.execute(sql`update workers set beat_at = now() - interval '5 minutes' where name = 'dead'`);
  await owner`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'pool-dead'`;
  expect(await silentWorkers(db, 60)).toEqual([{ name: 'dead', poolId: 'pool-dead' }]);
  const worker = await start();
  await expect.poll(() => campaignStatus(companyId, campaignId)).toBe('sent');
  expect(await silentWorkers(db, 60)).toEqual([]);
  await worker.stop();
});

test('a payload from other code fails with the reason and stays in the queue', async () => {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => addJob(tx, 'invoice.settled', { companyId, invoiceId: 1 }));
  await owner`
    update graphile_worker._private_jobs set payload = '{"invoice": "old"}'
     where task_id = (select id from graphile_worker._private_tasks where identifier = 'invoice.settled')`;
  const worker = await start();
  const error = async () => {
    const [row] = await owner`
      select last_error from graphile_worker.jobs where task_identifier = 'invoice.settled'`;
    return String(row?.last_error);
  };
  await expect.poll(error).toContain("payload of invoice.settled can't be read");
  await worker.stop();
  await owner`delete from graphile_worker._private_jobs`;
});

test('a job whose code can’t be loaded fails with the reason and stays in the queue, and others go on', async () => {
  vi.doMock('#workers/tasks/texts.stop.ts', () => Promise.reject(new Error('broken'))); // vitest has words of its own for it
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, async (tx) => {
    await addJob(tx, 'texts.stop', { companyId, code: 1 });
    await addJob(tx, 'invoice.settled', { companyId, invoiceId: 1 });
  });
  const worker = await start();
  const jobs = async () =>
    (await owner`select task_identifier as task, last_error as error from graphile_worker.jobs`).map((row) => ({
      ...row,
    }));
  await expect
    .poll(jobs)
    .toEqual([{ task: 'texts.stop', error: expect.stringContaining('error when mocking a module') as string }]);
  await worker.stop();
  vi.doUnmock('#workers/tasks/texts.stop.ts');
  await owner`delete from graphile_worker._private_jobs`;
});

test('SIGTERM finishes the windows in flight and ends within ten seconds: nothing unknown, nothing doubled', async () => {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => overdueInvoices(tx, 60));
  const ses = await startFakeSes();
  ses.rate = 20;
  const { campaignId, stepId } = await launch(db, companyId);
  const child = spawn(process.execPath, [...workerFlags, '--import', 'tsx', 'workers/main.ts'], {
    env: {
      ...process.env,
      ...environmentOf(ses),
      DATABASE_URL: url,
      APP_SECRET: SECRET,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await expect.poll(() => ses.taken.length).toBeGreaterThan(5);
  const begun = performance.now();
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
  expect(performance.now() - begun).toBeLessThan(10_000);
  await ses.close();
  const states = await statesOf(db, companyId, campaignId);
  expect(states.filter((state) => state === 'sent')).toHaveLength(ses.taken.length);
  expect(states.filter((state) => state === 'planned')).toHaveLength(60 - ses.taken.length);
  expect(ses.taken.length).toBeLessThan(60);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});
