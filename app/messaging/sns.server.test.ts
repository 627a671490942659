import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, expect, test } from 'vitest';

import {
  CERTIFICATE_URL,
  certificates,
  confirmation,
  fakeAmazon,
  notification,
  TOPIC,
  type SnsPost,
} from '#tests/fakes/sns.ts';

import { readSnsMessage, type SnsMessage } from './sns-message.ts';
import { certificateAddress, isTopicArn } from './sns-names.ts';
import { fetchFromAmazon, NotThere, snsVerifier } from './sns.server.ts';

function messageOf(post: SnsPost): SnsMessage {
  const message = readSnsMessage(JSON.stringify(post));
  if (typeof message === 'string') throw new Error(message);
  return message;
}

const check = (post: SnsPost, amazon = fakeAmazon()) =>
  snsVerifier({ fetchText: amazon }).check(messageOf(post), Date.now());

test.each(['1', '2'])('a message signed with version %s passes, with and without a subject', async (version) => {
  expect(await check(notification('Hello', { SignatureVersion: version }))).toEqual({ ok: true });
  expect(await check(notification('Grüße\n💧', { SignatureVersion: version, Subject: 'Größe' }))).toEqual({ ok: true });
  expect(await check(confirmation({ SignatureVersion: version }))).toEqual({ ok: true });
});

test('whatever is changed after it was signed is refused', async () => {
  const post = notification('Hello', { Subject: 'One', SignatureVersion: '2' });
  const changes: SnsPost[] = [
    { Message: 'Hello!' },
    { MessageId: 'other' },
    { Subject: 'Two' },
    { Subject: '' },
    { TopicArn: `${TOPIC}2` },
    { Timestamp: new Date(Date.now() - 1_000).toISOString() },
    { SignatureVersion: '1' },
    { Signature: 'AAAA' },
    { Signature: '!' },
  ];
  for (const change of changes) {
    expect(await check({ ...post, ...change }), JSON.stringify(change)).toEqual({ ok: false, why: 'signature' });
  }
  const { Subject: _, ...without } = post;
  expect(await check(without)).toEqual({ ok: false, why: 'signature' });
  const confirm = confirmation();
  expect(await check({ ...confirm, Token: 'other' })).toEqual({ ok: false, why: 'signature' });
  expect(await check({ ...confirm, Type: 'UnsubscribeConfirmation' })).toEqual({ ok: false, why: 'signature' });
});

test('only SNS’s own hosts are asked for a certificate', async () => {
  const evil = [
    'http://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem',
    'https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-0.pem',
    'https://sns.us-east-1.amazonaws.com:8443/SimpleNotificationService-0.pem',
    'https://evil.example@sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem',
    'https://sns.us-east-1.amazonaws.com@evil.example/SimpleNotificationService-0.pem',
    'https://evil.example/sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem',
    'https://evil.example#sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem',
    'https://bucket.s3.amazonaws.com/SimpleNotificationService-0.pem',
    'https://sns.amazonaws.com/SimpleNotificationService-0.pem',
    'https://snsxus-east-1.amazonaws.com/SimpleNotificationService-0.pem',
    'https://sns.us-east-1.amazonaws.com.cn.evil.example/SimpleNotificationService-0.pem',
    'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem?x=1',
    'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem#x',
    'https://sns.us-east-1.amazonaws.com/x/../../SimpleNotificationService-.pem',
    'https://sns.us-east-1.amazonaws.com/?Action=GetTopicAttributes',
    'file:///etc/passwd',
    'x',
  ];
  for (const url of evil) {
    expect(certificateAddress(url), url).toBeNull();
    const amazon = fakeAmazon();
    expect(await check(notification('Hello', { SigningCertURL: url }), amazon), url).toEqual({
      ok: false,
      why: 'certificate_address',
    });
    expect(amazon.asked, url).toEqual([]);
  }
  for (const url of [
    CERTIFICATE_URL,
    'https://sns.us-gov-west-1.amazonaws.com/SimpleNotificationService-ab.pem',
    'https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-ab.pem',
  ]) {
    expect(certificateAddress(url)?.href, url).toBe(url);
  }
});

test('a certificate out of its time, of somebody else, or none at all proves nothing', async () => {
  for (const certificate of [certificates.expired, certificates.otherName, 'not a certificate', '']) {
    expect(await check(notification('Hello'), fakeAmazon({ certificate }))).toEqual({ ok: false, why: 'certificate' });
  }
  const elsewhere = CERTIFICATE_URL.replace('0123', '9999');
  expect(await check(notification('Hello', { SigningCertURL: elsewhere }))).toEqual({ ok: false, why: 'certificate' });
});

test('the certificate is asked for once, however many messages come at once, and again after it could not be had', async () => {
  const amazon = fakeAmazon();
  const verifier = snsVerifier({ fetchText: amazon });
  const posts = Array.from({ length: 20 }, (_, n) => messageOf(notification(`Hello ${n}`)));
  amazon.certificate = null;
  expect(await verifier.check(posts[0]!, Date.now())).toEqual({ ok: false, why: 'unreachable' });
  amazon.certificate = certificates.good;
  const checks = await Promise.all(posts.map((post) => verifier.check(post, Date.now())));
  expect(checks.filter((one) => !one.ok)).toEqual([]);
  expect(amazon.asked).toEqual([CERTIFICATE_URL, CERTIFICATE_URL]);
});

test('made-up certificates do not tie up the process', async () => {
  let open = 0;
  let most = 0;
  let release = () => {};
  const gate = new Promise<void>((done) => (release = done));
  const verifier = snsVerifier({
    fetchText: async () => {
      most = Math.max(most, ++open);
      await gate;
      return '';
    },
  });
  const asked = Array.from({ length: 50 }, (_, n) => {
    const SigningCertURL = CERTIFICATE_URL.replace('0123', n.toString(16).padStart(4, '0'));
    return verifier.check(messageOf(notification('Hello', { SigningCertURL })), Date.now());
  });
  release();
  const whys = (await Promise.all(asked)).map((one) => !one.ok && one.why);
  expect(most).toBe(4);
  expect(new Set(whys)).toEqual(new Set(['certificate', 'unreachable']));
});

test('a message is believed for an hour, and five minutes ahead of our clock', async () => {
  const at = (minutes: number) =>
    check(notification('Hello', { Timestamp: new Date(Date.now() + minutes * 60_000).toISOString() }));
  expect(await at(-59)).toEqual({ ok: true });
  expect(await at(-61)).toEqual({ ok: false, why: 'stale' });
  expect(await at(4)).toEqual({ ok: true });
  expect(await at(6)).toEqual({ ok: false, why: 'future' });
});

test('a subscription is confirmed at SNS, for the topic and with the token that were signed', async () => {
  const confirm = async (fields: SnsPost = {}) => {
    const amazon = fakeAmazon();
    const message = messageOf(confirmation(fields));
    if (message.Type !== 'SubscriptionConfirmation') throw new Error('not one');
    return [await snsVerifier({ fetchText: amazon }).confirm(message), amazon.asked.length];
  };
  expect(await confirm()).toEqual([{ ok: true }, 1]);
  const url = confirmation().SubscribeURL!;
  const bad = { ok: false, why: 'subscribe_address' };
  for (const SubscribeURL of [
    url.replace('https:', 'http:'),
    url.replace('.com/', '.com.evil.example/'),
    url.replace('.com/', '.com:444/'),
    url.replace('https://', 'https://evil.example@'),
    url.replace('.com/', '.com/other'),
    url.replace('ConfirmSubscription', 'DeleteTopic'),
    url.replace('fieldpost', 'another'),
    url.replace('token-', 'nekot-'),
    'http://169.254.169.254/latest/meta-data/',
    '',
  ]) {
    expect(await confirm({ SubscribeURL }), SubscribeURL).toEqual([bad, 0]);
  }
});

test('bodies that are no messages', () => {
  const good = notification('Hello');
  for (const body of ['', '{', 'null', '[]', '"x"', '{}', JSON.stringify({ ...good, Type: 'Other' })]) {
    expect(readSnsMessage(body), body).toBe('malformed');
  }
  for (const name of ['Message', 'MessageId', 'TopicArn', 'Timestamp', 'Signature', 'SigningCertURL']) {
    expect(readSnsMessage(JSON.stringify({ ...good, [name]: undefined })), name).toBe('malformed');
    expect(readSnsMessage(JSON.stringify({ ...good, [name]: {} })), name).toBe('malformed');
  }
  expect(readSnsMessage(JSON.stringify({ ...good, SignatureVersion: '3' }))).toBe('malformed');
  expect(readSnsMessage(JSON.stringify({ ...good, Timestamp: 'yesterday' }))).toBe('malformed');
  expect(readSnsMessage('{"eventType":"Bounce"}')).toBe('raw');
  expect(readSnsMessage('{"notificationType":"Bounce"}')).toBe('raw');
});

test('ARNs of topics', () => {
  for (const arn of [
    TOPIC,
    'arn:aws-cn:sns:cn-north-1:123456789012:a',
    'arn:aws-us-gov:sns:us-gov-west-1:123456789012:a_b-C',
  ]) {
    expect(isTopicArn(arn), arn).toBe(true);
  }
  for (const arn of [
    '',
    'x',
    `${TOPIC}\n`,
    TOPIC.replace('sns', 'sqs'),
    TOPIC.replace('123456789012', '1'),
    `${TOPIC}:sub`,
    `${TOPIC}.fifo`,
  ]) {
    expect(isTopicArn(arn), arn).toBe(false);
  }
});

test('asking over the wire: only a short answer of 200 in time counts, and no redirect is followed', async () => {
  const answers: Record<string, (response: ServerResponse) => void> = {
    '/good': (response) => response.end('PEM'),
    '/long': (response) => response.end('x'.repeat(2_000)),
    '/gone': (response) => response.writeHead(403).end(),
    '/busy': (response) => response.writeHead(503).end(),
    '/away': (response) => response.writeHead(302, { location: '/good' }).end(),
    '/hang': () => {},
  };
  const server = createServer((request, response) => answers[request.url ?? '']?.(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ask = (path: string) =>
    fetchFromAmazon(new URL(path, `http://127.0.0.1:${port}`), { maxBytes: 1_000, timeoutMs: 500 });
  expect(await ask('/good')).toBe('PEM');
  for (const path of ['/long', '/gone']) await expect(ask(path), path).rejects.toBeInstanceOf(NotThere);
  for (const path of ['/busy', '/away', '/hang']) {
    const error = await ask(path).catch((thrown: unknown) => thrown);
    expect(error, path).toBeInstanceOf(Error);
    expect(error, path).not.toBeInstanceOf(NotThere);
  }
});
