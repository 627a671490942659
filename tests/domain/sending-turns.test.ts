import postgres from 'postgres';
import { expect, test } from 'vitest';

import { expandCampaign, RANGE_SIZE } from '#app/campaigns/expand.server.ts';
import { withCompany } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import {
  counterDifferences,
  launch,
  launchAndExpand,
  overdueInvoices,
  runRanges,
  sendingCompany,
  sendingWith,
} from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { makeDebtors } from '#tests/factories/debtors.ts';

const { db, url } = await createTestDatabase();

/** A company with so many overdue customers. */
async function companyOf(people: number): Promise<number> {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => makeDebtors(tx, people));
  return companyId;
}

test('a large campaign holds up neither a receipt nor another company’s campaign', async () => {
  const [large, small] = [await companyOf(2 * RANGE_SIZE + 1), await companyOf(1)];
  for (const companyId of [large, small]) {
    const { campaignId } = await launch(db, companyId);
    await withCompany(db, companyId, (tx) => expandCampaign(tx, campaignId));
  }
  await withCompany(db, small, (tx) => addJob(tx, 'message.send', { companyId: small, messageId: 1 }));
  const owner = postgres(url, { max: 1, onnotice: () => {} });
  const jobs = await owner<{ task: string; company: number }[]>`
    select t.identifier as task, (j.payload ->> 'companyId')::int as company
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier in ('message.send', 'campaign.send_range') order by j.priority, j.run_at, j.id`;
  await owner.end();
  expect(jobs.map((job) => `${job.task} ${job.company === large ? 'large' : 'small'}`)).toEqual([
    'message.send small',
    'campaign.send_range large',
    'campaign.send_range small',
    'campaign.send_range large',
    'campaign.send_range large',
  ]);
});

test('B-06: a run gives its range back when its turn is over, and the next goes on where it stood', async () => {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => overdueInvoices(tx, 7));
  const { ranges, stepId } = await launchAndExpand(db, companyId);
  const provider = recordingProvider();
  const sending = sendingWith(db, provider, { turnSeconds: 0, windowSize: 3 });
  const ends = [];
  for (let runs = 0; runs < 4; runs++) ends.push(...(await runRanges(sending, companyId, ranges)));
  expect(ends).toEqual(['turn', 'turn', 'turn', 'done']);
  expect(provider.got.map((message) => message.messageId)).toHaveLength(7);
  expect(new Set(provider.got.map((message) => message.to)).size).toBe(7);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});
