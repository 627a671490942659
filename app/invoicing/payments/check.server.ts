import { withCompany, type Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';

import type { PaymentOutcome } from './paying.ts';
import {
  noAnswer,
  processorOfPayment,
  readPayment,
  type PayDeps,
  type Payment,
  type PaymentRef,
} from './payments.server.ts';
import { finishPayment } from './finish.server.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A page that nobody finished in so long is closed. Processors close theirs after a day by themselves. */
const PAGE_ENDS_AFTER = 2 * DAY;

/** How long until an unfinished payment is asked for again, in milliseconds: a bank payment takes days, and is asked for daily. */
export function nextCheck(ageMs: number): number {
  if (ageMs < 10 * MINUTE) return 2 * MINUTE;
  if (ageMs < HOUR) return 10 * MINUTE;
  return ageMs < DAY ? HOUR : DAY;
}

/** Adds the job that looks after a payment, in the transaction that writes it. */
export function scheduleCheck(tx: Tx, payment: Pick<Payment, 'companyId' | 'id' | 'createdAt'>): Promise<void> {
  const { companyId, id: paymentId, createdAt } = payment;
  const now = Date.now();
  return addJob(
    tx,
    'payment.check',
    { companyId, paymentId },
    { runAt: new Date(now + nextCheck(now - createdAt.getTime())), key: `payment:${companyId}:${paymentId}` },
  );
}

/**
 * Finishes a payment whose payer did not come back, or asks for it again later. Where the processor tells of one that was given up as
 * interrupted, it is asked once more.
 * @returns where it stands; null when the company has no such payment
 */
export async function checkPayment(deps: PayDeps, ref: PaymentRef): Promise<PaymentOutcome['state'] | null> {
  const outcome = await finishPayment(deps, ref, { again: true });
  if (!outcome || outcome.state === 'succeeded' || outcome.state === 'failed') return outcome?.state ?? null;
  const payment = (await readPayment(deps.db, ref))!;
  if (outcome.state === 'open') await closeWhenOld(deps, payment);
  await withCompany(deps.db, ref.companyId, (tx) => scheduleCheck(tx, payment));
  return outcome.state;
}

async function closeWhenOld(deps: PayDeps, payment: Payment): Promise<void> {
  if (payment.checkout === null || Date.now() - payment.createdAt.getTime() < PAGE_ENDS_AFTER) return;
  const processor = await processorOfPayment(deps, payment);
  const ref = { companyId: payment.companyId, paymentId: payment.id };
  await processor?.closeCheckout(payment.checkout).catch(noAnswer(deps, ref, 'closeCheckout'));
}
