import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import localSes from 'aws-ses-v2-local';
import { sql } from 'drizzle-orm';
import PostalMime from 'postal-mime';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';

import { encryptSecret } from '#app/company/crypto.server.ts';
import { Blocked, Retryable, type EmailMessage } from '#app/messaging/provider.ts';
import { emailProviderName, emailProviders } from '#app/messaging/providers/choose.server.ts';
import { sesProvider, type SesOptions } from '#app/messaging/providers/ses.server.ts';
import { withCompany } from '#db/client.ts';
import {
  addresses,
  counterDifferences,
  launchAndExpand,
  noMail,
  noTexts,
  overdueInvoices,
  runRanges,
  SECRET,
  sendingCompany,
  sendingWith,
  statesOf,
} from '#tests/fakes/sending.ts';
import { startFakeSes, throttled, unavailable, type FakeSes, type SesBehaviour } from '#tests/fakes/ses.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const keys = { region: 'us-east-1', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' };

let ses: FakeSes;
beforeEach(async () => {
  ses = await startFakeSes();
});
afterEach(async () => {
  vi.useRealTimers();
  await ses.close();
});

const provider = (more: Partial<SesOptions> = {}) => sesProvider({ ...keys, endpoint: ses.url, ...more });

const message: EmailMessage = {
  messageId: 7,
  token: '1-7-abcDEF_-0123456789abcd',
  from: 'billing@company.example',
  to: 'dana@mail.example',
  subject: 'Hello',
  mime: 'From: billing@company.example\r\nTo: dana@mail.example\r\nSubject: Hello\r\nList-Unsubscribe: <https://x.example/u/1>\r\n\r\nHello\r\n',
};

test('one message is one SendRawEmail, signed, with its token as a tag', async () => {
  expect(await provider({ configurationSet: 'fieldpost' }).send(message)).toEqual({
    kind: 'sent',
    providerId: 'fake-1',
  });
  expect(ses.taken).toEqual([
    {
      source: 'billing@company.example',
      to: ['dana@mail.example'],
      mime: message.mime,
      tags: { message: message.token },
      configurationSet: 'fieldpost',
      authorization: expect.stringContaining('AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/') as string,
      path: '/',
    },
  ]);
});

test.each([
  ['throttling', throttled],
  ['503', unavailable],
  ['429', { status: 429, code: 'TooManyRequestsException', message: 'Slow down' }],
  ['the day’s quota', { status: 400, code: 'Throttling', message: 'Daily message quota exceeded.' }],
] as [string, SesBehaviour][])('%s is certainly refused: retryable, and asked once only', async (_, behaviour) => {
  ses.behave = () => behaviour;
  await expect(provider().send(message)).rejects.toBeInstanceOf(Retryable);
  expect(ses.requests).toBe(1);
});

test('the day’s quota waits longer than throttling', async () => {
  const waits = [];
  for (const text of ['Maximum sending rate exceeded.', 'Daily message quota exceeded.']) {
    ses.behave = () => ({ status: 400, code: 'Throttling', message: text });
    const error = await provider()
      .send(message)
      .catch((e: unknown) => e as Retryable);
    waits.push((error as Retryable).retryAfterSeconds);
  }
  expect(waits[1]).toBeGreaterThan(waits[0]! * 10);
});

test('a connection that is cut after the mail was taken leaves it unknown, and is not tried again', async () => {
  ses.behave = () => 'drop';
  expect(await provider().send(message)).toEqual({ kind: 'unknown', reason: 'no_answer' });
  expect([ses.requests, ses.taken.length]).toEqual([1, 1]);
});

test('no answer in time leaves it unknown', async () => {
  ses.behave = () => 'hang';
  expect(await provider({ answerTimeoutMs: 100 }).send(message)).toEqual({ kind: 'unknown', reason: 'no_answer' });
  expect(ses.requests).toBe(1);
});

test('a server error says nothing about the mail: unknown', async () => {
  ses.behave = () => ({ status: 500, code: 'InternalFailure', message: 'Oops' });
  expect(await provider().send(message)).toEqual({ kind: 'unknown', reason: 'no_answer' });
  expect(ses.requests).toBe(1);
});

test('a server that cannot be reached took nothing', async () => {
  const closed = createServer();
  await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
  const { port } = closed.address() as AddressInfo;
  await new Promise((done) => closed.close(done));
  await expect(provider({ endpoint: `http://127.0.0.1:${port}` }).send(message)).rejects.toBeInstanceOf(Retryable);
});

test('a refused message fails, a refused account holds everything', async () => {
  const refuse = (status: number, code: string, text: string) => {
    ses.behave = () => ({ status, code, message: text });
    return provider().send(message);
  };
  expect(await refuse(400, 'MessageRejected', 'Content rejected')).toEqual({ kind: 'failed', reason: 'rejected' });
  expect(await refuse(400, 'InvalidParameterValue', 'Missing final @')).toEqual({
    kind: 'failed',
    reason: 'bad_address',
  });
  for (const [status, code] of [
    [400, 'MailFromDomainNotVerifiedException'],
    [400, 'ConfigurationSetDoesNotExist'],
    [403, 'SignatureDoesNotMatch'],
    [403, 'InvalidClientTokenId'],
    [400, 'AccountSendingPausedException'],
  ] as const) {
    await expect(refuse(status, code, 'No'), code).rejects.toBeInstanceOf(Blocked);
  }
  const unverified =
    'Email address is not verified. The following identities failed the check: billing@company.example';
  await expect(refuse(400, 'MessageRejected', unverified)).rejects.toBeInstanceOf(Blocked);
});

test('the rate is what the account’s quota says, asked once a minute, and careful where it cannot be asked', async () => {
  ses.rate = 14;
  const asked = provider();
  expect(await asked.rate()).toBe(14);
  ses.rate = 500;
  expect(await asked.rate()).toBe(14);
  ses.rate = null;
  expect(await provider().rate()).toBe(50);
});

test('runs that want the rate at once ask once, and an answer that is refused leaves it as it was told last', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  ses.rate = 200;
  const asked = provider();
  expect(await Promise.all([asked.rate(), asked.rate(), asked.rate()])).toEqual([200, 200, 200]);
  expect(ses.quotaRequests).toBe(1);
  ses.rate = null;
  vi.setSystemTime(Date.now() + 61_000);
  expect(await asked.rate()).toBe(200);
  ses.rate = 100;
  vi.setSystemTime(Date.now() + 6_000);
  expect(await asked.rate()).toBe(100);
});

async function campaignTo(people: number) {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, (tx) => overdueInvoices(tx, people));
  return { companyId, ...(await launchAndExpand(db, companyId)) };
}

test('a campaign over the wire: what SES really got is one whole message a person', async () => {
  const { companyId, campaignId, stepId, ranges } = await campaignTo(12);
  ses.behave = (_, request) => (request === 3 ? 'drop' : request === 6 ? throttled : 'ok');
  const sending = sendingWith(db, provider());
  expect(await runRanges(sending, companyId, ranges)).toEqual(['retry']);
  expect(await runRanges(sending, companyId, ranges)).toEqual(['done']);
  expect(ses.taken).toHaveLength(12);
  expect(new Set(ses.taken.map((mail) => mail.tags.message)).size).toBe(12);
  expect(new Set(ses.taken.flatMap((mail) => mail.to)).size).toBe(12);
  expect((await statesOf(db, companyId, campaignId)).toSorted()).toEqual([
    ...Array(11).fill('sent'),
    'unknown:no_answer',
  ]);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
  const mail = await PostalMime.parse(ses.taken[0]!.mime);
  expect(mail.headers.find((header) => header.key === 'list-unsubscribe-post')?.value).toBe(
    'List-Unsubscribe=One-Click',
  );
  expect(mail.html).toContain('/o/');
  expect(mail.text).toContain('go.localhost:3000/');
});

test('a campaign through aws-ses-v2-local, with the keys of the environment', async () => {
  const local = await localSes({ port: 0, host: '127.0.0.1' });
  const endpoint = `http://127.0.0.1:${(local.address() as AddressInfo).port}`;
  afterAll(() => {
    local.closeAllConnections();
    local.close();
  });
  const { companyId, campaignId, ranges } = await campaignTo(3);
  const choose = emailProviders(db, { secret: SECRET, ses: keys, sesEndpoint: endpoint });
  const sending = { db, secret: SECRET, addresses, provider: choose, textProvider: noTexts, mailProvider: noMail };
  expect(await runRanges(sending, companyId, ranges)).toEqual(['done']);
  expect(await statesOf(db, companyId, campaignId)).toEqual(Array(3).fill('sent'));
  const { emails } = (await (await fetch(`${endpoint}/store`)).json()) as {
    emails: { destination: { to: string[] }; subject: string; body: { html: string; text: string }; from: string }[];
  };
  expect(emails).toHaveLength(3);
  expect(new Set(emails.flatMap((mail) => mail.destination.to)).size).toBe(3);
  for (const mail of emails) {
    expect(mail.from).toContain('billing@company');
    expect(mail.body.html).toMatch(/go\.localhost:3000\/[0-9a-z]+-l1-[\w-]{20}/);
    expect(mail.body.text).toContain('$100.00');
  }
});

test('a company’s own keys, encrypted, come before the environment’s; keys that cannot be read hold the campaign', async () => {
  const { companyId, campaignId, ranges } = await campaignTo(1);
  const choose = emailProviders(db, { secret: SECRET, ses: null, sesEndpoint: ses.url });
  const sending = { db, secret: SECRET, addresses, provider: choose, textProvider: noTexts, mailProvider: noMail };
  const store = (secret: string) =>
    withCompany(db, companyId, (tx) =>
      tx.execute(sql`
        insert into channel_settings (channel, provider, options, secrets, updated_at)
        values ('email', 'ses', '{"region": "eu-west-1"}',
                ${encryptSecret(secret, JSON.stringify({ accessKeyId: 'AKIAOWNOWNOWNOWNOWN1', secretAccessKey: 'x'.repeat(20) }))}, clock_timestamp())
        on conflict (company_id, channel) do update set secrets = excluded.secrets, updated_at = excluded.updated_at`),
    );
  await store('another-secret-another-secret-another');
  expect(await runRanges(sending, companyId, ranges)).toEqual(['blocked']);
  const [held] = await withCompany(db, companyId, (tx) =>
    tx.execute<{ status: string; reason: string }>(
      sql`select status, pause_reason as reason from campaigns where id = ${campaignId}`,
    ),
  );
  expect(held?.status).toBe('paused');
  expect(held?.reason).toMatch(/keys of Amazon SES/);

  await store(SECRET);
  await withCompany(db, companyId, (tx) => tx.execute(sql`update campaigns set status = 'sending'`));
  expect(await runRanges(sending, companyId, ranges)).toEqual(['done']);
  expect(ses.taken[0]?.authorization).toContain('AKIAOWNOWNOWNOWNOWN1/');
  expect(ses.taken[0]?.authorization).toContain('/eu-west-1/ses/');
  expect(await withCompany(db, companyId, (tx) => emailProviderName(tx, { ses: null }))).toBe('ses');
});

test('without a From address nothing goes out by SES, and the campaign says so', async () => {
  const { companyId, ranges } = await campaignTo(1);
  await withCompany(db, companyId, (tx) => tx.execute(sql`update company_profiles set from_email = ''`));
  expect(await runRanges(sendingWith(db, provider()), companyId, ranges)).toEqual(['blocked']);
  expect(ses.requests).toBe(0);
});
