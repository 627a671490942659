import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import { attempt } from '#app/messaging/attempt.server.ts';
import { weigh } from '#app/messaging/breaker.server.ts';
import type { PostalAddress } from '#app/messaging/postal-address.ts';
import { Blocked, Retryable } from '#app/messaging/provider.ts';
import { lobCodes, lobMeaning } from '#app/messaging/providers/lob-errors.ts';
import { checkLobKey, lobAccount, lobProvider } from '#app/messaging/providers/lob.server.ts';
import { makeCard, makeMailMessage as message } from '#tests/factories/postcards.ts';
import { API_KEY, goodAddress, startFakeLob, type LobBehaviour } from '#tests/fakes/lob.ts';

const lob = await startFakeLob();
afterAll(() => lob.close());
beforeEach(() => {
  lob.taken.length = 0;
  lob.requests.length = 0;
  lob.behave = () => 'ok';
  lob.verified = goodAddress;
});

const provider = (more: Partial<Parameters<typeof lobProvider>[0]> = {}) =>
  lobProvider({ apiKey: API_KEY, base: lob.url, answerTimeoutMs: 400, ...more });

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test('B-12: a postcard goes out once, with both sides as PDF, its key, its token and its address', async () => {
  const result = await attempt(provider(), message({ useType: 'marketing', card: makeCard({ size: '6x9' }) }));
  const [card] = lob.taken;
  expect(result).toEqual({ kind: 'sent', providerId: card!.id });
  expect(card).toMatchObject({
    account: API_KEY,
    key: '1-1-abc',
    front: { name: 'front.pdf', bytes: Buffer.from('%PDF-1.7 front') },
    back: { name: 'back.pdf', bytes: Buffer.from('%PDF-1.7 back') },
  });
  expect(card!.form).toEqual({
    description: 'Fieldpost message 1',
    'to[name]': 'Ann Lee',
    'to[address_line1]': '12 Oak Street',
    'to[address_city]': 'Austin',
    'to[address_state]': 'TX',
    'to[address_zip]': '78701',
    'to[address_country]': 'US',
    size: '6x9',
    mail_type: 'usps_first_class',
    use_type: 'marketing',
    'metadata[message]': '1-1-abc',
  });
});

test('a day to print on is noon of it; one that has come is left out', async () => {
  const later = day(10);
  for (const [index, sendDate] of [later, day(0), day(-3), null].entries()) {
    await attempt(provider(), message({ token: `t${index}`, sendDate: index === 1 ? day(-1) : sendDate }));
  }
  expect(lob.taken.map((one) => one.form.send_date)).toEqual([
    `${later}T12:00:00.000Z`,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a long name goes on in a second line; what Lob would refuse of an address is not painted', async () => {
  const name = 'The Honorable Maximiliana Wolfeschlegelsteinhausen and Family of Austin';
  await attempt(provider(), message({ to: { ...message().to, name } }));
  expect([lob.taken[0]!.form['to[name]'], lob.taken[0]!.form['to[company]']]).toEqual([
    'The Honorable Maximiliana',
    'Wolfeschlegelsteinhausen and Family of A',
  ]);
  let painted = 0;
  const print = () => Promise.reject(new Error(`painted ${++painted}`));
  const cases: [Partial<PostalAddress & { name: string }>, string][] = [
    [{ line1: ' ' }, 'bad_address'],
    [{ city: '' }, 'bad_address'],
    [{ name: '' }, 'bad_address'],
    [{ zip: '7870' }, 'bad_address'],
    [{ state: 'Texas' }, 'bad_address'],
    [{ line1: 'x'.repeat(30), line2: 'y'.repeat(21) }, 'address_too_long'],
  ];
  for (const [change, reason] of cases) {
    const refused = await attempt(provider(), message({ to: { ...message().to, ...change }, print }));
    expect(refused).toEqual({ kind: 'failed', reason });
  }
  expect(painted).toBe(0);
  expect(await attempt(provider(), message({ print }))).toEqual({ kind: 'failed', reason: 'render' });
  const later = () => Promise.reject(new Retryable('The picture can’t be read just now.', 9));
  expect(await attempt(provider(), message({ print: later }))).toMatchObject({ kind: 'retry', afterSeconds: 9 });
  expect(lob.requests).toHaveLength(1);
});

test('forty at once are forty cards, at the rate that Lob allows', async () => {
  const sender = provider({ answerTimeoutMs: 10_000 });
  expect(await sender.rate()).toBe(30);
  const sent = await Promise.all(Array.from({ length: 40 }, (_, n) => attempt(sender, message({ token: `t${n}` }))));
  expect(new Set(sent.map((one) => one.kind === 'sent' && one.providerId)).size).toBe(40);
});

describe('a call that ended without an answer is made again, and there is one card', () => {
  test.each(['drop', 'hang', 'reset', 'gateway'] as const)('%s', async (behaviour) => {
    lob.behave = ({ number }) => (number === 1 ? behaviour : 'ok');
    const sender = provider();
    expect(await attempt(sender, message())).toMatchObject({ kind: 'retry', why: 'unavailable' });
    const again = await attempt(sender, message());
    expect(again).toEqual({ kind: 'sent', providerId: lob.taken[0]!.id });
    expect(lob.taken).toHaveLength(1);
    expect(lob.requests).toHaveLength(2);
  });

  test('a crash between call and record: another process asks with the same key', async () => {
    expect(await attempt(provider(), message())).toMatchObject({ kind: 'sent' });
    expect(await attempt(provider(), message())).toEqual({ kind: 'sent', providerId: lob.taken[0]!.id });
    expect(lob.taken).toHaveLength(1);
  });

  test('after a day without an answer, metadata tells what Lob has', async () => {
    for (const token of ['a', 'b']) await attempt(provider(), message({ token }));
    const asked = [
      { messageId: 7, token: 'b' },
      { messageId: 8, token: 'c' },
    ];
    expect(await provider().find!(asked)).toEqual(new Map([[7, lob.taken[1]!.id]]));
    lob.behave = () => ({ status: 503, code: 'service_unavailable' });
    await expect(provider().find!(asked.slice(0, 1))).rejects.toThrow('Refused');
  });
});

describe('what Lob answers', () => {
  test.each(Object.entries(lobCodes))('code %s is %o', async (code, meaning) => {
    lob.behave = () => ({ status: 422, code, message: 'No.' });
    const result = await attempt(provider(), message());
    expect(result.kind).toBe(meaning.kind);
    if (meaning.kind === 'failed') expect(result).toEqual({ kind: 'failed', reason: meaning.reason });
    if (meaning.kind === 'blocked')
      expect(result).toEqual({ kind: 'blocked', reason: `Lob refuses (${code}): ${meaning.words}` });
    expect(lob.requests).toHaveLength(1);
    expect(lob.taken).toEqual([]);
  });

  const invalid = (text: string): LobBehaviour => ({ status: 422, code: 'invalid', message: text });
  test.each([
    ['401 without a code', { status: 401, code: 'x' }, { kind: 'blocked' }],
    ['402', { status: 402, code: 'x' }, { kind: 'blocked' }],
    ['403', { status: 403, code: 'x' }, { kind: 'blocked' }],
    ['429 without a code', { status: 429, code: 'x' }, { kind: 'retry', why: 'throttled', afterSeconds: 5 }],
    ['500', { status: 500 }, { kind: 'retry', why: 'unavailable' }],
    ['503', { status: 503 }, { kind: 'retry', why: 'unavailable' }],
    ['409', { status: 409, code: 'x' }, { kind: 'retry' }],
    ['words about the address', invalid('to.address_zip must be a ZIP'), { kind: 'failed', reason: 'bad_address' }],
    ['words about a side', invalid('front has 2 pages'), { kind: 'failed', reason: 'render' }],
    ['words about something else', invalid('No.'), { kind: 'failed', reason: 'rejected' }],
    ['422 of no known code', { status: 422, code: 'new_one' }, { kind: 'failed', reason: 'rejected' }],
  ] as const)('%s', async (_, behaviour, expected) => {
    lob.behave = () => behaviour;
    expect(await attempt(provider(), message())).toMatchObject(expected);
    expect(lob.requests).toHaveLength(1);
  });

  test('throttled, it says when to come again, and the account’s rate falls', async () => {
    const headers = { 'retry-after': '7' };
    lob.behave = () => ({ status: 429, code: 'rate_limit_exceeded', headers });
    const result = await attempt(provider(), message());
    expect(result).toMatchObject({ kind: 'retry', why: 'throttled', afterSeconds: 7 });
    expect(weigh('lob', [result])).toMatchObject({ verdict: 'works', throttled: true });
    const at = (reset: string) => ({ status_code: 429, _response: { headers: { 'x-rate-limit-reset': reset } } });
    expect(lobMeaning(at('1003'), 1_000_500)).toMatchObject({ seconds: 3 });
    expect(lobMeaning(at('900'), 1_000_500)).toMatchObject({ seconds: 1 });
    expect(lobMeaning(at('9999999999'), 1_000_500)).toMatchObject({ seconds: 300 });
    expect(lobMeaning(at('soon'), 1_000_500)).toMatchObject({ seconds: 5 });
  });

  test('nobody there: it is tried again later; no key: nothing is asked', async () => {
    const nobody = await attempt(provider({ base: 'http://127.0.0.1:1' }), message());
    expect(nobody).toMatchObject({ kind: 'retry', why: 'unavailable', reason: 'Lob can’t be reached: ECONNREFUSED' });
    expect(await attempt(provider({ apiKey: '' }), message())).toMatchObject({ kind: 'blocked' });
    expect(lob.requests).toEqual([]);
  });
});

test('the key can be checked, and its account is named without it', async () => {
  expect(await checkLobKey({ apiKey: API_KEY, base: lob.url })).toBeNull();
  expect(lob.requests.map((one) => `${one.method} ${one.path}`)).toEqual(['GET /v1/postcards']);
  expect(await checkLobKey({ apiKey: 'live_wrong', base: lob.url })).toBe(
    'Lob refuses (invalid_api_key): The API key is wrong. Enter it again in Settings.',
  );
  expect(lobAccount(API_KEY)).not.toContain(API_KEY.slice(5, 12));
  expect(lobAccount(API_KEY)).not.toBe(lobAccount('live_wrong'));
});

describe('a card is taken back', () => {
  const sendOne = async () => {
    const result = await attempt(provider(), message());
    return result.kind === 'sent' ? result.providerId : '';
  };

  test('while Lob does not print it yet, and asked twice it is gone all the same', async () => {
    const id = await sendOne();
    expect(await provider().cancel(id)).toBe('canceled');
    expect(lob.taken[0]!.deleted).toBe(true);
    expect(await provider().cancel(id)).toBe('canceled');
  });

  test('too late, or not in the plan', async () => {
    const id = await sendOne();
    lob.taken[0]!.inProduction = true;
    expect(await provider().cancel(id)).toBe('too_late');
    lob.behave = () => ({ status: 403, code: 'feature_limit_reached' });
    expect(await provider().cancel(id)).toBe('too_late');
  });

  test('nobody can tell', async () => {
    const id = await sendOne();
    for (const behaviour of ['drop', 'hang', 'gateway', { status: 429, code: 'x' }, { status: 503 }] as const) {
      lob.behave = () => behaviour;
      await expect(provider().cancel(id)).rejects.toBeInstanceOf(Retryable);
    }
    await expect(provider({ apiKey: 'live_wrong' }).cancel(id)).rejects.toBeInstanceOf(Blocked);
  });
});

describe('B-12: an address is looked up', () => {
  const address = { line1: '210 King St', line2: 'Ste 6100', city: 'San Francisco', state: 'CA', zip: '94107' };
  const standard = { line1: '210 KING ST', line2: 'STE 6100', city: 'SAN FRANCISCO', state: 'CA', zip: '94107-1702' };

  test('with how the Postal Service writes it', async () => {
    expect(await provider().verify(address)).toEqual({ deliverability: 'deliverable', standard });
    expect(lob.requests[0]!.form).toEqual({
      primary_line: '210 King St',
      secondary_line: 'Ste 6100',
      city: 'San Francisco',
      state: 'CA',
      zip_code: '94107',
    });
  });

  test.each(['deliverable_missing_unit', 'deliverable_incorrect_unit', 'deliverable_unnecessary_unit'])(
    '%s',
    async (deliverability) => {
      lob.verified = (form) => goodAddress(form, { deliverability });
      expect(await provider().verify(address)).toEqual({ deliverability, standard });
    },
  );

  test('nowhere, or not to be read', async () => {
    const nowhere = { deliverability: 'undeliverable', standard: null };
    lob.verified = (form) =>
      goodAddress(form, {
        deliverability: 'undeliverable',
        primary_line: '',
        components: { city: '', state: '', zip_code: '', zip_code_plus_4: '' },
      });
    expect(await provider().verify(address)).toEqual(nowhere);
    expect(await provider().verify({ ...address, zip: 'A1' })).toEqual(nowhere);
    expect(await provider().verify({ ...address, line1: '' })).toEqual(nowhere);
  });

  test('a test key checks nothing: only Lob’s own samples say something', async () => {
    const recipient = 'TEST KEYS DO NOT VERIFY ADDRESSES';
    const sample = (primary_line: string, deliverability: string) => {
      lob.verified = (form) => goodAddress(form, { recipient, primary_line, deliverability });
      return provider().verify(address);
    };
    expect(await sample('SET `primary_line` TO ‘deliverable’ TO SIMULATE AN ADDRESS', 'undeliverable')).toEqual({
      deliverability: 'deliverable',
      standard: null,
    });
    expect(await sample('PO BOX 720114', 'deliverable_missing_unit')).toEqual({
      deliverability: 'deliverable_missing_unit',
      standard: null,
    });
  });

  test('not just now, or not until somebody acts', async () => {
    for (const behaviour of ['drop', 'hang', { status: 429, code: 'rate_limit_exceeded' }] as const) {
      lob.behave = () => behaviour;
      await expect(provider().verify(address)).rejects.toBeInstanceOf(Retryable);
    }
    lob.behave = () => ({ status: 403, code: 'feature_limit_reached', message: 'Free checks are used up' });
    await expect(provider().verify(address)).rejects.toBeInstanceOf(Blocked);
    lob.behave = () => 'ok';
    lob.verified = () => ({ deliverability: 'splendid' });
    await expect(provider().verify(address)).rejects.toBeInstanceOf(Retryable);
  });
});
