import { sql } from 'drizzle-orm';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import { pageAudit } from '#app/company/audit-log.server.ts';
import { decryptSecret } from '#app/company/crypto.server.ts';
import { processorChooser } from '#app/invoicing/payments/choose-processor.server.ts';
import { changePaymentAccount, checkPaymentAccount, readAccountShown } from '#app/invoicing/payments/account.server.ts';
import type { PaymentAccountForm } from '#app/invoicing/payments/account.ts';
import { STRIPE_EVENTS } from '#app/invoicing/payments/processors/stripe-events.ts';
import { stripeToken } from '#app/invoicing/payments/processors/stripe-token.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCompany, makeStaff, TEST_PASSWORD } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makePayment } from '#tests/factories/invoices.ts';
import { HOOK_SECRET, makeAccount, SECRET_KEY, startFakeStripe } from '#tests/fakes/stripe.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const stripe = await startFakeStripe();
afterAll(() => stripe.close());
beforeEach(() => stripe.reset());
const app = await startTestApp({ stripeApiBase: stripe.url });
const { db, secret } = app;

const ACCOUNT = { account: expect.stringMatching(/^acct_/) as string };
const LIVE_KEY = 'sk_live_00112233445566778899';
const ROLLED_KEY = 'sk_test_rolled_0123456789';
const OTHER_KEY = 'sk_test_another_account_0123';
const RESTRICTED_KEY = 'rk_test_restricted_0123456789';
const ours = stripe.keys.get(SECRET_KEY)!;
stripe.keys.set(LIVE_KEY, makeAccount({ live: true }));
stripe.keys.set(ROLLED_KEY, ours);
stripe.keys.set(OTHER_KEY, makeAccount({ name: 'Somebody else', chargesEnabled: false, methods: new Set(['card']) }));
stripe.keys.set(RESTRICTED_KEY, ours);

const form: PaymentAccountForm = { processor: 'stripe', secretKey: SECRET_KEY, webhookSecret: HOOK_SECRET, anyway: '' };
const kept = { secretKey: '', webhookSecret: '' };

async function company() {
  const made = await makeCompany(db);
  const actor = { staffId: made.admin.staffId, name: made.admin.name };
  const at = { db, companyId: made.companyId, secret, base: stripe.url };
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, made.companyId, work);
  const save = (more: Partial<PaymentAccountForm> = {}, base: string | null = stripe.url) =>
    changePaymentAccount({ ...at, base }, actor, { ...form, ...more });
  const stored = async () => {
    const [row] = await tx((t) =>
      t.execute<{ options: object; secrets: string | null }>(sql`select options, secrets from payment_accounts`),
    );
    return row!;
  };
  const keys = async () => JSON.parse(decryptSecret(secret, (await stored()).secrets!)!) as object;
  const shown = () => tx(readAccountShown);
  const check = () => checkPaymentAccount(at, actor);
  /** A customer whom Stripe knows by our key, with a card that is kept there. */
  const customer = () =>
    tx(async (t) => {
      const { customerId } = await makeCustomer(t);
      const reference = `cus_${customerId}`;
      stripe.bank.customers.set(reference, { id: reference, account: ours.id, name: 'Ann', email: null });
      await t.execute(
        sql`insert into processor_customers (customer_id, processor, reference) values (${customerId}, 'stripe', ${reference})`,
      );
      await t.execute(
        sql`insert into payment_methods (customer_id, processor, reference, kind) values (${customerId}, 'stripe', 'pm_1', 'card')`,
      );
      return customerId;
    });
  const knows = async () => {
    const [row] = await tx((t) =>
      t.execute<{ customers: number; methods: number }>(sql`
        select (select count(*)::int from processor_customers) as customers,
               (select count(*)::int from payment_methods where removed_at is null) as methods`),
    );
    return row;
  };
  return { ...made, tx, save, stored, keys, shown, check, customer, knows };
}

describe('S2-14: exactly one payment account', () => {
  test('what is entered is tried, stored encrypted, never read back, and kept when left empty', async () => {
    const at = await company();
    expect(await at.shown()).toMatchObject({ processor: 'sandbox', hasKey: false, connected: null });
    expect(await at.save({ secretKey: ` ${SECRET_KEY} ` })).toEqual({ ok: true });
    expect(await at.shown()).toEqual({
      processor: 'stripe',
      hasKey: true,
      keyEnding: SECRET_KEY.slice(-4),
      isTest: true,
      hasWebhookSecret: true,
      webhookEnding: HOOK_SECRET.slice(-4),
      connected: { name: 'Gulf Coast Comfort', country: 'US', chargesEnabled: true, cards: true, ach: true },
      checkedAt: expect.stringMatching(/^\d{4}-/),
    });
    expect(stripe.requests.map((one) => `${one.method} ${one.path}`)).toEqual(['GET /v1/account']);
    const { options, secrets } = await at.stored();
    for (const text of [JSON.stringify(options), JSON.stringify(await at.tx((t) => pageAudit(t, {}, {})))]) {
      expect(text).not.toContain(SECRET_KEY);
      expect(text).not.toContain(HOOK_SECRET);
    }
    expect(await at.keys()).toEqual({ secretKey: SECRET_KEY, webhookSecret: HOOK_SECRET, ...ACCOUNT, former: [] });
    expect(await at.save(kept)).toEqual({ ok: true });
    expect((await at.stored()).secrets).toBe(secrets);
    expect(await at.save({ secretKey: '', webhookSecret: 'whsec_another_secret' })).toEqual({ ok: true });
    expect(await at.keys()).toEqual({
      secretKey: SECRET_KEY,
      webhookSecret: 'whsec_another_secret',
      ...ACCOUNT,
      former: [],
    });
    // Somebody else moves the money now; the keys stay for what is under way.
    expect(await at.save({ processor: 'none', ...kept })).toEqual({ ok: true });
    expect(await at.shown()).toMatchObject({ processor: 'none', hasKey: true, hasWebhookSecret: true });
  });

  test('the choice is the processor’s that payments go by', async () => {
    const at = await company();
    const choose = processorChooser(db, { secret, stripeApiBase: stripe.url });
    const name = async () => (await choose(at.companyId))?.name ?? null;
    expect(await name()).toBe('sandbox');
    await at.save();
    expect([await name(), (await choose(at.companyId))!.test]).toEqual(['stripe', true]);
    await at.save({ processor: 'none', ...kept });
    expect(await name()).toBeNull();
    await at.save({ processor: 'sandbox', ...kept });
    expect(await name()).toBe('sandbox');
  });

  test.each([
    [{ processor: 'paypal' }, ['processor']],
    [{ secretKey: '' }, ['secretKey']],
    [{ secretKey: 'pk_test_0123456789' }, ['secretKey']],
    [{ secretKey: 'sk_test_with a space' }, ['secretKey']],
    [{ secretKey: 'whsec_0123456789' }, ['secretKey']],
    [{ secretKey: 'sk_test_nobody_knows_this' }, ['secretKey']],
    [{ webhookSecret: 'sk_test_0123456789' }, ['webhookSecret']],
    [{ webhookSecret: 'whsec_with a space' }, ['webhookSecret']],
    [{ secretKey: '', webhookSecret: 'x' }, ['secretKey', 'webhookSecret']],
  ] as [Partial<PaymentAccountForm>, string[]][])(
    '%o is refused at its field, and nothing is written',
    async (more, fields) => {
      const at = await company();
      const result = await at.save(more);
      expect(result.ok ? [] : Object.keys(result.errors)).toEqual(fields);
      expect(await at.shown()).toMatchObject({ processor: 'sandbox', hasKey: false });
    },
  );

  test('a key that can’t be tried just now is not saved', async () => {
    const at = await company();
    const result = await at.save({}, 'http://127.0.0.1:1');
    expect(result).toMatchObject({
      ok: false,
      errors: { secretKey: expect.stringContaining('try again in a moment') },
    });
    expect(await at.shown()).toMatchObject({ processor: 'sandbox', hasKey: false });
  });

  test('a restricted key need not tell its account, but must do what it is needed for', async () => {
    const at = await company();
    stripe.lacking.set(RESTRICTED_KEY, new Map([['account', 'rak_accounts_kyc_basic_read']]));
    expect(await at.save({ secretKey: RESTRICTED_KEY })).toEqual({ ok: true });
    const nothing = { name: null, country: null, chargesEnabled: null, cards: null, ach: null };
    expect(await at.shown()).toMatchObject({ keyEnding: RESTRICTED_KEY.slice(-4), connected: nothing });
    stripe.lacking.set(
      RESTRICTED_KEY,
      new Map([
        ['account', 'a'],
        ['refunds', 'rak_charge_read'],
      ]),
    );
    expect(await at.check()).toContain('lacks the permission rak_charge_read');
  });
});

describe('another key', () => {
  test('of the same account keeps its customers and cards; of another one, or of live mode, its cards to remove them only', async () => {
    for (const [secretKey, same] of [
      [ROLLED_KEY, true],
      [OTHER_KEY, false],
      [LIVE_KEY, false],
    ] as const) {
      const at = await company();
      await at.save();
      await at.customer();
      expect(await at.save({ secretKey, webhookSecret: '' })).toEqual({ ok: true });
      expect(await at.knows()).toEqual({ customers: same ? 1 : 0, methods: 1 });
      // Another account’s events are signed with another secret.
      const left = {
        secretKey: SECRET_KEY,
        webhookSecret: HOOK_SECRET,
        ...ACCOUNT,
        until: expect.stringMatching(/^\d{4}-/),
      };
      expect(await at.keys()).toEqual({
        secretKey,
        webhookSecret: same ? HOOK_SECRET : '',
        ...ACCOUNT,
        former: same ? [] : [left],
      });
    }
  });

  test('while payments are under way it warns, once for what the old account still has in hand', async () => {
    const at = await company();
    await at.save();
    const customerId = await at.customer();
    const pay = (status: 'open' | 'pending', createdAt?: Date) =>
      at.tx((t) =>
        makePayment(t, { customerId, amountCents: 100, status, processor: 'stripe', ...(createdAt && { createdAt }) }),
      );
    await pay('open', new Date(Date.now() - 2 * 86_400_000));
    expect(await at.save({ processor: 'sandbox', ...kept })).toEqual({ ok: true });
    await at.save(kept);
    await pay('pending');
    await pay('open');
    for (const more of [{ processor: 'none', ...kept }, { secretKey: OTHER_KEY }]) {
      const result = await at.save(more);
      expect(result).toMatchObject({
        ok: false,
        errors: { anyway: expect.stringContaining('2 payments are still under way') },
      });
    }
    expect(await at.shown()).toMatchObject({ processor: 'stripe', keyEnding: SECRET_KEY.slice(-4) });
    // The same account goes on with them.
    expect(await at.save({ secretKey: ROLLED_KEY })).toEqual({ ok: true });
    expect(await at.save({ processor: 'none', ...kept, anyway: 'on' })).toEqual({ ok: true });
  });
});

const office = await makeCompany(db);
const admin = await signInCookie(app.origin, office.admin.email, office.admin.password);
const cookieOf = async (role: 'marketer' | 'manager') => {
  const { email } = await withCompany(db, office.companyId, (tx) => makeStaff(tx, { role }));
  return signInCookie(app.origin, email, TEST_PASSWORD);
};
const marketer = await cookieOf('marketer');
const PLACE = `${app.origin}/settings/invoicing/payment-account`;
const post = (cookie: string, fields: Record<string, string>) => send(PLACE, { form: fields, cookie });
const page = async (cookie: string) => (await send(PLACE, { cookie })).body.replaceAll('<!-- -->', '');

test('S2-14: the page says who takes payments, what to enter at Stripe, and that a test key moves no money', async () => {
  const text = await page(admin);
  expect(text).toContain('Payments go to the sandbox: no money moves.');
  expect(text).toContain(`value="${app.origin}/webhooks/stripe/${stripeToken(secret, office.companyId)}"`);
  for (const event of STRIPE_EVENTS) expect(text).toContain(event);
  expect(text).not.toContain('Check connection');
  const read = await page(marketer);
  expect(read).toContain('Payments go to the sandbox');
  expect(read).not.toContain('name="secretKey"');
  const saved = await post(admin, { ...form, webhookSecret: '', intent: 'save' });
  expect(saved.headers.location).toBe('/settings/invoicing/payment-account?saved=1');
  const after = await page(admin);
  for (const words of ['Stripe’s test mode: no money moves.', 'No signing secret is set', 'Gulf Coast Comfort']) {
    expect(after).toContain(words);
  }
  expect(after).not.toContain(SECRET_KEY);
  await post(admin, { ...form, secretKey: '', intent: 'save' });
  expect(await page(admin)).not.toContain('No signing secret is set');
  await post(admin, { ...form, secretKey: LIVE_KEY, intent: 'save' });
  expect(await page(admin)).toContain('Payments are taken by Stripe now.');
});

test('what is refused says why at the field and keeps the choice, but no key', async () => {
  const { status, body } = await post(admin, { ...form, secretKey: 'pk_live_typed_0123456789', intent: 'save' });
  expect(status).toBe(400);
  expect(body).toContain('href="#secretKey"');
  expect(body).toContain('This is a publishable key');
  expect(body).not.toContain('pk_live_typed_0123456789');
  expect(body).not.toContain(HOOK_SECRET);
});

test('the connection is really checked, and says what is off', async () => {
  await post(admin, { ...form, secretKey: OTHER_KEY, intent: 'save' });
  stripe.requests.length = 0;
  expect((await post(admin, { intent: 'check' })).headers.location).toBe(
    '/settings/invoicing/payment-account?saved=check',
  );
  expect(stripe.requests.map((one) => `${one.method} ${one.path}`)).toEqual(['GET /v1/account']);
  const text = await page(admin);
  for (const words of ['Somebody else', 'Can’t be taken yet', 'Off: turn them on', 'Stripe takes no payments']) {
    expect(text).toContain(words);
  }
  const other = stripe.keys.get(OTHER_KEY)!;
  stripe.keys.delete(OTHER_KEY);
  const refused = await post(admin, { intent: 'check' });
  stripe.keys.set(OTHER_KEY, other);
  expect([refused.status, refused.body.includes('does not know the secret key')]).toEqual([400, true]);
});

test('who may not change settings may not', async () => {
  for (const fields of [{ ...form, intent: 'save' }, { intent: 'check' }]) {
    expect((await post(marketer, fields)).status).toBe(403);
  }
});
