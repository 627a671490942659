import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { system } from '#app/company/audit.server.ts';
import { creditAccount, creditInvoice } from '#app/invoicing/ledger/credit.server.ts';
import { accountCents, applyCredit, freeCredit } from '#app/invoicing/ledger/credits.server.ts';
import { checkLedger, postAll, postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { voidInvoice } from '#app/invoicing/ledger/void.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { auditEntries, customers, invoices, ledgerEntries } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeJob } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

const company = async () => (await makeCompany(db)).companyId;
const invoiceOf = async (tx: Tx, id: number) => (await tx.select().from(invoices).where(eq(invoices.id, id)))[0]!;
const customerOf = async (tx: Tx, id: number) => (await tx.select().from(customers).where(eq(customers.id, id)))[0]!;
const memosOf = async (tx: Tx, invoiceId: number | null, customerId: number) =>
  (
    await tx.execute<{ kind: string; cents: number; memo: string }>(sql`
      select kind, amount_cents as cents, memo from ledger_entries
       where customer_id = ${customerId} and invoice_id is not distinct from ${invoiceId}::bigint order by id`)
  ).map((row) => [row.kind, row.cents, row.memo]);

let made = 0;
const key = () => `test-key-${String(++made).padStart(16, '0')}`;

test('credit of the account settles the oldest due first, in pairs that name each other, and once', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const later = await makeInvoice(tx, { customerId, number: 'B', dueOn: '2026-03-01', totalCents: 9_000 });
    const first = await makeInvoice(tx, { customerId, number: 'A', dueOn: '2026-02-01', totalCents: 5_000 });
    await postAll(tx, [
      { accountOf: customerId, entries: [{ kind: 'credit', amountCents: -8_000, memo: 'Goodwill' }] },
    ]);
    expect((await customerOf(tx, customerId)).creditCents).toBe(8_000);

    expect(await applyCredit(tx, customerId)).toEqual([
      { invoiceId: first.invoiceId, amountCents: 5_000 },
      { invoiceId: later.invoiceId, amountCents: 3_000 },
    ]);
    expect(await invoiceOf(tx, first.invoiceId)).toMatchObject({ status: 'paid', balanceCents: 0 });
    expect(await invoiceOf(tx, later.invoiceId)).toMatchObject({ status: 'open', balanceCents: 6_000 });
    expect(await customerOf(tx, customerId)).toMatchObject({ creditCents: 0, balanceCents: 6_000 });
    expect(await memosOf(tx, null, customerId)).toEqual([
      ['credit', -8_000, 'Goodwill'],
      ['credit', 5_000, 'Used for invoice A'],
      ['credit', 3_000, 'Used for invoice B'],
    ]);
    expect(await memosOf(tx, first.invoiceId, customerId)).toContainEqual(['credit', -5_000, 'Account credit']);
    expect(await applyCredit(tx, customerId)).toEqual([]);
    expect(await checkLedger(tx)).toEqual([]);
  });
});

test('what was paid beyond an invoice is credit too, and is used for the next one', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const over = await makeInvoice(tx, { customerId, number: 'A', totalCents: 5_000 });
    await postEntries(tx, over.invoiceId, [{ kind: 'payment', amountCents: -7_500 }]);
    expect(await customerOf(tx, customerId)).toMatchObject({ creditCents: 2_500, balanceCents: 0 });
    const next = await makeInvoice(tx, { customerId, number: 'B', totalCents: 9_000 });
    expect(await applyCredit(tx, customerId)).toEqual([{ invoiceId: next.invoiceId, amountCents: 2_500 }]);
    expect(await memosOf(tx, over.invoiceId, customerId)).toContainEqual(['credit', 2_500, 'Used for invoice B']);
    expect(await memosOf(tx, next.invoiceId, customerId)).toContainEqual(['credit', -2_500, 'Credit of invoice A']);
    expect((await invoiceOf(tx, over.invoiceId)).balanceCents).toBe(0);
    expect(await checkLedger(tx)).toEqual([]);
  });
});

test('what a payment under way has reserved is left to it', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const { invoiceId } = await makeInvoice(tx, { customerId, totalCents: 10_000 });
    await tx.update(invoices).set({ pendingCents: 7_000 }).where(eq(invoices.id, invoiceId));
    await postAll(tx, [{ accountOf: customerId, entries: [{ kind: 'credit', amountCents: -8_000 }] }]);
    expect(await applyCredit(tx, customerId)).toEqual([{ invoiceId, amountCents: 3_000 }]);
    expect(await applyCredit(tx, customerId)).toEqual([]);
    expect((await customerOf(tx, customerId)).creditCents).toBe(5_000);
  });
});

test('S2-19: credit that is granted is used at once, once for its form, and stands in the audit trails', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const jobId = await makeJob(tx, { customerId });
    const { invoiceId, number } = await makeInvoice(tx, { customerId, jobId, totalCents: 4_000 });
    const form = { amount: '$60.00', reason: 'Came  twice', key: key() };
    expect(await creditAccount(tx, system, customerId, form)).toEqual({ ok: true, repeated: false, usedCents: 4_000 });
    expect(await creditAccount(tx, system, customerId, form)).toEqual({ ok: true, repeated: true });
    expect((await customerOf(tx, customerId)).creditCents).toBe(2_000);
    const trail = await tx.select().from(auditEntries).orderBy(auditEntries.id);
    expect(trail.map((one) => [one.action, one.subjectType, one.subjectId, one.details.amountCents])).toEqual([
      ['account.credit', 'customer', customerId, 6_000],
      ['credit.use', 'job', jobId, 4_000],
    ]);
    expect(trail[1]!.details).toMatchObject({ invoiceId, invoice: number });
    expect(trail[0]!.details.reason).toBe('Came twice');
  });
});

test('credit that was used is taken back, the last first, when money leaves the account', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const a = await makeInvoice(tx, { customerId, number: 'A', dueOn: '2026-02-01', totalCents: 5_000 });
    const b = await makeInvoice(tx, { customerId, number: 'B', dueOn: '2026-03-01', totalCents: 4_000 });
    await creditAccount(tx, system, customerId, { amount: '100', reason: 'Goodwill', key: key() });
    expect((await customerOf(tx, customerId)).creditCents).toBe(1_000);
    expect(await freeCredit(tx, customerId, 6_000)).toBe(0);
    expect(await accountCents(tx, customerId)).toBe(-6_000);
    expect(await invoiceOf(tx, b.invoiceId)).toMatchObject({ balanceCents: 4_000, status: 'open' });
    expect(await invoiceOf(tx, a.invoiceId)).toMatchObject({ balanceCents: 1_000, status: 'open' });
    expect(await freeCredit(tx, customerId, 6_000)).toBe(0);
    expect(await freeCredit(tx, customerId, 12_345)).toBe(2_345);
    expect(await checkLedger(tx)).toEqual([]);
  });
});

test('a credit of an invoice goes to zero and no further, and leaves what is on its way', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { invoiceId, number } = await makeInvoice(tx, { totalCents: 10_000 });
    const credit = (amount: string) => creditInvoice(tx, system, invoiceId, { amount, reason: 'Late', key: key() });
    expect(await credit('100.01')).toEqual({
      ok: false,
      errors: { amount: `Invoice ${number} owes $100.00. No more than that can be credited.` },
    });
    await tx.update(invoices).set({ pendingCents: 8_000 }).where(eq(invoices.id, invoiceId));
    expect(await credit('20.01')).toEqual({
      ok: false,
      errors: { amount: `A payment of $80.00 is on its way for invoice ${number}. $20.00 can be credited beside it.` },
    });
    expect(await credit('20')).toEqual({ ok: true, repeated: false });
    expect(await credit('1')).toMatchObject({ ok: false });
    expect(await invoiceOf(tx, invoiceId)).toMatchObject({ balanceCents: 8_000, status: 'open' });
  });
});

test('a typed reason is never taken for credit that was moved', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { invoiceId } = await makeInvoice(tx, { totalCents: 10_000 });
    await creditInvoice(tx, system, invoiceId, { amount: '40', reason: 'Account credit', key: key() });
    expect(await voidInvoice(tx, system, invoiceId, { reason: 'Wrong house', move: false })).toMatchObject({
      ok: true,
    });
    const { customerId } = await invoiceOf(tx, invoiceId);
    expect((await customerOf(tx, customerId)).creditCents).toBe(0);
    expect(await checkLedger(tx)).toEqual([]);
  });
});

test('bad amounts and reasons are refused in words, and nothing moves', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { invoiceId, customerId } = await makeInvoice(tx, { totalCents: 10_000 });
    const before = await tx.select({ id: ledgerEntries.id }).from(ledgerEntries);
    for (const amount of ['', '0', '-5', '1.005', '€5', '5 EUR', '1,20', '12345678.00', 'ten', '١٠']) {
      const form = { amount, reason: 'x', key: key() };
      const refused = await creditInvoice(tx, system, invoiceId, form);
      expect(refused, amount).toMatchObject({ ok: false, errors: { amount: expect.stringMatching(/\.$/) } });
      expect(await creditAccount(tx, system, customerId, form), amount).toMatchObject({ ok: false });
    }
    expect(await creditInvoice(tx, system, invoiceId, { amount: '5', reason: ' \n', key: key() })).toMatchObject({
      errors: { reason: expect.any(String) },
    });
    expect(await creditInvoice(tx, system, invoiceId, { amount: '5', reason: 'x', key: 'short' })).toMatchObject({
      errors: { form: expect.any(String) },
    });
    expect(await tx.select({ id: ledgerEntries.id }).from(ledgerEntries)).toEqual(before);
    // Full-width digits are digits.
    expect(await creditInvoice(tx, system, invoiceId, { amount: '５０', reason: 'x', key: key() })).toMatchObject({
      ok: true,
    });
    expect((await invoiceOf(tx, invoiceId)).balanceCents).toBe(5_000);
  });
});

test("another company's customer and invoice are not there", async () => {
  const [one, two] = [await company(), await company()];
  const { invoiceId, customerId } = await withCompany(db, one, (tx) => makeInvoice(tx));
  await withCompany(db, two, async (tx) => {
    const form = { amount: '5', reason: 'x', key: key() };
    expect(await creditInvoice(tx, system, invoiceId, form)).toBeNull();
    expect(await creditAccount(tx, system, customerId, form)).toBeNull();
    expect(await voidInvoice(tx, system, invoiceId, { reason: 'x', move: true })).toBeNull();
    expect(await applyCredit(tx, customerId)).toEqual([]);
    expect(await freeCredit(tx, customerId, 100)).toBe(100);
  });
  await withCompany(db, one, async (tx) => {
    expect(await invoiceOf(tx, invoiceId)).toMatchObject({ balanceCents: 10_000, status: 'open' });
  });
});

test('the check finds credit that is not what the ledger says, and an account that is overdrawn', async () => {
  await withCompany(db, await company(), async (tx) => {
    const { customerId } = await makeCustomer(tx);
    await tx.update(customers).set({ creditCents: 5 }).where(eq(customers.id, customerId));
    expect(await checkLedger(tx)).toEqual([{ kind: 'credit', id: customerId, heldCents: 5, creditCents: 0 }]);
    await postAll(tx, [{ accountOf: customerId, entries: [{ kind: 'credit', amountCents: 700 }] }]);
    expect(await checkLedger(tx)).toEqual([{ kind: 'account', id: customerId, accountCents: 700 }]);
  });
});

test('the ledger is append-only for the app: no entry can be changed or deleted', async () => {
  const one = await company();
  await withCompany(db, one, (tx) => makeInvoice(tx));
  await expect(withCompany(db, one, (tx) => tx.update(ledgerEntries).set({ amountCents: 1 }))).rejects.toThrow();
  await expect(withCompany(db, one, (tx) => tx.delete(ledgerEntries))).rejects.toThrow();
  await withCompany(db, one, async (tx) => expect((await tx.select().from(ledgerEntries)).length).toBe(1));
});

test(
  'in whatever order credit is granted, used, and taken back, no money is made and no account is overdrawn',
  { timeout: 120_000 },
  async () => {
    const one = await company();
    const dollars = fc.integer({ min: 1, max: 9_000 });
    const step = fc.oneof(
      fc.record({ what: fc.constant('invoice' as const), cents: dollars }),
      fc.record({ what: fc.constant('grant' as const), cents: dollars }),
      fc.record({ what: fc.constant('use' as const), cents: dollars }),
      fc.record({ what: fc.constant('overpay' as const), cents: dollars }),
      fc.record({ what: fc.constant('leave' as const), cents: dollars }),
      fc.record({ what: fc.constant('void' as const), cents: dollars }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        await withCompany(db, one, async (tx) => {
          const { customerId } = await makeCustomer(tx);
          let charged = 0;
          let granted = 0;
          const ids: number[] = [];
          for (const { what, cents } of steps) {
            const last = ids.at(-1);
            if (what === 'invoice') {
              charged += cents;
              ids.push((await makeInvoice(tx, { customerId, totalCents: cents })).invoiceId);
            } else if (what === 'grant') {
              granted += cents;
              await postAll(tx, [{ accountOf: customerId, entries: [{ kind: 'credit', amountCents: -cents }] }]);
            } else if (what === 'use') {
              const { creditCents, balanceCents } = await customerOf(tx, customerId);
              const used = await applyCredit(tx, customerId);
              const sum = used.reduce((total, part) => total + part.amountCents, 0);
              expect(sum).toBe(Math.min(creditCents, balanceCents));
            } else if (what === 'overpay' && last) {
              granted += cents;
              if ((await invoiceOf(tx, last)).status === 'void') granted -= cents;
              else await postEntries(tx, last, [{ kind: 'payment', amountCents: -cents }]);
            } else if (what === 'leave') {
              const missing = await freeCredit(tx, customerId, cents);
              const left = cents - missing;
              if (left > 0) {
                granted -= left;
                await postAll(tx, [{ accountOf: customerId, entries: [{ kind: 'refund', amountCents: left }] }]);
              }
            } else if (what === 'void' && last) {
              const before = await invoiceOf(tx, last);
              await voidInvoice(tx, system, last, { reason: 'x', move: true });
              if (before.status !== 'void') charged -= before.totalCents;
            }
            const [sum] = await tx.execute<{ cents: number }>(
              sql`select coalesce(sum(amount_cents), 0)::bigint as cents from ledger_entries where customer_id = ${customerId}`,
            );
            expect(sum!.cents).toBe(charged - granted);
            const { balanceCents, creditCents } = await customerOf(tx, customerId);
            expect(balanceCents - creditCents).toBe(charged - granted);
            expect(await accountCents(tx, customerId)).toBeLessThanOrEqual(0);
          }
        });
      }),
      { numRuns: 25 },
    );
    await withCompany(db, one, async (tx) => expect(await checkLedger(tx)).toEqual([]));
  },
);
