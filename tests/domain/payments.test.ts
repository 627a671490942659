import { eq, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { expect, test } from 'vitest';

import { checkLedger, postEntries, refreshRollups } from '#app/invoicing/ledger/ledger.server.ts';
import type { StartPayment } from '#app/invoicing/payments/paying.ts';
import type { Payment } from '#app/invoicing/payments/payments.server.ts';
import { voidInvoice } from '#app/invoicing/ledger/void.server.ts';
import {
  auditEntries,
  customers,
  invoices,
  jobs,
  ledgerEntries,
  onlinePaymentSettings,
  payments,
} from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { linkForm, newKey, openTill } from '#tests/factories/paying.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();
const { companyId } = await makeCompany(db);
const told: { settled: Payment[]; failed: Payment[] } = { settled: [], failed: [] };
const till = openTill(db, companyId, {
  tell: {
    settled: (_, payment) => Promise.resolve(void told.settled.push(payment)),
    failed: (_, payment) => Promise.resolve(void told.failed.push(payment)),
  },
});
const { ours, bill, start, begin, choose, act, finish, pay, balances, paymentsOf, taken } = till;
const office = { staffId: null, name: 'Office' };

async function jobsNamed(name: string): Promise<unknown[]> {
  const admin = postgres(url, { max: 1 });
  const rows = await admin`
    select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = ${name} order by j.id`;
  await admin.end();
  return rows.map((row) => row.payload as unknown);
}

test('S2-18, S2-19: several invoices are paid in full by one payment, with ledger, jobs, audit and receipt', async () => {
  const { request, ids, jobIds, customerId } = await bill(31_000, 12_450);
  const started = await start({ ...request, receiptTo: 'ann@mail.example' });
  if (!started.ok || started.kind !== 'checkout') throw new Error('refused');
  const { paymentId } = started;
  expect(started.url).toMatch(/^http:\/\/lark\.portal\.test\/sandbox\/sbx_[\w-]{24}$/);
  // Open it holds nothing back, and nothing is taken.
  expect(await paymentsOf(customerId)).toMatchObject([{ status: 'open', reference: '' }]);
  expect(await jobsNamed('payment.check')).toContainEqual({ companyId, paymentId });
  expect(await finish(paymentId)).toEqual({ state: 'open', paymentId, url: started.url });
  expect(await choose(paymentId, 'good')).toEqual({
    kind: 'leave',
    url: `http://lark.portal.test/receipts/${paymentId}`,
  });
  expect(await finish(paymentId)).toEqual({ state: 'succeeded', paymentId });
  expect(await balances(ids)).toEqual([0, 0]);
  const [payment] = await paymentsOf(customerId);
  expect(payment).toMatchObject({
    amountCents: 43_450,
    status: 'succeeded',
    method: 'card',
    processor: 'sandbox',
    source: 'portal',
    cardBrand: 'Visa',
    cardLast4: '4242',
    failure: null,
  });
  expect(payment!.settledAt).toBeInstanceOf(Date);
  expect(told.settled.filter((one) => one.id === paymentId)).toMatchObject([{ receiptTo: 'ann@mail.example' }]);
  await ours(async (tx) => {
    const entries = await tx.select().from(ledgerEntries).where(eq(ledgerEntries.paymentId, paymentId));
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
  expect(await jobsNamed('payment.attribute')).toContainEqual({ companyId, paymentId });
  for (const invoiceId of ids) expect(await jobsNamed('invoice.settled')).toContainEqual({ companyId, invoiceId });
});

test('S2-17: a part of one invoice can be paid, where the company allows it; of several only all', async () => {
  const { request, ids } = await bill(30_000);
  const part = (amountCents: number, more: Partial<StartPayment> = {}): StartPayment => ({
    ...request,
    pays: { invoices: [{ invoiceId: ids[0]!, amountCents }] },
    expectedCents: amountCents,
    idempotencyKey: newKey(),
    ...more,
  });
  expect(await pay(part(10_000))).toMatchObject({ state: 'succeeded' });
  expect(await balances(ids)).toEqual([20_000]);
  expect(await start(part(20_001))).toEqual({ ok: false, reason: 'too_much', mostCents: 20_000 });
  expect(await start(part(99))).toEqual({ ok: false, reason: 'too_little' });
  await ours((tx) => tx.insert(onlinePaymentSettings).values({ partialPayments: false }));
  expect(await start(part(10_000))).toEqual({ ok: false, reason: 'no_partial' });
  expect(await pay(part(20_000))).toMatchObject({ state: 'succeeded' });
  await ours((tx) => tx.delete(onlinePaymentSettings));

  const several = await bill(5_000, 7_000);
  const [one, two] = several.ids;
  const parts = [
    { invoiceId: one!, amountCents: 5_000 },
    { invoiceId: two!, amountCents: 6_000 },
  ];
  expect(await start({ ...several.request, pays: { invoices: parts }, expectedCents: 11_000 })).toEqual({
    ok: false,
    reason: 'changed',
    owedCents: 12_000,
  });
});

test('S4-09: a tip is a pair of its own on the account, settles nothing, and is no credit', async () => {
  const { customerId, ids } = await bill(20_000, 5_000);
  const outcome = await pay(linkForm(companyId, customerId, 25_000, 4_500));
  const { paymentId } = outcome;
  expect(outcome.state).toBe('succeeded');
  expect(await balances(ids)).toEqual([0, 0]);
  await ours(async (tx) => {
    const entries = await tx.select().from(ledgerEntries).where(eq(ledgerEntries.paymentId, paymentId));
    expect(entries.map((one) => [one.invoiceId, one.kind, one.amountCents])).toEqual([
      [ids[0], 'payment', -20_000],
      [ids[1], 'payment', -5_000],
      [null, 'tip', 4_500],
      [null, 'payment', -4_500],
    ]);
    const [customer] = await tx.select().from(customers).where(eq(customers.id, customerId));
    expect(customer).toMatchObject({ balanceCents: 0, creditCents: 0 });
    expect(await checkLedger(tx)).toEqual([]);
  });
  const { request } = await bill(5_000);
  expect(await start({ ...request, tipCents: 500 })).toMatchObject({ reason: 'missing' }); // not in the portal
});

test('a customer’s own link pays all that is owed, after credit, the oldest due first; jobs not done are left out', async () => {
  const { customerId, ids, jobIds } = await bill(10_000, 8_000, 6_000);
  await ours(async (tx) => {
    await tx.update(invoices).set({ dueOn: '2025-12-01' }).where(eq(invoices.id, ids[1]!));
    await tx.update(jobs).set({ status: 'in_progress' }).where(eq(jobs.id, jobIds[2]!));
    await postEntries(tx, ids[0]!, [{ kind: 'credit', amountCents: -3_000 }]);
  });
  expect(await start(linkForm(companyId, customerId, 24_000))).toEqual({
    ok: false,
    reason: 'changed',
    owedCents: 15_000,
  });
  const { paymentId } = await pay(linkForm(companyId, customerId, 15_000));
  expect((await till.payment(paymentId)).allocations).toEqual([
    { invoiceId: ids[1], amountCents: 8_000 },
    { invoiceId: ids[0], amountCents: 7_000 },
  ]);
  expect(await balances(ids)).toEqual([0, 0, 6_000]);
  expect(await start(linkForm(companyId, customerId, 6_000))).toEqual({ ok: false, reason: 'settled' });
});

test('S1-14: an invoice’s own link pays it whatever its job’s state; the portal does not', async () => {
  const { request, jobIds, ids } = await bill(10_000);
  await ours((tx) => tx.update(jobs).set({ status: 'in_progress' }).where(eq(jobs.id, jobIds[0]!)));
  expect(await start(request)).toEqual({ ok: false, reason: 'missing' });
  expect(await pay({ ...request, source: 'invoice_link', idempotencyKey: newKey() })).toMatchObject({
    state: 'succeeded',
  });
  expect(await balances(ids)).toEqual([0]);
});

test('a declined card stays on the processor’s page with the reason, and another one is taken', async () => {
  const reasons = { declined: 'declined', 'too-little': 'insufficient_funds', expired: 'expired_card' } as const;
  for (const [account, declined] of Object.entries(reasons)) {
    const { request, ids, customerId } = await bill(5_000);
    const paymentId = await begin(request);
    expect(await choose(paymentId, account)).toMatchObject({ kind: 'page', page: { declined } });
    expect(await finish(paymentId)).toMatchObject({ state: 'open' });
    expect(await balances(ids)).toEqual([5_000]);
    expect(await taken(customerId)).toBe(0);
    await choose(paymentId, 'good');
    expect(await finish(paymentId)).toMatchObject({ state: 'succeeded' });
  }
});

test('3-D Secure: the bank asks first; refused nothing is taken, confirmed it is', async () => {
  const { request } = await bill(5_000);
  const paymentId = await begin(request);
  expect(await choose(paymentId, 'confirm')).toMatchObject({
    kind: 'page',
    page: { confirming: '4000 0025 0000 3155' },
  });
  expect(await finish(paymentId)).toMatchObject({ state: 'open' });
  const refused = await act(paymentId, { kind: 'confirm', yes: false });
  expect(refused).toMatchObject({ kind: 'page', page: { declined: 'authentication_failed', confirming: null } });
  await choose(paymentId, 'confirm');
  expect(await act(paymentId, { kind: 'confirm', yes: true })).toMatchObject({ kind: 'leave' });
  expect(await finish(paymentId)).toMatchObject({ state: 'succeeded' });
});

test('the processor is told no more than names, and nothing of an account is kept but its brand and last four', async () => {
  const { request } = await bill(100);
  await pay({ ...request, saveMethod: true });
  const rows = await ours((tx) =>
    tx.execute<{ text: string }>(sql`
      select row_to_json(p)::text as text from payments p
      union all select row_to_json(a)::text from audit_entries a
      union all select row_to_json(m)::text from payment_methods m
      union all select row_to_json(s)::text from sandbox_charges s`),
  );
  for (const { text } of rows) expect(text.replaceAll(/\s/g, '')).not.toMatch(/4242424242424242|4000000000/);
});

test('what a tampered form asks for is refused: the server counts', async () => {
  const [one, other] = [await bill(5_000), await bill(9_000)];
  const invoice = (invoiceId: number, amountCents: number) => ({ pays: { invoices: [{ invoiceId, amountCents }] } });
  const tried = (changes: Partial<StartPayment>) => start({ ...one.request, idempotencyKey: newKey(), ...changes });
  const id = one.ids[0]!;
  expect(await tried({ expectedCents: 1 })).toMatchObject({ reason: 'changed' });
  expect(await tried({ expectedCents: Number.NaN })).toMatchObject({ reason: 'changed' });
  expect(await tried(invoice(id, -5_000))).toMatchObject({ reason: 'too_little' });
  expect(await tried(invoice(id, 0))).toMatchObject({ reason: 'too_little' });
  expect(await tried({ ...invoice(id, 50), expectedCents: 50 })).toMatchObject({ reason: 'too_little' });
  expect(await tried(invoice(id, 10.5))).toMatchObject({ reason: 'missing' });
  expect(await tried(invoice(id, Number.POSITIVE_INFINITY))).toMatchObject({ reason: 'missing' });
  expect(await tried({ ...invoice(id, 5_001), expectedCents: 5_001 })).toMatchObject({ reason: 'too_much' });
  expect(await tried(invoice(other.ids[0]!, 9_000))).toMatchObject({ reason: 'missing' });
  expect(await tried(invoice(987_654_321, 5_000))).toMatchObject({ reason: 'missing' });
  expect(await tried({ pays: { invoices: [] } })).toMatchObject({ reason: 'missing' });
  const twice = [id, id].map((invoiceId) => ({ invoiceId, amountCents: 2_500 }));
  expect(await tried({ pays: { invoices: twice } })).toMatchObject({ reason: 'missing' });
  expect(await tried({ tipCents: -100 })).toMatchObject({ reason: 'missing' });
  expect(await tried({ idempotencyKey: 'short' })).toMatchObject({ reason: 'missing' });
  expect(await tried({ pays: { customer: true } })).toMatchObject({ reason: 'missing' });
  expect(await tried({ customerId: other.customerId })).toMatchObject({ reason: 'missing' });
  const stranger = await makeCompany(db);
  expect(await tried({ companyId: stranger.companyId })).toMatchObject({ reason: 'missing' });
  // Another customer's form tells nothing of its payment.
  await begin(other.request);
  expect(await tried({ idempotencyKey: other.request.idempotencyKey })).toMatchObject({ reason: 'missing' });
  expect(await paymentsOf(one.customerId)).toEqual([]);
  const euros = await bill(4_000, 3_000);
  await ours((tx) => tx.update(invoices).set({ currency: 'EUR' }).where(eq(invoices.id, euros.ids[0]!)));
  expect(await start(euros.request)).toMatchObject({ reason: 'missing' });
  await ours(async (tx) => {
    await tx.update(invoices).set({ status: 'draft' }).where(eq(invoices.id, euros.ids[1]!));
    await refreshRollups(tx, [euros.customerId]);
  });
  expect(await tried({ ...invoice(euros.ids[1]!, 3_000), customerId: euros.customerId })).toMatchObject({
    reason: 'missing',
  });
});

test('S2-14, S4-13: with no processor, or with cards switched off, nothing begins', async () => {
  const { request, customerId } = await bill(5_000);
  const closed = openTill(db, companyId);
  closed.deps.processorOf = () => Promise.resolve(null);
  expect(await closed.start(request)).toEqual({ ok: false, reason: 'not_connected' });
  await ours((tx) => tx.insert(onlinePaymentSettings).values({ cards: false }));
  expect(await start(request)).toEqual({ ok: false, reason: 'method_off' });
  expect(await pay({ ...request, method: 'ach' })).toMatchObject({ state: 'processing' });
  await ours((tx) => tx.delete(onlinePaymentSettings));
  expect(await paymentsOf(customerId)).toHaveLength(1);
});

test('an amount that changed since the page was shown is not charged, and the new one is told', async () => {
  const { request, ids, customerId } = await bill(5_000, 7_000);
  await ours((tx) => postEntries(tx, ids[0]!, [{ kind: 'credit', amountCents: -1_000 }]));
  expect(await start(request)).toEqual({ ok: false, reason: 'changed', owedCents: 11_000 });
  await ours((tx) => postEntries(tx, ids[1]!, [{ kind: 'payment', amountCents: -7_000 }]));
  expect(await start(request)).toMatchObject({ ok: false, reason: 'changed', owedCents: 4_000 });
  await ours((tx) => voidInvoice(tx, office, ids[0]!, { reason: 'Wrong house', move: false }));
  expect(await start(request)).toEqual({ ok: false, reason: 'settled' });
  expect(await paymentsOf(customerId)).toEqual([]);
});

test('every payment of this file left the ledger in order', async () => {
  expect(await ours((tx) => checkLedger(tx))).toEqual([]);
  const rows = await ours((tx) => tx.select().from(payments));
  expect(rows.length).toBeGreaterThan(10);
});
