import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeEach, expect, test } from 'vitest';

import { encryptSecret } from '#app/company/crypto.server.ts';
import { processorChooser } from '#app/invoicing/payments/choose-processor.server.ts';
import { checkLedger } from '#app/invoicing/ledger/ledger.server.ts';
import { changePaymentAccount } from '#app/invoicing/payments/account.server.ts';
import type { PaymentAccountForm } from '#app/invoicing/payments/account.ts';
import { checkPayment } from '#app/invoicing/payments/check.server.ts';
import { finishPayment } from '#app/invoicing/payments/finish.server.ts';
import { startRefund } from '#app/invoicing/payments/refund.server.ts';
import { chargeMethod } from '#app/invoicing/payments/saved.server.ts';
import { startPayment } from '#app/invoicing/payments/start.server.ts';
import { processorKey, readPayment, type PayDeps, type PayTrouble } from '#app/invoicing/payments/payments.server.ts';
import type { Processor } from '#app/invoicing/payments/processor.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { invoices, paymentMethods, payments, processorCustomers } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { formFor, newKey, openTill } from '#tests/factories/paying.ts';
import { ACCOUNTS, CARDS } from '#tests/fakes/stripe-bank.ts';
import { clear } from '#tests/fakes/stripe-moves.ts';
import { HOOK_SECRET, makeAccount, SECRET_KEY, startFakeStripe } from '#tests/fakes/stripe.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

/* Payments that are under way while a company changes its account, or whose processor hardly remembers them. */

const { db } = await createTestDatabase();
const SECRET = 'a-secret-for-tests-only-0123456789abcdef';
const OTHER_KEY = 'sk_test_another_account_0123';
const stripe = await startFakeStripe();
stripe.keys.set(OTHER_KEY, makeAccount({ name: 'Somebody else' }));
afterAll(() => stripe.close());
beforeEach(() => stripe.reset());

const deps: PayDeps = {
  db,
  processorOf: processorChooser(db, { secret: SECRET, stripeApiBase: stripe.url }),
  tell: { settled: () => Promise.resolve(), failed: () => Promise.resolve() },
};

/** A company with Stripe, whose customer owes $310 and keeps a card and a bank account there. */
async function company() {
  const { companyId, admin } = await makeCompany(db);
  const actor = { staffId: admin.staffId, name: admin.name };
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const box = encryptSecret(SECRET, JSON.stringify({ secretKey: SECRET_KEY, webhookSecret: HOOK_SECRET }));
  const account = stripe.keys.get(SECRET_KEY)!.id;
  const reference = `cus_${companyId}`;
  stripe.bank.customers.set(reference, { id: reference, account, name: 'Ann Ames', email: null });
  const made = await tx(async (t) => {
    await t.execute(sql`insert into payment_accounts (processor, secrets) values ('stripe', ${box})`);
    const { customerId } = await makeCustomer(t);
    await t.insert(processorCustomers).values({ customerId, processor: 'stripe', reference });
    const [card, bank] = await t
      .insert(paymentMethods)
      .values([
        { customerId, processor: 'stripe', reference: `pm_card_${companyId}`, kind: 'card' },
        { customerId, processor: 'stripe', reference: `pm_bank_${companyId}`, kind: 'ach' },
      ])
      .returning();
    return { ...(await makeInvoice(t, { customerId, totalCents: 31_000 })), methods: { card: card!, ach: bank! } };
  });
  for (const [method, kind, number] of [
    [made.methods.card, 'card', CARDS.good],
    [made.methods.ach, 'us_bank_account', ACCOUNTS.good],
  ] as const) {
    const id = method.reference;
    stripe.bank.methods.set(id, { id, kind, number, customer: reference, expMonth: 1, expYear: 2031 });
  }
  const { customerId, invoiceId, methods } = made;
  const form = { ...formFor(companyId, customerId, [invoiceId], [31_000]), idempotencyKey: newKey() };
  /** Charges the card or the account that is kept. @returns the payment's id, also when nobody knows what came of it */
  const charge = async (method: 'card' | 'ach') => {
    await startPayment(deps, { ...form, method, savedMethodId: methods[method].id, idempotencyKey: newKey() });
    const [last] = await tx((t) =>
      t
        .select()
        .from(payments)
        .orderBy(sql`${payments.id} desc`)
        .limit(1),
    );
    return last!.id;
  };
  const payByPage = async () => {
    const started = await startPayment(deps, { ...form, method: 'ach' });
    if (!started.ok || started.kind !== 'checkout') throw new Error('no page');
    const body = new URLSearchParams({ number: ACCOUNTS.good });
    await fetch(started.url, { method: 'POST', body, redirect: 'manual' });
    return started.paymentId;
  };
  /** All of it began so many minutes earlier. */
  const age = (minutes: number) =>
    tx(async (t) => {
      const createdAt = sql`created_at - make_interval(mins => ${minutes})`;
      await t.update(payments).set({ createdAt });
      await t.update(processorCustomers).set({ createdAt });
    });
  const save = (more: Partial<PaymentAccountForm>) =>
    changePaymentAccount({ db, companyId, secret: SECRET, base: stripe.url }, actor, {
      processor: 'stripe',
      secretKey: '',
      webhookSecret: '',
      anyway: 'on',
      ...more,
    });
  const check = (paymentId: number) => checkPayment(deps, { companyId, paymentId });
  const payment = (paymentId: number) => readPayment(db, { companyId, paymentId });
  const owed = async () => {
    const [row] = await tx((t) => t.select().from(invoices).where(eq(invoices.id, invoiceId)));
    return [row!.balanceCents, row!.pendingCents];
  };
  return { companyId, actor, tx, form, methods, charge, payByPage, age, save, check, payment, owed };
}

const lastIntent = () => [...stripe.bank.intents.values()].at(-1)!;

test('a payment whose reference is known is asked for by it, whatever lists and search know', async () => {
  const at = await company();
  const id = await at.charge('ach');
  const intent = lastIntent();
  expect(await at.payment(id)).toMatchObject({ status: 'pending', reference: intent.id });
  intent.metadata = {};
  await at.age(180);
  expect(await at.check(id)).toBe('processing');
  clear(stripe, intent.id);
  expect(await at.check(id)).toBe('succeeded');
  expect(await at.owed()).toEqual([0, 0]);
  // One that is not there at all is no answer: it may be of another account.
  const other = await company();
  const lost = await other.charge('ach');
  stripe.bank.intents.clear();
  await other.age(180);
  expect(await other.check(lost)).toBe('unsure');
  expect(await other.payment(lost)).toMatchObject({ status: 'pending' });
});

test('a charge whose answer was lost is asked for at the account that it was begun with, whichever is chosen since', async () => {
  for (const secretKey of [SECRET_KEY, OTHER_KEY]) {
    for (const [loss, became] of [
      ['reset', 'failed'],
      ['drop', 'succeeded'],
    ] as const) {
      const at = await company();
      stripe.behave = ({ path, method }) => (method === 'POST' && path === '/v1/payment_intents' ? loss : 'ok');
      const id = await at.charge('card');
      stripe.behave = () => 'ok';
      expect(await at.payment(id)).toMatchObject({ status: 'pending', reference: '' });
      expect(await at.save({ secretKey })).toEqual({ ok: true });
      await at.age(180);
      expect(await at.check(id)).toBe(became);
      expect(await at.payment(id)).toMatchObject({ status: became });
    }
  }
});

test('S2-14: what is under way at Stripe is asked for with its stored key, whoever is chosen meanwhile', async () => {
  for (const processor of ['none', 'sandbox'] as const) {
    stripe.reset();
    const at = await company();
    const id = await at.payByPage();
    expect(await at.check(id)).toBe('processing');
    expect(await at.save({ processor })).toEqual({ ok: true });
    expect(await at.check(id)).toBe('processing');
    clear(stripe, lastIntent().id);
    expect(await at.check(id)).toBe('succeeded');
    expect(await at.owed()).toEqual([0, 0]);
    const { companyId, actor } = at;
    const request = { companyId, paymentId: id, amountCents: 1_000, reduces: true, reason: '' };
    expect(await startRefund(deps, actor, { ...request, idempotencyKey: newKey() })).toMatchObject({ ok: true });
    expect(stripe.money().refunded).toBe(1_000);
    // Nothing new begins there.
    expect((await deps.processorOf(companyId))?.name ?? 'none').toBe(processor);
  }
});

test('where the keys are gone nobody knows, and nothing is declared failed', async () => {
  const at = await company();
  const id = await at.payByPage();
  expect(await at.check(id)).toBe('processing');
  await at.tx((t) => t.execute(sql`update payment_accounts set processor = 'none', secrets = null`));
  await at.age(60 * 24 * 30);
  expect(await at.check(id)).toBe('unsure');
  expect(await at.payment(id)).toMatchObject({ status: 'pending' });
  expect(await at.owed()).toEqual([31_000, 31_000]);
});

test('the sandbox goes on where no account is chosen, and settles nothing once Stripe is', async () => {
  for (const processor of ['none', 'stripe'] as const) {
    const at = await company();
    await at.save({ processor: 'sandbox' });
    const till = openTill(db, at.companyId);
    till.deps.processorOf = deps.processorOf;
    const { request, ids } = await till.bill(5_000);
    const id = await till.begin(request);
    await till.choose(id, 'good');
    await at.save({ processor });
    expect(await at.check(id)).toBe(processor === 'none' ? 'succeeded' : 'failed');
    expect(await till.balances(ids)).toEqual([processor === 'none' ? 0 : 5_000]);
  }
});

test('a charge that came to Stripe after its payment was given up as interrupted is recorded once it is told of', async () => {
  for (const method of ['card', 'ach'] as const) {
    stripe.reset();
    const at = await company();
    stripe.behave = ({ path, method: verb }) => (verb === 'POST' && path === '/v1/payment_intents' ? 'reset' : 'ok');
    const id = await at.charge(method);
    stripe.behave = () => 'ok';
    await at.age(3);
    expect(await at.check(id)).toBe('failed');
    const given = (await at.payment(id))!;
    expect(given).toMatchObject({ status: 'failed', failure: 'interrupted' });
    expect(await at.owed()).toEqual([31_000, 0]);
    // The form comes back filled in anew meanwhile, and is another payment.
    const anew = { ...at.form, method, saveMethod: true, idempotencyKey: given.idempotencyKey };
    expect(await startPayment(deps, anew)).toMatchObject({ ok: true, kind: 'checkout' });
    // Nothing is charged by whoever was slow to begin with it.
    const processor = (await deps.processorOf(at.companyId))!;
    stripe.requests.length = 0;
    expect(await chargeMethod(deps, processor, { ...given, status: 'pending' })).toMatchObject({
      ok: false,
      reason: 'unavailable',
    });
    expect(stripe.requests).toEqual([]);
    // It was on the wire all the time.
    await processor.chargeSaved({
      idempotencyKey: processorKey(given, 'pay'),
      amountCents: given.amountCents,
      currency: given.currency,
      description: '',
      customerReference: `cus_${at.companyId}`,
      methodReference: `pm_${method === 'card' ? 'card' : 'bank'}_${at.companyId}`,
      method,
      metadata: { companyId: String(at.companyId), paymentId: String(id) },
    });
    expect(await at.check(id)).toBe(method === 'card' ? 'succeeded' : 'processing');
    if (method === 'ach') {
      expect(await at.owed()).toEqual([31_000, 31_000]);
      clear(stripe, lastIntent().id);
      expect(await at.check(id)).toBe('succeeded');
    }
    expect(await at.owed()).toEqual([0, 0]);
    expect(await at.tx((t) => checkLedger(t))).toEqual([]);
  }
});

test('why a processor gives no answer is told for the log, without people’s data', async () => {
  const told: PayTrouble[] = [];
  const heard = { ...deps, onTrouble: (trouble: PayTrouble) => void told.push(trouble) };
  const at = await company();
  const { companyId } = at;
  const blocked = { status: 400, code: 'email_invalid', message: 'Invalid: ann@mail.example, +1 (512) 555-0177' };
  stripe.behave = ({ path, method }) => (method === 'POST' && path === '/v1/checkout/sessions' ? blocked : 'ok');
  expect(await startPayment(heard, at.form)).toEqual({ ok: false, reason: 'unavailable' });
  stripe.behave = ({ path, method }) => (method === 'POST' && path === '/v1/payment_intents' ? 'reset' : 'ok');
  const saved = { ...at.form, idempotencyKey: newKey(), savedMethodId: at.methods.card.id };
  expect(await startPayment(heard, saved)).toEqual({ ok: false, reason: 'unsure' });
  const paymentId = told.at(-1)!.paymentId!;
  stripe.behave = () => ({ status: 401 });
  expect(await finishPayment(heard, { companyId, paymentId })).toEqual({ state: 'unsure', paymentId });
  expect(told.map((one) => [one.companyId, one.asked, one.name])).toEqual([
    [companyId, 'openCheckout', 'ProcessorBlocked'],
    [companyId, 'chargeSaved', 'ProcessorUnsure'],
    [companyId, 'find', 'ProcessorBlocked'],
  ]);
  expect(told[0]!.message).toBe('Stripe refuses (email_invalid): Invalid: [address] [number]');
  expect(told[2]!.message).toContain('does not know the secret key');
  // A statement that fails names its parameters.
  const failing = { ...heard, processorOf: () => Promise.resolve(failingProcessor) };
  await finishPayment(failing, { companyId, paymentId });
  expect(told.at(-1)).toMatchObject({ asked: 'find', paymentId });
  expect(JSON.stringify(told.at(-1))).not.toContain('a-secret-of-a-person');
});

/** Fails in a statement of its own. */
const failingProcessor = {
  name: 'stripe' as const,
  find: () => db.execute(sql`select ${'a-secret-of-a-person'}::int`),
} as unknown as Processor;

test('S2-14: a change warns of what is under way at Stripe, also where it is not the chosen one any more', async () => {
  const at = await company();
  const id = await at.payByPage();
  await at.check(id);
  const words = async (more: Partial<PaymentAccountForm>) => {
    const result = await at.save({ anyway: '', ...more });
    return result.ok ? 'saved' : (result.errors.anyway ?? '');
  };
  expect(await words({ processor: 'none' })).toContain(
    '1 payment is still under way through the Stripe account. Its key stays stored',
  );
  await at.save({ processor: 'none' });
  expect(await words({ processor: 'sandbox' })).toContain('1 payment is still under way');
  expect(await words({ secretKey: OTHER_KEY })).toContain('Its key stays stored, and Stripe is asked for it');
  // Back to the account that has it.
  expect(await words({})).toBe('saved');
});
