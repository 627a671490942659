import { eq, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';

import { checkLedger } from '#app/invoicing/ledger/ledger.server.ts';
import { recordDispute, type ToldDispute } from '#app/invoicing/payments/dispute.server.ts';
import {
  recordOutsideRefund,
  runRefund,
  startRefund,
  type StartRefund,
} from '#app/invoicing/payments/refund.server.ts';
import { settleLeft } from '#app/invoicing/payments/sweep.server.ts';
import type { Processor } from '#app/invoicing/payments/processor.ts';
import { auditEntries, customers, invoices, ledgerEntries, payments, refunds } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { linkForm, newKey, openTill } from '#tests/factories/paying.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();
const owner = postgres(url, { max: 1 });
afterAll(() => owner.end());
const { companyId, admin } = await makeCompany(db);
let refund: Partial<Processor> = {};
const till = openTill(db, companyId, {
  processor: (sandbox) =>
    new Proxy(sandbox, { get: (one, name) => refund[name as keyof Processor] ?? one[name as keyof Processor] }),
});
const { ours, bill, pay, payment, balances, deps } = till;
const actor = { staffId: admin.staffId, name: admin.name };
const clean = async () => expect(await ours((tx) => checkLedger(tx))).toEqual([]);
const give = (paymentId: number, amountCents: number, more: Partial<StartRefund> = {}) =>
  startRefund(deps, actor, {
    companyId,
    paymentId,
    amountCents,
    reduces: true,
    reason: 'Came late',
    idempotencyKey: newKey(),
    ...more,
  });
const refundsOf = (paymentId: number) =>
  ours((tx) => tx.select().from(refunds).where(eq(refunds.paymentId, paymentId)).orderBy(refunds.id));
const invoiceOf = (id: number) => ours(async (tx) => (await tx.select().from(invoices).where(eq(invoices.id, id)))[0]!);

test('a part is given back, first of the invoice that was paid first; the invoices stay paid, or are owed again', async () => {
  const { request, ids, jobIds } = await bill(10_000, 5_000);
  const { paymentId } = await pay(request);
  expect(await give(paymentId, 12_000)).toMatchObject({ ok: true, status: 'succeeded' });
  expect(await balances(ids)).toEqual([0, 0]);
  expect((await refundsOf(paymentId))[0]!.allocations).toEqual([
    { invoiceId: ids[0], amountCents: 10_000 },
    { invoiceId: ids[1], amountCents: 2_000 },
  ]);
  expect(await payment(paymentId)).toMatchObject({ status: 'succeeded', refundedCents: 12_000 });
  expect(await give(paymentId, 3_001)).toEqual({ ok: false, reason: 'too_much', mostCents: 3_000 });
  expect(await give(paymentId, 3_000, { reduces: false })).toMatchObject({ ok: true, status: 'succeeded' });
  expect(await balances(ids)).toEqual([0, 3_000]);
  expect(await payment(paymentId)).toMatchObject({ status: 'refunded', refundedCents: 15_000 });
  const trail = await ours((tx) => tx.select().from(auditEntries).where(eq(auditEntries.action, 'payment.refund')));
  expect(trail.map((one) => [one.subjectId, one.actor, one.details.amountCents])).toEqual([
    [jobIds[0], admin.name, 10_000],
    [jobIds[1], admin.name, 2_000],
    [jobIds[1], admin.name, 3_000],
  ]);
  await clean();
});

test('the tip is given back last, and never owed', async () => {
  const { customerId, ids } = await bill(10_000);
  const { paymentId } = await pay(linkForm(companyId, customerId, 10_000, 2_000));
  await give(paymentId, 11_500, { reduces: false });
  expect((await refundsOf(paymentId))[0]).toMatchObject({ tipCents: 1_500 });
  expect(await balances(ids)).toEqual([10_000]);
  await give(paymentId, 500);
  const [customer] = await ours((tx) => tx.select().from(customers).where(eq(customers.id, customerId)));
  expect(customer).toMatchObject({ balanceCents: 10_000, creditCents: 0 });
  await clean();
});

test('two people and two clicks at once never give back more than was paid', async () => {
  const { request } = await bill(10_000);
  const { paymentId } = await pay(request);
  const key = newKey();
  const results = await Promise.all([
    give(paymentId, 6_000, { idempotencyKey: key }),
    give(paymentId, 6_000, { idempotencyKey: key }),
    give(paymentId, 6_000),
    give(paymentId, 6_000),
  ]);
  const given = (await refundsOf(paymentId)).filter((one) => one.status !== 'failed');
  expect(given.map((one) => one.amountCents)).toEqual([6_000]);
  expect(results.filter((one) => !one.ok).every((one) => !one.ok && one.reason === 'too_much')).toBe(true);
  await clean();
});

test('what a form must not ask for is refused', async () => {
  const { request } = await bill(10_000);
  const { paymentId } = await pay(request);
  for (const cents of [0, -5, 10.5, Number.NaN])
    expect(await give(paymentId, cents)).toMatchObject({ reason: 'too_little' });
  expect(await give(987_654, 100)).toMatchObject({ reason: 'missing' });
  expect(await give(paymentId, 100, { idempotencyKey: 'short' })).toMatchObject({ reason: 'missing' });
  const stranger = await makeCompany(db);
  expect(await give(paymentId, 100, { companyId: stranger.companyId })).toMatchObject({ reason: 'missing' });
  const open = await till.begin((await bill(5_000)).request);
  expect(await give(open, 100)).toMatchObject({ reason: 'missing' });
});

test('a refund that is not answered stays pending, counts, and is asked for again with the same key', async () => {
  const { request } = await bill(10_000);
  const { paymentId } = await pay(request);
  const keys: string[] = [];
  refund = {
    refund: async (asked) => {
      keys.push(asked.idempotencyKey);
      await till.sandbox.refund(asked);
      throw new Error('the answer was lost');
    },
  };
  const begun = await give(paymentId, 4_000);
  expect(begun).toMatchObject({ ok: true, status: 'pending' });
  expect(await payment(paymentId)).toMatchObject({ refundedCents: 0 });
  expect(await give(paymentId, 6_001)).toMatchObject({ reason: 'too_much', mostCents: 6_000 });
  const ref = { companyId, refundId: begun.ok ? begun.refundId : 0 };
  await expect(runRefund(deps, ref)).rejects.toThrow('lost');
  refund = {};
  expect(await runRefund(deps, ref)).toBe('succeeded');
  expect(await runRefund(deps, ref)).toBe('succeeded');
  expect(new Set(keys).size).toBe(1);
  expect(await payment(paymentId)).toMatchObject({ refundedCents: 4_000 });

  refund = {
    refund: () => Promise.resolve({ state: 'failed', reason: 'expired_or_canceled_card', reference: 're_1' }),
  };
  expect(await give(paymentId, 1_000)).toMatchObject({ ok: true, status: 'failed' });
  // The trail says what was to be given back, not what was paid.
  const told = await ours((tx) =>
    tx.execute<{ cents: number }>(sql`
      select (details ->> 'amountCents')::int as cents from audit_entries
       where action = 'refund.failed' and (details ->> 'paymentId')::bigint = ${paymentId}`),
  );
  expect(told.map((one) => one.cents)).toEqual([1_000]);
  refund = {};
  expect(await give(paymentId, 6_000)).toMatchObject({ ok: true, status: 'succeeded' });
  await clean();
});

test('a check or cash that the office recorded is given back on paper only', async () => {
  const { invoiceId, paymentId } = await ours((tx) => makeInvoice(tx, { status: 'paid', totalCents: 9_000 }));
  deps.processorOf = () => Promise.resolve(null);
  expect(await give(paymentId!, 9_000, { reduces: false })).toMatchObject({ ok: true, status: 'succeeded' });
  expect(await invoiceOf(invoiceId)).toMatchObject({ status: 'open', balanceCents: 9_000 });
  const { request } = await bill(5_000);
  expect(await till.start(request)).toMatchObject({ reason: 'not_connected' });
});

const back = openTill(db, companyId);

test('a refund made at the processor is recorded once, and one of ours is not taken for another', async () => {
  deps.processorOf = back.deps.processorOf;
  const { request, ids } = await back.bill(10_000);
  const { paymentId } = await back.pay(request);
  const told = { paymentId, reference: 're_out', key: null, amountCents: 4_000, status: 'succeeded' as const };
  for (const status of ['pending', 'succeeded', 'succeeded', 'pending'] as const) {
    expect(await ours((tx) => recordOutsideRefund(tx, { ...told, status }))).toBe(true);
  }
  expect(await back.payment(paymentId)).toMatchObject({ refundedCents: 4_000 });
  expect(await balances(ids)).toEqual([0]);
  // Ours, told of before its answer was written down: known by its key, whatever else was given back.
  const [mine] = await ours((tx) =>
    tx
      .insert(refunds)
      .values({ paymentId, amountCents: 1_000, status: 'pending', idempotencyKey: newKey() })
      .returning(),
  );
  const key = `${mine!.idempotencyKey}:${mine!.id}`;
  await ours((tx) => recordOutsideRefund(tx, { ...told, reference: 're_same', amountCents: 1_000 }));
  await ours((tx) => recordOutsideRefund(tx, { ...told, reference: 're_ours', key, amountCents: 1_000 }));
  expect((await refundsOf(paymentId)).map((one) => [one.reference, one.status])).toEqual([
    ['re_out', 'succeeded'],
    ['re_ours', 'succeeded'],
    ['re_same', 'succeeded'],
  ]);
  // Given up here, it went out all the same.
  const [lost] = await ours((tx) =>
    tx.insert(refunds).values({ paymentId, amountCents: 500, status: 'failed', idempotencyKey: newKey() }).returning(),
  );
  const late = { reference: 're_late', key: `${lost!.idempotencyKey}:${lost!.id}`, amountCents: 500 };
  for (let n = 0; n < 2; n++) await ours((tx) => recordOutsideRefund(tx, { ...told, ...late }));
  expect(await back.payment(paymentId)).toMatchObject({ refundedCents: 6_500 });
  // It came back: the money is the customer's credit.
  await ours((tx) => recordOutsideRefund(tx, { ...told, status: 'failed', reason: 'account_closed' }));
  expect(await back.payment(paymentId)).toMatchObject({ refundedCents: 2_500, status: 'succeeded' });
  const [customer] = await ours((tx) => tx.select().from(customers).where(eq(customers.id, request.customerId)));
  expect(customer!.creditCents).toBe(4_000);
  const open = await back.begin((await back.bill(5_000)).request);
  expect(await ours((tx) => recordOutsideRefund(tx, { ...told, paymentId: open, reference: 're_x' }))).toBe(false);
  await clean();
});

/** The jobs that wait for a payment's refunds: in how many minutes, and how often they were tried. */
const jobsOf = async (paymentId: number) => {
  const keys = (await refundsOf(paymentId)).map((one) => `refund:${companyId}:${one.id}`);
  const rows = await owner<{ minutes: number; tries: number }[]>`
    select round(extract(epoch from run_at - now()) / 60)::int as minutes, attempts as tries
      from graphile_worker.jobs where key = any(${keys})`;
  return rows.map((one) => ({ ...one }));
};
const ageRefunds = (paymentId: number, minutes: number) =>
  ours((tx) =>
    tx
      .update(refunds)
      .set({ createdAt: sql`now() - make_interval(mins => ${minutes}, secs => 5)` })
      .where(eq(refunds.paymentId, paymentId)),
  );

test('a refund that is under way at the processor gets a job, and each day again when that has given up', async () => {
  const { request } = await back.bill(10_000);
  const { paymentId } = await back.pay(request);
  const told = { paymentId, reference: 're_slow', key: null, amountCents: 4_000, status: 'pending' as const };
  await ours((tx) => recordOutsideRefund(tx, told));
  expect(await jobsOf(paymentId)).toEqual([{ minutes: 2, tries: 0 }]);
  // The account was away for two days: the job was tried as often as it may be.
  await owner`update graphile_worker._private_jobs set attempts = max_attempts where key like ${`refund:${companyId}:%`}`;
  await ageRefunds(paymentId, 2 * 1440 + 700);
  await settleLeft(back.deps, companyId);
  expect(await jobsOf(paymentId)).toEqual([{ minutes: 2, tries: 15 }]);
  await ageRefunds(paymentId, 2 * 1440 + 1439);
  await settleLeft(back.deps, companyId);
  await settleLeft(back.deps, companyId);
  expect(await jobsOf(paymentId)).toEqual([{ minutes: 0, tries: 0 }]);
  // It arrived meanwhile.
  deps.processorOf = () =>
    Promise.resolve({
      ...back.sandbox,
      findRefund: () => Promise.resolve({ state: 'succeeded' as const, reference: 're_slow' }),
    });
  const [mine] = await refundsOf(paymentId);
  expect(await runRefund(deps, { companyId, refundId: mine!.id })).toBe('succeeded');
  deps.processorOf = back.deps.processorOf;
  await ageRefunds(paymentId, 3 * 1440 + 1439);
  await settleLeft(back.deps, companyId);
  expect(await jobsOf(paymentId)).toHaveLength(1); // not one more for what is done
  expect(await back.payment(paymentId)).toMatchObject({ refundedCents: 4_000 });
  await clean();
});

test('all was given back, but not under our key: it waits with words until those who did it are known', async () => {
  const { request } = await back.bill(10_000);
  const { paymentId } = await back.pay(request);
  const reason = 'All of it was given back, but not by this refund.';
  deps.processorOf = () =>
    Promise.resolve({ ...back.sandbox, refund: () => Promise.resolve({ state: 'unclear' as const, reason }) });
  const begun = await give(paymentId, 10_000);
  expect(begun).toMatchObject({ ok: true, status: 'pending' });
  expect(await refundsOf(paymentId)).toMatchObject([{ status: 'pending', failure: reason, reference: '' }]);
  expect(await jobsOf(paymentId)).toEqual([{ minutes: 2, tries: 0 }]);
  const told = { paymentId, reference: 're_full', key: null, amountCents: 10_000, status: 'succeeded' as const };
  await ours((tx) => recordOutsideRefund(tx, told));
  expect(await runRefund(deps, { companyId, refundId: begun.ok ? begun.refundId : 0 })).toBe('failed');
  expect(await refundsOf(paymentId)).toMatchObject([{ status: 'failed', failure: reason }, { status: 'succeeded' }]);
  expect(await back.payment(paymentId)).toMatchObject({ refundedCents: 10_000, status: 'refunded' });
  deps.processorOf = back.deps.processorOf;
  await clean();
});

const dispute = (told: Omit<ToldDispute, 'reason'>) =>
  ours((tx) => recordDispute(tx, { reason: 'fraudulent', ...told }));

test('B-17: a dispute pauses reminders; won all is as before; lost the invoice is owed again', async () => {
  const { request, ids } = await back.bill(10_000, 5_000);
  const { paymentId } = await back.pay(request);
  await ours((tx) =>
    tx
      .update(invoices)
      .set({ disputedAt: new Date('2026-01-02') })
      .where(eq(invoices.id, ids[1]!)),
  );
  const told = { reference: 'dp_1', paymentId, amountCents: 15_000 };
  expect(await dispute({ ...told, status: 'open' })).toBe(true);
  expect((await back.payment(paymentId)).disputedAt).not.toBeNull();
  expect((await invoiceOf(ids[0]!)).disputedAt).not.toBeNull();
  expect(await give(paymentId, 100)).toEqual({ ok: false, reason: 'disputed' });
  await dispute({ ...told, status: 'won' });
  expect((await invoiceOf(ids[0]!)).disputedAt).toBeNull();
  expect((await invoiceOf(ids[1]!)).disputedAt).toEqual(new Date('2026-01-02')); // the office's own
  // Told late, it stays as it is.
  await dispute({ ...told, status: 'open' });
  await dispute({ ...told, status: 'lost' });
  expect((await back.payment(paymentId)).disputedAt).toBeNull();
  expect(await balances(ids)).toEqual([0, 0]);

  const lost = await back.bill(8_000);
  const { paymentId: other } = await back.pay(lost.request);
  // The first we hear of it is its end.
  for (let told = 0; told < 2; told++) {
    await dispute({ reference: 'dp_2', paymentId: other, amountCents: 8_000, status: 'lost' });
  }
  expect(await balances(lost.ids)).toEqual([8_000]);
  expect(await invoiceOf(lost.ids[0]!)).toMatchObject({ status: 'open' });
  expect((await invoiceOf(lost.ids[0]!)).disputedAt).not.toBeNull();
  expect(await back.payment(other)).toMatchObject({ status: 'refunded', refundedCents: 8_000 });
  const entries = await ours((tx) => tx.select().from(ledgerEntries).where(eq(ledgerEntries.paymentId, other)));
  expect(entries.map((one) => [one.kind, one.amountCents, one.memo])).toEqual([
    ['payment', -8_000, ''],
    ['refund', 8_000, 'Dispute lost'],
  ]);
  const open = await back.begin((await back.bill(5_000)).request);
  expect(await dispute({ reference: 'dp_3', paymentId: open, amountCents: 1, status: 'open' })).toBe(false);
  await clean();
  expect((await ours((tx) => tx.select().from(payments))).length).toBeGreaterThan(5);
});
