import fc from 'fast-check';
import { expect, test } from 'vitest';

import { bounce, complaint, delay, delivery, otherEvents, reject } from '#tests/fakes/ses-events.ts';

import { readSesEvent } from './ses-events.ts';

const token = '1-7-abcDEF_-0123456789abcd';
const read = (record: unknown) => readSesEvent(JSON.stringify(record));
const eventOf = (record: unknown) => {
  const reading = read(record);
  if (reading.kind !== 'event') throw new Error(`Not read: ${JSON.stringify(reading)}`);
  return reading.event;
};

test('a delivery of a configuration set: the token is in the tag', () => {
  expect(eventOf(delivery({ token, to: 'Dana@mail.example' }))).toEqual({
    kind: 'delivered',
    key: 'delivered',
    details: { provider: 'ses', diagnostic: '250 ok: Message 64111812 accepted' },
    at: new Date('2026-03-01T15:00:02Z'),
    token,
    providerId: '0100-fake',
    recipients: ['Dana@mail.example'],
  });
});

test('a notification of an identity: the token is our own Message-ID, where headers come along', () => {
  const about = { messageId: `${token}@company.example` };
  expect(eventOf(delivery(about))).toMatchObject({ kind: 'delivered', token, providerId: '0100-fake' });
  const { mail, ...rest } = delivery(about);
  const { headers: _, ...common } = mail;
  expect(eventOf({ ...rest, mail: common }).token).toBe(token);
  expect(eventOf(delivery({})).token).toBeNull();
});

test('both shapes of one event have the same key, so that it counts once', () => {
  const pairs = [delivery, complaint, bounce].map((make) => [
    eventOf(make({ token })).key,
    eventOf(make({ messageId: `${token}@company.example` })).key,
  ]);
  for (const [published, notified] of pairs) expect(published).toBe(notified);
});

test('bounces: only Permanent is for good, and is told apart from an earlier transient one', () => {
  const [permanent, transient, undetermined] = (['Permanent', 'Transient', 'Undetermined'] as const).map((type) =>
    eventOf(bounce({ token }, type)),
  );
  expect(permanent).toMatchObject({
    kind: 'bounced',
    details: {
      permanent: true,
      type: 'Permanent',
      subtype: 'General',
      status: '5.1.1',
      diagnostic: 'smtp; 550 5.1.1 user unknown',
    },
  });
  expect(transient?.details).toMatchObject({ permanent: false, type: 'Transient', subtype: 'MailboxFull' });
  expect(undetermined?.details).toMatchObject({ permanent: false, type: 'Undetermined' });
  expect(permanent?.key).not.toBe(transient?.key);
});

test('what the other server said is kept as text that the database can hold', () => {
  const said = (smtpResponse: string) => {
    const record = delivery({ token });
    return eventOf({ ...record, delivery: { ...record.delivery, smtpResponse } }).details.diagnostic as string;
  };
  expect(said('250\0 ok')).toBe('250 ok');
  expect(said(`${'x'.repeat(299)}💧`)).toBe(`${'x'.repeat(299)}\ufffd`);
});

test('a complaint is one when the mail program says nothing more, and none when it says the opposite', () => {
  expect(eventOf(complaint({ token }))).toMatchObject({ kind: 'complained', details: { type: 'abuse' } });
  expect(eventOf(complaint({ token }, null))).toMatchObject({ kind: 'complained', details: { provider: 'ses' } });
  expect(read(complaint({ token }, 'not-spam'))).toEqual({ kind: 'ignored', why: 'not_spam' });
});

test('a delay is noted, a rejected message came back without blame for the address', () => {
  expect(eventOf(delay({ token }))).toMatchObject({
    kind: 'delayed',
    details: { type: 'MailboxFull', status: '4.2.2' },
  });
  expect(eventOf(delay({ token }, '2026-03-01T15:10:00.000Z')).key).not.toBe(eventOf(delay({ token })).key);
  expect(eventOf(reject({ token }))).toMatchObject({
    kind: 'bounced',
    details: { permanent: false, type: 'Reject', subtype: 'Bad content' },
    at: null,
  });
});

test('what we count ourselves, and what is no event, is ignored', () => {
  for (const record of otherEvents({ token }))
    expect(read(record), record.eventType).toMatchObject({ kind: 'ignored' });
  expect(readSesEvent('Successfully validated SNS topic for Amazon SES event publishing.')).toMatchObject({
    kind: 'ignored',
  });
  expect(read({ notificationType: 'AmazonSnsSubscriptionSucceeded', message: 'You have …' })).toMatchObject({
    kind: 'ignored',
  });
  for (const record of [null, 1, [], 'x', {}, { eventType: '__proto__' }, { eventType: 'constructor', mail: {} }]) {
    expect(read(record), JSON.stringify(record)).toMatchObject({ kind: 'ignored' });
  }
});

test('an event that lacks what it must say is malformed, and a bad time does not lose it', () => {
  expect(read({ eventType: 'Bounce', mail: {} })).toEqual({ kind: 'malformed' });
  const { bounce: _, ...without } = bounce({ token });
  expect(read(without)).toEqual({ kind: 'malformed' });
  expect(eventOf(delivery({ token }, 'yesterday'))).toMatchObject({ kind: 'delivered', at: null });
});

test('whatever comes, reading it does not throw', () => {
  fc.assert(fc.property(fc.json(), (text) => ['event', 'ignored', 'malformed'].includes(readSesEvent(text).kind)));
  const types = fc.constantFrom('Bounce', 'Complaint', 'Delivery', 'DeliveryDelay', 'Reject');
  const part = fc.jsonValue();
  fc.assert(
    fc.property(types, part, part, (type, mail, rest) => {
      const name = type[0]!.toLowerCase() + type.slice(1);
      return ['event', 'malformed', 'ignored'].includes(read({ eventType: type, mail, [name]: rest }).kind);
    }),
  );
});
