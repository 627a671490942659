import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { system } from '#app/company/audit.server.ts';
import { applyCredit } from '#app/invoicing/ledger/credits.server.ts';
import { checkLedger, postAll, postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { readMadePayment } from '#app/invoicing/payments/pay-page.server.ts';
import { recordDispute } from '#app/invoicing/payments/dispute.server.ts';
import { readCustomerOwes } from '#app/invoicing/payments/owed.server.ts';
import { recordOutsideRefund, startRefund } from '#app/invoicing/payments/refund.server.ts';
import { withCompany } from '#db/client.ts';
import { auditEntries, customers, invoices } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeJob } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { linkForm, newKey, openTill } from '#tests/factories/paying.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const { companyId } = await makeCompany(db);
const till = openTill(db, companyId);
const { ours, bill, pay, balances } = till;
const clean = async () => expect(await ours((tx) => checkLedger(tx))).toEqual([]);
const creditOf = (customerId: number) =>
  ours(async (tx) => (await tx.select().from(customers).where(eq(customers.id, customerId)))[0]!.creditCents);
const HOUR = 3_600;

test('S2-18: what a payment brings beyond what is owed settles the customer’s other invoices at once', async () => {
  const { request, ids, customerId } = await bill(8_000);
  const { paymentId } = await pay({ ...request, method: 'ach' });
  const other = await till.billFor(customerId, 6_000);
  await ours((tx) => postEntries(tx, ids[0]!, [{ kind: 'credit', amountCents: -5_000, memo: 'Late' }]));
  till.pass(HOUR + 1);
  expect(await till.finish(paymentId)).toMatchObject({ state: 'succeeded' });
  expect(await balances([...ids, ...other.ids])).toEqual([0, 1_000]);
  expect(await creditOf(customerId)).toBe(0);
  await clean();
});

test('what a failed bank payment held back is settled with credit that lies on the account', async () => {
  const { request, ids, customerId } = await bill(8_000);
  const { paymentId } = await pay({ ...request, method: 'ach' }, 'bank-fails');
  await ours((tx) => postAll(tx, [{ accountOf: customerId, entries: [{ kind: 'credit', amountCents: -3_000 }] }]));
  till.pass(HOUR + 1);
  expect(await till.finish(paymentId)).toMatchObject({ state: 'failed' });
  expect(await balances(ids)).toEqual([5_000]);
  expect(await creditOf(customerId)).toBe(0);
  await clean();
});

test('a refund that came back settles what is owed', async () => {
  const { request, customerId } = await bill(8_000);
  const { paymentId } = await pay(request);
  const told = { paymentId, reference: 're_back', key: null, amountCents: 3_000 };
  await ours((tx) => recordOutsideRefund(tx, { ...told, status: 'succeeded' }));
  const other = await till.billFor(customerId, 2_000);
  await ours((tx) => recordOutsideRefund(tx, { ...told, status: 'failed', reason: 'account_closed' }));
  expect(await balances(other.ids)).toEqual([0]);
  expect(await creditOf(customerId)).toBe(1_000);
  await clean();
});

type Made = { cents: number; pending: number; month: number; completed: boolean };

/** A customer with these invoices, and credit on the account that nobody used yet. */
async function owing(made: Made[], credit: number): Promise<{ customerId: number; payable: number[] }> {
  return ours(async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const payable: number[] = [];
    for (const { cents: totalCents, pending, month, completed } of made) {
      const jobId = await makeJob(tx, { customerId, status: completed ? 'completed' : 'scheduled' });
      const dueOn = `2026-0${month}-01`;
      const { invoiceId } = await makeInvoice(tx, { customerId, jobId, dueOn, totalCents });
      await tx.update(invoices).set({ pendingCents: pending }).where(eq(invoices.id, invoiceId));
      if (completed) payable.push(invoiceId);
    }
    if (credit > 0) {
      await postAll(tx, [{ accountOf: customerId, entries: [{ kind: 'credit', amountCents: -credit }] }]);
    }
    return { customerId, payable };
  });
}

test('S4-06: a customer’s link asks for what its form then charges, though older work that is not done uses credit', async () => {
  const made = [
    { cents: 3_000, pending: 0, month: 1, completed: false },
    { cents: 10_000, pending: 0, month: 2, completed: true },
  ];
  const { customerId, payable } = await owing(made, 5_000);
  const owes = await ours((tx) => readCustomerOwes(tx, customerId));
  expect(owes).toMatchObject({ owedCents: 10_000, creditCents: 2_000, payableCents: 8_000 });
  expect(await pay(linkForm(companyId, customerId, owes.payableCents))).toMatchObject({ state: 'succeeded' });
  expect(await balances(payable)).toEqual([0]);
  await clean();
});

test('S4-06: whatever is owed, the link asks for what is left once credit is used', async () => {
  const cents = fc.integer({ min: 1, max: 9_000 });
  const invoice = fc.record({
    cents,
    pending: fc.oneof(fc.constant(0), cents),
    month: fc.integer({ min: 1, max: 3 }),
    completed: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(invoice, { maxLength: 5 }), fc.nat({ max: 20_000 }), async (made, credit) => {
      const { customerId, payable } = await owing(made, credit);
      await ours(async (tx) => {
        const { payableCents } = await readCustomerOwes(tx, customerId);
        await applyCredit(tx, customerId);
        const rows = await tx.select().from(invoices).where(eq(invoices.customerId, customerId));
        const left = rows
          .filter((row) => payable.includes(row.id))
          .reduce((sum, row) => sum + Math.max(0, row.balanceCents - row.pendingCents), 0);
        expect(payableCents).toBe(left);
        expect((await readCustomerOwes(tx, customerId)).payableCents).toBe(left);
        // No payment holds these: the ledger's check would say so.
        await tx.update(invoices).set({ pendingCents: 0 }).where(eq(invoices.customerId, customerId));
      });
    }),
    { numRuns: 25 },
  );
});

/** What the audit trails say of a payment. */
const trailOf = async (paymentId: number, action: string) => {
  const rows = await ours((tx) =>
    tx.select().from(auditEntries).where(eq(auditEntries.action, action)).orderBy(auditEntries.id),
  );
  return rows
    .filter((row) => row.details.paymentId === paymentId)
    .map((row) => [row.subjectType, row.subjectId, row.details.amountCents, row.details.tipCents]);
};

test('S2-19: the trail says what of a payment went to the account, and what was a tip', async () => {
  const { request, ids, jobIds, customerId } = await bill(8_000);
  const { paymentId } = await pay({ ...request, method: 'ach' });
  await ours((tx) => postEntries(tx, ids[0]!, [{ kind: 'credit', amountCents: -5_000, memo: 'Late' }]));
  till.pass(HOUR + 1);
  await till.finish(paymentId);
  expect(await trailOf(paymentId, 'payment.by_customer')).toEqual([
    ['job', jobIds[0], 3_000, undefined],
    ['customer', customerId, 5_000, undefined],
  ]);

  const tipped = await bill(10_000);
  const { paymentId: withTip } = await pay(linkForm(companyId, tipped.customerId, 10_000, 2_000));
  expect(await trailOf(withTip, 'payment.by_customer')).toEqual([['job', tipped.jobIds[0], 10_000, 2_000]]);
  const give = (amountCents: number) =>
    startRefund(till.deps, system, {
      companyId,
      paymentId: withTip,
      amountCents,
      reduces: true,
      reason: '',
      idempotencyKey: newKey(),
    });
  await give(11_500);
  await give(500);
  expect(await trailOf(withTip, 'payment.refund')).toEqual([
    ['job', tipped.jobIds[0], 10_000, 1_500],
    ['customer', tipped.customerId, 500, 500],
  ]);
});

test('S2-19: the trail of a lost dispute says what went back, from where', async () => {
  const { jobIds, customerId } = await bill(4_000, 6_000);
  const { paymentId } = await pay(linkForm(companyId, customerId, 10_000, 2_000));
  const told = { reference: 'dp_part', paymentId, amountCents: 11_000, reason: 'fraudulent' };
  await ours((tx) => recordOutsideRefund(tx, { ...told, key: null, amountCents: 4_000, status: 'succeeded' }));
  await ours((tx) => recordDispute(tx, { ...told, status: 'open' }));
  await ours((tx) => recordDispute(tx, { ...told, status: 'lost' }));
  expect(await trailOf(paymentId, 'dispute.lost')).toEqual([['job', jobIds[1], 6_000, 2_000]]);
  // Nothing is left that could go back.
  const none = { ...told, reference: 'dp_none', status: 'lost' as const };
  await ours((tx) => recordDispute(tx, none));
  expect((await trailOf(paymentId, 'dispute.lost')).slice(1)).toEqual([['customer', customerId, 0, undefined]]);
  await clean();
});

test('the payer of an invoice whose bank payment went on after somebody else had paid sees it; nobody else does', async () => {
  // A bank that can't stop it any more.
  const stubborn = openTill(db, companyId, {
    processor: (sandbox) => ({ ...sandbox, release: (reference) => sandbox.find({ checkout: reference }) }),
  });
  const { request, ids, customerId } = await bill(8_000);
  const paymentId = await stubborn.begin({ ...request, source: 'invoice_link', method: 'ach' });
  await stubborn.choose(paymentId, 'bank-good');
  await ours((tx) => postEntries(tx, ids[0]!, [{ kind: 'payment', amountCents: -8_000 }]));
  expect(await stubborn.finish(paymentId)).toMatchObject({ state: 'processing' });
  expect((await till.payment(paymentId)).allocations).toEqual([]);

  const other = await bill(5_000);
  await ours(async (tx) => {
    const made = { customerId, amountCents: 8_000, method: 'ach' };
    expect(await readMadePayment(tx, { kind: 'invoice', id: ids[0]! }, paymentId)).toMatchObject(made);
    expect(await readMadePayment(tx, { kind: 'customer', id: customerId }, paymentId)).toMatchObject(made);
    expect(await readMadePayment(tx, { kind: 'invoice', id: other.ids[0]! }, paymentId)).toBeNull();
    expect(await readMadePayment(tx, { kind: 'invoice', id: 987_654 }, paymentId)).toBeNull();
    expect(await readMadePayment(tx, { kind: 'customer', id: other.customerId }, paymentId)).toBeNull();
    expect(await readMadePayment(tx, { kind: 'invoice', id: ids[0]! }, 987_654)).toBeNull();
  });
  const { companyId: another } = await makeCompany(db);
  await withCompany(db, another, async (tx) => {
    expect(await readMadePayment(tx, { kind: 'invoice', id: ids[0]! }, paymentId)).toBeNull();
  });
});

test('B-17: with two disputes about a payment it stays disputed, and its invoices unasked, until the last is over', async () => {
  const standing = async (paymentId: number, invoiceId: number) => {
    const { disputedAt } = await till.payment(paymentId);
    const [invoice] = await ours((tx) => tx.select().from(invoices).where(eq(invoices.id, invoiceId)));
    return { payment: disputedAt !== null, invoice: invoice!.disputedAt !== null };
  };
  const both = { payment: true, invoice: true };
  for (const [first, second, end] of [
    ['won', 'won', { payment: false, invoice: false }],
    ['won', 'lost', { payment: false, invoice: true }],
    ['lost', 'won', { payment: false, invoice: true }],
  ] as const) {
    for (const order of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const { request, ids } = await bill(8_000);
      const { paymentId } = await pay(request);
      const tell = (which: string, status: 'open' | 'won' | 'lost') => {
        const reference = `dp_${first}_${second}_${order.join('')}_${which}`;
        return ours((tx) => recordDispute(tx, { reference, paymentId, amountCents: 4_000, reason: '', status }));
      };
      await tell('a', 'open');
      await tell('b', 'open');
      await tell(order[0], first);
      expect(await standing(paymentId, ids[0]!), `${first} ${order[0]}`).toEqual(both);
      await tell(order[1], second);
      expect(await standing(paymentId, ids[0]!), `${first} ${order[0]}, ${second}`).toEqual(end);
    }
  }
  await clean();
});
