import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { decryptSecret } from '#app/company/crypto.server.ts';
import { pageAudit } from '#app/company/audit-log.server.ts';
import { textProviderName, textsReady } from '#app/messaging/providers/choose-text.server.ts';
import { readTextChannel, saveTextChannel, sendTestText } from '#app/messaging/text-channel.server.ts';
import type { TextChannelForm } from '#app/messaging/text-channel.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCompany, makeStaff, TEST_PASSWORD, type MadeCompany } from '#tests/factories/company.ts';
import { ACCOUNT, AUTH_TOKEN, NUMBER, SERVICE, twilioKeys } from '#tests/fakes/twilio.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const app = await startTestApp();
const { db, secret } = app;
const today = '2026-05-20';
const OTHER_ACCOUNT = `AC${'9'.repeat(32)}`;

const form: TextChannelForm = {
  provider: 'twilio',
  accountSid: ACCOUNT,
  authToken: AUTH_TOKEN,
  messagingServiceSid: '',
  number: '(512) 555-0142',
  perSecond: '3',
  registration: 'approved',
  registeredOn: '2026-05-01',
};
const actorOf = ({ admin }: MadeCompany) => ({ staffId: admin.staffId, name: admin.name });

async function company() {
  const made = await makeCompany(db);
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, made.companyId, work);
  const save = (more: Partial<TextChannelForm> = {}, twilio: typeof twilioKeys | null = null) =>
    tx((t) => saveTextChannel(t, actorOf(made), { ...form, ...more }, { secret, twilio, today }));
  return { ...made, tx, save };
}

test('what is entered is tidied and stored, the token encrypted, never read back, and kept when left empty', async () => {
  const at = await company();
  expect(await at.tx((t) => textProviderName(t, { twilio: null }))).toBe('sandbox');
  expect(await at.save({ accountSid: ` ${ACCOUNT} `, number: '512.555.0140' })).toEqual({ ok: true });
  const read = {
    provider: 'twilio',
    accountSid: ACCOUNT,
    hasSecret: true,
    messagingServiceSid: '',
    number: '+15125550140',
    perSecond: '3',
    registration: 'approved',
    registeredOn: '2026-05-01',
  };
  expect(await at.tx(readTextChannel)).toEqual(read);
  const stored = async () => {
    const [row] = await at.tx((t) =>
      t.execute<{ options: object; secrets: string }>(sql`select options, secrets from channel_settings`),
    );
    return row!;
  };
  const { options, secrets } = await stored();
  expect(JSON.stringify(options)).not.toContain(AUTH_TOKEN);
  expect(decryptSecret(secret, secrets)).toBe(AUTH_TOKEN);
  expect(JSON.stringify(await at.tx((t) => pageAudit(t, {}, {})))).not.toContain(AUTH_TOKEN);
  expect(await at.save({ authToken: '', number: '+15125550140', perSecond: '1' })).toEqual({ ok: true });
  expect((await stored()).secrets).toBe(secrets);
  // Back to the sandbox; everything stays for the next time.
  expect(await at.save({ provider: 'sandbox', accountSid: '', authToken: '', number: '' })).toEqual({ ok: true });
  expect(await at.tx(readTextChannel)).toEqual({ ...read, provider: 'sandbox', perSecond: '1' });
  expect((await stored()).secrets).toBe(secrets);
});

test.each([
  [{ provider: 'pigeon' }, ['provider']],
  [{ accountSid: '' }, ['accountSid']],
  [{ accountSid: 'SK123' }, ['accountSid']],
  [{ authToken: '' }, ['authToken']],
  [{ authToken: 'with a space in it' }, ['authToken']],
  [{ number: '12' }, ['number']],
  [{ number: '<script>' }, ['number']],
  [{ messagingServiceSid: 'MG1' }, ['messagingServiceSid']],
  [{ perSecond: '0' }, ['perSecond']],
  [{ perSecond: '101' }, ['perSecond']],
  [{ perSecond: '1.5' }, ['perSecond']],
  [{ registration: 'maybe' }, ['registration']],
  [{ registeredOn: '' }, ['registeredOn']],
  [{ registeredOn: '2026-02-30' }, ['registeredOn']],
  [{ registeredOn: '2026-05-21' }, ['registeredOn']],
] as [Partial<TextChannelForm>, string[]][])(
  '%o is refused at its field, and nothing is written',
  async (more, fields) => {
    const at = await company();
    const result = await at.save(more);
    expect(result.ok ? [] : Object.keys(result.errors)).toEqual(fields);
    expect(await at.tx(readTextChannel)).toMatchObject({ provider: null, hasSecret: false });
  },
);

test('another account asks for its own token', async () => {
  const at = await company();
  await at.save({ number: '+15125550150' });
  expect(await at.save({ accountSid: OTHER_ACCOUNT, authToken: '', number: '+15125550150' })).toMatchObject({
    ok: false,
    errors: { authToken: expect.stringContaining('of this account') as string },
  });
});

test('S1-08: nothing goes out before a number is set and the registration approved; the test says so at its field', async () => {
  const at = await company();
  const testTo = (to: string) => at.tx((t) => sendTestText(t, actorOf(at), to, { twilio: null }));
  expect(await testTo('')).toMatchObject({ ok: false });
  expect(await testTo('ann@larks.example')).toMatchObject({ ok: false });
  await at.save({ number: '' });
  expect(await testTo('512-555-0123')).toMatchObject({ ok: false, error: expect.stringContaining('number') as string });
  await at.save({ number: '+15125550160', registration: 'none', registeredOn: '' });
  expect(await testTo('512-555-0123')).toMatchObject({
    ok: false,
    error: expect.stringContaining('registered') as string,
  });
  await at.save({ number: '+15125550160', registration: 'pending', registeredOn: '' });
  expect(await testTo('512-555-0123')).toMatchObject({
    ok: false,
    error: expect.stringContaining('approved') as string,
  });
  await at.save({ number: '+15125550160' });
  expect(await testTo('512-555-0123')).toMatchObject({ ok: true });
  const [message] = await at.tx((t) =>
    t.execute(sql`select kind, channel, address, state from messages order by id desc limit 1`),
  );
  expect(message).toEqual({ kind: 'test', channel: 'sms', address: '+15125550123', state: 'planned' });
});

test('a number that another company has by the same account is refused in words; by another account it is not', async () => {
  const [one, two, three] = [await company(), await company(), await company()];
  expect(await one.save({ number: '+15125550170', messagingServiceSid: SERVICE })).toEqual({ ok: true });
  expect(await two.save({ number: '+15125550170' })).toMatchObject({
    ok: false,
    errors: { number: expect.stringContaining('Another company here') as string },
  });
  expect(await two.save({ number: '+15125550171', messagingServiceSid: SERVICE })).toMatchObject({
    ok: false,
    errors: { messagingServiceSid: expect.stringContaining('Another company here') as string },
  });
  expect(await three.save({ accountSid: OTHER_ACCOUNT, number: '+15125550170' })).toEqual({ ok: true });
  // Its own number is nobody else's.
  expect(await one.save({ number: '+15125550170', messagingServiceSid: SERVICE })).toEqual({ ok: true });
  // Nobody sees others' settings afterwards.
  expect(await two.tx((t) => t.execute(sql`select from channel_settings`))).toHaveLength(0);
});

test('two companies that claim a number at once: one of them gets it', async () => {
  const both = [await company(), await company()];
  const results = await Promise.all(both.map((at) => at.save({ number: '+15125550175' })));
  expect(results.filter((one) => one.ok)).toHaveLength(1);
});

test('with no account of its own a company takes over the environment’s number by name, and gives its own account up', async () => {
  const at = await company();
  const none = { accountSid: '', authToken: '', number: '' };
  expect(await at.save(none)).toMatchObject({ ok: false });
  expect(await at.save(none, twilioKeys)).toEqual({ ok: true });
  expect(await at.tx(readTextChannel)).toMatchObject({ accountSid: '', number: NUMBER, hasSecret: false });
  expect(await at.tx((t) => textsReady(t, { twilio: twilioKeys }))).toEqual({ ok: true, number: NUMBER });
  await at.save({ number: '+15125550180' }, twilioKeys);
  expect(await at.tx(readTextChannel)).toMatchObject({ hasSecret: true });
  await at.save({ ...none, number: '+15125550180' }, twilioKeys);
  expect(await at.tx(readTextChannel)).toMatchObject({ accountSid: '', hasSecret: false, number: '+15125550180' });
});

const office = await makeCompany(db);
const cookieOf = async (role: 'marketer' | 'viewer') => {
  const { email } = await withCompany(db, office.companyId, (tx) => makeStaff(tx, { role }));
  return signInCookie(app.origin, email, TEST_PASSWORD);
};
const admin = await signInCookie(app.origin, office.admin.email, office.admin.password);
const [marketer, viewer] = [await cookieOf('marketer'), await cookieOf('viewer')];
const post = (cookie: string, fields: Record<string, string>) =>
  send(`${app.origin}/settings/texts`, { form: fields, cookie });
const page = async (cookie: string) =>
  (await send(`${app.origin}/settings/texts`, { cookie })).body.replaceAll('<!-- -->', '');

test('the page shows how texts go out, the address to enter at Twilio, and what is still missing', async () => {
  const text = await page(admin);
  expect(text).toContain('Texts go to the sandbox');
  expect(text).toContain(`value="${app.origin}/webhooks/twilio/inbound"`);
  expect(text).toContain('A2P 10DLC');
  expect((await page(viewer)).includes('name="authToken"')).toBe(false);
  const saved = await post(admin, {
    ...form,
    intent: 'save',
    number: '512-555-0190',
    registration: 'none',
    registeredOn: '',
  });
  expect(saved.headers.location).toBe('/settings/texts?saved=1');
  const after = await page(admin);
  expect(after).toContain('not registered for texts yet');
  expect(after).toContain('(512) 555-0190');
  expect(after).not.toContain(AUTH_TOKEN);
  await post(admin, { ...form, intent: 'save', number: '512-555-0190', authToken: '', registeredOn: '2026-01-05' });
  expect(await page(admin)).toContain('Texts go out through Twilio now, from (512) 555-0190.');
});

test('what is refused says why at the field and keeps what was typed, but for the token', async () => {
  const token = 'typed-token-0123456789';
  const { status, body } = await post(admin, { ...form, intent: 'save', accountSid: 'AC1', authToken: token });
  expect(status).toBe(400);
  expect(body).toContain('An account SID is AC and 32 digits');
  expect(body).toContain('href="#accountSid"');
  expect(body).toContain('value="AC1"');
  expect(body).not.toContain(token);
});

test('who may not change settings may not; a test has a permission of its own', async () => {
  expect((await post(marketer, { ...form, intent: 'save' })).status).toBe(403);
  expect((await post(viewer, { intent: 'test', to: '512-555-0123' })).status).toBe(403);
  const refused = await post(marketer, { intent: 'test', to: 'x' });
  expect([refused.status, refused.body.includes('Enter a mobile number')]).toEqual([400, true]);
  expect((await post(marketer, { intent: 'test', to: '512-555-0123' })).headers.location).toBe(
    '/settings/texts?saved=test',
  );
});
