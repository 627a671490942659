import { desc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeEach, expect, test } from 'vitest';

import { encryptSecret } from '#app/company/crypto.server.ts';
import { processorChooser } from '#app/invoicing/payments/choose-processor.server.ts';
import { checkLedger, postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import type { StartPayment } from '#app/invoicing/payments/paying.ts';
import { checkPayment } from '#app/invoicing/payments/check.server.ts';
import { finishPayment } from '#app/invoicing/payments/finish.server.ts';
import { runRefund, startRefund } from '#app/invoicing/payments/refund.server.ts';
import { startPayment } from '#app/invoicing/payments/start.server.ts';
import type { PayDeps, PayTrouble } from '#app/invoicing/payments/payments.server.ts';
import { stripeToken } from '#app/invoicing/payments/processors/stripe-token.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { refunds } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice, makePayment } from '#tests/factories/invoices.ts';
import { formFor, newKey } from '#tests/factories/paying.ts';
import { SECRET } from '#tests/fakes/sending.ts';
import { ACCOUNTS, CARDS } from '#tests/fakes/stripe-bank.ts';
import { clear } from '#tests/fakes/stripe-moves.ts';
import { HOOK_SECRET, SECRET_KEY, startFakeStripe, tellStripe, type StripeBehaviour } from '#tests/fakes/stripe.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { serveWebhooks } from '#tests/setup/webhooks.ts';

/* From the form that pays to the ledger, over Stripe's wire and its webhook. */

const { db } = await createTestDatabase();
const stripe = await startFakeStripe();
afterAll(() => stripe.close());
beforeEach(() => stripe.reset());

const { appOrigin: origin } = await serveWebhooks({ db, stripeApiBase: stripe.url });

const deps: PayDeps = {
  db,
  processorOf: processorChooser(db, { secret: SECRET, stripeApiBase: stripe.url }),
  tell: { settled: () => Promise.resolve(), failed: () => Promise.resolve() },
};

/** A company that takes payments by Stripe, with a customer who owes $310. */
async function company() {
  const { companyId, admin } = await makeCompany(db);
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const box = encryptSecret(SECRET, JSON.stringify({ secretKey: SECRET_KEY, webhookSecret: HOOK_SECRET }));
  const { customerId, invoiceId } = await tx(async (t) => {
    await t.execute(sql`insert into payment_accounts (processor, secrets) values ('stripe', ${box})`);
    return makeInvoice(t, { customerId: (await makeCustomer(t)).customerId, totalCents: 31_000 });
  });
  const form = (more: Partial<StartPayment> = {}) => ({
    ...formFor(companyId, customerId, [invoiceId], [31_000]),
    idempotencyKey: newKey(),
    ...more,
  });
  const begin = async (more: Partial<StartPayment> = {}) => {
    const started = await startPayment(deps, form(more));
    if (!started.ok) throw new Error(started.reason);
    return { paymentId: started.paymentId, url: started.kind === 'checkout' ? started.url : '' };
  };
  const finish = (paymentId: number) => finishPayment(deps, { companyId, paymentId });
  /** Stripe tells all that happened, each twice and the last first; then the job runs that this adds. */
  const tell = async (paymentId: number) => {
    for (const event of [...stripe.events, ...stripe.events].toReversed()) {
      const { status } = await tellStripe(`${origin}/webhooks/stripe/${stripeToken(SECRET, companyId)}`, event);
      expect(status).toBe(200);
    }
    return checkPayment(deps, { companyId, paymentId });
  };
  const owed = async () => {
    const [row] = await tx((t) =>
      t.execute<{ cents: number; pending: number; status: string }>(
        sql`select balance_cents as cents, pending_cents as pending, status from invoices where id = ${invoiceId}`,
      ),
    );
    return row!;
  };
  /** The office records a check meanwhile. */
  const takeCheck = (cents: number) =>
    tx(async (t) => {
      const paymentId = await makePayment(t, { customerId, amountCents: cents });
      await postEntries(t, invoiceId, [{ kind: 'payment', amountCents: -cents, paymentId }]);
    });
  const actor = { staffId: admin.staffId, name: admin.name };
  return { companyId, customerId, invoiceId, tx, begin, finish, tell, owed, takeCheck, actor };
}

const submit = (url: string, number: string) =>
  fetch(url, { method: 'POST', body: new URLSearchParams({ number }), redirect: 'manual' });

test('S3-19: a card pays an invoice: Stripe’s page, its webhook, the ledger', async () => {
  const at = await company();
  const { paymentId, url } = await at.begin();
  const back = await submit(url, CARDS.good);
  expect([back.status, back.headers.get('location')]).toEqual([303, `http://lark.portal.test/receipts/${paymentId}`]);
  expect(stripe.money()).toEqual({ held: 31_000, taken: 0, refunded: 0 });
  expect(await at.tell(paymentId)).toBe('succeeded');
  expect(stripe.money()).toEqual({ held: 0, taken: 31_000, refunded: 0 });
  expect(await at.owed()).toEqual({ cents: 0, pending: 0, status: 'paid' });
  // Whoever comes back late, and whatever is told again, changes nothing.
  expect(await at.finish(paymentId)).toEqual({ state: 'succeeded', paymentId });
  expect(await at.tell(paymentId)).toBe('succeeded');
  expect(stripe.money().taken).toBe(31_000);
});

test('nobody pays more than is owed: what a check paid meanwhile is not taken', async () => {
  const at = await company();
  const { paymentId, url } = await at.begin();
  await submit(url, CARDS.good);
  await at.takeCheck(20_000);
  expect(await at.tell(paymentId)).toBe('succeeded');
  expect(stripe.money()).toEqual({ held: 0, taken: 11_000, refunded: 0 });
  expect(await at.owed()).toMatchObject({ cents: 0, pending: 0 });

  const other = await company();
  const late = await other.begin();
  await submit(late.url, CARDS.good);
  await other.takeCheck(31_000);
  expect(await other.finish(late.paymentId)).toMatchObject({ state: 'failed', reason: 'settled' });
  expect(stripe.money()).toEqual({ held: 0, taken: 11_000, refunded: 0 });
});

test('S3-19: a bank account reserves the invoice for days, then succeeds or fails', async () => {
  for (const [number, became, owed] of [
    [ACCOUNTS.good, 'succeeded', { cents: 0, pending: 0, status: 'paid' }],
    [ACCOUNTS.insufficient, 'failed', { cents: 31_000, pending: 0, status: 'open' }],
  ] as const) {
    stripe.reset();
    const at = await company();
    const { paymentId, url } = await at.begin({ method: 'ach' });
    await submit(url, number);
    expect(await at.tell(paymentId)).toBe('processing');
    expect(await at.owed()).toEqual({ cents: 31_000, pending: 31_000, status: 'open' });
    clear(stripe, [...stripe.bank.intents.keys()][0]!);
    expect(await at.tell(paymentId)).toBe(became);
    expect(await at.owed()).toEqual(owed);
  }
});

test('S4-11: a card that was kept pays at once, and what is given back goes back once', async () => {
  const at = await company();
  const first = await at.begin({
    saveMethod: true,
    pays: { invoices: [{ invoiceId: at.invoiceId, amountCents: 10_000 }] },
    expectedCents: 10_000,
  });
  await submit(first.url, CARDS.good);
  expect(await at.tell(first.paymentId)).toBe('succeeded');
  const [method] = await at.tx((t) =>
    t.execute<{ id: number; is: string }>(
      sql`select id, brand || ' ' || last4 || ' ' || "expiry_year" as is from payment_methods`,
    ),
  );
  expect(method!.is).toBe('Visa 4242 2031');
  const rest = { pays: { invoices: [{ invoiceId: at.invoiceId, amountCents: 21_000 }] }, expectedCents: 21_000 };
  const second = await at.begin({ ...rest, savedMethodId: method!.id });
  expect(await at.finish(second.paymentId)).toMatchObject({ state: 'succeeded' });
  expect(await at.owed()).toMatchObject({ cents: 0, status: 'paid' });
  const request = {
    companyId: at.companyId,
    paymentId: second.paymentId,
    amountCents: 5_000,
    reduces: true,
    reason: '',
    idempotencyKey: newKey(),
  };
  for (let n = 0; n < 2; n++)
    expect(await startRefund(deps, at.actor, request)).toMatchObject({ ok: true, status: 'succeeded' });
  // Stripe tells of our own refund too.
  await at.tell(second.paymentId);
  expect(stripe.money()).toEqual({ held: 0, taken: 31_000, refunded: 5_000 });
  const [row] = await at.tx((t) => t.execute<{ n: number }>(sql`select count(*)::int as n from refunds`));
  expect(row!.n).toBe(1);
});

test('a refund whose answer is unclear waits with words, is looked for, and ends by itself', async () => {
  const at = await company();
  const { companyId } = at;
  const { paymentId, url } = await at.begin();
  await submit(url, CARDS.good);
  await at.finish(paymentId);
  const told: PayTrouble[] = [];
  const heard = { ...deps, onTrouble: (trouble: PayTrouble) => void told.push(trouble) };
  const give = async (behaviour: StripeBehaviour) => {
    stripe.behave = ({ method, path }) => (method === 'POST' && path === '/v1/refunds' ? behaviour : 'ok');
    const form = { companyId, paymentId, amountCents: 5_000, reduces: true, reason: '', idempotencyKey: newKey() };
    const begun = await startRefund(heard, at.actor, form);
    stripe.behave = () => 'ok';
    return { companyId, refundId: begun.ok ? begun.refundId : 0 };
  };
  const refund = async ({ refundId }: { refundId: number }) =>
    (await at.tx((t) => t.select().from(refunds).where(eq(refunds.id, refundId))))[0]!;
  const age = ({ refundId }: { refundId: number }, days: number) =>
    at.tx((t) =>
      t
        .update(refunds)
        .set({ createdAt: sql`now() - make_interval(days => ${days})` })
        .where(eq(refunds.id, refundId)),
    );

  // It was done, and the answer lost.
  const lost = await give('drop');
  expect(await refund(lost)).toMatchObject({
    status: 'pending',
    failure:
      'The payment service gave no answer. It is not known yet whether the money went back. It is asked again by itself.',
  });
  expect(await runRefund(deps, lost)).toBe('succeeded');
  expect(await refund(lost)).toMatchObject({ status: 'succeeded', failure: null });
  expect(stripe.money().refunded).toBe(5_000);

  // The same, looked for when it is too late to ask.
  const late = await give('drop');
  await age(late, 4);
  expect(await runRefund(deps, late)).toBe('succeeded');
  expect(stripe.money().refunded).toBe(10_000);

  // It was not done: after some days it is not done any more, and somebody decides.
  const never = await give({ status: 500, message: 'Ann Ames, ann@mail.example' });
  await age(never, 4);
  stripe.behave = () => ({ status: 500 });
  await expect(runRefund(deps, never)).rejects.toThrow('no answer');
  expect((await refund(never)).failure).toContain('It is asked again by itself.');
  await age(never, 31);
  await expect(runRefund(deps, never)).rejects.toThrow('no answer');
  expect((await refund(never)).failure).toContain(
    'Look at the payment in its dashboard, then press “Check connection”',
  );
  stripe.behave = () => 'ok';
  expect(await runRefund(deps, never)).toBe('failed');
  expect((await refund(never)).failure).toContain('It was not made');
  expect(stripe.money().refunded).toBe(10_000);

  // Whoever has to act is told what to do.
  await give({ status: 401 });
  expect(told.map((one) => [one.asked, one.name, one.paymentId])).toEqual([
    ['refund', 'ProcessorUnsure', paymentId],
    ['refund', 'ProcessorUnsure', paymentId],
    ['refund', 'ProcessorUnsure', paymentId],
    ['refund', 'ProcessorBlocked', paymentId],
  ]);
  expect(JSON.stringify(told)).not.toMatch(/Ames|ann@/);
  const [last] = await at.tx((t) => t.select().from(refunds).orderBy(desc(refunds.id)).limit(1));
  expect(last!.failure).toContain('Enter it again in Settings, Payment account.');
  expect(await at.tx((t) => checkLedger(t))).toEqual([]);
});
