import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { expect, test } from 'vitest';

import { deliverFromSandbox, sandboxProvider } from '#app/messaging/providers/sandbox.server.ts';
import { withCompany } from '#db/client.ts';
import { jobs } from '#db/jobs.ts';
import {
  counterDifferences,
  launchAndExpand,
  overdueInvoices,
  runRanges,
  sendingCompany,
  sendingWith,
} from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();

/** A campaign to these addresses, sent by the sandbox as often as it asks to be. */
async function sendTo(addresses: string[]) {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, async (tx) => {
    await overdueInvoices(tx, addresses.length);
    for (const [index, address] of addresses.entries()) {
      await tx.execute(sql`
        update contacts set value = ${address} where kind = 'email'
          and id = (select id from contacts where kind = 'email' order by id offset ${index} limit 1)`);
    }
  });
  const { campaignId, stepId, ranges } = await launchAndExpand(db, companyId);
  const sending = sendingWith(db, sandboxProvider(db, companyId, { slowMs: 20 }));
  const ends = await runRanges(sending, companyId, ranges);
  const state = () =>
    withCompany(db, companyId, async (tx) => {
      const rows = await tx.execute<{ address: string; is: string; events: string }>(sql`
        select address, concat_ws(' ', state, reason, case when delivered_at is not null then 'delivered' end,
                 case when bounced_at is not null then 'bounced' end,
                 case when complained_at is not null then 'complained' end) as is,
               (select coalesce(string_agg(kind, ' ' order by e.id), '') from message_events e where e.message_id = m.id) as events
          from messages m where campaign_id = ${campaignId}`);
      return Object.fromEntries(rows.map((row) => [row.address, [row.is, row.events]]));
    });
  const outbox = () =>
    withCompany(db, companyId, async (tx) => {
      const rows = await tx.execute<{ recipient: string }>(sql`select recipient from outbox_emails order by 1`);
      return rows.map((row) => row.recipient);
    });
  const again = () => runRanges(sending, companyId, ranges);
  const check = () => counterDifferences(db, companyId, stepId);
  return { companyId, ends, again, state, outbox, check };
}

/** Runs the sandbox's jobs of this company, those that are due later too. @returns the ids of each */
async function tellAll(companyId: number): Promise<{ ids: number[]; late: boolean }[]> {
  const owner = postgres(url, { max: 1 });
  const rows = await owner<{ payload: unknown; late: boolean }[]>`
    delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
     where t.id = j.task_id and t.identifier = 'sandbox.deliver' and (j.payload ->> 'companyId')::bigint = ${companyId}
    returning j.payload, j.run_at > now() as late`;
  await owner.end();
  const told = rows.map((row) => ({
    ids: jobs['sandbox.deliver'].payload.parse(row.payload).messageIds,
    late: row.late,
  }));
  for (const { ids } of told) await withCompany(db, companyId, (tx) => deliverFromSandbox(tx, ids));
  return told;
}

test('each address gets what its name asks for, and the counters hold', async () => {
  const run = await sendTo([
    'ann@mail.example',
    'bounce@mail.example',
    'soft-bounce@mail.example',
    'complaint+7@mail.example',
    'refuse@mail.example',
    'slow@mail.example',
    'doubled@mail.example',
    'reordered@mail.example',
    'drop@mail.example',
  ]);
  expect(run.ends).toEqual(['done']);
  expect(await run.state()).toMatchObject({
    'ann@mail.example': ['sent', ''],
    'slow@mail.example': ['sent', ''],
    'refuse@mail.example': ['failed rejected', ''],
    'drop@mail.example': ['unknown no_answer', ''],
    // Its delivery came before the answer.
    'reordered@mail.example': ['sent delivered', 'delivered'],
  });
  expect(await run.outbox()).toEqual(expect.arrayContaining(['drop@mail.example', 'slow@mail.example']));
  expect(await run.outbox()).not.toContain('refuse@mail.example');
  expect(await run.check()).toEqual([]);

  const told = await tellAll(run.companyId);
  expect(told.filter((job) => job.late).map((job) => job.ids.length)).toEqual([1]);
  expect(await run.state()).toEqual({
    'ann@mail.example': ['sent delivered', 'delivered'],
    'bounce@mail.example': ['sent bounced', 'bounced'],
    'soft-bounce@mail.example': ['sent bounced', 'bounced'],
    'complaint+7@mail.example': ['sent delivered complained', expect.stringMatching(/complained/)],
    'refuse@mail.example': ['failed rejected', ''],
    'slow@mail.example': ['sent delivered', 'delivered'],
    'doubled@mail.example': ['sent delivered', 'delivered'],
    'reordered@mail.example': ['sent delivered', 'delivered delayed'],
    'drop@mail.example': ['sent delivered', 'delivered'],
  });
  expect(await run.check()).toEqual([]);
  const suppressed = await withCompany(db, run.companyId, (tx) =>
    tx.execute<{ is: string }>(sql`select address || ' ' || reason as is from suppressions order by 1`),
  );
  expect(suppressed.map((row) => row.is)).toEqual([
    'bounce@mail.example bounced',
    'complaint+7@mail.example complained',
  ]);
});

test('throttle@ is refused the first time and goes out the second, once', async () => {
  const run = await sendTo(['throttle@mail.example']);
  expect(run.ends).toEqual(['retry']);
  expect(await run.state()).toEqual({ 'throttle@mail.example': ['planned', ''] });
  expect(await run.outbox()).toEqual([]);
  expect(await run.again()).toEqual(['done']);
  expect(await run.state()).toEqual({ 'throttle@mail.example': ['sent', ''] });
  expect(await run.outbox()).toEqual(['throttle@mail.example']);
  expect(await run.check()).toEqual([]);
});
