import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import { encryptSecret } from '#app/company/crypto.server.ts';
import { isFromTwilio } from '#app/messaging/twilio-signature.server.ts';
import { recordOutcomes } from '#app/messaging/outcomes.server.ts';
import { messageToken } from '#app/messaging/token.server.ts';
import { createApp } from '#app/web/express.server.ts';
import { connect, withCompany, type Db } from '#db/client.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { counterDifferences, SECRET, sendingCompany } from '#tests/fakes/sending.ts';
import {
  ACCOUNT,
  AUTH_TOKEN,
  inboundParams,
  newSid,
  post,
  say,
  SERVICE,
  sign,
  statusParams,
  tell,
  twilioKeys,
  type Said,
  type Tampered,
} from '#tests/fakes/twilio.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const OWN_TOKEN = '00112233445566778899aabbccddeeff';
const OWN_ACCOUNT = `AC${'9'.repeat(32)}`;

const lines: string[] = [];
const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
const logged = () => lines.map((line) => (JSON.parse(line) as { why?: string }).why);
beforeEach(() => {
  lines.length = 0;
});

/** The application with Twilio's keys in its environment. @param at the public address, where it is another than the real one */
async function serve(options: { db?: Db; at?: string } = {}) {
  const server = createServer();
  server.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const appOrigin = options.at ?? `http://localhost:${port}`;
  server.on(
    'request',
    createApp({
      build: () => Promise.reject(new Error('no page is asked for')),
      assets: { middleware: (_req, _res, next) => next() },
      db: options.db ?? db,
      addresses: { appOrigin, portalDomain: 'portal.localhost', linkDomain: 'go.localhost' },
      secret: SECRET,
      ses: null,
      sesEndpoint: null,
      twilio: twilioKeys,
      webhooks: { log },
    }),
  );
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return { appOrigin, port };
}
const { appOrigin } = await serve();

let numbers = 0;

/** A campaign by text whose messages went out by the account of the environment. */
async function texted(people = 1, state: 'sent' | 'unknown' | 'attempting' | 'planned' = 'sent') {
  const companyId = await sendingCompany(db);
  const made = await withCompany(db, companyId, async (tx) => {
    const counts = { sent: 0, unknown: 0, planned: 0, [state === 'attempting' ? 'planned' : state]: people };
    const campaign = await makeCampaign(tx, {
      status: 'sending',
      step: { channel: 'sms', document: { version: 1, text: 'Pay, please' }, ...counts },
    });
    const texts = [];
    for (let n = 0; n < people; n++) {
      const address = `+1500555${String(++numbers).padStart(4, '0')}`;
      const { customerId } = await makeCustomer(tx, { mobile: address });
      const { invoiceId } = await makeInvoice(tx, { customerId });
      const { messageId } = await makeMessage(tx, {
        ...campaign,
        customerId,
        invoiceId,
        channel: 'sms',
        address,
        state,
        ...(state !== 'planned' && { attemptedAt: new Date(), provider: 'twilio' }),
        ...(state === 'sent' && { sentAt: new Date() }),
        ...(state === 'unknown' && { reason: 'no_answer' }),
      });
      const token = messageToken(SECRET, companyId, messageId);
      const statusCallback = `${appOrigin}/webhooks/twilio/status/${token}`;
      texts.push({ messageId, token, address, sid: newSid(), account: ACCOUNT, to: address, statusCallback });
    }
    if (state === 'unknown') {
      await tx.execute(sql`
        insert into campaign_step_reasons (step_id, state, reason, count)
        values (${campaign.stepId}, 'unknown', 'no_answer', ${people})`);
    }
    return { ...campaign, texts };
  });
  return { companyId, ...made };
}

/** Everything that the webhook could have changed. */
const told = (companyId: number) =>
  withCompany(db, companyId, async (tx) => {
    const list = async (query: ReturnType<typeof sql>) =>
      (await tx.execute<{ is: string }>(query)).map((row) => row.is);
    return {
      events: await list(sql`select kind as is from message_events order by message_id, id`),
      messages: await list(sql`
        select concat_ws(' ', state, reason, case when delivered_at is not null then 'delivered' end,
                         case when bounced_at is not null then 'bounced' end) as is from messages order by id`),
      suppressed: await list(
        sql`select address || ' ' || reason as is from suppressions where channel = 'sms' order by 1`,
      ),
      problems: await list(sql`select kind as is from provider_errors order by id`),
      inbound: await list(sql`select sender || ' ' || body as is from inbound_texts order by id`),
    };
  });
const nothing = { events: [], suppressed: [], problems: [], inbound: [] };

async function channel(companyId: number, options: Record<string, string>, token: string | null = OWN_TOKEN) {
  const secrets = token && encryptSecret(SECRET, token);
  await withCompany(db, companyId, (tx) =>
    tx.execute(sql`
      insert into channel_settings (channel, provider, options, secrets)
      values ('sms', 'twilio', ${JSON.stringify(options)}::jsonb, ${secrets})`),
  );
}

describe('what becomes of texts', () => {
  test('each status is stored before it is answered, forward only, and proves what came before', async () => {
    const at = await texted(3);
    const [one, two, three] = at.texts;
    for (const status of ['queued', 'sent', 'delivered', 'read'] as const) {
      expect(await tell(one!, status)).toMatchObject({ status: 204, body: '' });
    }
    expect((await tell(two!, 'undelivered', { code: 30_003 })).status).toBe(204);
    expect((await tell(three!, 'failed', { code: 30_036 })).status).toBe(204);
    expect(await told(at.companyId)).toEqual({
      ...nothing,
      events: ['taken', 'delivered', 'bounced', 'bounced'],
      messages: ['sent delivered', 'sent bounced', 'sent bounced'],
    });
    expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
  });

  test('told twice, late and in any order, it ends in the same state', async () => {
    const at = await texted(2);
    const statuses = ['queued', 'sending', 'sent', 'delivered'] as const;
    for (const status of [...statuses, ...statuses]) await tell(at.texts[0]!, status);
    for (const status of statuses.toReversed()) await tell(at.texts[1]!, status);
    const after = await told(at.companyId);
    expect(after.messages).toEqual(['sent delivered', 'sent delivered']);
    expect(after.events.toSorted()).toEqual(['delivered', 'delivered', 'taken', 'taken']);
    expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
  });

  test.each(['unknown', 'planned'] as const)(
    'one that was %s is settled by “sent”: it is not sent again',
    async (state) => {
      const at = await texted(1, state);
      await tell(at.texts[0]!, 'sent');
      expect((await told(at.companyId)).messages).toEqual(['sent']);
      expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
    },
  );

  test('“sent” that comes before the call’s own answer is lost settles it too', async () => {
    const at = await texted(1, 'attempting');
    const { messageId } = at.texts[0]!;
    await tell(at.texts[0]!, 'sent');
    expect((await told(at.companyId)).messages).toEqual(['attempting']);
    await withCompany(db, at.companyId, (tx) =>
      recordOutcomes(tx, [
        { id: messageId, state: 'unknown', reason: 'no_answer', provider: 'twilio', providerId: null },
      ]),
    );
    expect((await told(at.companyId)).messages).toEqual(['sent']);
    expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
  });

  test('a number that is no good is stopped for texts; one that said STOP at Twilio is out until START', async () => {
    const at = await texted(4);
    const [bad, landline, off, out] = at.texts;
    await tell(bad!, 'undelivered', { code: 30_005 });
    await tell(landline!, 'undelivered', { code: 30_006 });
    await tell(off!, 'undelivered', { code: 30_003 });
    for (let n = 0; n < 2; n++) await tell(out!, 'failed', { code: 21_610 });
    expect((await told(at.companyId)).suppressed).toEqual([
      `${bad!.address} bounced`,
      `${landline!.address} bounced`,
      `${out!.address} unsubscribed`,
    ]);
    const lines = await withCompany(db, at.companyId, (tx) =>
      tx.execute(sql`select from consents where address = ${out!.address}`),
    );
    expect(lines).toHaveLength(1);
  });

  test('texts that carriers filter or do not know are told to operators', async () => {
    const at = await texted(3);
    await tell(at.texts[0]!, 'undelivered', { code: 30_007 });
    await tell(at.texts[1]!, 'undelivered', { code: 30_034 });
    await tell(at.texts[2]!, 'undelivered', { code: 30_022 });
    for (const text of at.texts) await tell(text, 'undelivered', { code: 30_007 }); // told before, with another code
    expect((await told(at.companyId)).problems).toEqual(['blocked', 'blocked', 'throttled']);
    expect((await told(at.companyId)).suppressed).toEqual([]);
  });

  test('a burst is stored whole', async () => {
    const at = await texted(40);
    const answers = await Promise.all(
      at.texts.flatMap((text) => [tell(text, 'sent'), tell(text, 'delivered'), tell(text, 'delivered')]),
    );
    expect(new Set(answers.map((one) => one.status))).toEqual(new Set([204]));
    expect((await told(at.companyId)).events).toHaveLength(80);
    expect(await counterDifferences(db, at.companyId, at.stepId)).toEqual([]);
  });

  test('forged, malformed and foreign callbacks are refused and logged, and nothing is stored', async () => {
    const at = await texted();
    const [text] = at.texts;
    const other = await texted();
    const cases: [Tampered & { to?: string }, number, string][] = [
      [{ authToken: OWN_TOKEN }, 403, 'signature'],
      [{ signature: null }, 403, 'signature'],
      [{ signature: 'x' }, 403, 'signature'],
      [{ signature: '' }, 403, 'signature'],
      [{ change: { MessageStatus: 'undelivered' } }, 403, 'signature'],
      [{ change: { Added: '1' } }, 403, 'signature'],
      [{ signedUrl: text!.statusCallback.replace('http:', 'https:') }, 403, 'signature'],
      [{ signedUrl: `${text!.statusCallback}?x=1` }, 403, 'signature'],
      // Signed for one text, posted for another.
      [{ signedUrl: text!.statusCallback, to: other.texts[0]!.statusCallback }, 403, 'signature'],
      [{ to: text!.statusCallback.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')) }, 403, 'unknown_token'],
      [
        { to: `${appOrigin}/webhooks/twilio/status/${messageToken('another', at.companyId, text!.messageId)}` },
        403,
        'unknown_token',
      ],
      [{ type: 'application/json' }, 400, 'malformed'],
      [{ type: 'multipart/form-data; boundary=x' }, 400, 'malformed'],
    ];
    for (const [{ to, ...as }, status, why] of cases) {
      lines.length = 0;
      const answer = await post(to ?? text!.statusCallback, statusParams(text!, 'delivered'), as);
      expect(answer.status, why).toBe(status);
      expect(logged()).toEqual([why]);
      expect(lines.join('')).not.toContain(text!.address.slice(1));
      expect(lines.join('')).not.toContain(text!.token);
    }
    for (const params of [{}, { MessageSid: 'SM1', MessageStatus: 'sent' }]) {
      expect((await post(text!.statusCallback, params as Record<string, string>)).status).toBe(400);
    }
    expect(
      (await post(text!.statusCallback, { ...statusParams(text!, 'sent'), MessageStatus: 'constructor' })).status,
    ).toBe(204);
    expect(
      (await post(text!.statusCallback, { ...statusParams(text!, 'sent'), Long: 'x'.repeat(70_000) })).status,
    ).toBe(413);
    for (const { companyId } of [at, other]) expect(await told(companyId)).toEqual({ ...nothing, messages: ['sent'] });
  });

  test('a company with an account of its own is told things by that account only', async () => {
    const at = await texted(2);
    await channel(at.companyId, { accountSid: OWN_ACCOUNT, number: '+15005550777' });
    expect((await tell(at.texts[0]!, 'delivered')).status).toBe(403);
    expect((await tell(at.texts[1]!, 'delivered', { authToken: OWN_TOKEN })).status).toBe(204);
    const other = await texted();
    expect((await tell(other.texts[0]!, 'delivered', { authToken: OWN_TOKEN })).status).toBe(403);
    expect((await told(at.companyId)).messages).toEqual(['sent', 'sent delivered']);
    expect((await told(other.companyId)).messages).toEqual(['sent']);
  });

  test('new keys are believed at once, though the old ones were just used', async () => {
    const at = await texted(2);
    expect((await tell(at.texts[0]!, 'delivered')).status).toBe(204);
    await channel(at.companyId, { accountSid: OWN_ACCOUNT });
    expect((await tell(at.texts[1]!, 'delivered', { authToken: OWN_TOKEN })).status).toBe(204);
  });

  test('a token of a message that is gone changes nothing', async () => {
    const at = await texted();
    const statusCallback = `${appOrigin}/webhooks/twilio/status/${messageToken(SECRET, at.companyId, 987_654)}`;
    expect((await tell({ ...at.texts[0]!, statusCallback }, 'delivered')).status).toBe(204);
    expect(await told(at.companyId)).toEqual({ ...nothing, messages: ['sent'] });
  });

  test('a database that is away: 503, and the log says what failed without anybody’s data', async () => {
    const away = connect('postgres://nobody@127.0.0.1:1/none', { max: 1 });
    const there = await serve({ db: away.db });
    const at = await texted();
    const statusCallback = at.texts[0]!.statusCallback.replace(appOrigin, there.appOrigin);
    expect((await tell({ ...at.texts[0]!, statusCallback }, 'delivered')).status).toBe(503);
    expect(lines.join('')).toContain('webhook failed');
    expect(lines.join('')).not.toContain(at.texts[0]!.address.slice(1));
    await away.close();
  });
});

describe('the signature is over the address that Twilio was given', () => {
  test('behind a proxy https counts, though http arrives; http in place of https fails', async () => {
    const { port } = await serve({ at: 'https://office.example' });
    const at = await texted();
    const statusCallback = at.texts[0]!.statusCallback.replace(appOrigin, 'https://office.example');
    const text = { ...at.texts[0]!, statusCallback };
    expect((await tell(text, 'sent', { port, signedUrl: statusCallback.replace('https', 'http') })).status).toBe(403);
    expect((await tell(text, 'delivered', { port })).status).toBe(204);
    expect((await told(at.companyId)).events).toEqual(['delivered']);
  });

  const params = { To: '+15125550123', Body: 'a b&c=ü', AccountSid: ACCOUNT, a: '1', B: '2' };
  const isSigned = (by: string, as: string, given: Record<string, string | string[]> = params) =>
    isFromTwilio(AUTH_TOKEN, { signature: sign(AUTH_TOKEN, by, params), url: as, fields: given });

  test.each([
    ['https://office.example/x', 'https://office.example/x', true],
    ['https://office.example:443/x', 'https://office.example/x', true],
    ['https://office.example:8443/x?a=1&b=%20', 'https://office.example:8443/x?a=1&b=%20', true],
    ['https://[2001:db8::1]:8443/x', 'https://[2001:db8::1]:8443/x', true],
    ['https://[2001:db8::1]/x', 'https://[2001:db8::1]/x', true],
    ['http://office.example/x', 'https://office.example/x', false],
    ['https://office.example/x', 'https://office.example/y', false],
    ['https://office.example/x', 'https://office.example/x?a=1', false],
    ['https://office.example/x?a=1&b=2', 'https://office.example/x?b=2&a=1', false],
    ['https://office.example/x', 'https://evil.example/x', false],
    ['https://[2001:db8::1]/x', 'https://[2001:db8::2]/x', false],
    ['/x', '/x', true],
    ['https://office.example/x', 'no address', false],
  ])('signed for %s, posted to %s: %s', (by, as, expected) => {
    expect(isSigned(by, as)).toBe(expected);
  });

  test('the order of parameters says nothing; a changed, a missing and another one do', () => {
    const url = 'https://office.example/x';
    expect(isSigned(url, url, Object.fromEntries(Object.entries(params).toReversed()))).toBe(true);
    expect(isSigned(url, url, { ...params, Body: 'a b&c=u' })).toBe(false);
    expect(isSigned(url, url, { ...params, Body: ' a b&c=ü' })).toBe(false);
    const { a: _, ...fewer } = params;
    expect(isSigned(url, url, fewer)).toBe(false);
    expect(isSigned(url, url, { ...params, more: '' })).toBe(false);
    expect(isSigned(url, url, { ...params, To: ['+15125550123', '+15125550124'] })).toBe(false);
    expect(isFromTwilio('', { signature: sign('', url, params), url, fields: params })).toBe(false);
    const signature = sign(AUTH_TOKEN, url, params);
    expect(isFromTwilio(OWN_TOKEN, { signature, url, fields: params })).toBe(false);
  });
});

describe('texts that come in', () => {
  /** A company that texts from a number of its own, by the account of the environment unless it has one. */
  async function claiming(options: Record<string, string>, token: string | null = null) {
    const companyId = await sendingCompany(db);
    await channel(companyId, token ? { accountSid: OWN_ACCOUNT, ...options } : options, token);
    return companyId;
  }
  const fresh = () => `+1500666${String(++numbers).padStart(4, '0')}`;
  const from = '+15125550123';
  const sends = (said: Partial<Said>, as?: Tampered) => say(appOrigin, { from, body: 'Hello', ...said }, as);

  test('the company whose number it is gets it, once, and the answer says nothing', async () => {
    const to = fresh();
    const companyId = await claiming({ number: to });
    const sid = newSid();
    for (let n = 0; n < 2; n++) {
      expect(await sends({ to, sid, body: 'When is it due? ü👍', media: 1 })).toEqual({
        status: 200,
        type: 'text/xml; charset=utf-8',
        body: '<?xml version="1.0" encoding="UTF-8"?><Response></Response>',
      });
    }
    expect((await told(companyId)).inbound).toEqual([`${from} When is it due? ü👍\n[A picture, not kept]`]);
    expect(logged()).toEqual(['stored', 'known']);
  });

  test('B-13: STOP is honoured, also while the company is back in the sandbox', async () => {
    const to = fresh();
    const companyId = await claiming({ number: to });
    await withCompany(db, companyId, (tx) => tx.execute(sql`update channel_settings set provider = 'sandbox'`));
    expect((await sends({ to, body: 'STOP', optOutType: 'STOP' })).status).toBe(200);
    expect((await told(companyId)).suppressed).toEqual([`${from} unsubscribed`]);
  });

  test('by a Messaging Service, where the number is none that Settings know', async () => {
    const service = SERVICE.replace('f', 'e');
    const companyId = await claiming({ messagingServiceSid: service });
    expect((await sends({ to: fresh(), messagingServiceSid: service })).status).toBe(200);
    expect((await told(companyId)).inbound).toHaveLength(1);
  });

  test('of two companies that claim a number the one whose account signed it gets it', async () => {
    const to = fresh();
    const [ours, theirs] = [await claiming({ number: to }), await claiming({ number: to }, OWN_TOKEN)];
    await sends({ to, body: 'For the environment' });
    await sends({ to, body: 'For the other', accountSid: OWN_ACCOUNT }, { authToken: OWN_TOKEN });
    expect((await told(ours)).inbound).toEqual([`${from} For the environment`]);
    expect((await told(theirs)).inbound).toEqual([`${from} For the other`]);
  });

  test('nobody’s number, and forged texts: refused and logged, nothing stored', async () => {
    const [shared, to] = [fresh(), fresh()];
    const [one, two, own] = [
      await claiming({ number: shared }),
      await claiming({ number: shared }),
      await claiming({ number: to }, OWN_TOKEN),
    ];
    const cases: [Partial<Said>, Tampered, number, string][] = [
      [{ to: fresh() }, {}, 403, 'unknown_number'],
      [{ to: shared }, { authToken: OWN_TOKEN }, 403, 'signature'],
      [{ to }, {}, 403, 'signature'],
      [{ to }, { authToken: OWN_TOKEN, change: { Body: 'STOP' } }, 403, 'signature'],
      [{ to }, { authToken: OWN_TOKEN, signedUrl: `${appOrigin}/webhooks/twilio/other` }, 403, 'signature'],
      [{ to }, { authToken: OWN_TOKEN, signature: null }, 403, 'signature'],
      [{ to, sid: 'SM1' }, { authToken: OWN_TOKEN }, 400, 'malformed'],
      [{ to, from: '<script>' }, { authToken: OWN_TOKEN }, 400, 'malformed'],
      [{ to }, { authToken: OWN_TOKEN, type: 'application/json' }, 400, 'malformed'],
    ];
    for (const [said, as, status, why] of cases) {
      lines.length = 0;
      expect((await sends(said, as)).status, why).toBe(status);
      expect(logged()).toEqual([why]);
      for (const number of [from, said.to!]) expect(lines.join('')).not.toContain(number.slice(1));
    }
    for (const companyId of [one, two, own]) expect(await told(companyId)).toEqual({ ...nothing, messages: [] });
  });

  test('what can’t be read is refused, and the webhooks take posts only, on the office’s host only', async () => {
    const url = `${appOrigin}/webhooks/twilio/inbound`;
    expect((await post(url, {})).status).toBe(400);
    expect((await post(url, { ...inboundParams({ from, body: 'x' }), Long: 'x'.repeat(70_000) })).status).toBe(413);
    const { port } = new URL(appOrigin);
    const ask = (method: string, host: string, headers: Record<string, string> = {}) =>
      new Promise<number>((done, failed) => {
        const req = request(
          { host: '127.0.0.1', port, path: '/webhooks/twilio/inbound', method, headers: { host, ...headers } },
          (res) => {
            res.resume();
            done(res.statusCode ?? 0);
          },
        );
        req.on('error', failed);
        req.end();
      });
    expect(await ask('GET', `localhost:${port}`)).toBe(405);
    expect(await ask('POST', `localhost:${port}`)).toBe(400);
    expect(await ask('POST', 'evil.example')).toBe(404);
    const packed = {
      'content-type': 'application/x-www-form-urlencoded',
      'content-encoding': 'gzip',
      'content-length': '0',
    };
    expect([400, 415]).toContain(await ask('POST', `localhost:${port}`, packed));
  });
});
