import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';

import { isFromTwilio } from '#app/messaging/twilio-signature.server.ts';
import { recordOutcomes } from '#app/messaging/outcomes.server.ts';
import { messageToken } from '#app/messaging/token.server.ts';
import { connect, withCompany, type Db } from '#db/client.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { counterDifferences, SECRET, sendingCompany } from '#tests/fakes/sending.ts';
import {
  ACCOUNT,
  AUTH_TOKEN,
  newSid,
  post,
  sign,
  statusParams,
  tell,
  twilioKeys,
  type Tampered,
} from '#tests/fakes/twilio.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import {
  nothingTold as nothing,
  OWN_ACCOUNT,
  OWN_TOKEN,
  textChannel,
  toldTexts,
} from '#tests/setup/webhooks-twilio.ts';
import { keepLog, serveWebhooks } from '#tests/setup/webhooks.ts';

const { db } = await createTestDatabase();
const { lines, log, logged } = keepLog();
/** The application with Twilio's keys in its environment. */
const serve = (options: { db?: Db; at?: string } = {}) =>
  serveWebhooks({ db, twilio: twilioKeys, webhooks: { log }, ...options });
const { appOrigin } = await serve();
const told = (companyId: number) => toldTexts(db, companyId);

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
    await textChannel(db, at.companyId, { accountSid: OWN_ACCOUNT, number: '+15005550777' });
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
    await textChannel(db, at.companyId, { accountSid: OWN_ACCOUNT });
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
