import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { system } from '#app/company/audit.server.ts';
import { accountCents, applyCredit } from '#app/invoicing/ledger/credits.server.ts';
import { checkLedger, postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { voidInvoice } from '#app/invoicing/ledger/void.server.ts';
import { recordPayment } from '#app/invoicing/payments/record-payment.server.ts';
import { undoPayment } from '#app/invoicing/payments/undo-payment.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { invoices } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

const invoiceOf = async (tx: Tx, id: number) => (await tx.select().from(invoices).where(eq(invoices.id, id)))[0]!;

let made = 0;

/** A check for the account; it is used at once for what is owed. @returns the payment's id */
async function receive(tx: Tx, customerId: number, cents: number): Promise<number> {
  const key = `test-undo-${String(++made).padStart(16, '0')}`;
  const typed = { amount: (cents / 100).toFixed(2), method: 'check', receivedOn: '2026-03-01', memo: '', key };
  const done = await recordPayment(tx, system, customerId, { ...typed, toAccount: 'on', parts: {} }, '2026-03-01');
  if (!done?.ok) throw new Error('The payment was refused.');
  return done.paymentId;
}

/** Items are taken off an invoice, as `editInvoice` posts it; what was paid beyond the rest is used for other invoices. */
async function shrink(tx: Tx, customerId: number, invoiceId: number, cents: number): Promise<void> {
  await postEntries(tx, invoiceId, [{ kind: 'charge', amountCents: -cents, memo: 'Invoice changed' }]);
  await applyCredit(tx, customerId);
}

test('a check that bounced is undone though its invoice was lowered, gave what was too much to another, and was voided', async () => {
  await withCompany(db, (await makeCompany(db)).companyId, async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const first = await makeInvoice(tx, { customerId, number: 'A', totalCents: 10_000 });
    const key = 'test-undo-first-invoice';
    const typed = { amount: '100.00', method: 'check', receivedOn: '2026-03-01', memo: '', toAccount: '', key };
    const done = await recordPayment(
      tx,
      system,
      customerId,
      { ...typed, parts: {}, only: first.invoiceId },
      '2026-03-01',
    );
    const { invoiceId: second } = await makeInvoice(tx, { customerId, number: 'B', totalCents: 5_000 });
    await shrink(tx, customerId, first.invoiceId, 5_000);
    expect(await invoiceOf(tx, second)).toMatchObject({ status: 'paid', balanceCents: 0 });
    expect(await voidInvoice(tx, system, first.invoiceId, { reason: 'Wrong', move: true })).toMatchObject({ ok: true });

    const paymentId = done?.ok ? done.paymentId : 0;
    expect(await undoPayment(tx, system, paymentId, { reason: 'Bounced' })).toEqual({ ok: true, repeated: false });
    expect(await invoiceOf(tx, second)).toMatchObject({ status: 'open', balanceCents: 5_000 });
    expect(await accountCents(tx, customerId)).toBe(0);
    expect(await checkLedger(tx)).toEqual([]);
  });
});

test(
  'whatever happened to invoices meanwhile, every check can be undone, and then all of the charges is owed',
  { timeout: 120_000 },
  async () => {
    const { companyId } = await makeCompany(db);
    const step = fc.record({
      what: fc.constantFrom('invoice', 'invoice', 'pay', 'pay', 'shrink', 'void', 'undo'),
      cents: fc.integer({ min: 1, max: 9_000 }),
      at: fc.nat({ max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        await withCompany(db, companyId, async (tx) => {
          const { customerId } = await makeCustomer(tx);
          const charged = new Map<number, number>();
          const checks: number[] = [];
          const undo = async (paymentId: number) =>
            expect(await undoPayment(tx, system, paymentId, { reason: 'Bounced' })).toMatchObject({ ok: true });
          for (const { what, cents, at } of steps) {
            const id = [...charged.keys()].at(at % Math.max(1, charged.size));
            if (what === 'invoice') {
              charged.set((await makeInvoice(tx, { customerId, totalCents: cents })).invoiceId, cents);
              await applyCredit(tx, customerId);
            } else if (what === 'pay') checks.push(await receive(tx, customerId, cents));
            else if (what === 'undo' && checks.length > 0) await undo(checks[at % checks.length]!);
            else if (what === 'shrink' && id && charged.get(id)! > 1) {
              const less = 1 + (cents % charged.get(id)!);
              charged.set(id, charged.get(id)! - less);
              await shrink(tx, customerId, id, less);
            } else if (what === 'void' && id) {
              await voidInvoice(tx, system, id, { reason: 'Wrong', move: true });
              charged.delete(id);
            }
          }
          for (const paymentId of checks) await undo(paymentId);
          const owed = [...charged.values()].reduce((sum, cents) => sum + cents, 0);
          const [sums] = await tx.execute<{ open: number; all: number }>(sql`
          select coalesce(sum(amount_cents), 0)::bigint as all,
                 coalesce(sum(amount_cents) filter (where invoice_id is not null), 0)::bigint as open
            from ledger_entries where customer_id = ${customerId}`);
          expect(sums).toEqual({ all: owed, open: owed });
        });
      }),
      { numRuns: 10 },
    );
    await withCompany(db, companyId, async (tx) => expect(await checkLedger(tx)).toEqual([]));
  },
);
