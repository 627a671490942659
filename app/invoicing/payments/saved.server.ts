import { eq } from 'drizzle-orm';

import { withCompany } from '#db/client.ts';
import { paymentMethods } from '#db/schema/index.ts';

import type { StartResult } from './paying.ts';
import { noAnswer, processorKey, readPayment, type PayDeps, type Payment } from './payments.server.ts';
import { advance, declineOf } from './finish.server.ts';
import { describe, readCustomer } from './page.server.ts';
import { failPayment, INTERRUPTED } from './settle.server.ts';
import type { PaymentState, Processor } from './processor.ts';

/**
 * Charges a saved method for a payment that is pending already, so that its part of the invoices is nobody else's to pay.
 * @returns `unsure` when the processor gave no answer: the payment stays pending, and is asked for later
 */
export async function chargeMethod(deps: PayDeps, processor: Processor, payment: Payment): Promise<StartResult> {
  const { companyId } = payment;
  const [method, description] = await withCompany(deps.db, companyId, async (tx) => {
    const [row] = await tx.select().from(paymentMethods).where(eq(paymentMethods.id, payment.methodId!));
    return [row!, await describe(tx, payment)] as const;
  });
  const customer = await readCustomer(deps, processor, payment);
  // Whoever looks after it may have given it up meanwhile, as one that the processor never heard of: then that stays true.
  const now = await readPayment(deps.db, { companyId, paymentId: payment.id });
  if (now?.status !== 'pending') return savedResult(now ?? payment);
  let state: PaymentState | { state: 'needs_payer' };
  try {
    state = await processor.chargeSaved({
      idempotencyKey: processorKey(payment, 'pay'),
      amountCents: payment.amountCents,
      currency: payment.currency,
      description,
      customerReference: customer.reference ?? '',
      methodReference: method.reference,
      method: method.kind,
      metadata: { companyId: String(companyId), paymentId: String(payment.id) },
    });
  } catch (error) {
    noAnswer(deps, { companyId, paymentId: payment.id }, 'chargeSaved')(error);
    return { ok: false, reason: 'unsure' };
  }
  if (state.state === 'needs_payer') {
    const failed = await withCompany(deps.db, companyId, (tx) =>
      failPayment(tx, deps.tell, payment, { reason: 'needs_payer' }),
    );
    return savedResult(failed);
  }
  const outcome = await advance(deps, processor, payment, state);
  if (outcome.state === 'failed') {
    return outcome.reason === 'authentication_failed'
      ? { ok: false, reason: 'needs_payer' }
      : { ok: false, reason: 'declined', declined: declineOf(outcome.reason) };
  }
  return outcome.state === 'unsure'
    ? { ok: false, reason: 'unsure' }
    : { ok: true, kind: 'done', paymentId: payment.id };
}

/** What a form is told that was sent before. A declined saved method is told again; the rest stands on the payment's own page. */
export function savedResult(payment: Payment): StartResult {
  if (payment.methodId === null || payment.status !== 'failed') {
    return { ok: true, kind: 'done', paymentId: payment.id };
  }
  if (payment.failure === INTERRUPTED) return { ok: false, reason: 'unavailable' };
  return payment.failure === 'needs_payer'
    ? { ok: false, reason: 'needs_payer' }
    : { ok: false, reason: 'declined', declined: declineOf(payment.failure) };
}
