import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { checkCampaign } from '#app/campaigns/checklist.server.ts';
import { countWaits } from '#app/campaigns/dry-run-waits.server.ts';
import { messageStory } from '#app/campaigns/message-story.server.ts';
import { timelineOf } from '#app/campaigns/message-timeline.ts';
import { openWindow } from '#app/campaigns/send-gate.server.ts';
import { takeRange } from '#app/campaigns/send-lease.server.ts';
import { whySentence } from '#app/campaigns/why-words.ts';
import { whyCustomer } from '#app/campaigns/why.server.ts';
import { readRules } from '#app/consent/rules.server.ts';
import { recordOutcomes } from '#app/messaging/outcomes.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCampaign } from '#tests/factories/campaigns.ts';
import { makeCustomer, makeLocation } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { counterDifferences, launchAndExpand, sendingCompany, checkWith } from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const ZONE = 'America/New_York';
/** A Wednesday: 3 am in New York, midnight in Los Angeles. */
const NIGHT = '2026-07-15T07:00:00Z';
const MORNING = '2026-07-15T13:00:00Z';

/** A company in New York whose email keeps sending hours. */
async function companyWithHours(): Promise<number> {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) =>
    tx.execute(sql`insert into sending_rules (email_hours, opens_at, closes_at) values (true, 540, 1200)`),
  );
  return companyId;
}

async function debtorAt(tx: Tx, zip: string, name = 'Dana Ray') {
  const { customerId } = await makeCustomer(tx, { name, mobile: null });
  await makeLocation(tx, { customerId, state: '', zip });
  const { invoiceId } = await makeInvoice(tx, { customerId });
  return { customerId, invoiceId };
}

/** One message to somebody in New York, made the evening before, and windows over it. */
async function oneMessage() {
  const companyId = await companyWithHours();
  const inCompany = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const { customerId } = await inCompany((tx) => debtorAt(tx, '10001'));
  const campaign = await launchAndExpand(db, companyId);
  const [message] = await inCompany((tx) =>
    tx.execute<{ id: number }>(
      sql`update messages set created_at = '2026-07-14T23:00:00Z', send_at = '2026-07-14T23:00:00Z' returning id`,
    ),
  );
  const windowAt = (iso: string) =>
    inCompany(async (tx) => {
      const taken = await takeRange(tx, campaign.ranges[0]!, 'test', 600);
      if (taken.kind !== 'mine') throw new Error(taken.kind);
      await tx.execute(sql`update message_ranges set leased_by = null`);
      return openWindow(tx, taken.range, 10, iso.slice(0, 10), { now: new Date(iso) });
    });
  return { ...campaign, companyId, customerId, messageId: message!.id, inCompany, windowAt };
}

test('B-04, B-14: a message that waited for sending hours and went out still tells of the wait, once for each', async () => {
  const { inCompany, windowAt, messageId, companyId, campaignId, customerId, stepId } = await oneMessage();
  const told = () =>
    inCompany(async (tx) => {
      const story = (await messageStory(tx, messageId))!;
      return timelineOf(story, ZONE).map(({ title, note }) => ({ title, note }));
    });
  expect(await windowAt(NIGHT)).toMatchObject({ passed: [], deferred: 1 });
  const put = {
    title: 'Put off until Jul 15, 2026, 9:00 AM EDT',
    note: 'It was outside of sending hours where the customer is.',
  };
  expect((await told()).slice(-2)).toEqual([
    put,
    { title: 'Waits until Jul 15, 2026, 9:00 AM EDT', note: expect.any(String) },
  ]);
  // Looked at again before its time, nothing is added.
  await windowAt('2026-07-15T12:00:00Z');
  // Its worker was busy until the evening: it waits a second time, and tells of both.
  expect(await windowAt('2026-07-16T01:00:00Z')).toMatchObject({ passed: [], deferred: 1 });
  expect((await windowAt('2026-07-16T13:00:00Z')).passed).toHaveLength(1);
  await inCompany((tx) =>
    recordOutcomes(tx, [{ id: messageId, state: 'sent', reason: null, provider: 'sandbox', providerId: 'x1' }]),
  );
  const lines = (await told()).map((line) => line.title);
  expect(lines).toEqual([
    expect.stringMatching(/^Planned at the launch/),
    put.title,
    'Put off until Jul 16, 2026, 9:00 AM EDT',
    'Its turn',
    expect.stringContaining('Passed every check'),
    expect.stringContaining('which took it'),
  ]);
  expect(await told()).toContainEqual({ title: 'Its turn', note: 'Sending hours had begun.' });
  const why = await inCompany((tx) => whyCustomer(tx, campaignId, customerId));
  expect(whySentence(why!, ZONE)).toMatch(
    /^It was sent to Dana Ray on .* It had been put off until Jul 16, 2026, 9:00 AM EDT, for sending hours where the customer is\.$/,
  );
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('B-04, B-14: what was refused after a wait tells of both; what never waited tells of none', async () => {
  const { inCompany, windowAt, messageId, campaignId, customerId } = await oneMessage();
  await windowAt(NIGHT);
  const waiting = await inCompany((tx) => whyCustomer(tx, campaignId, customerId));
  expect(whySentence(waiting!, ZONE)).not.toContain('It had been put off');
  await inCompany((tx) => tx.execute(sql`update invoices set disputed_at = '2026-07-15T12:00:00Z'`));
  expect(await windowAt(MORNING)).toMatchObject({ refused: 1 });
  const why = await inCompany((tx) => whyCustomer(tx, campaignId, customerId));
  expect(whySentence(why!, ZONE)).toMatch(
    /^Dana Ray did not get it: the customer disputed .*\. It had been put off until Jul 15, 2026, 9:00 AM EDT, for /,
  );
  const titles = await inCompany(async (tx) => timelineOf((await messageStory(tx, messageId))!, ZONE));
  expect(titles.map((entry) => entry.title)).toContain('Put off until Jul 15, 2026, 9:00 AM EDT');

  const day = await oneMessage();
  expect((await day.windowAt(MORNING)).passed).toHaveLength(1);
  const events = await day.inCompany((tx) => tx.execute(sql`select from message_events`));
  expect(events).toHaveLength(0);
});

test('B-05, B-14: the dry run counts who waits by the gate’s own rule: a launch at that instant defers just those', async () => {
  const companyId = await companyWithHours();
  const inCompany = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  // 9:30 am in New York: open there, not yet in Chicago and Los Angeles; one has no email address.
  const instant = '2026-07-15T13:30:00Z';
  const campaign = await inCompany(async (tx) => {
    for (const zip of ['10001', '10001', '60601', '90210', '']) await debtorAt(tx, zip);
    const { customerId } = await makeCustomer(tx, { email: null });
    await makeInvoice(tx, { customerId });
    return makeCampaign(tx);
  });
  const waits = await inCompany(async (tx) => {
    const check = (await checkCampaign(tx, campaign.campaignId, checkWith))!;
    const counted = await countWaits(tx, check, await readRules(tx), new Date(instant));
    const free = { ...(await readRules(tx)), emailHours: false };
    expect(await countWaits(tx, check, free, new Date(instant))).toBeNull();
    const texts = { ...check, reach: { ...check.reach, channel: 'sms' as const } };
    expect(await countWaits(tx, texts, free, new Date(instant))).not.toBeNull();
    return counted;
  });
  expect(waits).toEqual({
    atOnce: 3,
    waiting: 2,
    firstAt: '2026-07-15T14:00:00.000Z',
    lastAt: '2026-07-15T16:00:00.000Z',
    about: false,
  });
  const { ranges } = await launchAndExpand(db, companyId, campaign);
  const window = await inCompany(async (tx) => {
    await tx.execute(sql`update messages set send_at = '2026-07-15T13:00:00Z'`);
    const taken = await takeRange(tx, ranges[0]!, 'test', 600);
    if (taken.kind !== 'mine') throw new Error(taken.kind);
    return openWindow(tx, taken.range, 10, '2026-07-15', { now: new Date(instant) });
  });
  expect([window.passed.length, window.deferred]).toEqual([waits!.atOnce, waits!.waiting]);
});
