import { eq } from 'drizzle-orm';

import { leftOf } from '#app/invoicing/ledger/allocate.ts';
import { holdPending } from '#app/invoicing/ledger/ledger.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { payments } from '#db/schema/index.ts';

import { LEAST_CENTS } from './amount.ts';
import type { PaymentOutcome } from './paying.ts';
import {
  lockPayment,
  noAnswer,
  processorKey,
  processorOfPayment,
  readPayment,
  type PayDeps,
  type Payment,
  type PaymentRef,
} from './payments.server.ts';
import { failPayment, INTERRUPTED, lockAll, settlePayment, shown } from './settle.server.ts';
import type { DeclineReason, PaymentState, Processor } from './processor.ts';

/** A request that began longer ago is nobody's any more. No charge takes as long. */
export const STALE_SECONDS = 120;

/** A payment takes two or three answers of the processor to its end; more mean that it contradicts itself. */
const MOST_STEPS = 5;

/**
 * Asks the processor what became of a payment and acts on it, once: its payer came back, the processor told of it, or a job looks after
 * it. Any number may ask at the same time.
 * @param options.again asks also for one that was given up as interrupted: its charge may have come to the processor after all
 * @returns where the payment stands now; null when the company has no such payment
 */
export async function finishPayment(
  deps: PayDeps,
  ref: PaymentRef,
  options: { again?: boolean } = {},
): Promise<PaymentOutcome | null> {
  const payment = await readPayment(deps.db, ref);
  if (!payment) return null;
  const asks = payment.status === 'open' || payment.status === 'pending' || (options.again && wasInterrupted(payment));
  if (!asks) return outcomeOf(payment);
  const processor = await processorOfPayment(deps, payment);
  if (await isPast(deps, payment, processor)) {
    return outcomeOf(await fail(deps, payment, { reason: INTERRUPTED }));
  }
  if (!processor) return { state: 'unsure', paymentId: payment.id };
  const state = await ask(processor, payment).catch(noAnswer(deps, ref, 'find'));
  return state ? advance(deps, processor, payment, state) : { state: 'unsure', paymentId: payment.id };
}

/** Real money is taken by now. What the sandbox or Stripe's test mode took never was, and settles nothing any more. */
async function isPast(deps: PayDeps, payment: Payment, its: Processor | null): Promise<boolean> {
  const sandbox = payment.processor === 'sandbox';
  if (!sandbox && !its?.test) return false;
  const chosen = await deps.processorOf(payment.companyId);
  return chosen !== null && (!chosen.test || (sandbox && chosen.name === 'stripe'));
}

const wasInterrupted = ({ status, failure }: Payment) => status === 'failed' && failure === INTERRUPTED;

/** What the processor says of a payment. @throws when it gives no answer */
async function ask(processor: Processor, payment: Payment): Promise<PaymentState> {
  const isOld = Date.now() - payment.createdAt.getTime() > STALE_SECONDS * 1000;
  if (payment.reference !== '') return processor.find({ reference: payment.reference });
  if (payment.checkout !== null) return processor.find({ checkout: payment.checkout });
  // The page may be being opened right now.
  if (payment.status === 'open') return isOld ? { state: 'expired' } : { state: 'open' };
  const state = await processor.find({ idempotencyKey: processorKey(payment, 'pay') });
  if (state.state !== 'expired') return state;
  // The charge may be on its way to the processor.
  return isOld ? state : { state: 'open' };
}

/**
 * Goes on with a payment from what the processor said of it.
 * @param state from `find`, or from the charge of a saved method
 */
export async function advance(
  deps: PayDeps,
  processor: Processor,
  payment: Payment,
  state: PaymentState,
): Promise<PaymentOutcome> {
  let now = state;
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = await act(deps, processor, payment, now, step);
    if ('outcome' in next) return next.outcome;
    now = next.state;
  }
  return { state: 'unsure', paymentId: payment.id };
}

/** One step: what is final is recorded; what is held is taken or given free, and the processor's answer to that comes back. */
async function act(
  deps: PayDeps,
  processor: Processor,
  payment: Payment,
  state: PaymentState,
  step: number,
): Promise<{ outcome: PaymentOutcome } | { state: PaymentState }> {
  const { companyId, id: paymentId } = payment;
  const within = <T>(work: (tx: Tx) => Promise<T>) => withCompany(deps.db, companyId, work);
  const done = (outcome: PaymentOutcome) => ({ outcome });
  switch (state.state) {
    case 'open': {
      return done(payment.status === 'pending' ? { state: 'unsure', paymentId } : outcomeOf(payment));
    }
    case 'expired':
      return done(outcomeOf(await fail(deps, payment, { reason: null })));
    case 'failed':
      return done(outcomeOf(await fail(deps, payment, state)));
    case 'succeeded':
      return done(outcomeOf(await within((tx) => settlePayment(tx, deps.tell, payment, state))));
    case 'authorized': {
      const held = await within((tx) => reserve(tx, payment, state));
      if (held.kind === 'final') return done(outcomeOf(held.payment));
      const call =
        held.kind === 'take'
          ? processor.capture(state.reference, {
              amountCents: held.payment.amountCents,
              idempotencyKey: processorKey(payment, 'capture'),
            })
          : processor.release(state.reference, { idempotencyKey: processorKey(payment, 'release') });
      const answer = await call.catch(
        noAnswer(deps, { companyId, paymentId }, held.kind === 'take' ? 'capture' : 'release'),
      );
      return answer ? { state: answer } : done({ state: 'unsure', paymentId });
    }
    case 'processing': {
      // It was tried to stop it, and it can't be: it comes in whole, and what is too much becomes credit.
      const unstoppable = step > 0;
      const held = await within((tx) => reserveBank(tx, payment, state, unstoppable));
      if (held.kind === 'final') return done(outcomeOf(held.payment));
      if (held.kind === 'take') return done({ state: 'processing', paymentId });
      const answer = await processor
        .release(state.reference, { idempotencyKey: processorKey(payment, 'release') })
        .catch(noAnswer(deps, { companyId, paymentId }, 'release'));
      return answer ? { state: answer } : done({ state: 'unsure', paymentId });
    }
  }
}

type Held = { kind: 'take' | 'release' | 'final'; payment: Payment };

/**
 * Compares what a card holds with what is still owed, under lock, and reserves no more than that. The tip stays as it was chosen, unless
 * nothing else is owed. Less than `LEAST_CENTS` is not taken.
 */
async function reserve(tx: Tx, payment: Payment, state: Extract<PaymentState, { state: 'authorized' }>): Promise<Held> {
  const locked = await lockAll(tx, payment);
  const current = await lockPayment(tx, payment.id);
  if (current.status === 'pending') return { kind: 'take', payment: current };
  if (current.status !== 'open') return { kind: 'final', payment: current };
  // Once it is to be given free, it is: whoever asks next must not take it after all.
  if (current.failure !== null) return { kind: 'release', payment: current };
  const allocations = stillOwed(current, locked);
  const amountCents = sumOf(allocations) + current.tipCents;
  // Processors take no less; what is left of the invoice is asked for in another way.
  if (allocations.length === 0 || amountCents < LEAST_CENTS) {
    return { kind: 'release', payment: await markSettled(tx, current, locked) };
  }
  return {
    kind: 'take',
    payment: await hold(tx, current, { allocations, amountCents, ...shown(state.reference, state.method) }),
  };
}

/** The same for a bank payment: it can't be taken in part, so when less is owed by now it is stopped, where that is possible. */
async function reserveBank(
  tx: Tx,
  payment: Payment,
  state: Extract<PaymentState, { state: 'processing' }>,
  unstoppable: boolean,
): Promise<Held> {
  const locked = await lockAll(tx, payment);
  const current = await lockPayment(tx, payment.id);
  if (current.status === 'pending') {
    if (current.reference !== '') return { kind: 'take', payment: current };
    const [kept] = await tx
      .update(payments)
      .set(shown(state.reference, state.method))
      .where(eq(payments.id, current.id))
      .returning();
    return { kind: 'take', payment: kept! };
  }
  // One that was given up is on its way after all.
  const late = wasInterrupted(current);
  if (current.status !== 'open' && !late) return { kind: 'final', payment: current };
  const allocations = stillOwed(current, locked);
  if (!late && !unstoppable && (current.failure !== null || sumOf(allocations) < sumOf(current.allocations))) {
    return { kind: 'release', payment: await markSettled(tx, current, locked) };
  }
  const { amountCents } = current;
  return {
    kind: 'take',
    payment: await hold(tx, current, { allocations, amountCents, ...shown(state.reference, state.method) }),
  };
}

type Locked = Awaited<ReturnType<typeof lockAll>>;

/** What of an open payment's shares is still owed and nobody else's to pay. */
const stillOwed = (payment: Payment, locked: Locked) =>
  payment.allocations.flatMap(({ invoiceId, amountCents }) => {
    const invoice = locked.find((one) => one.id === invoiceId);
    const share = Math.min(amountCents, invoice ? leftOf(invoice) : 0);
    return share > 0 ? [{ invoiceId, amountCents: share }] : [];
  });

const sumOf = (allocations: Payment['allocations']) => allocations.reduce((sum, one) => sum + one.amountCents, 0);

async function hold(
  tx: Tx,
  payment: Payment,
  changes: Pick<Payment, 'allocations' | 'amountCents' | 'reference' | 'cardBrand' | 'cardLast4'>,
): Promise<Payment> {
  await holdPending(tx, changes.allocations, 1);
  const [held] = await tx
    .update(payments)
    .set({ ...changes, status: 'pending', failure: null })
    .where(eq(payments.id, payment.id))
    .returning();
  return held!;
}

async function markSettled(tx: Tx, payment: Payment, locked: Locked): Promise<Payment> {
  const failure = locked.length > 0 && locked.every((one) => one.status === 'void') ? 'voided' : 'settled';
  const [marked] = await tx.update(payments).set({ failure }).where(eq(payments.id, payment.id)).returning();
  return marked!;
}

/** Nothing was taken. What was decided before is the reason; with none, and `failed.reason` null, the payer gave up. */
function fail(
  deps: PayDeps,
  payment: Payment,
  failed: { reason: string | null } & Partial<Pick<Extract<PaymentState, { state: 'failed' }>, 'reference' | 'method'>>,
): Promise<Payment> {
  return withCompany(deps.db, payment.companyId, async (tx) => {
    await lockAll(tx, payment);
    const current = await lockPayment(tx, payment.id);
    const otherwise = current.status === 'open' ? 'given_up' : INTERRUPTED;
    return failPayment(tx, deps.tell, current, { ...failed, reason: current.failure ?? failed.reason ?? otherwise });
  });
}

const declines: readonly string[] = [
  'declined',
  'insufficient_funds',
  'expired_card',
  'authentication_failed',
  'bank_refused',
  'account_closed',
] satisfies DeclineReason[];
const ownReasons: readonly string[] = ['settled', 'voided', 'given_up', 'interrupted'];

/** Where a recorded payment stands, for its payer. */
export function outcomeOf(payment: Payment): PaymentOutcome {
  const { id: paymentId, status, failure } = payment;
  if (status === 'succeeded' || status === 'refunded') return { state: 'succeeded', paymentId };
  if (status === 'open') return { state: 'open', paymentId, url: payment.checkoutUrl };
  if (status === 'pending') {
    return { state: payment.method === 'ach' && payment.reference !== '' ? 'processing' : 'unsure', paymentId };
  }
  return { state: 'failed', paymentId, reason: failureOf(failure) };
}

type FailureReason = Extract<PaymentOutcome, { state: 'failed' }>['reason'];

/** A failed payment's reason as pages know it. */
function failureOf(failure: string | null): FailureReason {
  if (failure === 'needs_payer') return 'authentication_failed';
  return failure && (declines.includes(failure) || ownReasons.includes(failure))
    ? (failure as FailureReason)
    : 'declined';
}

/** Why a saved method was declined. */
export function declineOf(failure: string | null): DeclineReason {
  return failure && declines.includes(failure) ? (failure as DeclineReason) : 'declined';
}
