import { and, eq, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { expect, test } from 'vitest';

import { checkLedger, postEntries } from '#app/invoicing/ledger.server.ts';
import { payInvoices, settleLeft, type PayRequest, type SettledPayment } from '#app/invoicing/payments.server.ts';
import type { Charge, ChargeRequest, Processor } from '#app/invoicing/processor.ts';
import { createSandbox } from '#app/invoicing/processors/sandbox.server.ts';
import { sweepPayments } from '#app/portal/pay.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { auditEntries, invoices, ledgerEntries, messages, payments, portalAccounts } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeJob } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();
const { companyId } = await makeCompany(db);
const ours = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);

const good = { number: '4242424242424242', expiryMonth: 4, expiryYear: 2031, cvc: '123' };
let keys = 0;
const newKey = () => `key-of-a-test-form-${++keys}`;

/** A customer with invoices of these cents, each of a job of its own, and the request that pays them all. */
async function billOf(...cents: number[]): Promise<{ request: PayRequest; ids: number[]; jobIds: number[] }> {
  return ours(async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const ids: number[] = [];
    const jobIds: number[] = [];
    for (const totalCents of cents) {
      const jobId = await makeJob(tx, { customerId });
      jobIds.push(jobId);
      ids.push((await makeInvoice(tx, { customerId, totalCents, jobId })).invoiceId);
    }
    const expectedCents = cents.reduce((sum, one) => sum + one, 0);
    const request = {
      companyId,
      customerId,
      invoiceIds: ids,
      expectedCents,
      card: good,
      idempotencyKey: newKey(),
      payer: 'Ann Ames (Customer Portal)',
    };
    return { request, ids, jobIds };
  });
}

const balances = (ids: number[]) =>
  ours(async (tx) => {
    const rows = await tx.select({ id: invoices.id, balance: invoices.balanceCents }).from(invoices);
    return ids.map((id) => rows.find((row) => row.id === id)!.balance);
  });
const paymentsOf = (customerId: number) =>
  ours((tx) => tx.select().from(payments).where(eq(payments.customerId, customerId)).orderBy(payments.id));
const taken = async (customerId: number) =>
  (await paymentsOf(customerId))
    .filter((one) => one.status === 'succeeded')
    .reduce((sum, one) => sum + one.amountCents, 0);

/** The sandbox, with its charges counted; `before` runs ahead of each. */
function counted(before: (request: ChargeRequest, nth: number) => Promise<void> = async () => {}) {
  const sandbox = createSandbox();
  const amounts: number[] = [];
  const processor: Processor = {
    ...sandbox,
    charge: async (request): Promise<Charge> => {
      amounts.push(request.amountCents);
      await before(request, amounts.length);
      return sandbox.charge(request);
    },
  };
  return { processor, amounts };
}

async function jobsNamed(name: string): Promise<unknown[]> {
  const admin = postgres(url, { max: 1 });
  const rows = await admin`
    select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = ${name} order by j.id`;
  await admin.end();
  return rows.map((row) => row.payload as unknown);
}

test('S2-18, S2-19: several invoices are paid in full by one payment, with ledger, jobs, audit and receipt', async () => {
  const { request, ids, jobIds } = await billOf(31_000, 12_450);
  const settled: SettledPayment[] = [];
  const result = await payInvoices(db, createSandbox(), {
    ...request,
    settled: async (_, payment) => void settled.push(payment),
  });
  if (!result.ok) throw new Error(result.reason);
  expect(result.repeated).toBe(false);
  expect(await balances(ids)).toEqual([0, 0]);
  const [payment] = await paymentsOf(request.customerId);
  expect(payment).toMatchObject({
    id: result.paymentId,
    amountCents: 43_450,
    status: 'succeeded',
    method: 'card',
    processor: 'sandbox',
    cardBrand: 'Visa',
    cardLast4: '4242',
    failure: null,
  });
  expect(settled).toMatchObject([{ id: result.paymentId, amountCents: 43_450, brand: 'Visa', last4: '4242' }]);
  await ours(async (tx) => {
    const entries = await tx.select().from(ledgerEntries).where(eq(ledgerEntries.paymentId, result.paymentId));
    expect(entries.map((entry) => [entry.invoiceId, entry.kind, entry.amountCents])).toEqual([
      [ids[0], 'payment', -31_000],
      [ids[1], 'payment', -12_450],
    ]);
    expect(await checkLedger(tx)).toEqual([]);
    const trail = await tx.select().from(auditEntries).where(eq(auditEntries.action, 'payment.by_customer'));
    expect(trail.map((entry) => [entry.subjectType, entry.subjectId, entry.actor, entry.staffId])).toEqual(
      jobIds.map((id) => ['job', id, 'Ann Ames (Customer Portal)', null]),
    );
  });
  expect(await jobsNamed('payment.attribute')).toContainEqual({ companyId, paymentId: result.paymentId });
  for (const invoiceId of ids) expect(await jobsNamed('invoice.settled')).toContainEqual({ companyId, invoiceId });
});

test('S2-18: nothing of the card but its brand and last four digits is kept anywhere', async () => {
  const { request } = await billOf(100);
  await payInvoices(db, createSandbox(), request);
  const rows = await ours((tx) =>
    tx.execute<{ text: string }>(sql`
      select row_to_json(p)::text as text from payments p
      union all select row_to_json(a)::text from audit_entries a
      union all select row_to_json(l)::text from ledger_entries l`),
  );
  const jobs = JSON.stringify(await jobsNamed('payment.attribute'));
  for (const { text } of [...rows, { text: jobs }]) expect(text).not.toMatch(/4242424242424242|"123"/);
});

test('a declined card leaves a failed payment and nothing else', async () => {
  const cards = {
    '4000000000000002': 'declined',
    '4000000000009995': 'insufficient_funds',
    '4000000000000069': 'expired_card',
  } as const;
  for (const [number, declined] of Object.entries(cards)) {
    const { request, ids } = await billOf(5_000);
    const declinedRequest = { ...request, card: { ...good, number } };
    expect(await payInvoices(db, createSandbox(), declinedRequest)).toEqual({
      ok: false,
      reason: 'declined',
      declined,
    });
    expect(await balances(ids)).toEqual([5_000]);
    expect(await paymentsOf(request.customerId)).toMatchObject([
      { status: 'failed', failure: declined, reference: '' },
    ]);
    expect(await taken(request.customerId)).toBe(0);
    // Another card on a new form goes through.
    expect((await payInvoices(db, createSandbox(), { ...request, idempotencyKey: newKey() })).ok).toBe(true);
    expect(await balances(ids)).toEqual([0]);
  }
});

test('a card that is no test card is refused before anything is written', async () => {
  const { request } = await billOf(5_000);
  const real = { ...request, card: { ...good, number: '4111111111111111' } };
  expect(await payInvoices(db, createSandbox(), real)).toEqual({ ok: false, reason: 'not_test_card' });
  expect(await paymentsOf(request.customerId)).toEqual([]);
});

test('the same form sent again returns the first payment and charges nothing', async () => {
  const { request } = await billOf(5_000);
  const { processor, amounts } = counted();
  const first = await payInvoices(db, processor, request);
  const second = await payInvoices(db, processor, request);
  if (!first.ok || !second.ok) throw new Error('refused');
  expect(second).toEqual({ ok: true, paymentId: first.paymentId, repeated: true });
  expect(amounts).toEqual([5_000]);
  expect(await paymentsOf(request.customerId)).toHaveLength(1);
});

test('a double click is one payment, with one receipt', async () => {
  const { request, ids } = await billOf(5_000);
  let receipts = 0;
  const once = { ...request, settled: () => Promise.resolve(void receipts++) };
  const sandbox = createSandbox();
  const results = await Promise.all(Array.from({ length: 6 }, () => payInvoices(db, sandbox, once)));
  const paid = results.map((result) => (result.ok ? result.paymentId : result.reason));
  expect(new Set(paid).size).toBe(1);
  expect(results.every((result) => result.ok)).toBe(true);
  expect(receipts).toBe(1);
  expect(await balances(ids)).toEqual([0]);
  expect(await paymentsOf(request.customerId)).toHaveLength(1);
});

test('S2-18: two people with two forms never pay more than is owed', async () => {
  const { request, ids } = await billOf(5_000, 7_000, 9_000);
  const other = { ...request, idempotencyKey: newKey(), invoiceIds: ids.slice(1), expectedCents: 16_000 };
  const more = Array.from({ length: 4 }, (_, n) => ({ ...(n % 2 ? request : other), idempotencyKey: newKey() }));
  const sandbox = createSandbox();
  const results = await Promise.all([request, other, ...more].map((one) => payInvoices(db, sandbox, one)));
  expect(results.filter((result) => result.ok)).toHaveLength(1);
  for (const result of results) {
    if (!result.ok) expect(['busy', 'settled', 'changed']).toContain(result.reason);
  }
  const left = (await balances(ids)).reduce((sum, one) => sum + one, 0);
  expect((await taken(request.customerId)) + left).toBe(21_000);
  expect((await balances(ids)).every((one) => one >= 0)).toBe(true);
  expect(await ours((tx) => checkLedger(tx))).toEqual([]);
});

test('while one form is being charged, another for the same invoice is told to wait', async () => {
  const { request } = await billOf(5_000);
  let meanwhile: unknown;
  const { processor } = counted(async (_, nth) => {
    if (nth === 1) meanwhile = await payInvoices(db, createSandbox(), { ...request, idempotencyKey: newKey() });
  });
  expect((await payInvoices(db, processor, request)).ok).toBe(true);
  expect(meanwhile).toEqual({ ok: false, reason: 'busy' });
});

test('an amount that changed since the page was shown is not charged, and the new one is told', async () => {
  const { request, ids } = await billOf(5_000, 7_000);
  await ours((tx) => postEntries(tx, ids[0]!, [{ kind: 'credit', amountCents: -1_000 }]));
  const { processor, amounts } = counted();
  expect(await payInvoices(db, processor, request)).toEqual({ ok: false, reason: 'changed', totalCents: 11_000 });
  await ours((tx) => postEntries(tx, ids[1]!, [{ kind: 'payment', amountCents: -7_000 }]));
  expect(await payInvoices(db, processor, request)).toEqual({ ok: false, reason: 'changed', totalCents: 4_000 });
  await ours((tx) => postEntries(tx, ids[0]!, [{ kind: 'payment', amountCents: -4_000 }]));
  expect(await payInvoices(db, processor, request)).toEqual({ ok: false, reason: 'settled' });
  expect(amounts).toEqual([]);
  expect(await paymentsOf(request.customerId)).toEqual([]);
});

test('tampered amounts and ids are refused: the server counts', async () => {
  const [one, other] = [await billOf(5_000), await billOf(9_000)];
  const sandbox = createSandbox();
  const pay = (changes: Partial<PayRequest>) =>
    payInvoices(db, sandbox, { ...one.request, idempotencyKey: newKey(), ...changes });
  expect(await pay({ expectedCents: 1 })).toMatchObject({ reason: 'changed' });
  expect(await pay({ expectedCents: Number.NaN })).toMatchObject({ reason: 'changed' });
  expect(await pay({ invoiceIds: [...one.ids, ...other.ids], expectedCents: 14_000 })).toMatchObject({
    reason: 'missing',
  });
  expect(await pay({ invoiceIds: [987_654_321] })).toMatchObject({ reason: 'missing' });
  expect(await pay({ invoiceIds: [] })).toMatchObject({ reason: 'missing' });
  expect(await pay({ idempotencyKey: 'short' })).toMatchObject({ reason: 'missing' });
  const stranger = await makeCompany(db);
  expect(await pay({ companyId: stranger.companyId })).toMatchObject({ reason: 'missing' });
  // Another customer's form tells nothing of its payment.
  await payInvoices(db, sandbox, other.request);
  expect(await pay({ idempotencyKey: other.request.idempotencyKey })).toMatchObject({ reason: 'missing' });
  expect(await balances(one.ids)).toEqual([5_000]);
});

test('a processor that gives no answer leaves the payment pending; the same form finishes it', async () => {
  const { request, ids } = await billOf(5_000);
  const { processor, amounts } = counted((_, nth) =>
    nth === 1 ? Promise.reject(new Error('timeout')) : Promise.resolve(),
  );
  expect(await payInvoices(db, processor, request)).toEqual({ ok: false, reason: 'unsure' });
  expect(await paymentsOf(request.customerId)).toMatchObject([{ status: 'pending' }]);
  expect(await payInvoices(db, processor, { ...request, idempotencyKey: newKey() })).toMatchObject({ reason: 'busy' });
  expect(await payInvoices(db, processor, request)).toMatchObject({ ok: true, repeated: true });
  expect(await balances(ids)).toEqual([0]);
  expect(amounts).toEqual([5_000, 5_000]); // with one key, so the processor took it once
});

test('after a crash between charge and ledger, the money is found again by its key', async () => {
  const { request, ids } = await billOf(5_000);
  const sandbox = createSandbox();
  // Charged, and then the answer was lost with the process.
  const falls: Processor = {
    ...sandbox,
    charge: (charge) => sandbox.charge(charge).then(() => Promise.reject(new Error('the process fell'))),
  };
  expect(await payInvoices(db, falls, request)).toMatchObject({ reason: 'unsure' });
  const later = { ...request, idempotencyKey: newKey() };
  expect(await payInvoices(db, sandbox, later)).toEqual({ ok: false, reason: 'busy' });
  await ours((tx) =>
    tx
      .update(payments)
      .set({ createdAt: sql`now() - interval '3 minutes'` })
      .where(and(eq(payments.customerId, request.customerId), eq(payments.status, 'pending'))),
  );
  expect(await payInvoices(db, sandbox, later)).toEqual({ ok: false, reason: 'settled' });
  expect(await balances(ids)).toEqual([0]);
  expect(await taken(request.customerId)).toBe(5_000);
});

test('after a crash before the charge, the payment fails and the next one goes through', async () => {
  const { request, ids } = await billOf(5_000);
  const { processor } = counted(() => Promise.reject(new Error('the process fell')));
  await payInvoices(db, processor, request);
  await ours((tx) =>
    tx
      .update(payments)
      .set({ createdAt: sql`now() - interval '3 minutes'` })
      .where(eq(payments.customerId, request.customerId)),
  );
  expect((await payInvoices(db, createSandbox(), { ...request, idempotencyKey: newKey() })).ok).toBe(true);
  expect((await paymentsOf(request.customerId)).map((one) => [one.status, one.failure])).toEqual([
    ['failed', 'interrupted'],
    ['succeeded', null],
  ]);
  expect(await balances(ids)).toEqual([0]);
});

test('a receipt that cannot be written undoes the settling, and the form can be sent again', async () => {
  const { request, ids } = await billOf(5_000);
  const sandbox = createSandbox();
  const broken = { ...request, settled: () => Promise.reject(new Error('no receipt')) };
  await expect(payInvoices(db, sandbox, broken)).rejects.toThrow('no receipt');
  expect(await balances(ids)).toEqual([5_000]);
  expect(await payInvoices(db, sandbox, request)).toMatchObject({ ok: true, repeated: true });
  expect(await balances(ids)).toEqual([0]);
  expect(await taken(request.customerId)).toBe(5_000);
});

/** A form whose process fell: `after` the charge was made, or before. */
async function fallen(after: boolean, cents: number) {
  const { request, ids } = await billOf(cents);
  const sandbox = createSandbox();
  const falls: Processor = {
    ...sandbox,
    charge: async (charge) => {
      if (after) await sandbox.charge(charge);
      throw new Error('the process fell');
    },
  };
  await payInvoices(db, falls, request);
  return { request, ids, sandbox };
}
const age = (minutes: number, customerId: number) =>
  ours((tx) =>
    tx
      .update(payments)
      .set({ createdAt: sql`now() - make_interval(mins => ${minutes})` })
      .where(eq(payments.customerId, customerId)),
  );

test('a payment left by a crash is settled by the sweep, once, and not before a charge can no longer be under way', async () => {
  const { request, ids, sandbox } = await fallen(true, 5_000);
  const receipts: SettledPayment[] = [];
  const sweep = () => settleLeft(db, sandbox, companyId, async (_, payment) => void receipts.push(payment));
  await age(1, request.customerId);
  expect(await sweep()).toEqual({ succeeded: 0, failed: 0, unsure: 0 });
  expect(await balances(ids)).toEqual([5_000]);
  await age(3, request.customerId);
  const both = await Promise.all([sweep(), sweep()]);
  expect(both).toContainEqual({ succeeded: 1, failed: 0, unsure: 0 });
  expect(await sweep()).toEqual({ succeeded: 0, failed: 0, unsure: 0 });
  expect(await balances(ids)).toEqual([0]);
  expect(await taken(request.customerId)).toBe(5_000);
  expect(receipts).toMatchObject([{ customerId: request.customerId, amountCents: 5_000, last4: '4242' }]);
  expect(await ours((tx) => checkLedger(tx))).toEqual([]);
});

test('a payment that never reached the processor fails in the sweep, and one without an answer waits for the next', async () => {
  const { request, ids, sandbox } = await fallen(false, 5_000);
  await age(3, request.customerId);
  const silent: Processor = { ...sandbox, find: () => Promise.reject(new Error('timeout')) };
  expect(await settleLeft(db, silent, companyId)).toEqual({ succeeded: 0, failed: 0, unsure: 1 });
  expect(await paymentsOf(request.customerId)).toMatchObject([{ status: 'pending' }]);
  expect(await settleLeft(db, sandbox, companyId)).toEqual({ succeeded: 0, failed: 1, unsure: 0 });
  expect(await paymentsOf(request.customerId)).toMatchObject([{ status: 'failed', failure: 'interrupted' }]);
  expect(await balances(ids)).toEqual([5_000]);
});

test('a payment that cannot be recorded does not hold up the others in the sweep', async () => {
  const [one, two] = [await fallen(false, 5_000), await fallen(true, 7_000)];
  for (const { request } of [one, two]) await age(3, request.customerId);
  const broken = (_: Tx, payment: SettledPayment) =>
    payment.customerId === two.request.customerId ? Promise.reject(new Error('no receipt')) : Promise.resolve();
  await expect(settleLeft(db, two.sandbox, companyId, broken)).rejects.toThrow('no receipt');
  expect(await paymentsOf(one.request.customerId)).toMatchObject([{ status: 'failed' }]);
  expect(await settleLeft(db, two.sandbox, companyId)).toEqual({ succeeded: 1, failed: 0, unsure: 0 });
  expect(await balances(two.ids)).toEqual([0]);
});

test('money that is taken after the payment was given up still reaches the ledger', async () => {
  const { request, ids } = await billOf(5_000);
  const { processor } = counted(async () => {
    await age(3, request.customerId);
    expect(await settleLeft(db, createSandbox(), companyId)).toEqual({ succeeded: 0, failed: 1, unsure: 0 });
  });
  expect(await payInvoices(db, processor, request)).toMatchObject({ ok: true });
  expect(await balances(ids)).toEqual([0]);
  expect(await paymentsOf(request.customerId)).toMatchObject([{ status: 'succeeded', failure: null }]);
});

test('the sweep of all companies mails the receipt to whoever of the customer was last in the portal', async () => {
  const addresses = { appOrigin: 'http://office.test', portalDomain: 'p.test', linkDomain: 'l.test' };
  const shop = await makeCompany(db, { portalHost: 'sweptshop' });
  const sandbox = createSandbox();
  const charge = { idempotencyKey: newKey(), amountCents: 4_200, currency: 'USD', card: good };
  await sandbox.charge(charge);
  const customerId = await withCompany(db, shop.companyId, async (tx) => {
    const made = await makeCustomer(tx);
    const { invoiceId } = await makeInvoice(tx, { customerId: made.customerId, totalCents: 4_200 });
    const account = { customerId: made.customerId, contactId: made.emailContactId!, passwordHash: 'x' };
    await tx.insert(portalAccounts).values({ ...account, email: 'payer@mail.example', lastSignInAt: new Date() });
    await tx.insert(payments).values({
      customerId: made.customerId,
      amountCents: charge.amountCents,
      method: 'card',
      status: 'pending',
      processor: 'sandbox',
      idempotencyKey: charge.idempotencyKey,
      allocations: [{ invoiceId, amountCents: charge.amountCents }],
      createdAt: sql`now() - interval '1 hour'`,
    });
    return made.customerId;
  });
  expect(await sweepPayments(db, addresses, sandbox)).toMatchObject({ succeeded: 1 });
  await withCompany(db, shop.companyId, async (tx) => {
    const mails = await tx.select().from(messages).where(eq(messages.kind, 'receipt'));
    expect(mails).toMatchObject([{ address: 'payer@mail.example', customerId }]);
  });
});
