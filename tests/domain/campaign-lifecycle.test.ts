import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { checkCampaign } from '#app/campaigns/checklist.server.ts';
import { expandCampaign } from '#app/campaigns/expand.server.ts';
import { launchCampaign } from '#app/campaigns/launch.server.ts';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '#app/campaigns/lifecycle.server.ts';
import { addOpenRanges, takeRange } from '#app/campaigns/send-lease.server.ts';
import { system } from '#app/company/audit.server.ts';
import { withCompany } from '#db/client.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import {
  counterDifferences,
  launch,
  launchAndExpand,
  overdueInvoices,
  rangesOf,
  runRanges,
  sendingCompany,
  sendingWith,
  statesOf,
  checkWith,
} from '#tests/fakes/sending.ts';
import { makeCampaign } from '#tests/factories/campaigns.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

async function company(people: number) {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => overdueInvoices(tx, people));
  return companyId;
}

const statusOf = async (companyId: number, campaignId: number) => {
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<{ status: string }>(sql`select status from campaigns where id = ${campaignId}`),
  );
  return rows[0]?.status;
};

const auditOf = async (companyId: number, campaignId: number) => {
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<{ action: string }>(
      sql`select action from audit_entries where subject_type = 'campaign' and subject_id = ${campaignId} order by id`,
    ),
  );
  return rows.map((row) => row.action);
};

async function readyToLaunch(companyId: number) {
  return withCompany(db, companyId, async (tx) => {
    const made = await makeCampaign(tx);
    const check = await checkCampaign(tx, made.campaignId, checkWith);
    const steps = [{ stepId: check!.step.id, version: check!.step.version, compiled: check!.content.compiled! }];
    return { ...made, request: { campaignId: made.campaignId, actor: system, steps } };
  });
}

test('two people who launch at once launch once', async () => {
  const companyId = await company(3);
  const { campaignId, request } = await readyToLaunch(companyId);
  const results = await Promise.all(
    [1, 2, 3].map(() => withCompany(db, companyId, (tx) => launchCampaign(tx, request))),
  );
  expect(results.filter((one) => one.ok)).toHaveLength(1);
  expect(results.filter((one) => !one.ok && one.already)).toHaveLength(2);
  const expansions = await Promise.all(
    [1, 2].map(() => withCompany(db, companyId, (tx) => expandCampaign(tx, campaignId))),
  );
  expect(expansions.filter(Boolean)).toEqual([{ planned: 3, skipped: 0 }]);
  expect(await statesOf(db, companyId, campaignId)).toEqual(Array(3).fill('planned'));
  expect(await auditOf(companyId, campaignId)).toEqual(['campaign.launch']);
});

test('a step that was saved after it was compiled is not launched', async () => {
  const companyId = await company(1);
  const { stepId, campaignId, request } = await readyToLaunch(companyId);
  await withCompany(db, companyId, (tx) =>
    tx.execute(sql`update campaign_steps set subject = 'Other', version = version + 1 where id = ${stepId}`),
  );
  expect(await withCompany(db, companyId, (tx) => launchCampaign(tx, request))).toMatchObject({ why: 'changed' });
  expect(await statusOf(companyId, campaignId)).toBe('draft');
});

test('an audience that cannot be read and a campaign of another company are refused', async () => {
  const companyId = await company(1);
  const { campaignId, request } = await readyToLaunch(companyId);
  const other = await sendingCompany(db);
  expect(await withCompany(db, other, (tx) => launchCampaign(tx, request))).toMatchObject({ why: 'missing' });
  await withCompany(db, companyId, (tx) =>
    tx.execute(sql`update campaigns set audience = '{"daysOverdueMin": "soon"}' where id = ${campaignId}`),
  );
  expect(await withCompany(db, companyId, (tx) => launchCampaign(tx, request))).toMatchObject({ why: 'audience' });
});

test('an expansion that fails half-way leaves nothing behind, and the next one does it all', async () => {
  const companyId = await company(2);
  const { campaignId } = await launch(db, companyId);
  await expect(
    withCompany(db, companyId, async (tx) => {
      await expandCampaign(tx, campaignId);
      throw new Error('the process was killed');
    }),
  ).rejects.toThrow('killed');
  expect(await statesOf(db, companyId, campaignId)).toEqual([]);
  expect(await statusOf(companyId, campaignId)).toBe('launching');
  await withCompany(db, companyId, (tx) => expandCampaign(tx, campaignId));
  expect(await statesOf(db, companyId, campaignId)).toEqual(['planned', 'planned']);
  expect(await statusOf(companyId, campaignId)).toBe('sending');
});

test('a campaign whose whole audience paid meanwhile is sent at once, to nobody', async () => {
  const companyId = await company(1);
  const { campaignId } = await launch(db, companyId);
  await withCompany(db, companyId, (tx) => tx.execute(sql`update invoices set status = 'paid', balance_cents = 0`));
  await withCompany(db, companyId, (tx) => expandCampaign(tx, campaignId));
  expect(await statusOf(companyId, campaignId)).toBe('sent');
});

test('B-06: a pause takes hold within one window, and a resume neither repeats nor leaves out', async () => {
  const companyId = await company(25);
  const { campaignId, stepId, ranges } = await launchAndExpand(db, companyId);
  const provider = recordingProvider(async (message) => {
    if (provider.got.length === 7) {
      await withCompany(db, companyId, (tx) => pauseCampaign(tx, campaignId, system));
    }
    return { kind: 'sent', providerId: String(message.messageId) };
  });
  const sending = sendingWith(db, provider, { windowSize: 5 });
  expect(await runRanges(sending, companyId, ranges)).toEqual(['resting']);
  expect(provider.got).toHaveLength(10);
  expect(await runRanges(sending, companyId, ranges)).toEqual(['resting']);
  expect(await withCompany(db, companyId, (tx) => pauseCampaign(tx, campaignId, system))).toEqual({
    ok: false,
    status: 'paused',
  });
  expect(await withCompany(db, companyId, (tx) => resumeCampaign(tx, campaignId, system))).toEqual({ ok: true });
  expect(await runRanges(sending, companyId, ranges)).toEqual(['done']);
  expect(provider.got).toHaveLength(25);
  expect(new Set(provider.got.map((one) => one.messageId)).size).toBe(25);
  expect(await statusOf(companyId, campaignId)).toBe('sent');
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
  expect(await auditOf(companyId, campaignId)).toEqual(['campaign.launch', 'campaign.pause', 'campaign.resume']);
});

test('B-06: a resume adds a job for every open range, and the one that waited is replaced', async () => {
  const companyId = await company(2);
  const { campaignId, ranges } = await launchAndExpand(db, companyId);
  await withCompany(db, companyId, async (tx) => {
    await pauseCampaign(tx, campaignId, system);
    await resumeCampaign(tx, campaignId, system);
    expect(await addOpenRanges(tx, companyId, campaignId)).toBe(ranges.length);
    expect(await rangesOf(tx, campaignId)).toEqual(ranges);
  });
});

test('B-06: a canceled campaign sends nothing more, and what was planned says so', async () => {
  const companyId = await company(12);
  const { campaignId, stepId, ranges } = await launchAndExpand(db, companyId);
  const provider = recordingProvider(async (message) => {
    if (provider.got.length === 3) {
      await withCompany(db, companyId, (tx) => cancelCampaign(tx, campaignId, system));
    }
    return { kind: 'sent', providerId: String(message.messageId) };
  });
  const sending = sendingWith(db, provider, { windowSize: 4 });
  await runRanges(sending, companyId, ranges);
  await runRanges(sending, companyId, ranges);
  expect(provider.got).toHaveLength(4);
  expect((await statesOf(db, companyId, campaignId)).toSorted()).toEqual([
    ...Array(4).fill('sent'),
    ...Array(8).fill('skipped:canceled'),
  ]);
  expect(await statusOf(companyId, campaignId)).toBe('canceled');
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
  expect(await withCompany(db, companyId, (tx) => resumeCampaign(tx, campaignId, system))).toEqual({
    ok: false,
    status: 'canceled',
  });
});

test('B-06: a paused campaign can be canceled, and one that was not expanded yet too', async () => {
  const companyId = await company(2);
  const paused = await launchAndExpand(db, companyId);
  await withCompany(db, companyId, async (tx) => {
    await pauseCampaign(tx, paused.campaignId, system);
    expect(await cancelCampaign(tx, paused.campaignId, system)).toEqual({ ok: true });
  });
  await runRanges(sendingWith(db, recordingProvider()), companyId, paused.ranges);
  expect(await statesOf(db, companyId, paused.campaignId)).toEqual(['skipped:canceled', 'skipped:canceled']);

  const early = await launch(db, companyId);
  await withCompany(db, companyId, (tx) => cancelCampaign(tx, early.campaignId, system));
  expect(await withCompany(db, companyId, (tx) => expandCampaign(tx, early.campaignId))).toBeNull();
});

test('another company can turn nothing', async () => {
  const companyId = await company(1);
  const { campaignId } = await launchAndExpand(db, companyId);
  const other = await sendingCompany(db);
  for (const turn of [pauseCampaign, resumeCampaign, cancelCampaign]) {
    expect(await withCompany(db, other, (tx) => turn(tx, campaignId, system))).toEqual({ ok: false, status: null });
  }
  expect(await statusOf(companyId, campaignId)).toBe('sending');
});

test('a canceled range waits for a message before it has its step: events that come meanwhile are not in a circle with it', async () => {
  const companyId = await company(2);
  const { campaignId, ranges } = await launchAndExpand(db, companyId);
  await withCompany(db, companyId, (tx) => cancelCampaign(tx, campaignId, system));
  let clearing: Promise<unknown> = Promise.resolve();
  await withCompany(db, companyId, async (tx) => {
    // One was on its way when its run died, the other is being told of.
    await tx.execute(sql`
      update messages set state = 'attempting', attempted_at = now()
       where id = (select min(id) from messages where campaign_id = ${campaignId})`);
  });
  await withCompany(db, companyId, async (tx) => {
    await tx.execute(sql`
      select from messages where id = (select max(id) from messages where campaign_id = ${campaignId}) for no key update`);
    clearing = withCompany(db, companyId, (other) => takeRange(other, ranges[0]!, 'another', 20));
    const waits = sql`select count(*)::int as n from pg_locks l join pg_stat_activity a using (pid)
                       where not l.granted and a.datname = current_database()`;
    await expect.poll(async () => (await db.execute<{ n: number }>(waits))[0]!.n, { interval: 10 }).toBeGreaterThan(0);
    await tx.execute(sql`update campaign_steps set delivered = delivered where campaign_id = ${campaignId}`);
  });
  expect(await clearing).toEqual({ kind: 'rest' });
  expect(await statesOf(db, companyId, campaignId)).toEqual(['unknown:interrupted', 'skipped:canceled']);
});
