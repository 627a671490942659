import { request } from 'node:http';

import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { withCompany } from '#db/client.ts';
import { sendingCompany } from '#tests/fakes/sending.ts';
import {
  inboundParams,
  newSid,
  post,
  say,
  SERVICE,
  twilioKeys,
  type Said,
  type Tampered,
} from '#tests/fakes/twilio.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { nothingTold, OWN_ACCOUNT, OWN_TOKEN, textChannel, toldTexts } from '#tests/setup/webhooks-twilio.ts';
import { keepLog, serveWebhooks } from '#tests/setup/webhooks.ts';

/* Texts of customers, as Twilio tells them. */

const { db } = await createTestDatabase();
const { lines, log, logged } = keepLog();
const { appOrigin } = await serveWebhooks({ db, twilio: twilioKeys, webhooks: { log } });
const told = (companyId: number) => toldTexts(db, companyId);

let numbers = 0;

/** A company that texts from a number of its own, by the account of the environment unless it has one. */
async function claiming(options: Record<string, string>, token: string | null = null) {
  const companyId = await sendingCompany(db);
  await textChannel(db, companyId, token ? { accountSid: OWN_ACCOUNT, ...options } : options, token);
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
  for (const companyId of [one, two, own]) expect(await told(companyId)).toEqual({ ...nothingTold, messages: [] });
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
