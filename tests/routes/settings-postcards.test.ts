import { sql } from 'drizzle-orm';
import { afterAll, beforeEach, expect, test } from 'vitest';

import { pageAudit } from '#app/company/audit-log.server.ts';
import { decryptSecret, encryptSecret } from '#app/company/crypto.server.ts';
import { readMailChannel, saveMailChannel } from '#app/messaging/mail-channel.server.ts';
import type { MailChannelForm } from '#app/messaging/mail-channel.ts';
import {
  mailAccount,
  mailProviderName,
  mailProviders,
  mailReady,
  readReturnAddress,
  type LobKeys,
} from '#app/messaging/providers/choose-mail.server.ts';
import { lobAccount } from '#app/messaging/providers/lob.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCompany, makeStaff, TEST_PASSWORD, type MadeCompany } from '#tests/factories/company.ts';
import { API_KEY, lobKeys, startFakeLob, WEBHOOK_SECRET } from '#tests/fakes/lob.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const lob = await startFakeLob();
afterAll(() => lob.close());
beforeEach(() => {
  lob.requests.length = 0;
});
const app = await startTestApp({ lobApiBase: lob.url });
const { db, secret } = app;
const LIVE_KEY = 'live_00112233445566778899';

const form: MailChannelForm = {
  provider: 'lob',
  apiKey: API_KEY,
  webhookSecret: WEBHOOK_SECRET,
  forget: '',
  returnAddress: '1 Main St\nAustin TX 78701',
};
const actorOf = ({ admin }: MadeCompany) => ({ staffId: admin.staffId, name: admin.name });

async function company() {
  const made = await makeCompany(db);
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, made.companyId, work);
  const save = (more: Partial<MailChannelForm> = {}, environment: LobKeys | null = null) =>
    tx((t) => saveMailChannel(t, actorOf(made), { ...form, ...more }, { secret, lob: environment }));
  const ready = (environment: LobKeys | null = null) => tx((t) => mailReady(t, { secret, lob: environment }));
  const stored = async () => {
    const [row] = await tx((t) =>
      t.execute<{ options: object; secrets: string | null }>(
        sql`select options, secrets from channel_settings where channel = 'mail'`,
      ),
    );
    return row!;
  };
  const setPostalAddress = (text: string) =>
    tx((t) =>
      t.execute(sql`
        insert into company_profiles (postal_address) values (${text})
        on conflict (company_id) do update set postal_address = excluded.postal_address`),
    );
  return { ...made, tx, save, ready, stored, setPostalAddress };
}

test('what is entered is stored, the keys encrypted, never read back, and kept when left empty', async () => {
  const at = await company();
  expect(await at.tx((t) => mailProviderName(t, { lob: null }))).toBe('sandbox');
  expect(await at.save({ apiKey: ` ${API_KEY} `, returnAddress: ' 1 Main  St\r\n\r\nAustin TX 78701 ' })).toEqual({
    ok: true,
  });
  const read = {
    provider: 'lob',
    hasKey: true,
    keyEnding: API_KEY.slice(-4),
    isTest: true,
    hasWebhookSecret: true,
    returnAddress: '1 Main St\nAustin TX 78701',
  };
  expect(await at.tx(readMailChannel)).toEqual(read);
  const { options, secrets } = await at.stored();
  for (const text of [JSON.stringify(options), JSON.stringify(await at.tx((t) => pageAudit(t, {}, {})))]) {
    expect(text).not.toContain(API_KEY);
    expect(text).not.toContain(WEBHOOK_SECRET);
  }
  expect(JSON.parse(decryptSecret(secret, secrets!)!)).toEqual(lobKeys);
  expect(await at.save({ apiKey: '', webhookSecret: '' })).toEqual({ ok: true });
  expect((await at.stored()).secrets).toBe(secrets);
  // A new key alone keeps the webhook's secret.
  expect(await at.save({ apiKey: LIVE_KEY, webhookSecret: '' })).toEqual({ ok: true });
  expect(JSON.parse(decryptSecret(secret, (await at.stored()).secrets!)!)).toEqual({
    apiKey: LIVE_KEY,
    webhookSecret: WEBHOOK_SECRET,
  });
  expect(await at.tx(readMailChannel)).toMatchObject({ isTest: false, keyEnding: LIVE_KEY.slice(-4) });
  // Back to the sandbox; the keys stay for the next time.
  expect(await at.save({ provider: 'sandbox', apiKey: '', webhookSecret: '' })).toEqual({ ok: true });
  expect(await at.tx(readMailChannel)).toMatchObject({ provider: 'sandbox', hasKey: true, hasWebhookSecret: true });
});

test.each([
  [{ provider: 'pigeon' }, ['provider']],
  [{ apiKey: '' }, ['apiKey']],
  [{ apiKey: 'sk_123456789' }, ['apiKey']],
  [{ apiKey: 'test_with a space' }, ['apiKey']],
  [{ apiKey: 'test_pub_0123456789abcdef' }, ['apiKey']],
  [{ webhookSecret: 'short' }, ['webhookSecret']],
  [{ webhookSecret: 'with a space in it' }, ['webhookSecret']],
  [{ returnAddress: '1 Main St' }, ['returnAddress']],
  [{ returnAddress: '1 Main St\nAustin TX' }, ['returnAddress']],
  [{ returnAddress: `${'x'.repeat(41)}\nAustin TX 78701` }, ['returnAddress']],
  [{ returnAddress: '1\n2\n3\n4\nAustin TX 78701' }, ['returnAddress']],
  [{ returnAddress: '1 Main St 💧\nAustin TX 78701' }, ['returnAddress']],
  [{ apiKey: '', returnAddress: 'x' }, ['apiKey', 'returnAddress']],
] as [Partial<MailChannelForm>, string[]][])(
  '%o is refused at its field, and nothing is written',
  async (more, fields) => {
    const at = await company();
    const result = await at.save(more);
    expect(result.ok ? [] : Object.keys(result.errors)).toEqual(fields);
    expect(await at.tx(readMailChannel)).toMatchObject({ provider: null, hasKey: false });
  },
);

test('B-12: postcards wait for a key and a return address, and say what is missing; a test key prints nothing', async () => {
  const at = await company();
  expect(await at.ready()).toEqual({ ok: true, provider: 'sandbox', prints: false });
  await at.setPostalAddress('');
  await at.save({ returnAddress: '' });
  expect(await at.ready()).toMatchObject({ ok: false, to: '/settings/postcards#returnAddress' });
  await at.setPostalAddress('1 Main St\nAustin TX 78701');
  expect(await at.ready()).toEqual({ ok: true, provider: 'lob', prints: false });
  await at.save({ apiKey: LIVE_KEY });
  expect(await at.ready()).toEqual({ ok: true, provider: 'lob', prints: true });
  await at.tx((t) =>
    t.execute(
      sql`update channel_settings set secrets = ${encryptSecret('another'.repeat(6), 'x')} where channel = 'mail'`,
    ),
  );
  expect(await at.ready()).toMatchObject({ ok: false, to: '/settings/postcards#apiKey' });
  await expect(mailProviders(db, { secret, lob: null, lobApiBase: null })(at.companyId)).rejects.toThrow(
    /can’t be read/,
  );
});

test('the return address is the company’s name and what was entered, else its postal address', async () => {
  const at = await company();
  const [{ name } = { name: '' }] = await at.tx((t) =>
    t.execute<{ name: string }>(sql`select name from companies where id = current_company_id()`),
  );
  await at.setPostalAddress(`${name}\n2 Elm St\n\nDallas TX 75201`);
  expect(await at.tx(readReturnAddress)).toEqual([name, '2 Elm St', 'Dallas TX 75201']);
  await at.save();
  expect(await at.tx(readReturnAddress)).toEqual([name, '1 Main St', 'Austin TX 78701']);
});

test('keys of the environment stand in, and a company’s own can be given up for them', async () => {
  const at = await company();
  const choose = mailProviders(db, { secret, lob: lobKeys, lobApiBase: lob.url });
  const account = () => at.tx((t) => mailAccount(t, { secret, lob: lobKeys }));
  expect((await choose(at.companyId)).name).toBe('lob');
  expect(await account()).toBe(lobAccount(API_KEY));
  expect(await at.save({ apiKey: '', webhookSecret: '' }, lobKeys)).toEqual({ ok: true });
  expect(await at.save({ apiKey: '', webhookSecret: 'of-nobody-s-webhook' }, lobKeys)).toMatchObject({ ok: false });
  await at.save({ apiKey: LIVE_KEY }, lobKeys);
  expect(await account()).toBe(lobAccount(LIVE_KEY));
  expect((await choose(at.companyId)).account).toBe(lobAccount(LIVE_KEY));
  expect(await at.save({ apiKey: '', webhookSecret: '', forget: 'on' }, lobKeys)).toEqual({ ok: true });
  expect(await at.tx(readMailChannel)).toMatchObject({ hasKey: false, keyEnding: '', hasWebhookSecret: false });
  expect(await account()).toBe(lobAccount(API_KEY));
  await at.save({ provider: 'sandbox' }, lobKeys);
  expect((await choose(at.companyId)).name).toBe('sandbox');
  expect(await account()).toBeNull();
});

const office = await makeCompany(db);
const cookieOf = async (role: 'marketer' | 'viewer') => {
  const { email } = await withCompany(db, office.companyId, (tx) => makeStaff(tx, { role }));
  return signInCookie(app.origin, email, TEST_PASSWORD);
};
const admin = await signInCookie(app.origin, office.admin.email, office.admin.password);
const marketer = await cookieOf('marketer');
const post = (cookie: string, fields: Record<string, string>) =>
  send(`${app.origin}/settings/postcards`, { form: fields, cookie });
const page = async (cookie: string) =>
  (await send(`${app.origin}/settings/postcards`, { cookie })).body.replaceAll('<!-- -->', '');

test('the page shows how postcards go out, the address to enter at Lob, and that a test key prints nothing', async () => {
  const text = await page(admin);
  expect(text).toContain('Postcards go to the sandbox');
  expect(text).toContain(`value="${app.origin}/webhooks/lob"`);
  expect((await page(marketer)).includes('name="apiKey"')).toBe(false);
  expect(text).not.toContain('Ask Lob');
  const saved = await post(admin, { ...form, intent: 'save', webhookSecret: '' });
  expect(saved.headers.location).toBe('/settings/postcards?saved=1');
  const after = await page(admin);
  expect(after).toContain('Postcards go to Lob’s test environment: nothing is printed.');
  expect(after).toContain('No signing secret is set');
  expect(after).toContain('1 Main St');
  expect(after).not.toContain(API_KEY);
  await post(admin, { ...form, intent: 'save', apiKey: '' });
  expect(await page(admin)).not.toContain('No signing secret is set');
});

test('what is refused says why at the field and keeps what was typed, but for the keys', async () => {
  const fields = { ...form, intent: 'save', apiKey: 'sk_typed_0123456789', returnAddress: 'Nowhere' };
  const { status, body } = await post(admin, fields);
  expect(status).toBe(400);
  expect(body).toContain('href="#apiKey"');
  expect(body).toContain('A secret key of Lob begins with test_ or live_');
  expect(body).toContain('>Nowhere</textarea>');
  expect(body).not.toContain('sk_typed_0123456789');
});

test('the key is checked by asking Lob for something harmless', async () => {
  await post(admin, { ...form, intent: 'save' });
  expect((await post(admin, { intent: 'check' })).headers.location).toBe('/settings/postcards?saved=check');
  expect(lob.requests.map((one) => `${one.method} ${one.path}`)).toEqual(['GET /v1/postcards']);
  lob.keys.delete(API_KEY);
  const refused = await post(admin, { intent: 'check' });
  lob.keys.add(API_KEY);
  expect([refused.status, refused.body.includes('The API key is wrong.')]).toEqual([400, true]);
});

test('who may not change settings may not', async () => {
  expect((await post(marketer, { ...form, intent: 'save' })).status).toBe(403);
  expect((await post(marketer, { intent: 'check' })).status).toBe(403);
});
