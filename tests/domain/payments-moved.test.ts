import { eq } from 'drizzle-orm';
import { afterAll, beforeEach, expect, test } from 'vitest';

import { checkLedger } from '#app/invoicing/ledger/ledger.server.ts';
import { changePaymentAccount } from '#app/invoicing/payments/account.server.ts';
import type { PaymentAccountForm } from '#app/invoicing/payments/account.ts';
import { checkPayment } from '#app/invoicing/payments/check.server.ts';
import { processorChooser } from '#app/invoicing/payments/choose-processor.server.ts';
import { listAllMethods, listMethods, removeMethod } from '#app/invoicing/payments/methods.server.ts';
import type { StartPayment } from '#app/invoicing/payments/paying.ts';
import { readPayment, type PayDeps } from '#app/invoicing/payments/payments.server.ts';
import { stripeToken } from '#app/invoicing/payments/processors/stripe-token.server.ts';
import { startRefund } from '#app/invoicing/payments/refund.server.ts';
import { startPayment } from '#app/invoicing/payments/start.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { invoices } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { formFor, newKey } from '#tests/factories/paying.ts';
import { SECRET } from '#tests/fakes/sending.ts';
import { CARDS } from '#tests/fakes/stripe-bank.ts';
import { HOOK_SECRET, makeAccount, SECRET_KEY, startFakeStripe, tellStripe } from '#tests/fakes/stripe.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { serveWebhooks } from '#tests/setup/webhooks.ts';

/* A company goes on to another account: what was begun at the one of before stays there, and is looked after there (S2-14). */

const { db } = await createTestDatabase();
const OTHER_KEY = 'sk_test_another_account_0123';
const LIVE_KEY = 'sk_live_of_the_first_0123456';
const stripe = await startFakeStripe();
stripe.keys.set(OTHER_KEY, makeAccount({ name: 'Somebody else' }));
stripe.keys.set(LIVE_KEY, makeAccount({ live: true }));
afterAll(() => stripe.close());
beforeEach(() => stripe.reset());
const { appOrigin } = await serveWebhooks({ db, stripeApiBase: stripe.url });

const deps: PayDeps = {
  db,
  processorOf: processorChooser(db, { secret: SECRET, stripeApiBase: stripe.url }),
  tell: { settled: () => Promise.resolve(), failed: () => Promise.resolve() },
};

/** A company in the sandbox whose customer owes $310. */
async function company() {
  const { companyId, admin } = await makeCompany(db);
  const actor = { staffId: admin.staffId, name: admin.name };
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const { customerId, invoiceId } = await tx(async (t) =>
    makeInvoice(t, { customerId: (await makeCustomer(t)).customerId, totalCents: 31_000 }),
  );
  const form = (cents = 31_000): StartPayment => formFor(companyId, customerId, [invoiceId], [cents]);
  const payment = async (paymentId: number) => (await readPayment(db, { companyId, paymentId }))!;
  const begin = async (request: StartPayment) => {
    const started = await startPayment(deps, request);
    if (!started.ok || started.kind !== 'checkout') throw new Error(JSON.stringify(started));
    return { id: started.paymentId, url: started.url, checkout: (await payment(started.paymentId)).checkout! };
  };
  return {
    companyId,
    customerId,
    actor,
    tx,
    form,
    payment,
    begin,
    check: (paymentId: number) => checkPayment(deps, { companyId, paymentId }),
    owed: () => tx(async (t) => (await t.select().from(invoices).where(eq(invoices.id, invoiceId)))[0]!.balanceCents),
    goTo: async (more: Partial<PaymentAccountForm>) => {
      const at = { db, companyId, secret: SECRET, base: stripe.url };
      const form = { processor: 'stripe', secretKey: '', webhookSecret: '', anyway: 'on', ...more };
      expect(await changePaymentAccount(at, actor, form)).toEqual({ ok: true });
    },
    clean: async () => expect(await tx((t) => checkLedger(t))).toEqual([]),
  };
}

const submit = (url: string, number: string = CARDS.good) =>
  fetch(url, { method: 'POST', body: new URLSearchParams({ number }), redirect: 'manual' });
const accountOf = (key: string) => stripe.keys.get(key)!.id;
const lastIntent = () => [...stripe.bank.intents.values()].at(-1)!;

test('whoever pays anew finds no page open that was left at the sandbox or at another account', async () => {
  const at = await company();
  const first = await at.begin(at.form());
  await at.goTo({ secretKey: SECRET_KEY });
  const second = await at.begin(at.form());
  const sandbox = (await deps.processorOf(at.companyId, 'sandbox'))!;
  expect(await sandbox.find({ checkout: first.checkout })).toEqual({ state: 'expired' });
  expect(await at.payment(first.id)).toMatchObject({ status: 'failed' });

  await at.goTo({ secretKey: OTHER_KEY });
  const form = at.form();
  const third = await at.begin(form);
  expect(stripe.bank.sessions.get(second.checkout)).toMatchObject({
    account: accountOf(SECRET_KEY),
    status: 'expired',
  });
  expect(await at.payment(second.id)).toMatchObject({ status: 'failed', failure: 'given_up' });

  // The same form sent again goes to its page; after another change it begins anew at the account of then.
  expect(await at.begin(form)).toEqual(third);
  await at.goTo({ secretKey: SECRET_KEY });
  const fourth = await at.begin(form);
  expect(fourth.id).not.toBe(third.id);
  expect(stripe.bank.sessions.get(third.checkout)).toMatchObject({ account: accountOf(OTHER_KEY), status: 'expired' });
  expect(stripe.bank.sessions.get(fourth.checkout)).toMatchObject({ account: accountOf(SECRET_KEY), status: 'open' });
  await submit(fourth.url);
  expect(await at.check(fourth.id)).toBe('succeeded');
  expect(stripe.money()).toEqual({ held: 0, taken: 31_000, refunded: 0 });
  await at.clean();
});

test('what was paid at the account of before is taken, told and given back there, and not taken a second time', async () => {
  const at = await company();
  await at.goTo({ secretKey: SECRET_KEY, webhookSecret: HOOK_SECRET });
  const first = await at.begin(at.form());
  await submit(first.url);
  await at.goTo({ secretKey: OTHER_KEY, webhookSecret: 'whsec_of_the_other_account' });
  const second = await at.begin(at.form());
  expect(await at.payment(first.id)).toMatchObject({ status: 'succeeded' });
  await submit(second.url);
  expect(await at.check(second.id)).toBe('failed');
  expect(stripe.money()).toEqual({ held: 0, taken: 31_000, refunded: 0 });
  expect(await at.owed()).toBe(0);

  const { companyId, actor } = at;
  const request = {
    companyId,
    paymentId: first.id,
    amountCents: 1_000,
    reduces: true,
    reason: '',
    idempotencyKey: newKey(),
  };
  expect(await startRefund(deps, actor, request)).toMatchObject({ ok: true, status: 'succeeded' });
  expect([...stripe.bank.refunds.values()].map((one) => one.account)).toEqual([accountOf(SECRET_KEY)]);
  const hook = `${appOrigin}/webhooks/stripe/${stripeToken(SECRET, companyId)}`;
  for (const [secret, status] of [
    [HOOK_SECRET, 200],
    ['whsec_of_the_other_account', 200],
    ['whsec_of_nobody_at_all', 400],
  ] as const) {
    expect((await tellStripe(hook, stripe.events.at(-1)!, { secrets: [secret] })).status).toBe(status);
  }
  await at.clean();
});

test('once real money is taken, what Stripe’s test mode took settles nothing', async () => {
  const at = await company();
  await at.goTo({ secretKey: SECRET_KEY });
  const { id, url } = await at.begin(at.form());
  await submit(url);
  await at.goTo({ secretKey: LIVE_KEY });
  expect(await at.check(id)).toBe('failed');
  expect(await at.payment(id)).toMatchObject({ status: 'failed', failure: 'interrupted' });
  expect(await at.owed()).toBe(31_000);
});

test('S3-19: what is kept at another account is not offered and not charged, and is removed where it is kept', async () => {
  const at = await company();
  const { companyId, customerId } = at;
  const lists = async () => {
    const processor = (await deps.processorOf(companyId))!;
    return at.tx(async (t) => ({
      offered: await listMethods(t, customerId, processor),
      all: await listAllMethods(t, customerId, processor),
    }));
  };
  const pay = async (cents: number, moveTo?: string) => {
    const { id, url } = await at.begin({ ...at.form(cents), saveMethod: true });
    await submit(url);
    if (moveTo) await at.goTo({ secretKey: moveTo });
    expect(await at.check(id)).toBe('succeeded');
    return stripe.bank.methods.get(lastIntent().method!)!;
  };
  const remove = (methodId: number, as = customerId) => removeMethod(deps, { companyId, customerId: as, methodId });

  await at.goTo({ secretKey: SECRET_KEY });
  // Recorded once the company had moved on: it is kept at the account where it was paid.
  const kept = await pay(1_000, OTHER_KEY);
  expect(kept.customer).not.toBeNull();
  const before = await lists();
  expect(before.offered).toEqual([]);
  expect(before.all).toMatchObject([{ last4: '4242', usable: false }]);
  const old = before.all[0]!.id;
  const bySaved = { ...at.form(30_000), savedMethodId: old };
  expect(await startPayment(deps, bySaved)).toEqual({ ok: false, reason: 'missing' });

  // The same card at the new account: shown once, and charged there.
  const again = await pay(1_000);
  const after = await lists();
  expect(after.offered).toHaveLength(1);
  expect(after.all).toMatchObject([{ id: after.offered[0]!.id, usable: true }]);
  const charged = await startPayment(deps, { ...at.form(1_000), savedMethodId: after.offered[0]!.id });
  expect(charged).toMatchObject({ ok: true, kind: 'done' });
  expect(lastIntent()).toMatchObject({ account: accountOf(OTHER_KEY), method: again.id });

  const stranger = await at.tx((t) => makeCustomer(t));
  expect(await remove(old, stranger.customerId)).toEqual({ ok: false, reason: 'missing' });
  stripe.behave = () => ({ status: 500 });
  expect(await remove(old)).toEqual({ ok: false, reason: 'unavailable' });
  stripe.behave = () => 'ok';
  const account = stripe.keys.get(SECRET_KEY)!;
  stripe.keys.delete(SECRET_KEY);
  expect(await remove(old)).toEqual({ ok: false, reason: 'gone' });
  stripe.keys.set(SECRET_KEY, account);
  // Also while the company takes no payments at all.
  await at.goTo({ processor: 'none' });
  expect(await remove(old)).toEqual({ ok: true });
  expect([kept.customer, again.customer]).toEqual([null, null]);
  expect((await at.tx((t) => listAllMethods(t, customerId, null))).length).toBe(0);
  await at.clean();
});

test('a payment that begins while the account is changed begins at the new one, by its customer’s name of there', async () => {
  const at = await company();
  await at.goTo({ secretKey: SECRET_KEY });
  const old = (await deps.processorOf(at.companyId))!;
  await at.goTo({ secretKey: OTHER_KEY });
  // Chosen a moment before the change, written down after it.
  let asked = 0;
  const late: PayDeps = {
    ...deps,
    processorOf: (...of) => (asked++ === 0 ? Promise.resolve(old) : deps.processorOf(...of)),
  };
  const started = await startPayment(late, at.form());
  expect(started).toMatchObject({ ok: true, kind: 'checkout' });
  const [session] = [...stripe.bank.sessions.values()].slice(-1);
  expect(session).toMatchObject({ account: accountOf(OTHER_KEY), status: 'open' });
  expect([...stripe.bank.customers.values()].map((one) => one.account)).toEqual([accountOf(OTHER_KEY)]);
  // One that is always too late is told so.
  const stale = { ...deps, processorOf: () => Promise.resolve(old) };
  expect(await startPayment(stale, at.form())).toEqual({ ok: false, reason: 'unavailable' });
});

test('two who change the account at once: one is told, and the account of before is remembered', async () => {
  const at = await company();
  await at.goTo({ secretKey: SECRET_KEY });
  const { id, url } = await at.begin(at.form());
  const change = () =>
    changePaymentAccount({ db, companyId: at.companyId, secret: SECRET, base: stripe.url }, at.actor, {
      processor: 'stripe',
      secretKey: OTHER_KEY,
      webhookSecret: '',
      anyway: 'on',
    });
  const answers = await Promise.all([change(), change()]);
  expect(answers.filter((one) => one.ok)).toHaveLength(1);
  expect(JSON.stringify(answers)).toContain('Somebody changed the payment account meanwhile');
  await submit(url);
  expect(await at.check(id)).toBe('succeeded');
});

test('a company that comes back with a new key asks by it for what began there before', async () => {
  const at = await company();
  const newKey = 'sk_test_rolled_key_0123456789';
  const account = stripe.keys.get(SECRET_KEY)!;
  await at.goTo({ secretKey: SECRET_KEY });
  const { id, url } = await at.begin(at.form());
  await submit(url);
  await at.goTo({ secretKey: OTHER_KEY });
  stripe.keys.set(newKey, account);
  stripe.keys.delete(SECRET_KEY);
  try {
    await at.goTo({ secretKey: newKey });
    expect(await at.check(id)).toBe('succeeded');
  } finally {
    stripe.keys.set(SECRET_KEY, account);
    stripe.keys.delete(newKey);
  }
});
