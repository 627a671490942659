import { eq } from 'drizzle-orm';

import type { StartPayment } from '#app/invoicing/payments/paying.ts';
import type { PayDeps, Payment } from '#app/invoicing/payments/payments.server.ts';
import { finishPayment } from '#app/invoicing/payments/finish.server.ts';
import { startPayment } from '#app/invoicing/payments/start.server.ts';
import type { Processor } from '#app/invoicing/payments/processor.ts';
import { actOnSandboxPage, type SandboxAct } from '#app/invoicing/payments/processors/sandbox-checkout.server.ts';
import { sandboxProcessor } from '#app/invoicing/payments/processors/sandbox.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { invoices, payments } from '#db/schema/index.ts';

import { makeCustomer, makeJob } from './customers.ts';
import { makeInvoice } from './invoices.ts';
import { next } from './sequence.ts';

export const newKey = () => `key-of-a-test-form-${next()}`;

export type Bill = { customerId: number; ids: number[]; jobIds: number[]; request: StartPayment };

/**
 * A company's till: the sandbox with a clock of its own, and what tests do at it again and again.
 * @param options.processor what stands between us and the sandbox: one that falls, or is slow
 * @param options.tell counts what payers are told, or fails
 */
export function openTill(
  db: Db,
  companyId: number,
  options: { processor?: (sandbox: Processor) => Processor; tell?: Partial<PayDeps['tell']> } = {},
) {
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead);
  const sandbox = sandboxProcessor(db, companyId, { achSeconds: 3600, now });
  const processor = options.processor?.(sandbox) ?? sandbox;
  const deps: PayDeps = {
    db,
    processorOf: () => Promise.resolve(processor),
    tell: { settled: () => Promise.resolve(), failed: () => Promise.resolve(), ...options.tell },
  };
  const ours = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);

  const till = {
    deps,
    sandbox,
    ours,
    /** The sandbox's clock goes on by so many seconds. */
    pass: (seconds: number) => void (ahead += seconds * 1000),

    /** A customer with invoices of these cents, each of a completed job of its own, and the form that pays them in full. */
    bill: async (...cents: number[]): Promise<Bill> => {
      const { customerId } = await ours((tx) => makeCustomer(tx));
      return till.billFor(customerId, ...cents);
    },
    /** The same for a customer that is there. */
    billFor: (customerId: number, ...cents: number[]): Promise<Bill> =>
      ours(async (tx) => {
        const ids: number[] = [];
        const jobIds: number[] = [];
        for (const totalCents of cents) {
          const jobId = await makeJob(tx, { customerId });
          jobIds.push(jobId);
          ids.push((await makeInvoice(tx, { customerId, totalCents, jobId })).invoiceId);
        }
        return { customerId, ids, jobIds, request: formFor(companyId, customerId, ids, cents) };
      }),

    start: (request: StartPayment) => startPayment(deps, request),

    /** Begins to pay. @returns the payment's id, with its page open. @throws when it is refused */
    begin: async (request: StartPayment): Promise<number> => {
      const started = await startPayment(deps, request);
      if (!started.ok) throw new Error(started.reason);
      return started.paymentId;
    },

    /** The payer picks an account on the sandbox's page. */
    choose: async (paymentId: number, account: string) => till.act(paymentId, { kind: 'choose', account }),
    act: async (paymentId: number, act: SandboxAct) => {
      const payment = await till.payment(paymentId);
      return ours((tx) => actOnSandboxPage(tx, payment.checkout!, act, now()));
    },

    finish: (paymentId: number) => finishPayment(deps, { companyId, paymentId }),

    /** Begins, picks an account and comes back. */
    pay: async (request: StartPayment, account = request.method === 'card' ? 'good' : 'bank-good') => {
      const paymentId = await till.begin(request);
      await till.choose(paymentId, account);
      return (await till.finish(paymentId))!;
    },

    payment: (paymentId: number): Promise<Payment> =>
      ours(async (tx) => (await tx.select().from(payments).where(eq(payments.id, paymentId)))[0]!),
    paymentsOf: (customerId: number): Promise<Payment[]> =>
      ours((tx) => tx.select().from(payments).where(eq(payments.customerId, customerId)).orderBy(payments.id)),
    balances: (ids: number[]): Promise<number[]> =>
      ours(async (tx) => {
        const rows = await tx.select({ id: invoices.id, cents: invoices.balanceCents }).from(invoices);
        return ids.map((id) => rows.find((row) => row.id === id)!.cents);
      }),
    /** What payments that arrived took of a customer, tips and refunds included. */
    taken: async (customerId: number): Promise<number> =>
      (await till.paymentsOf(customerId))
        .filter((one) => one.status === 'succeeded' || one.status === 'refunded')
        .reduce((sum, one) => sum + one.amountCents, 0),
  };
  return till;
}

/** The portal's form for these invoices in full, with a new card. */
export const formFor = (companyId: number, customerId: number, ids: number[], cents: number[]): StartPayment => ({
  companyId,
  customerId,
  source: 'portal',
  pays: { invoices: ids.map((invoiceId, index) => ({ invoiceId, amountCents: cents[index]! })) },
  expectedCents: cents.reduce((sum, one) => sum + one, 0),
  tipCents: 0,
  method: 'card',
  savedMethodId: null,
  saveMethod: false,
  idempotencyKey: newKey(),
  payer: 'Ann Ames (Customer Portal)',
  receiptTo: '',
  returnUrl: (paymentId) => `http://lark.portal.test/receipts/${paymentId}`,
  cancelUrl: 'http://lark.portal.test/',
});

/** The form of a customer's own link. @param cents what the page showed as owed */
export const linkForm = (companyId: number, customerId: number, cents: number, tipCents = 0): StartPayment => ({
  ...formFor(companyId, customerId, [], []),
  source: 'customer_link',
  pays: { customer: true },
  expectedCents: cents,
  tipCents,
  payer: 'Ann Ames (payment link)',
});
