import { eq, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { expect, test } from 'vitest';

import { system } from '#app/company/audit.server.ts';
import { creditInvoice } from '#app/invoicing/ledger/credit.server.ts';
import { checkLedger, postAll, postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { recordPayment } from '#app/invoicing/payments/record-payment.server.ts';
import type { RecordPaymentForm } from '#app/invoicing/payments/record-payment-form.ts';
import { undoPayment } from '#app/invoicing/payments/undo-payment.server.ts';
import { voidInvoice } from '#app/invoicing/ledger/void.server.ts';
import { writeOff } from '#app/invoicing/ledger/write-off.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { auditEntries, customers, invoices, ledgerEntries, payments } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeJob } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();
const TODAY = '2026-11-27';

const company = async () => (await makeCompany(db)).companyId;
const invoiceOf = async (tx: Tx, id: number) => (await tx.select().from(invoices).where(eq(invoices.id, id)))[0]!;
const customerOf = async (tx: Tx, id: number) => (await tx.select().from(customers).where(eq(customers.id, id)))[0]!;
const entriesOf = async (tx: Tx) =>
  (await tx.execute<{ n: number }>(sql`select count(*)::int as n from ${ledgerEntries}`))[0]!.n;

let made = 0;
const key = () => `test-key-${String(++made).padStart(16, '0')}`;
const form = (values: Partial<RecordPaymentForm>): RecordPaymentForm => ({
  amount: '',
  method: 'check',
  receivedOn: TODAY,
  memo: '',
  toAccount: '',
  key: key(),
  parts: {},
  ...values,
});

async function two(tx: Tx) {
  const { customerId } = await makeCustomer(tx);
  const jobId = await makeJob(tx, { customerId });
  const a = await makeInvoice(tx, { customerId, jobId, number: 'A', dueOn: '2026-02-01', totalCents: 5_000 });
  const b = await makeInvoice(tx, { customerId, number: 'B', dueOn: '2026-03-01', totalCents: 4_000 });
  return { customerId, jobId, a: a.invoiceId, b: b.invoiceId };
}

test('S2-18, S2-19: one check settles two invoices, once for its form, and stands in the trail of the job', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId, jobId, a, b } = await two(tx);
    const check = form({ amount: '80.00', memo: '1042', parts: { [a]: '50.00', [b]: '30.00' } });
    const first = await recordPayment(tx, system, customerId, check, TODAY);
    expect(first).toMatchObject({ ok: true, repeated: false });
    const again = await recordPayment(tx, system, customerId, check, TODAY);
    expect(again).toEqual({ ...first, repeated: true });
    expect(await invoiceOf(tx, a)).toMatchObject({ status: 'paid', balanceCents: 0 });
    expect(await invoiceOf(tx, b)).toMatchObject({ status: 'open', balanceCents: 1_000 });
    const rows = await tx.select().from(payments);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ amountCents: 8_000, method: 'check', status: 'succeeded', processor: 'office' });
    expect(rows[0]).toMatchObject({ memo: '1042', receivedOn: TODAY });
    const trail = await tx.select().from(auditEntries).where(eq(auditEntries.action, 'payment.record'));
    expect(trail.map((one) => [one.subjectType, one.subjectId, one.details.amountCents])).toEqual([
      ['job', jobId, 5_000],
      ['invoice', b, 3_000],
    ]);
    expect(await checkLedger(tx)).toEqual([]);
  });
});

test('with nothing placed, the oldest due come first as a suggestion, and nothing is recorded', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId, a, b } = await two(tx);
    const before = await entriesOf(tx);
    const asked = await recordPayment(tx, system, customerId, form({ amount: '70' }), TODAY);
    expect(asked).toMatchObject({ ok: false, suggested: { [a]: 5_000, [b]: 2_000 } });
    expect(await entriesOf(tx)).toBe(before);
  });
});

test('what goes to no invoice becomes credit only when the office says so, and is used for what else is owed', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId, a, b } = await two(tx);
    const parts = { [a]: '50' };
    const asked = await recordPayment(tx, system, customerId, form({ amount: '100', parts }), TODAY);
    expect(asked).toMatchObject({ ok: false, surplusCents: 5_000, errors: { toAccount: expect.any(String) } });
    const done = await recordPayment(tx, system, customerId, form({ amount: '100', parts, toAccount: 'on' }), TODAY);
    expect(done).toMatchObject({ ok: true });
    expect(await invoiceOf(tx, b)).toMatchObject({ status: 'paid', balanceCents: 0 });
    expect(await customerOf(tx, customerId)).toMatchObject({ balanceCents: 0, creditCents: 1_000 });
    expect(await checkLedger(tx)).toEqual([]);
  });
});

test('S2-17: a part of one invoice; more than it owes is refused beside a payment that is on its way', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId, a } = await two(tx);
    expect(await recordPayment(tx, system, customerId, form({ amount: '12.34', only: a }), TODAY)).toMatchObject({
      ok: true,
    });
    expect((await invoiceOf(tx, a)).balanceCents).toBe(3_766);
    await tx.update(invoices).set({ pendingCents: 3_000 }).where(eq(invoices.id, a));
    const words = 'A payment of $30.00 is on its way for invoice A. $7.66 can be recorded beside it.';
    expect(await recordPayment(tx, system, customerId, form({ amount: '7.67', only: a }), TODAY)).toMatchObject({
      ok: false,
      errors: { amount: words },
    });
    const placed = form({ amount: '7.67', parts: { [a]: '7.67' } });
    expect(await recordPayment(tx, system, customerId, placed, TODAY)).toMatchObject({
      errors: { [`part-${a}`]: words },
    });
    expect(await recordPayment(tx, system, customerId, form({ amount: '7.66', only: a }), TODAY)).toMatchObject({
      ok: true,
    });
    expect(await invoiceOf(tx, a)).toMatchObject({ balanceCents: 3_000, status: 'open' });
    expect(await recordPayment(tx, system, customerId, form({ amount: '1', only: a }), TODAY)).toMatchObject({
      ok: false,
    });
  });
});

test('bad forms are refused in words at their fields, and nothing moves', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId, a, b } = await two(tx);
    const stranger = await makeInvoice(tx, { totalCents: 5_000 });
    const before = await entriesOf(tx);
    const refused = async (values: Partial<RecordPaymentForm>, field: string) => {
      const result = await recordPayment(tx, system, customerId, form(values), TODAY);
      expect(result, JSON.stringify(values)).toMatchObject({
        ok: false,
        errors: { [field]: expect.stringMatching(/\.$/) },
      });
    };
    for (const amount of ['', '0', '0.00', '-5', '1.005', '€5', 'GBP 5', '1,20', '1.204,00', '99999999']) {
      await refused({ amount, parts: { [a]: '1' } }, 'amount');
      if (amount !== '' && !/^0/.test(amount)) await refused({ amount: '10', parts: { [a]: amount } }, `part-${a}`);
    }
    await refused({ amount: '10', method: 'card' }, 'method');
    await refused({ amount: '10', receivedOn: '2026-02-30' }, 'receivedOn');
    await refused({ amount: '10', receivedOn: '2026-11-28' }, 'receivedOn');
    await refused({ amount: '10', receivedOn: '1999-12-31' }, 'receivedOn');
    await refused({ amount: '10', memo: 'x'.repeat(101) }, 'memo');
    await refused({ amount: '10', key: 'short' }, 'form');
    await refused({ amount: '60', parts: { [a]: '50.01' } }, `part-${a}`);
    await refused({ amount: '60', parts: { [a]: '50', [b]: '20' } }, 'amount');
    await refused({ amount: '60', parts: { [stranger.invoiceId]: '10' } }, 'form');
    await refused({ amount: '60', only: stranger.invoiceId }, 'form');
    expect(await entriesOf(tx)).toBe(before);
    expect(await tx.select().from(payments)).toEqual([]);
  });
});

test('a key that was used for something else records nothing', async () => {
  await withCompany(db, await company(), async (tx) => {
    const one = await two(tx);
    const other = await makeInvoice(tx, { totalCents: 5_000 });
    const check = form({ amount: '50', only: one.a });
    expect(await recordPayment(tx, system, one.customerId, check, TODAY)).toMatchObject({ ok: true });
    const result = await recordPayment(tx, system, other.customerId, { ...check, only: other.invoiceId }, TODAY);
    expect(result).toMatchObject({ ok: false, errors: { form: expect.any(String) } });
  });
});

test('two people who record at once never take an invoice below zero', async () => {
  const one = await company();
  const { customerId, a } = await withCompany(db, one, two);
  const results = await Promise.all(
    Array.from({ length: 4 }, () =>
      withCompany(db, one, (tx) => recordPayment(tx, system, customerId, form({ amount: '50', only: a }), TODAY)),
    ),
  );
  expect(results.filter((result) => result?.ok)).toHaveLength(1);
  // One form sent twice at once is one payment.
  const same = form({ amount: '1', toAccount: 'on' });
  const twice = await Promise.all(
    [1, 2].map(() => withCompany(db, one, (tx) => recordPayment(tx, system, customerId, same, TODAY))),
  );
  expect(twice.filter((result) => result?.ok && result.repeated)).toHaveLength(1);
  expect(twice.every((result) => result?.ok)).toBe(true);
  await withCompany(db, one, async (tx) => {
    expect((await invoiceOf(tx, a)).balanceCents).toBe(0);
    expect(await tx.select().from(payments)).toHaveLength(2);
    expect(await checkLedger(tx)).toEqual([]);
  });
});

test('a check that bounced is undone: its invoices are owed again, and its credit is taken back from where it was used', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId, a, b } = await two(tx);
    const check = form({ amount: '80', toAccount: 'on', parts: { [a]: '50' } });
    const done = await recordPayment(tx, system, customerId, check, TODAY);
    if (!done?.ok) throw new Error('not recorded');
    expect(await invoiceOf(tx, b)).toMatchObject({ balanceCents: 1_000 });
    expect(await undoPayment(tx, system, done.paymentId, { reason: '' })).toMatchObject({
      errors: { reason: expect.any(String) },
    });
    expect(await undoPayment(tx, system, done.paymentId, { reason: 'Bounced' })).toEqual({ ok: true, repeated: false });
    expect(await undoPayment(tx, system, done.paymentId, { reason: 'Bounced' })).toEqual({ ok: true, repeated: true });
    expect(await invoiceOf(tx, a)).toMatchObject({ balanceCents: 5_000, status: 'open' });
    expect(await invoiceOf(tx, b)).toMatchObject({ balanceCents: 4_000, status: 'open' });
    expect(await customerOf(tx, customerId)).toMatchObject({ balanceCents: 9_000, creditCents: 0 });
    const [payment] = await tx.select().from(payments);
    expect(payment).toMatchObject({ status: 'failed', failure: 'undone', amountCents: 8_000 });
    expect(await checkLedger(tx)).toEqual([]);
  });
});

test('an undo that is refused, since money left the account meanwhile, moves nothing', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId, a, b } = await two(tx);
    const check = form({ amount: '110', toAccount: 'on', parts: { [a]: '50' } });
    const done = await recordPayment(tx, system, customerId, check, TODAY);
    if (!done?.ok) throw new Error('not recorded');
    await postAll(tx, [{ accountOf: customerId, entries: [{ kind: 'refund', amountCents: 2_000 }] }]);
    const before = await entriesOf(tx);
    expect(await undoPayment(tx, system, done.paymentId, { reason: 'Bounced' })).toEqual({
      ok: false,
      errors: { form: '$20.00 of it left the account meanwhile, so it can’t be undone.' },
    });
    expect(await entriesOf(tx)).toBe(before);
    expect(await invoiceOf(tx, b)).toMatchObject({ status: 'paid', balanceCents: 0 });
    expect(await tx.select().from(auditEntries).where(eq(auditEntries.action, 'credit.take_back'))).toEqual([]);
    expect(await checkLedger(tx)).toEqual([]);
  });
});

test('only what the office recorded can be undone, and not what was given back', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { invoiceId, customerId, paymentId } = await makeInvoice(tx, { totalCents: 5_000, paidCents: 2_000 });
    await tx.update(payments).set({ refundedCents: 500 }).where(eq(payments.id, paymentId!));
    expect(await undoPayment(tx, system, paymentId!, { reason: 'x' })).toMatchObject({
      errors: { form: expect.any(String) },
    });
    await tx.update(payments).set({ refundedCents: 0, processor: 'stripe' }).where(eq(payments.id, paymentId!));
    expect(await undoPayment(tx, system, paymentId!, { reason: 'x' })).toMatchObject({
      errors: { form: expect.any(String) },
    });
    expect((await invoiceOf(tx, invoiceId)).balanceCents).toBe(3_000);
    expect((await customerOf(tx, customerId)).balanceCents).toBe(3_000);
  });
});

test('a write-off gives up what is left, once, and only what the page said', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { a } = await two(tx);
    const off = (expected: string, reason = 'Moved away') => writeOff(tx, system, a, { reason, expected, key: key() });
    expect(await off('4999')).toMatchObject({ errors: { form: expect.stringContaining('$50.00') } });
    expect(await off('5000', ' ')).toMatchObject({ errors: { reason: expect.any(String) } });
    expect(await off('5000')).toEqual({ ok: true, repeated: false });
    expect(await invoiceOf(tx, a)).toMatchObject({ balanceCents: 0, status: 'paid' });
    expect(await off('5000')).toMatchObject({ ok: false, errors: { form: 'Invoice A is settled already.' } });
  });
});

test('a void reverses what is left; what was paid goes to the account only if asked, and settles what else is owed', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId, a, b } = await two(tx);
    await recordPayment(tx, system, customerId, form({ amount: '20', only: a }), TODAY);
    await creditInvoice(tx, system, a, { amount: '5', reason: 'Late', key: key() });
    const refused = await voidInvoice(tx, system, a, { reason: 'Wrong house', move: false });
    expect(refused).toMatchObject({ ok: false, errors: { move: expect.stringContaining('$20.00') } });
    expect(await invoiceOf(tx, a)).toMatchObject({ status: 'open', balanceCents: 2_500 });
    expect(await voidInvoice(tx, system, a, { reason: 'Wrong house', move: true })).toEqual({
      ok: true,
      repeated: false,
    });
    expect(await voidInvoice(tx, system, a, { reason: 'Wrong house', move: true })).toEqual({
      ok: true,
      repeated: true,
    });
    expect(await invoiceOf(tx, a)).toMatchObject({ status: 'void', balanceCents: 0, paidAt: null });
    expect(await invoiceOf(tx, b)).toMatchObject({ status: 'open', balanceCents: 2_000 });
    expect(await customerOf(tx, customerId)).toMatchObject({ balanceCents: 2_000, openInvoices: 1, creditCents: 0 });
    // The check bounces after all: the money leaves the account, not the void invoice.
    const [payment] = await tx.select().from(payments);
    expect(await undoPayment(tx, system, payment!.id, { reason: 'Bounced' })).toMatchObject({ ok: true });
    expect(await invoiceOf(tx, a)).toMatchObject({ status: 'void', balanceCents: 0 });
    expect(await invoiceOf(tx, b)).toMatchObject({ status: 'open', balanceCents: 4_000 });
    expect(await checkLedger(tx)).toEqual([]);
  });
});

test('B-01: a void ends the reminders, and waits for a payment that is on its way', async () => {
  const one = await company();
  const { a, b } = await withCompany(db, one, two);
  await withCompany(db, one, async (tx) => {
    await tx.update(invoices).set({ pendingCents: 100 }).where(eq(invoices.id, b));
    expect(await voidInvoice(tx, system, b, { reason: 'x', move: true })).toMatchObject({
      errors: { form: expect.any(String) },
    });
    await voidInvoice(tx, system, a, { reason: 'x', move: false });
  });
  const queue = postgres(url, { max: 1 });
  const jobs = await queue`
    select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = 'invoice.settled'`;
  await queue.end();
  expect(jobs.map((job) => job.payload as unknown)).toContainEqual({ companyId: one, invoiceId: a });
});

test('an invoice that was overpaid elsewhere stays above nothing: credits and payments of the office are refused', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId, a } = await two(tx);
    await postEntries(tx, a, [{ kind: 'payment', amountCents: -6_000 }]);
    expect(await creditInvoice(tx, system, a, { amount: '1', reason: 'x', key: key() })).toMatchObject({ ok: false });
    expect(await recordPayment(tx, system, customerId, form({ amount: '1', only: a }), TODAY)).toMatchObject({
      ok: false,
    });
    expect((await invoiceOf(tx, a)).balanceCents).toBe(-1_000);
  });
});
