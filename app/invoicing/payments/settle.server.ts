import { eq, sql } from 'drizzle-orm';

import type { Actor } from '#app/company/audit.server.ts';
import { leftOf } from '#app/invoicing/ledger/allocate.ts';
import { applyCredit } from '#app/invoicing/ledger/credits.server.ts';
import { holdPending, lockInvoices, postAll, type Entry } from '#app/invoicing/ledger/ledger.server.ts';
import { auditMovements } from '#app/invoicing/ledger/money-audit.server.ts';
import type { Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import { payments } from '#db/schema/index.ts';

import type { GivenBack } from './give-back.server.ts';
import { lockPayment, type PayDeps, type Payment } from './payments.server.ts';
import { keepMethod } from './methods.server.ts';
import type { MethodShown, PaymentState } from './processor.ts';

/** Why a payment failed that the processor never heard of. */
export const INTERRUPTED = 'interrupted';

type Succeeded = Extract<PaymentState, { state: 'succeeded' }>;

/**
 * Records money that was taken, once: ledger, jobs, audit, receipt. Each invoice gets what the payment is for and is still owed; what is
 * left over, as after an invoice was voided meanwhile, becomes credit on the customer's account and is used at once for whatever else is
 * owed. A tip stands on the account as a pair of its own. A charge that went through after the payment was given up is recorded all the same.
 * @returns the payment as it now stands
 */
export async function settlePayment(
  tx: Tx,
  tell: PayDeps['tell'],
  payment: Payment,
  state: Succeeded,
): Promise<Payment> {
  const locked = await lockAll(tx, payment);
  const current = await lockPayment(tx, payment.id);
  const wasGivenUp = current.status === 'failed' && current.failure === INTERRUPTED;
  if (current.status !== 'open' && current.status !== 'pending' && !wasGivenUp) return current;
  if (current.status === 'pending') await holdPending(tx, current.allocations, -1);

  const tipCents = Math.min(current.tipCents, state.amountCents);
  let rest = state.amountCents - tipCents;
  const allocations = current.allocations.flatMap(({ invoiceId, amountCents }) => {
    const invoice = locked.find((one) => one.id === invoiceId);
    // What others have under way stays theirs.
    const held = current.status === 'pending' ? amountCents : 0;
    const left = invoice ? leftOf({ ...invoice, pendingCents: invoice.pendingCents - held }) : 0;
    const share = Math.min(amountCents, left, rest);
    rest -= share;
    return share > 0 ? [{ invoiceId, amountCents: share }] : [];
  });
  const pay = (cents: number, memo = ''): Entry => ({
    kind: 'payment',
    amountCents: -cents,
    paymentId: current.id,
    memo,
  });
  const onAccount: Entry[] = rest > 0 ? [pay(rest, 'More than was still owed')] : [];
  if (tipCents > 0) onAccount.push({ kind: 'tip', amountCents: tipCents, paymentId: current.id }, pay(tipCents, 'Tip'));
  await postAll(tx, [
    ...allocations.map(({ invoiceId, amountCents }) => ({ invoiceId, entries: [pay(amountCents)] })),
    ...(onAccount.length > 0 ? [{ accountOf: current.customerId, entries: onAccount }] : []),
  ]);
  const [done] = await tx
    .update(payments)
    .set({
      status: 'succeeded',
      amountCents: state.amountCents,
      tipCents,
      allocations,
      settledAt: sql`now()`,
      failure: null,
      ...shown(state.reference, state.method),
    })
    .where(eq(payments.id, current.id))
    .returning();
  if (done!.saveMethod) await keepMethod(tx, done!, state.method);
  // A click is held for some seconds before it is counted: who clicked and paid at once did click first.
  const counted = new Date(Date.now() + 5_000);
  await addJob(tx, 'payment.attribute', { companyId: done!.companyId, paymentId: done!.id }, { runAt: counted });
  await auditPayment(tx, done!, 'payment.by_customer', {
    movements: [...allocations, ...(rest > 0 ? [{ invoiceId: null, amountCents: rest }] : [])],
    tipCents,
  });
  if (rest > 0) await applyCredit(tx, current.customerId);
  await tell.settled(tx, done!);
  return done!;
}

/**
 * Records that nothing was taken, once, and frees what was held back: credit that lies on the account is used for it. The payer of a bank
 * payment has gone by then, and is written to.
 * @returns the payment as it now stands
 */
export async function failPayment(
  tx: Tx,
  tell: PayDeps['tell'],
  payment: Payment,
  failed: { reason: string; reference?: string; method?: MethodShown | null },
): Promise<Payment> {
  await lockAll(tx, payment);
  const current = await lockPayment(tx, payment.id);
  if (current.status !== 'open' && current.status !== 'pending') return current;
  if (current.status === 'pending') await holdPending(tx, current.allocations, -1);
  const wasOnItsWay = current.status === 'pending' && current.method === 'ach' && current.reference !== '';
  const [done] = await tx
    .update(payments)
    .set({
      status: 'failed',
      failure: failed.reason,
      ...(failed.method && shown(failed.reference ?? current.reference, failed.method)),
    })
    .where(eq(payments.id, current.id))
    .returning();
  if (wasOnItsWay) {
    await auditPayment(tx, done!, 'payment.failed');
    await tell.failed(tx, done!);
  }
  if (current.status === 'pending') await applyCredit(tx, current.customerId);
  return done!;
}

/** Locks what a payment may change, in the ledger's order. */
export const lockAll = (tx: Tx, payment: Pick<Payment, 'customerId' | 'allocations'>) =>
  lockInvoices(
    tx,
    payment.allocations.map(({ invoiceId }) => invoiceId),
    [payment.customerId],
  );

/** What is kept of the charge and of what was charged. */
export const shown = (reference: string, method: MethodShown) => ({
  reference,
  cardBrand: method.brand,
  cardLast4: method.last4,
});

/**
 * A payment stands in the audit trail of each job it is for (S2-19), of the invoice where there is no job, of the customer for the account.
 * @param details.movements what moved where, when it is not what the payment is for
 * @param details.tipCents the tip that moved with it, of nothing else when no movement is named
 */
export function auditPayment(
  tx: Tx,
  payment: Payment,
  action: string,
  details: { actor?: Actor; movements?: GivenBack['allocations']; tipCents?: number; [more: string]: unknown } = {},
): Promise<void> {
  const { customerId, id: paymentId, processor } = payment;
  const { actor = { staffId: null, name: payment.payer || 'Customer' }, movements, tipCents = 0, ...more } = details;
  const parts = movements ?? payment.allocations;
  const alone = { invoiceId: null, amountCents: movements ? tipCents : payment.amountCents };
  return auditMovements(
    tx,
    actor,
    action,
    (parts.length > 0 ? parts : [alone]).map((part) => ({ customerId, ...part })),
    { paymentId, processor, ...(tipCents > 0 && { tipCents }), ...more },
  );
}
