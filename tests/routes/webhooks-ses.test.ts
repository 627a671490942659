import { request } from 'node:http';

import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';

import { encryptSecret } from '#app/company/crypto.server.ts';
import { ensureLinkHost } from '#app/links/host.server.ts';
import { messageToken } from '#app/messaging/token.server.ts';
import type { FetchText } from '#app/messaging/sns.server.ts';
import { connect, withCompany, type Db } from '#db/client.ts';
import { counterDifferences, SECRET, sendingCompany, sentCampaign } from '#tests/fakes/sending.ts';
import { bounce, complaint, delay, delivery, otherEvents } from '#tests/fakes/ses-events.ts';
import { confirmation, fakeAmazon, notification, TOPIC, type SnsPost } from '#tests/fakes/sns.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { keepLog, serveWebhooks } from '#tests/setup/webhooks.ts';

const { db } = await createTestDatabase();
const OWN_TOPIC = 'arn:aws:sns:eu-west-1:210987654321:larks';

const amazon = fakeAmazon();
const { lines, log, logged } = keepLog();
/** @param options something else than usual */
const serve = (options: { db?: Db; fetchText?: FetchText } = {}) =>
  serveWebhooks({
    db: options.db ?? db,
    webhooks: { sesTopicArn: TOPIC, fetchText: options.fetchText ?? amazon, log },
  });
const { port } = await serve();

beforeEach(() => {
  amazon.asked.length = 0;
});

/** Posts as SNS does: text/plain, no origin. */
function post(
  body: SnsPost | string | Buffer,
  options: { at?: number; host?: string; method?: string; headers?: Record<string, string> } = {},
) {
  const bytes =
    typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  return new Promise<{ status: number; body: string }>((done, failed) => {
    const req = request(
      {
        host: '127.0.0.1',
        port: options.at ?? port,
        path: '/webhooks/ses',
        method: options.method ?? 'POST',
        headers: {
          host: options.host ?? `localhost:${port}`,
          'content-type': 'text/plain; charset=UTF-8',
          'user-agent': 'Amazon Simple Notification Service Agent',
          'content-length': bytes.length,
          ...options.headers,
        },
      },
      (res) => {
        let text = '';
        res.on('data', (chunk: Buffer) => (text += chunk.toString()));
        res.on('end', () => done({ status: res.statusCode ?? 0, body: text }));
      },
    );
    req.on('error', failed);
    req.end(bytes);
  });
}

const statusOf = async (body: SnsPost) => (await post(body)).status;

async function campaign(people: number) {
  const made = await sentCampaign(db, people);
  const ids = await withCompany(db, made.companyId, (tx) =>
    tx.execute<{ id: number; address: string }>(
      sql`select id, address from messages where campaign_id = ${made.campaignId} order by id`,
    ),
  );
  const messages = ids.map((one) => ({ ...one, token: messageToken(SECRET, made.companyId, one.id) }));
  return { ...made, messages };
}

/** Everything that the webhook could have changed. */
async function told(companyId: number) {
  return withCompany(db, companyId, async (tx) => ({
    events: (await tx.execute<{ kind: string }>(sql`select kind from message_events order by message_id, id`)).map(
      (row) => row.kind,
    ),
    messages: (
      await tx.execute<{ is: string }>(sql`
        select concat_ws(' ', state, case when delivered_at is not null then 'delivered' end,
                         case when bounced_at is not null then 'bounced' end,
                         case when complained_at is not null then 'complained' end) as is from messages order by id`)
    ).map((row) => row.is),
    suppressed: (
      await tx.execute<{ is: string }>(sql`select address || ' ' || reason as is from suppressions order by 1`)
    ).map((row) => row.is),
  }));
}

async function ownChannel(companyId: number, topicArn: string | null) {
  await withCompany(db, companyId, (tx) =>
    tx.execute(sql`
      insert into channel_settings (channel, provider, options, secrets)
      values ('email', 'ses', ${JSON.stringify({ region: 'eu-west-1', topicArn: topicArn ?? '' })}::jsonb,
              ${encryptSecret(SECRET, '{}')})`),
  );
}

test('a delivery, a bounce and a complaint are stored before they are answered; bounce and complaint suppress at once', async () => {
  const { companyId, stepId, messages } = await campaign(4);
  const [one, two, three, four] = messages;
  expect(await statusOf(notification(delivery({ token: one!.token })))).toBe(200);
  expect(await statusOf(notification(bounce({ token: two!.token }), { SignatureVersion: '2' }))).toBe(200);
  expect(await statusOf(notification(complaint({ token: three!.token })))).toBe(200);
  expect(await statusOf(notification(bounce({ token: four!.token }, 'Transient')))).toBe(200);
  expect(await told(companyId)).toEqual({
    events: ['delivered', 'bounced', 'complained', 'bounced'],
    messages: ['sent delivered', 'sent bounced', 'sent delivered complained', 'sent bounced'],
    suppressed: [`${two!.address} bounced`, `${three!.address} complained`].toSorted(),
  });
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
  expect(amazon.asked).toHaveLength(1);
});

test('what is told twice, by both shapes, or replayed counts once', async () => {
  const { companyId, stepId, messages } = await campaign(1);
  const { token } = messages[0]!;
  const post = notification(complaint({ token }));
  for (const again of [
    post,
    post,
    notification(complaint({ token })),
    notification(complaint({ messageId: `${token}@company.example` })),
  ]) {
    expect(await statusOf(again)).toBe(200);
  }
  expect((await told(companyId)).events).toEqual(['complained']);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('events in any order end in the same state', async () => {
  const { companyId, stepId, messages } = await campaign(2);
  const records = (token: string) => [delay({ token }), delivery({ token }), bounce({ token }), complaint({ token })];
  for (const record of records(messages[0]!.token)) await post(notification(record));
  for (const record of records(messages[1]!.token).toReversed()) await post(notification(record));
  const after = await told(companyId);
  expect(after.messages).toEqual(Array(2).fill('sent delivered bounced complained'));
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('a message whose fate was unknown is settled by its delivery, and one that seemed refused is not sent again', async () => {
  const { companyId, stepId, messages } = await campaign(2);
  await withCompany(db, companyId, async (tx) => {
    await tx.execute(
      sql`update messages set state = 'unknown', reason = 'no_answer', sent_at = null where id = ${messages[0]!.id}`,
    );
    await tx.execute(sql`update messages set state = 'planned', sent_at = null where id = ${messages[1]!.id}`);
    await tx.execute(sql`update campaign_steps set sent = 0, unknown = 1, planned = 1 where id = ${stepId}`);
    await tx.execute(sql`
      insert into campaign_step_reasons (step_id, state, reason, count) values (${stepId}, 'unknown', 'no_answer', 1)`);
  });
  for (const { token } of messages) expect(await statusOf(notification(delivery({ token })))).toBe(200);
  expect((await told(companyId)).messages).toEqual(['sent delivered', 'sent delivered']);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('a burst is stored whole, in few transactions', async () => {
  const { companyId, stepId, messages } = await campaign(40);
  const posts = messages.flatMap(({ token }) => [delivery({ token }), bounce({ token }), delivery({ token })]);
  const answers = await Promise.all(posts.map((record) => post(notification(record))));
  expect(new Set(answers.map((one) => one.status))).toEqual(new Set([200]));
  // Each row names the transaction that wrote it; the cluster's own count would count what other tests do meanwhile.
  const [written] = await withCompany(db, companyId, (tx) =>
    tx.execute<{ transactions: number }>(
      sql`select count(distinct xmin::text)::int as transactions from message_events`,
    ),
  );
  expect(written!.transactions).toBeLessThan(posts.length / 2);
  const after = await told(companyId);
  expect(after.events).toHaveLength(80);
  expect(after.suppressed).toHaveLength(40);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('forged, stale and foreign messages are refused and logged, and nothing is stored', async () => {
  const { companyId, messages } = await campaign(1);
  const { token, address } = messages[0]!;
  const record = bounce({ token, to: address });
  const good = notification(record);
  const hour = 60 * 60_000;
  const cases: [SnsPost, number, string][] = [
    [{ ...good, Message: good.Message!.replace('General', 'NoEmail') }, 403, 'signature'],
    [
      notification(record, { SigningCertURL: 'https://sns.us-east-1.amazonaws.com.evil.example/x.pem' }),
      403,
      'certificate_address',
    ],
    [notification(record, { TopicArn: `${TOPIC}-other` }), 403, 'unknown_topic'],
    [notification(record, { Timestamp: new Date(Date.now() - 2 * hour).toISOString() }), 403, 'stale'],
    [notification(record, { Timestamp: new Date(Date.now() + hour).toISOString() }), 403, 'future'],
    [notification(record, { TopicArn: 'arn' }), 400, 'topic_arn'],
    [notification({ ...record, bounce: 'x' }), 400, 'malformed_event'],
  ];
  for (const [body, status, why] of cases) {
    lines.length = 0;
    expect(await statusOf(body), why).toBe(status);
    expect(logged()).toEqual([why]);
    expect(lines.join('')).not.toContain('@');
    expect(lines.join('')).not.toContain(token);
  }
  expect(await told(companyId)).toEqual({ events: [], messages: ['sent'], suppressed: [] });
});

test('what can’t be read is answered in words', async () => {
  for (const body of ['', '{', 'null', '[1]', '\0', Buffer.from([0xff, 0xfe]), '{"Type":"Notification"}']) {
    expect((await post(body)).status, String(body)).toBe(400);
  }
  const raw = await post(JSON.stringify(bounce({ token: 'x' })), { headers: { 'x-amz-sns-rawdelivery': 'true' } });
  expect(raw).toEqual({ status: 400, body: expect.stringContaining('raw message delivery') as string });
  const long = await post(notification('x'.repeat(300_000)));
  expect(long.status).toBe(413);
  const packed = await post(notification('x'), { headers: { 'content-encoding': 'gzip' } });
  expect(packed.status).toBe(415);
  expect(amazon.asked).toEqual([]);
});

test('the webhook stands in the office only, and takes posts only', async () => {
  const { companyId, messages } = await campaign(1);
  const links = await withCompany(db, companyId, (tx) => ensureLinkHost(tx));
  const body = notification(delivery({ token: messages[0]!.token }));
  expect((await post(body, { host: `${links}.go.localhost:${port}` })).status).toBe(403);
  expect((await post(body, { host: `nobody.portal.localhost:${port}` })).status).toBe(404);
  expect((await post(body, { host: 'evil.example' })).status).toBe(404);
  expect((await post('', { method: 'GET' })).status).toBe(405);
  expect((await told(companyId)).events).toEqual([]);
});

/** The same application with something else than usual. @returns posts to it and gives the status */
async function elsewhere(options: { db?: Db; fetchText?: FetchText }) {
  const { port: at } = await serve(options);
  return async (body: SnsPost) => (await post(body, { at, host: `localhost:${at}` })).status;
}

test('a certificate that can’t be had now: SNS may come again', async () => {
  const { companyId, messages } = await campaign(1);
  const away = fakeAmazon();
  const certificate = away.certificate;
  away.certificate = null;
  const send = await elsewhere({ fetchText: away });
  const body = notification(delivery({ token: messages[0]!.token }));
  expect(await send(body)).toBe(503);
  away.certificate = certificate;
  expect(await send(body)).toBe(200);
  expect((await told(companyId)).events).toEqual(['delivered']);
});

test('a database that is away: SNS may come again, and the log says what failed without anybody’s data', async () => {
  const away = connect('postgres://nobody@127.0.0.1:1/none', { max: 1 });
  const send = await elsewhere({ db: away.db });
  const token = messageToken(SECRET, 1, 1);
  expect(
    await Promise.all([1, 2, 3].map(() => send(notification(bounce({ token, to: 'dana@mail.example' }))))),
  ).toEqual([503, 503, 503]);
  expect(lines.join('')).toContain('webhook failed');
  expect(lines.join('')).not.toMatch(/dana|@mail/);
  await away.close();
});

test('a company with keys of its own is told things by its own topic only', async () => {
  const { companyId, messages } = await campaign(3);
  await ownChannel(companyId, OWN_TOPIC);
  expect(await statusOf(notification(bounce({ token: messages[0]!.token })))).toBe(403);
  expect(logged()).toContain('topic_of_another_company');
  expect(await statusOf(notification(bounce({ token: messages[1]!.token }), { TopicArn: OWN_TOPIC }))).toBe(200);
  // The other way round: this company's topic names a message of somebody who sends by the environment's keys.
  const other = await campaign(1);
  expect(await statusOf(notification(bounce({ token: other.messages[0]!.token }), { TopicArn: OWN_TOPIC }))).toBe(403);
  expect((await told(companyId)).events).toEqual(['bounced']);
  expect(await told(other.companyId)).toMatchObject({ events: [], suppressed: [] });
});

test('keys of its own and no topic: nobody may tell that company anything', async () => {
  const { companyId, messages } = await campaign(1);
  await ownChannel(companyId, null);
  expect(await statusOf(notification(bounce({ token: messages[0]!.token })))).toBe(403);
  expect((await told(companyId)).events).toEqual([]);
});

test('events of mail that is none of ours are taken and forgotten', async () => {
  const companyId = await sendingCompany(db);
  const forged = `${messageToken(SECRET, companyId, 1).slice(0, -1)}!`;
  for (const token of [
    'x',
    forged,
    messageToken('another-secret', companyId, 1),
    messageToken(SECRET, companyId, 987_654),
  ]) {
    expect(await statusOf(notification(bounce({ token }))), token).toBe(200);
  }
  expect(await statusOf(notification(delivery({})))).toBe(200);
  for (const record of otherEvents({ token: messageToken(SECRET, companyId, 1) })) {
    expect(await statusOf(notification(record)), record.eventType).toBe(200);
  }
  expect(await statusOf(notification('Successfully validated SNS topic for Amazon SES event publishing.'))).toBe(200);
  expect(await told(companyId)).toMatchObject({ events: [], suppressed: [] });
});

test('a notification without tag and headers finds its message by what SES named it', async () => {
  const topic = `${OWN_TOPIC}-identity`;
  const { companyId, messages } = await campaign(2);
  await ownChannel(companyId, topic);
  await withCompany(db, companyId, (tx) =>
    tx.execute(sql`update messages set provider = 'ses', provider_id = '0100-' || id where id = ${messages[0]!.id}`),
  );
  const { id, address } = messages[0]!;
  const about = { providerId: `0100-${id}`, to: address.toUpperCase() };
  expect(await statusOf(notification(bounce(about), { TopicArn: topic }))).toBe(200);
  expect(await statusOf(notification(bounce({ ...about, providerId: '0100-none' }), { TopicArn: topic }))).toBe(200);
  // The topic of the environment speaks for many: without a token nobody is meant.
  expect(await statusOf(notification(delivery(about)))).toBe(200);
  expect(await told(companyId)).toMatchObject({ events: ['bounced'], suppressed: [`${address} bounced`] });
});

test('a subscription to a known topic is confirmed at SNS; any other is not', async () => {
  expect(await statusOf(confirmation())).toBe(200);
  expect(amazon.asked.filter((url) => url.includes('ConfirmSubscription'))).toHaveLength(1);
  const [line] = lines.map((one) => JSON.parse(one) as Record<string, unknown>);
  expect(line).toMatchObject({ why: 'subscribed', topic: TOPIC });

  amazon.asked.length = 0;
  expect(await statusOf(confirmation({ TopicArn: 'arn:aws:sns:us-east-1:999999999999:evil' }))).toBe(403);
  const evil = confirmation().SubscribeURL!.replace('amazonaws.com', 'amazonaws.com.evil.example');
  expect(await statusOf(confirmation({ SubscribeURL: evil }))).toBe(403);
  expect(logged()).toContain('subscribe_address');
  const unsubscribed = confirmation({ Type: 'UnsubscribeConfirmation' });
  expect(await statusOf(unsubscribed)).toBe(200);
  expect(logged().at(-1)).toBe('unsubscribed');
  expect(amazon.asked.filter((url) => url.includes('ConfirmSubscription'))).toEqual([]);
});
