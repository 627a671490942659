import { sql } from 'drizzle-orm';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import { attempt } from '#app/messaging/attempt.server.ts';
import { weigh } from '#app/messaging/breaker.server.ts';
import type { TextMessage } from '#app/messaging/provider.ts';
import { textProviders, textsReady } from '#app/messaging/providers/choose-text.server.ts';
import { twilioProvider } from '#app/messaging/providers/twilio.server.ts';
import { twilioCodes } from '#app/messaging/providers/twilio-errors.ts';
import { encryptSecret } from '#app/company/crypto.server.ts';
import { withCompany } from '#db/client.ts';
import { makeCampaign } from '#tests/factories/campaigns.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { noonZone } from '#tests/factories/noon.ts';
import { recordingProvider } from '#tests/fakes/provider.ts';
import {
  addresses,
  counterDifferences,
  launchAndExpand,
  runRanges,
  SECRET,
  sendingCompany,
  sendingWith,
  statesOf,
} from '#tests/fakes/sending.ts';
import { ACCOUNT, AUTH_TOKEN, startFakeTwilio, twilioKeys } from '#tests/fakes/twilio.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const twilio = await startFakeTwilio();
afterAll(() => twilio.close());
beforeEach(() => {
  twilio.taken.length = 0;
  twilio.requests = 0;
  twilio.behave = () => 'ok';
});

const provider = (more: Partial<Parameters<typeof twilioProvider>[0]> = {}) =>
  twilioProvider({
    ...twilioKeys,
    perSecond: 50,
    statusCallback: (token) => `http://localhost:3000/webhooks/twilio/status/${token}`,
    base: twilio.url,
    answerTimeoutMs: 500,
    ...more,
  });

const message = (more: Partial<TextMessage> = {}): TextMessage => ({
  messageId: 1,
  token: '1-1-abc',
  to: '+15125550101',
  body: 'Hi & bye, 10 % “off” 💧',
  parts: 1,
  validForSeconds: 5_400.7,
  ...more,
});

test('a text goes out once, with where to tell of it and how long it may be tried', async () => {
  const result = await attempt(provider(), message());
  expect(result).toEqual({ kind: 'sent', providerId: twilio.taken[0]!.sid });
  expect(twilio.taken).toEqual([
    expect.objectContaining({
      to: '+15125550101',
      from: '+15005550006',
      messagingServiceSid: null,
      body: 'Hi & bye, 10 % “off” 💧',
      statusCallback: 'http://localhost:3000/webhooks/twilio/status/1-1-abc',
      validityPeriod: 5_400,
      account: ACCOUNT,
    }),
  ]);
});

test('a Messaging Service comes before the number; hours bound the validity, within what Twilio takes', async () => {
  const service = provider({ messagingServiceSid: `MG${'1'.repeat(32)}` });
  for (const validForSeconds of [null, 10, 100_000]) await attempt(service, message({ validForSeconds }));
  expect(twilio.taken.map((one) => [one.from, one.messagingServiceSid?.slice(0, 2), one.validityPeriod])).toEqual([
    [null, 'MG', null],
    [null, 'MG', 10],
    [null, 'MG', 36_000],
  ]);
});

test('B-14: with sending hours all but over a text waits for the next ones, and the account is not blamed', async () => {
  for (const left of [9, 0, -20]) {
    const result = await attempt(provider(), message({ validForSeconds: left }));
    expect(result).toMatchObject({ kind: 'retry', why: 'hours', afterSeconds: Math.max(left, 0) + 1 });
    expect(weigh('twilio', [result, result, result])).toMatchObject({
      verdict: 'nothing',
      problem: null,
      throttled: false,
    });
  }
  expect(twilio.requests).toBe(0);
});

test('forty at once are forty calls, each with its own callback', async () => {
  const sender = provider({ answerTimeoutMs: 10_000 });
  const sent = await Promise.all(Array.from({ length: 40 }, (_, n) => attempt(sender, message({ token: `t${n}` }))));
  expect(new Set(sent.map((one) => one.kind === 'sent' && one.providerId)).size).toBe(40);
  expect(new Set(twilio.taken.map((text) => text.statusCallback)).size).toBe(40);
});

describe('what Twilio answers', () => {
  test.each(Object.entries(twilioCodes).map(([code, meaning]) => [Number(code), meaning] as const))(
    'code %i is %o',
    async (code, meaning) => {
      twilio.behave = () => ({ status: 400, code, message: 'No.' });
      const result = await attempt(provider(), message());
      expect(result.kind).toBe(meaning.kind);
      if (meaning.kind === 'failed') expect(result).toMatchObject({ reason: meaning.reason });
      expect(twilio.requests).toBe(1);
      expect(twilio.taken).toEqual([]);
    },
  );

  test.each([
    ['429 without a code', { status: 429 }, { kind: 'retry', why: 'throttled' }],
    ['503 of Twilio', { status: 503, code: 20503 }, { kind: 'retry', why: 'unavailable' }],
    ['503 of something in between', 'gateway', { kind: 'unknown' }],
    ['500, whatever code stands in it', { status: 500, code: 20500 }, { kind: 'unknown' }],
    ['a refusal of no known code', { status: 400, code: 99_999 }, { kind: 'failed', reason: 'rejected' }],
    ['401', { status: 401 }, { kind: 'blocked' }],
    ['500: it may have been taken', { status: 500 }, { kind: 'unknown' }],
    ['502 of a proxy', { status: 502 }, { kind: 'unknown' }],
  ] as const)('%s', async (_, behaviour, expected) => {
    twilio.behave = () => behaviour;
    expect(await attempt(provider(), message())).toMatchObject(expected);
    expect(twilio.requests).toBe(1);
  });

  test.each(['drop', 'hang'] as const)(
    'taken, and no answer (%s): unknown, and never asked again',
    async (behaviour) => {
      twilio.behave = () => behaviour;
      expect(await attempt(provider(), message())).toEqual({ kind: 'unknown', reason: 'no_answer' });
      expect(twilio.requests).toBe(1);
      expect(twilio.taken).toHaveLength(1);
    },
  );

  test('nobody there: nothing was taken, so it is tried again later', async () => {
    const nobody = provider({ base: 'http://127.0.0.1:1' });
    expect(await attempt(nobody, message())).toMatchObject({ kind: 'retry', why: 'unavailable' });
  });

  test('wrong keys hold sending with words', async () => {
    const wrong = await attempt(provider({ authToken: 'wrong' }), message());
    expect(wrong).toEqual({
      kind: 'blocked',
      reason: 'Twilio refuses (20003): The account SID or auth token is wrong.',
    });
  });
});

const textOptions = (more = {}) => ({ secret: SECRET, twilio: null, twilioApiBase: twilio.url, addresses, ...more });

async function company(options: Record<string, string>, authToken: string | null = AUTH_TOKEN) {
  const companyId = await sendingCompany(db);
  const secrets = authToken && encryptSecret(SECRET, authToken);
  await withCompany(db, companyId, async (tx) => {
    await tx.execute(sql`update companies set time_zone = ${noonZone()} where id = ${companyId}`);
    await tx.execute(sql`insert into channel_settings (channel, provider, options, secrets)
                         values ('sms', 'twilio', ${JSON.stringify(options)}::jsonb, ${secrets})`);
  });
  return companyId;
}

const OWN = { accountSid: ACCOUNT, number: '+15005550007', registration: 'approved', perSecond: '50' };

test('S0-01: a campaign by text over the wire: each number once, refused ones with their reason', async () => {
  const companyId = await company(OWN);
  const numbers = ['+15005550101', '+15005550102', '+15005550103', '+15005550104'];
  await withCompany(db, companyId, async (tx) => {
    for (const mobile of numbers)
      await makeInvoice(tx, { customerId: (await makeCustomer(tx, { mobile })).customerId });
  });
  const step = { channel: 'sms', document: { version: 1, text: 'Pay {{ links.pay_invoice }}' } } as const;
  const campaign = await launchAndExpand(
    db,
    companyId,
    await withCompany(db, companyId, (tx) => makeCampaign(tx, { step })),
  );
  twilio.behave = ({ to }) =>
    to.endsWith('02') ? { status: 400, code: 21610, message: 'Stopped' } : to.endsWith('03') ? 'drop' : 'ok';
  const sending = sendingWith(db, recordingProvider(), { textProvider: textProviders(db, textOptions()) });
  await runRanges(sending, companyId, campaign.ranges);
  expect(await statesOf(db, companyId, campaign.campaignId)).toEqual([
    'sent',
    'failed:opted_out',
    'unknown:no_answer',
    'sent',
  ]);
  expect(twilio.taken.map((one) => `${one.to} ${one.from}`).toSorted((a, b) => a.localeCompare(b))).toEqual([
    '+15005550101 +15005550007',
    '+15005550103 +15005550007',
    '+15005550104 +15005550007',
  ]);
  expect(twilio.requests).toBe(4);
  const stops = await withCompany(db, companyId, (tx) =>
    tx.execute<{ address: string; channel: string; reason: string }>(
      sql`select address, channel, reason from suppressions`,
    ),
  );
  expect([...stops]).toEqual([{ address: '+15005550102', channel: 'sms', reason: 'unsubscribed' }]);
  expect(await counterDifferences(db, companyId, campaign.stepId)).toEqual([]);
});

test('S1-08: texts wait for a default number and for the registration, and say what is missing', async () => {
  const ready = (companyId: number) => withCompany(db, companyId, (tx) => textsReady(tx, { twilio: null }));
  expect(await ready(await sendingCompany(db))).toMatchObject({ ok: true });
  expect(await ready(await company({ ...OWN, number: '' }))).toMatchObject({
    ok: false,
    why: 'No default number for texts is set yet.',
  });
  const pending = await company({ ...OWN, registration: 'pending' });
  expect(await ready(pending)).toMatchObject({ ok: false, why: expect.stringContaining('not approved') as string });
  // Single texts as well, such as answers: not only the checklist asks.
  await expect(textProviders(db, textOptions())(pending)).rejects.toThrow(/not approved/);
  // The environment's number is not one of the company's own account.
  const own = await company({ ...OWN, number: '' });
  expect(await withCompany(db, own, (tx) => textsReady(tx, { twilio: twilioKeys }))).toMatchObject({ ok: false });
  expect(await ready(await company(OWN))).toEqual({ ok: true, number: '+15005550007' });
});

test('keys that can’t be read, or that are not there, hold the company’s own texts', async () => {
  const choose = textProviders(db, textOptions());
  await expect(choose(await company(OWN, null))).rejects.toThrow(/can’t be read/);
  const environment = textProviders(db, textOptions({ twilio: twilioKeys }));
  const companyId = await sendingCompany(db);
  await expect(environment(companyId)).rejects.toThrow(/not registered/);
  expect((await environment(await company({ registration: 'approved' }, null))).name).toBe('twilio');
  expect((await choose(companyId)).name).toBe('sandbox');
});
