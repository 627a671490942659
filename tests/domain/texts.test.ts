import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { checkCampaign } from '#app/campaigns/checklist.server.ts';
import { openWindow } from '#app/campaigns/send-gate.server.ts';
import { takeRange } from '#app/campaigns/send-lease.server.ts';
import { sandboxTextProvider, deliverFromSandbox } from '#app/messaging/providers/sandbox.server.ts';
import type { Outcome, TextMessage, TextProvider } from '#app/messaging/provider.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCampaign } from '#tests/factories/campaigns.ts';
import { makeCustomer, makeLocation } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { noonZone } from '#tests/factories/noon.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import {
  counterDifferences,
  launchAndExpand,
  runRanges,
  sendingCompany,
  sendingWith,
  statesOf,
  checkWith,
} from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

const TEXT =
  'Hi {{ customer.first_name }}, invoice {{ invoice.number }} is due: {{ links.pay_invoice }} or www.larkfield.example/pay.';

type RecordingTexts = TextProvider & { got: TextMessage[] };

function recordingTexts(answer?: (message: TextMessage) => Outcome): RecordingTexts {
  const got: TextMessage[] = [];
  return {
    name: 'sandbox',
    account: null,
    got,
    rate: () => Promise.resolve(Number.POSITIVE_INFINITY),
    send(message) {
      got.push(message);
      return Promise.resolve(answer?.(message) ?? { kind: 'sent', providerId: `fake-${message.messageId}` });
    },
  };
}

const withTexts = (textProvider: TextProvider) =>
  sendingWith(db, recordingProvider(), { textProvider: () => Promise.resolve(textProvider) });

/** A company whose texts go out now (see `noonZone`). */
async function textCompany() {
  const companyId = await sendingCompany(db);
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  await tx((t) => t.execute(sql`update companies set time_zone = ${noonZone()} where id = ${companyId}`));
  return { companyId, tx };
}

const step = { channel: 'sms', subject: '', preheader: '', document: { version: 1, text: TEXT } } as const;

/** A customer with an overdue invoice. */
async function debtor(tx: Tx, mobile: string | null) {
  const { customerId } = await makeCustomer(tx, { mobile, firstName: 'Dana' });
  const { invoiceId, number } = await makeInvoice(tx, { customerId });
  return { customerId, invoiceId, number };
}

test('S0-01, S0-10, S0-11: a campaign by text goes to mobile numbers, with short links and the way out', async () => {
  const { companyId, tx } = await textCompany();
  const debtors = await tx(async (t) => [
    await debtor(t, '+15005550101'),
    await debtor(t, null),
    await debtor(t, '+15005550102'),
  ]);
  const campaign = await launchAndExpand(db, companyId, await tx((t) => makeCampaign(t, { step })));
  const texts = recordingTexts();
  await runRanges(withTexts(texts), companyId, campaign.ranges);
  expect(await statesOf(db, companyId, campaign.campaignId)).toEqual(['sent', 'skipped:no_mobile', 'sent']);
  expect(texts.got.map((one) => one.to)).toEqual(['+15005550101', '+15005550102']);
  const { body, parts } = texts.got[0]!;
  const [, pay, site] = /: (\S+) or (\S+)\s*\./.exec(body) ?? [];
  for (const url of [pay, site]) expect(url).toMatch(/^http:\/\/[a-z0-9]+\.go\.localhost:3000\/[a-z0-9]{10}$/);
  expect(body).toContain(`Hi Dana, invoice ${debtors[0]!.number} is due`);
  expect(body).toMatch(/\nReply STOP to opt out\.$/);
  const links = await tx((t) =>
    t.execute<{ kind: string; destination: string | null }>(
      sql`select kind, destination from links where message_id = ${texts.got[0]!.messageId} order by kind`,
    ),
  );
  expect([...links]).toEqual([
    { kind: 'pay_invoice', destination: null },
    { kind: 'url', destination: expect.stringMatching(/^https?:\/\/www\.larkfield\.example\/pay$/) as unknown },
  ]);
  const [counted] = await tx((t) =>
    t.execute<{ parts: number }>(sql`select parts from campaign_steps where id = ${campaign.stepId}`),
  );
  expect(counted!.parts).toBe(parts * 2);
  expect(await counterDifferences(db, companyId, campaign.stepId)).toEqual([]);
});

test('S1-10: a number that is not a mobile one any more when its turn comes gets nothing', async () => {
  const { companyId, tx } = await textCompany();
  const [kept, changed] = await tx(async (t) => [await debtor(t, '+15005550103'), await debtor(t, '+15005550104')]);
  const campaign = await launchAndExpand(db, companyId, await tx((t) => makeCampaign(t, { step })));
  await tx((t) => t.execute(sql`update contacts set kind = 'landline' where value = '+15005550104'`));
  const texts = recordingTexts();
  await runRanges(withTexts(texts), companyId, campaign.ranges);
  expect(texts.got.map((one) => one.to)).toEqual(['+15005550103']);
  expect(await statesOf(db, companyId, campaign.campaignId)).toEqual(['sent', 'skipped:no_mobile']);
  expect([kept, changed]).toHaveLength(2);
});

test('B-14: texts keep sending hours always; when they end bounds how long the provider may try', async () => {
  const { companyId, tx } = await textCompany();
  await tx(async (t) => {
    for (const zip of ['10001', '90001', '96813']) {
      const { customerId } = await makeCustomer(t, { mobile: `+1500555010${zip[0]}` });
      await makeLocation(t, { customerId, zip, state: '', billing: false });
      await makeInvoice(t, { customerId });
    }
  });
  const campaign = await launchAndExpand(db, companyId, await tx((t) => makeCampaign(t, { step })));
  await tx((t) => t.execute(sql`update messages set send_at = '2026-01-01'`));
  // 8:30 pm in New York, 5:30 pm in Los Angeles, 2:30 pm in Honolulu.
  const now = new Date('2026-07-16T00:30:00Z');
  const window = await tx(async (t) => {
    const taken = await takeRange(t, campaign.ranges[0]!, 'test', 600);
    if (taken.kind !== 'mine') throw new Error(taken.kind);
    return openWindow(t, taken.range, 100, '2026-07-15', { now });
  });
  expect(window.deferred).toBe(1);
  expect(window.passed.map((one) => new Date(one.closesAt!).toISOString())).toEqual([
    '2026-07-16T03:00:00.000Z',
    '2026-07-16T06:00:00.000Z',
  ]);
});

test('B-14: a text is handed over with what is left of its hours', async () => {
  const { companyId, tx } = await textCompany();
  await tx((t) => debtor(t, '+15005550109'));
  const campaign = await launchAndExpand(db, companyId, await tx((t) => makeCampaign(t, { step })));
  const texts = recordingTexts();
  await runRanges(withTexts(texts), companyId, campaign.ranges);
  // It is between noon and one, and hours end at eight.
  expect(texts.got[0]!.validForSeconds).toBeGreaterThanOrEqual(7 * 3600 - 60);
  expect(texts.got[0]!.validForSeconds).toBeLessThanOrEqual(8 * 3600);
});

test('B-05: the check list of a text asks for words, tags that are known, and a portal where it links there', async () => {
  const { companyId, tx } = await textCompany();
  await tx((t) => debtor(t, '+15005550105'));
  const check = async (text: string) => {
    const { campaignId } = await tx((t) => makeCampaign(t, { step: { ...step, document: { version: 1, text } } }));
    return (await tx((t) => checkCampaign(t, campaignId, checkWith)))!;
  };
  expect((await check(TEXT)).ready).toBe(true);
  const open = async (text: string) =>
    (await check(text)).items.filter((item) => item.state !== 'done').map((item) => item.id);
  expect(await open('  ')).toEqual(['content']);
  expect(await open('Pay {{ invoice.nmber }}')).toEqual(['tags']);
  expect(await open('Pay at javascript:alert(1)')).toEqual(['tags']);
  await withCompany(db, companyId, (t) => t.execute(sql`update portal_settings set enabled = false`));
  expect(await open(TEXT)).toContain('portal');
});

test('a text that is too long for one recipient is left out for them alone', async () => {
  const { companyId, tx } = await textCompany();
  await tx(async (t) => {
    await debtor(t, '+15005550106');
    const { customerId } = await debtor(t, '+15005550107');
    await t.execute(sql`update customers set first_name = repeat('Wolfeschlegel ', 200) where id = ${customerId}`);
  });
  const campaign = await launchAndExpand(db, companyId, await tx((t) => makeCampaign(t, { step })));
  const texts = recordingTexts();
  await runRanges(withTexts(texts), companyId, campaign.ranges);
  expect(await statesOf(db, companyId, campaign.campaignId)).toEqual(['sent', 'skipped:too_long']);
  expect(await counterDifferences(db, companyId, campaign.stepId)).toEqual([]);
});

test('the sandbox keeps texts for the Outbox, tells what became of them, and misbehaves by number', async () => {
  const { companyId, tx } = await textCompany();
  await tx(async (t) => {
    for (const number of ['+15005550108', '+15005550190', '+15005550192']) await debtor(t, number);
  });
  const campaign = await launchAndExpand(db, companyId, await tx((t) => makeCampaign(t, { step })));
  await runRanges(
    withTexts(sandboxTextProvider(db, companyId, { sender: '+15005550100' })),
    companyId,
    campaign.ranges,
  );
  expect(await statesOf(db, companyId, campaign.campaignId)).toEqual(['sent', 'sent', 'failed:rejected']);
  const kept = await tx((t) =>
    t.execute<{ messageId: number; recipient: string }>(
      sql`select message_id as "messageId", recipient from outbox_texts order by id`,
    ),
  );
  expect(kept.map((row) => row.recipient)).toEqual(['+15005550108', '+15005550190']);
  await tx((t) =>
    deliverFromSandbox(
      t,
      kept.map((row) => row.messageId),
    ),
  );
  const told = await tx((t) =>
    t.execute<{ delivered: boolean; bounced: boolean }>(sql`
      select delivered_at is not null as delivered, bounced_at is not null as bounced
        from messages where state = 'sent' order by id`),
  );
  expect([...told]).toEqual([
    { delivered: true, bounced: false },
    { delivered: false, bounced: true },
  ]);
  const [out] = await tx((t) =>
    t.execute<{ channel: string; reason: string }>(
      sql`select channel, reason from suppressions where address = '+15005550190'`,
    ),
  );
  expect(out).toEqual({ channel: 'sms', reason: 'bounced' });
});
