import { and, eq, sql } from 'drizzle-orm';

import { system, type Actor } from '#app/company/audit.server.ts';
import { applyCredit } from '#app/invoicing/ledger/credits.server.ts';
import { postAll } from '#app/invoicing/ledger/ledger.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { addJob, addJobs } from '#db/jobs.ts';
import { payments, refunds } from '#db/schema/index.ts';

import { giveBack } from './give-back.server.ts';
import {
  lockPayment,
  noAnswer,
  processorOfPayment,
  readPayment,
  type PayDeps,
  type Payment,
} from './payments.server.ts';
import { nextCheck } from './check.server.ts';
import { auditPayment, lockAll } from './settle.server.ts';
import { ProcessorBlocked } from './processor-errors.ts';
import type { Processor, RefundAnswer, RefundState } from './processor.ts';

export type Refund = typeof refunds.$inferSelect;

export type StartRefund = {
  companyId: number;
  paymentId: number;
  amountCents: number;
  /** True: the invoices are reduced by the same, and nobody is reminded of them. False: they are owed again. */
  reduces: boolean;
  reason: string;
  /** Made with the form: a second submit of it finds the first refund. 16 to 64 characters `A-Za-z0-9_-`. */
  idempotencyKey: string;
};

export type RefundResult =
  /** `pending`: the processor is at it, or gave no answer yet; it is asked again. Why stands with the refund. */
  | { ok: true; refundId: number; status: Refund['status'] }
  | { ok: false; reason: 'too_much'; mostCents: number }
  /** `missing`: no payment of this company that went through. `disputed`: the bank decides. `not_connected`: its account is not. */
  | { ok: false; reason: 'missing' | 'too_little' | 'disputed' | 'not_connected' };

/**
 * Gives back a payment, in full or in part; never more than was paid less what was given back or is about to be. A payment online goes
 * back the way it came; for a check or cash it is recorded only. See `giveBack` for what it does to invoices.
 * @param actor who does it; whether they may is the caller's to ask (`payments.refund`)
 */
export async function startRefund(deps: PayDeps, actor: Actor, request: StartRefund): Promise<RefundResult> {
  const { companyId, amountCents } = request;
  if (!/^[\w-]{16,64}$/.test(request.idempotencyKey)) return { ok: false, reason: 'missing' };
  if (!Number.isSafeInteger(amountCents) || amountCents <= 0) return { ok: false, reason: 'too_little' };
  const paid = await readPayment(deps.db, request);
  const processor = paid && (await processorOfPayment(deps, paid));
  const begun = await withCompany(deps.db, companyId, async (tx): Promise<RefundResult> => {
    const [payment] = await tx.select().from(payments).where(eq(payments.id, request.paymentId));
    if (!payment) return { ok: false, reason: 'missing' };
    await lockAll(tx, payment);
    const current = await lockPayment(tx, payment.id);
    const [known] = await tx.select().from(refunds).where(eq(refunds.idempotencyKey, request.idempotencyKey));
    if (known?.paymentId === payment.id) return { ok: true, refundId: known.id, status: known.status };
    if (known || (current.status !== 'succeeded' && current.status !== 'refunded'))
      return { ok: false, reason: 'missing' };
    if (current.disputedAt) return { ok: false, reason: 'disputed' };
    const mostCents = await refundableCents(tx, current);
    if (amountCents > mostCents) return { ok: false, reason: 'too_much', mostCents };
    const online = current.processor === 'sandbox' || current.processor === 'stripe';
    if (online && !processor) return { ok: false, reason: 'not_connected' };
    const [refund] = await tx
      .insert(refunds)
      .values({
        paymentId: current.id,
        amountCents,
        reduces: request.reduces,
        status: 'pending',
        reason: request.reason.trim().slice(0, 500),
        idempotencyKey: request.idempotencyKey,
        staffId: actor.staffId,
      })
      .returning();
    const { id: refundId } = refund!;
    if (online) await addJob(tx, 'payment.refund', { companyId, refundId }, { key: jobKey({ companyId, refundId }) });
    const { status } = online ? refund! : await settleRefund(tx, refund!, actor);
    return { ok: true, refundId, status };
  });
  if (!begun.ok || begun.status !== 'pending') return begun;
  const status = await runRefund(deps, { companyId, refundId: begun.refundId }).catch(
    noAnswer(deps, request, 'refund'),
  );
  return { ...begun, status: status ?? 'pending' };
}

/** What of a payment can still be given back, in cents. */
export async function refundableCents(
  tx: Tx,
  payment: Pick<Payment, 'id' | 'amountCents' | 'refundedCents'>,
): Promise<number> {
  const [row] = await tx.execute<{ cents: number }>(sql`
    select coalesce(sum(amount_cents), 0)::bigint as cents from ${refunds}
     where payment_id = ${payment.id} and status = 'pending'`);
  return payment.amountCents - payment.refundedCents - (row?.cents ?? 0);
}

type RefundRef = { companyId: number; refundId: number };

const jobKey = ({ companyId, refundId }: RefundRef) => `refund:${companyId}:${refundId}`;

/** The key under which the processor knows a refund of ours. */
const keyOf = ({ idempotencyKey, id }: Pick<Refund, 'idempotencyKey' | 'id'>) => `${idempotencyKey}:${id}`;

/** Adds the job that asks later what became of a refund: seldom, once it is old. */
function askLater(tx: Tx, { companyId, id: refundId, createdAt }: Refund): Promise<void> {
  const now = Date.now();
  const runAt = new Date(now + nextCheck(now - createdAt.getTime()));
  return addJob(tx, 'payment.refund', { companyId, refundId }, { runAt, key: jobKey({ companyId, refundId }) });
}

/** In days: so long a refund is asked for. Later it is only looked for: somebody may have given the money back in another way. */
const ASKED_DAYS = 3;
/** In days: so long it is looked for by itself. */
const LOOKED_DAYS = 30;

/**
 * Adds the job again for refunds that wait longer than their job was tried, as when the processor's account was away for days: once a day,
 * each in a minute of its own, until the words that stand with it say what is to be done.
 * @param all each that waits, now: somebody has looked after the account
 */
export async function askLeftRefunds(tx: Tx, companyId: number, all = false): Promise<void> {
  const due = sql`created_at > now() - make_interval(days => ${LOOKED_DAYS + 1})
    and floor(extract(epoch from now() - created_at) / 60)::int % 1440 = 1439`;
  const left = await tx.execute<{ id: number }>(sql`
    select id from ${refunds} where status = 'pending' and (${all ? sql`true` : due})`);
  const refs = left.map(({ id }) => ({ companyId, refundId: id }));
  await addJobs(tx, 'payment.refund', refs, { key: jobKey });
}

/**
 * Has the processor give a refund back, or asks what became of it, and records that. Done once however often this runs.
 * @returns where the refund stands; null when the company has no such refund
 * @throws when the processor gives no answer, so that the job is tried again
 */
export async function runRefund(deps: PayDeps, { companyId, refundId }: RefundRef): Promise<Refund['status'] | null> {
  const found = await withCompany(deps.db, companyId, async (tx) => {
    const [refund] = await tx.select().from(refunds).where(eq(refunds.id, refundId));
    if (!refund) return null;
    const [payment] = await tx.select().from(payments).where(eq(payments.id, refund.paymentId));
    return { refund, payment: payment! };
  });
  if (!found) return null;
  const { refund, payment } = found;
  if (refund.status !== 'pending') return refund.status;
  let state: RefundAnswer;
  try {
    state = await askFor(await processorOfPayment(deps, payment), refund, payment);
  } catch (error) {
    await withCompany(deps.db, companyId, (tx) => explain(tx, refund, error));
    throw error;
  }
  return withCompany(deps.db, companyId, async (tx) => {
    const now = await recordRefund(tx, payment, refund.id, state);
    if (now.status === 'pending') await askLater(tx, now);
    return now.status;
  });
}

/** What the processor says of a refund; the money is given back now where that was not done yet. @throws when it gives no answer */
async function askFor(processor: Processor | null, refund: Refund, payment: Payment): Promise<RefundAnswer> {
  if (!processor) throw new ProcessorBlocked('The account that took this payment is not connected.');
  const idempotencyKey = keyOf(refund);
  if (refund.reference === '' && daysOf(refund) < ASKED_DAYS) {
    return processor.refund({ idempotencyKey, reference: payment.reference, amountCents: refund.amountCents });
  }
  const found = await processor.findRefund(
    refund.reference === '' ? { payment: payment.reference, idempotencyKey } : { reference: refund.reference },
  );
  return found.state === 'never' ? { state: 'failed', reason: NEVER_MADE, reference: '' } : found;
}

const daysOf = ({ createdAt }: Refund) => (Date.now() - createdAt.getTime()) / 86_400_000;

const NEVER_MADE =
  'It was not made: the payment service has no such refund. Look at the payment in its dashboard, and refund it again if nothing was given back.';

/** Tells the office in words why a refund waits, and what to do. */
async function explain(tx: Tx, refund: Refund, error: unknown): Promise<void> {
  const known =
    refund.reference === ''
      ? 'It is not known yet whether the money went back.'
      : 'It is not known yet whether it arrived.';
  const why = error instanceof ProcessorBlocked ? error.message : 'The payment service gave no answer.';
  const next =
    daysOf(refund) < LOOKED_DAYS
      ? 'It is asked again by itself.'
      : 'It is not asked any more. Look at the payment in its dashboard, then press “Check connection” in Settings, Payment account: that asks once more.';
  await tx
    .update(refunds)
    .set({ failure: `${why} ${known} ${next}` })
    .where(and(eq(refunds.id, refund.id), eq(refunds.status, 'pending')));
}

/**
 * A refund as the processor tells of it by itself: one that was made there, or what became of one of ours. Told twice it is one, by
 * its reference. The invoices are reduced by one made there, so that nobody is reminded of what was given back.
 * @returns false when the payment is not recorded as arrived yet: finish it first, and tell this again
 */
export async function recordOutsideRefund(
  tx: Tx,
  told: {
    paymentId: number;
    /** The processor's own reference of the refund. */
    reference: string;
    /** The key under which we asked for it; null for one that was made there. */
    key: string | null;
    amountCents: number;
    status: 'pending' | 'succeeded' | 'failed';
    reason?: string;
  },
): Promise<boolean> {
  const [payment] = await tx.select().from(payments).where(eq(payments.id, told.paymentId));
  if (!payment) return false;
  await lockAll(tx, payment);
  const current = await lockPayment(tx, payment.id);
  if (current.status !== 'succeeded' && current.status !== 'refunded') return false;
  const known = await tx.select().from(refunds).where(eq(refunds.paymentId, current.id)).orderBy(refunds.id);
  // One of ours whose answer was not written down yet has no reference.
  const same =
    known.find((one) => one.reference === told.reference) ??
    known.find((one) => one.status === 'pending' && one.reference === '' && keyOf(one) === told.key);
  const state: RefundState =
    told.status === 'failed'
      ? { state: 'failed', reason: told.reason ?? 'failed', reference: told.reference }
      : { state: told.status, reference: told.reference };
  if (same) {
    await recordRefund(tx, current, same.id, state);
    return true;
  }
  if (told.status === 'failed') return true;
  const [refund] = await tx
    .insert(refunds)
    .values({
      paymentId: current.id,
      amountCents: Math.min(told.amountCents, current.amountCents - current.refundedCents),
      status: 'pending',
      reason: told.reason ?? '',
      reference: told.reference,
      idempotencyKey: `outside:${told.reference}`,
    })
    .returning();
  if (told.status === 'succeeded') await settleRefund(tx, refund!, system);
  else await askLater(tx, refund!);
  return true;
}

/** What the processor said of a refund, forward only. @returns the refund as it now stands */
async function recordRefund(tx: Tx, payment: Payment, refundId: number, answer: RefundAnswer): Promise<Refund> {
  await lockAll(tx, payment);
  const current = await lockPayment(tx, payment.id);
  const [refund] = await tx.select().from(refunds).where(eq(refunds.id, refundId)).for('no key update');
  const state = answer.state === 'unclear' ? endOf(answer.reason, current) : answer;
  // What was told meanwhile of the same refund is kept.
  const reference = state.reference || refund!.reference;
  if (refund!.status === 'succeeded' && state.state === 'failed') return takeBack(tx, current, refund!, state.reason);
  if (refund!.status !== 'pending') return refund!;
  if (state.state === 'succeeded') return settleRefund(tx, { ...refund!, reference }, null);
  const [now] = await tx
    .update(refunds)
    .set(
      state.state === 'failed'
        ? { reference, status: 'failed', failure: state.reason }
        : { reference, failure: answer.state === 'unclear' ? answer.reason : null },
    )
    .where(eq(refunds.id, refundId))
    .returning();
  if (state.state === 'failed') {
    const details = { refundId, amountCents: now!.amountCents, failure: state.reason };
    await auditPayment(tx, current, 'refund.failed', { actor: system, ...details });
  }
  return now!;
}

/** Where all of the payment is recorded as given back by others, this one never was; until then it may still be found. */
const endOf = (reason: string, { refundedCents, amountCents }: Payment): RefundState =>
  refundedCents >= amountCents ? { state: 'failed', reason, reference: '' } : { state: 'pending', reference: '' };

/** Posts a refund that arrived. @param actor null: whoever asked for it */
async function settleRefund(tx: Tx, refund: Refund, actor: Actor | null): Promise<Refund> {
  const payment = await lockPayment(tx, refund.paymentId);
  const by = actor ?? (await readStaff(tx, refund.staffId));
  const memo = refund.reason === '' ? 'Refund' : `Refund: ${refund.reason}`;
  const { allocations, tipCents } = await giveBack(tx, payment, refund.amountCents, {
    reduces: refund.reduces,
    memo,
    actor: by,
  });
  const [now] = await tx
    .update(refunds)
    .set({ status: 'succeeded', reference: refund.reference, failure: null, allocations, tipCents })
    .where(and(eq(refunds.id, refund.id), eq(refunds.status, 'pending')))
    .returning();
  await auditPayment(tx, payment, 'payment.refund', {
    actor: by,
    movements: allocations,
    refundId: refund.id,
    reason: refund.reason,
    ...(tipCents > 0 && { tipCents }),
  });
  return now!;
}

/** A refund that arrived and came back, as when the payer's account was closed: the money is here, as credit on the customer's account. */
async function takeBack(tx: Tx, payment: Payment, refund: Refund, failure: string): Promise<Refund> {
  const { amountCents } = refund;
  const entry = {
    kind: 'payment' as const,
    amountCents: -amountCents,
    paymentId: payment.id,
    memo: 'Refund came back',
  };
  await postAll(tx, [{ accountOf: payment.customerId, entries: [entry] }]);
  await tx
    .update(payments)
    .set({ refundedCents: payment.refundedCents - amountCents, status: 'succeeded' })
    .where(eq(payments.id, payment.id));
  const [now] = await tx
    .update(refunds)
    .set({ status: 'failed', failure })
    .where(eq(refunds.id, refund.id))
    .returning();
  const movements = [{ invoiceId: null, amountCents }];
  await auditPayment(tx, payment, 'refund.failed', { actor: system, movements, refundId: refund.id, failure });
  await applyCredit(tx, payment.customerId);
  return now!;
}

async function readStaff(tx: Tx, staffId: number | null): Promise<Actor> {
  if (staffId === null) return system;
  const [row] = await tx.execute<{ name: string }>(
    sql`select p.name from staff s join people p on p.id = s.person_id where s.id = ${staffId}`,
  );
  return { staffId, name: row?.name ?? 'Staff' };
}
