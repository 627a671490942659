import fc from 'fast-check';
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { checkLedger, lockInvoices, postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import type { StartPayment } from '#app/invoicing/payments/paying.ts';
import type { Processor } from '#app/invoicing/payments/processor.ts';
import { voidInvoice } from '#app/invoicing/ledger/void.server.ts';
import { ledgerEntries, sandboxCharges } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { newKey, openTill } from '#tests/factories/paying.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const { companyId } = await makeCompany(db);
const office = { staffId: null, name: 'Office' };

/** What may happen, in any order, two at a time. `falls`: this call of the processor is cut off, before or after it was heard. */
const step = fc.oneof(
  fc.record({
    do: fc.constant('start' as const),
    payer: fc.nat({ max: 1 }),
    method: fc.constantFrom('card' as const, 'ach' as const),
    part: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('choose' as const),
    payer: fc.nat({ max: 1 }),
    account: fc.constantFrom('good', 'good', 'declined', 'bank-good', 'bank-good', 'bank-fails'),
  }),
  fc.record({ do: fc.constant('finish' as const), payer: fc.nat({ max: 1 }) }),
  fc.record({ do: fc.constant('check' as const), cents: fc.integer({ min: 1, max: 6_000 }) }),
  fc.record({ do: fc.constant('void' as const) }),
  fc.record({ do: fc.constant('days' as const) }),
  fc.record({
    do: fc.constant('falls' as const),
    call: fc.constantFrom('openCheckout' as const, 'find' as const, 'capture' as const, 'release' as const),
    when: fc.constantFrom('before' as const, 'after' as const),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Two payers, the office and a processor that falls, at one bill. */
async function play(steps: Step[]) {
  let falls: { call: keyof Processor; when: 'before' | 'after' } | null = null;
  const cut = async (name: keyof Processor, call: () => unknown) => {
    const now = falls?.call === name ? falls.when : null;
    if (now) falls = null;
    if (now === 'before') throw new Error('cut off');
    const answer = await call();
    if (now === 'after') throw new Error('cut off');
    return answer;
  };
  const till = openTill(db, companyId, {
    processor: (sandbox) =>
      Object.fromEntries(
        Object.entries(sandbox).map(([name, value]) => [
          name,
          typeof value === 'function'
            ? (...args: unknown[]) =>
                cut(name as keyof Processor, () => (value as (...all: unknown[]) => unknown)(...args))
            : value,
        ]),
      ) as Processor,
  });
  const { customerId, ids, request } = await till.bill(9_000, 4_000);
  const forms: StartPayment[] = [];
  const last: (number | null)[] = [null, null];
  const lastOf = (payer: number) => last[payer] ?? null;

  const doStep = async (one: Step) => {
    if (one.do === 'start') {
      const owed = await till.balances(ids);
      const shares = ids
        .map((invoiceId, index) => ({ invoiceId, amountCents: owed[index]! }))
        .filter(({ amountCents }) => amountCents > 0);
      const pays = one.part
        ? shares.slice(0, 1).map((share) => ({ ...share, amountCents: Math.min(2_000, share.amountCents) }))
        : shares;
      const form = {
        ...request,
        method: one.method,
        pays: { invoices: pays },
        expectedCents: pays.reduce((sum, share) => sum + share.amountCents, 0),
        idempotencyKey: newKey(),
      };
      forms.push(form);
      const started = await till.start(form);
      if (started.ok) last[one.payer] = started.paymentId;
    } else if (one.do === 'choose') {
      const id = lastOf(one.payer);
      if (id !== null && (await till.payment(id)).checkout) await till.choose(id, one.account);
    } else if (one.do === 'finish') {
      const id = lastOf(one.payer);
      if (id !== null) await till.finish(id);
    } else if (one.do === 'check') {
      await till.ours(async (tx) => {
        const [invoice] = await lockInvoices(tx, [ids[0]!]);
        const left = Math.max(0, invoice!.balanceCents - invoice!.pendingCents);
        const amountCents = -Math.min(one.cents, left);
        if (invoice!.status === 'open' && amountCents < 0) {
          await postEntries(tx, ids[0]!, [{ kind: 'payment', amountCents, memo: 'Check' }]);
        }
      });
    } else if (one.do === 'void') {
      await till.ours((tx) => voidInvoice(tx, office, ids[1]!, { reason: 'Wrong house', move: true }));
    } else if (one.do === 'days') {
      // Within a bank's days the sweep looks many times: one look that is cut off is not the last.
      falls = null;
      for (const payment of await till.paymentsOf(customerId)) await till.finish(payment.id);
      till.pass(3_601);
    } else {
      falls = { call: one.call, when: one.when };
    }
  };
  for (let at = 0; at < steps.length; at += 2) {
    await Promise.all(steps.slice(at, at + 2).map(doStep));
  }

  // Whatever was left is finished by those who look after it.
  falls = null;
  for (const round of [0, 3_601, 25 * 3_600]) {
    till.pass(round);
    await till.ours((tx) =>
      tx.execute(
        sql`update payments set created_at = created_at - interval '3 minutes' where customer_id = ${customerId}`,
      ),
    );
    for (const payment of await till.paymentsOf(customerId)) await till.finish(payment.id);
  }
  // A form sent again charges nothing more.
  for (const form of forms) await till.start(form);
  return { till, customerId, ids };
}

/** What the processor really took of a customer's cards and accounts, in cents. */
async function captured(till: Awaited<ReturnType<typeof play>>['till'], customerId: number): Promise<number> {
  const payments = await till.paymentsOf(customerId);
  const rows = await till.ours((tx) => tx.select().from(sandboxCharges));
  const states = await Promise.all(
    rows
      .filter((row) => payments.some((payment) => payment.checkout === row.reference))
      .map((row) => till.sandbox.find({ checkout: row.reference })),
  );
  return states.reduce((sum, one) => sum + (one.state === 'succeeded' ? one.amountCents : 0), 0);
}

test('S2-17, S2-18: however two payers, the office, a slow bank and crashes interleave, no more is taken than is owed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const { till, customerId, ids } = await play(steps);
      const took = await captured(till, customerId);
      const checks = await till.ours(async (tx) => {
        const entries = await tx.select().from(ledgerEntries).where(eq(ledgerEntries.customerId, customerId));
        const checked = entries.filter((one) => one.memo === 'Check');
        return -checked.reduce((sum, one) => sum + one.amountCents, 0);
      });
      const payments = await till.paymentsOf(customerId);
      expect(payments.filter((one) => one.status === 'pending')).toEqual([]);
      expect(took).toBeLessThanOrEqual(13_000 - checks);
      expect(await till.taken(customerId)).toBe(took);
      expect((await till.balances(ids)).every((cents) => cents >= 0)).toBe(true);
      expect(await till.ours((tx) => checkLedger(tx))).toEqual([]);
    }),
    { numRuns: Number(process.env.PAY_RUNS ?? 12), endOnFailure: true },
  );
}, 120_000);
