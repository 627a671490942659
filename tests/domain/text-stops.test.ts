import { eq, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';

import { resumeCampaign } from '#app/campaigns/lifecycle.server.ts';
import { stopTexts } from '#app/campaigns/text-stops.server.ts';
import { system } from '#app/company/audit.server.ts';
import { FILTERED_TIMES } from '#app/messaging/text-stops.ts';
import { readTwilioStatus } from '#app/messaging/twilio-events.ts';
import { twilioInbox } from '#app/messaging/twilio-inbox.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { campaigns, messageRanges } from '#db/schema/index.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { counterDifferences, sendingCompany } from '#tests/fakes/sending.ts';
import { newSid } from '#tests/fakes/twilio.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();
const owner = postgres(url, { max: 1, onnotice: () => {} });
afterAll(() => owner.end());

let numbers = 0;

/** A company with campaigns by text and by email that send. */
async function office() {
  const companyId = await sendingCompany(db);
  const inside = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const campaign = (channel: 'email' | 'sms') =>
    inside(async (tx) => {
      const step = { channel, document: { version: 1, text: 'Pay' } };
      const made = await makeCampaign(tx, { status: 'sending', step });
      // What is still to come.
      await tx.insert(messageRanges).values({ ...made, fromId: 1e9, toId: 1e9, cursorId: 1e9 });
      return made;
    });
  const made = { text: await campaign('sms'), other: await campaign('sms'), email: await campaign('email') };

  /** A text of the campaign, handed over now, of which Twilio tells that code. */
  async function comesBack(code: number, of = made.text) {
    const messageId = await inside(async (tx) => {
      const address = `+1500555${String(++numbers).padStart(4, '0')}`;
      const { customerId } = await makeCustomer(tx, { mobile: address });
      const { invoiceId } = await makeInvoice(tx, { customerId });
      const at = new Date();
      const sent = { state: 'sent', attemptedAt: at, sentAt: at, provider: 'twilio' } as const;
      const message = { ...of, customerId, invoiceId, channel: 'sms', address, ...sent } as const;
      await tx.execute(sql`update campaign_steps set sent = sent + 1 where id = ${of.stepId}`);
      return (await makeMessage(tx, message)).messageId;
    });
    await tell(messageId, code);
    return messageId;
  }
  async function tell(messageId: number, code: number) {
    const told = readTwilioStatus({ MessageSid: newSid(), MessageStatus: 'undelivered', ErrorCode: String(code) });
    if (told.kind !== 'event') throw new Error(told.kind);
    await twilioInbox(db)({ companyId, messageId }, told.event);
  }
  /** Does what the queue was asked for. */
  async function work() {
    const rows = await owner<{ code: number }[]>`
      delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
       where t.id = j.task_id and t.identifier = 'texts.stop' and (j.payload ->> 'companyId')::int = ${companyId}
      returning (j.payload ->> 'code')::int as code`;
    for (const { code } of rows) await inside((tx) => stopTexts(tx, code));
    return rows.map((row) => row.code);
  }
  const stands = async (of: { campaignId: number }) => {
    const [row] = await inside((tx) => tx.select().from(campaigns).where(eq(campaigns.id, of.campaignId)));
    return row!.pauseReason ? `${row!.status}: ${row!.pauseReason}` : row!.status;
  };
  const problems = () => inside((tx) => tx.execute(sql`select from provider_errors`));
  return { companyId, inside, ...made, comesBack, tell, work, stands, problems };
}

test('a number that is not registered stops the company’s texts at once, with the reason in words', async () => {
  const at = await office();
  const elsewhere = await office();
  const messageId = await at.comesBack(30_034);
  expect(await at.work()).toEqual([30_034]);
  const reason = expect.stringMatching(/^paused: Twilio \(30034\): The number is not registered .*\.$/) as unknown;
  expect([await at.stands(at.text), await at.stands(at.other)]).toEqual([reason, reason]);
  expect(await at.stands(at.email)).toBe('sending');
  expect(await elsewhere.stands(elsewhere.text)).toBe('sending');
  expect(await counterDifferences(db, at.companyId, at.text.stepId)).toEqual([]);
  // Told again, it asks for nothing more.
  await at.tell(messageId, 30_034);
  expect(await at.work()).toEqual([]);
});

test('resumed by a person it goes on, whatever is still told of texts from before; the next one stops it again', async () => {
  const at = await office();
  await at.comesBack(30_034);
  await at.work();
  expect(await at.inside((tx) => resumeCampaign(tx, at.text.campaignId, system))).toEqual({ ok: true });
  // Asked once more, as by a job that was tried again.
  await at.inside((tx) => stopTexts(tx, 30_034));
  expect(await at.stands(at.text)).toBe('sending');
  await at.comesBack(30_034);
  await at.work();
  expect(await at.stands(at.text)).toMatch(/^paused/);
});

test('one filtered text is noted, several within an hour stop the texts', async () => {
  const at = await office();
  for (let times = 1; times < FILTERED_TIMES; times++) await at.comesBack(30_007);
  await at.work();
  expect(await at.stands(at.text)).toBe('sending');
  expect(await at.problems()).toHaveLength(FILTERED_TIMES - 1);
  // An hour later they count no more.
  await owner`update message_events set at = at - interval '61 minutes' where company_id = ${at.companyId}`;
  await at.comesBack(30_007, at.other);
  await at.work();
  expect(await at.stands(at.text)).toBe('sending');
  for (let times = 1; times < FILTERED_TIMES; times++) await at.comesBack(30_007, at.other);
  await at.work();
  expect(await at.stands(at.text)).toMatch(/^paused: Carriers filtered 5 texts as spam within an hour/);
  expect(await at.stands(at.other)).toMatch(/^paused/);
});

test('what concerns one number alone stops nothing', async () => {
  const at = await office();
  for (const code of [30_003, 30_005, 30_006, 21_610, 30_022, 12_345]) await at.comesBack(code);
  expect(await at.work()).toEqual([]);
  expect(await at.stands(at.text)).toBe('sending');
});
