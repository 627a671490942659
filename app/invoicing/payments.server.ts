import { and, asc, eq, or, sql } from 'drizzle-orm';

import { recordAudit } from '#app/company/audit.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import { payments } from '#db/schema/index.ts';

import { lockInvoices, postAll } from './ledger.server.ts';
import type { Card, CardRefusal, Charge, DeclineReason, Processor } from './processor.ts';

/*
 * Paying by card, in three steps, so that neither a crash nor a second tab can take money twice or lose track of it:
 *
 * 1. reserve  one transaction: lock the invoices, compare what is owed with what the payer was shown, write the payment as
 *             `pending` with what it is for. While it is pending, nobody else can pay any of these invoices by card.
 * 2. charge   no transaction and no lock is held. The processor knows the payment's key and charges once for it.
 * 3. settle   one transaction: ledger, payment, audit, receipt, job. Or the payment becomes `failed`, and that is all.
 *
 * If the process falls between 1 and 3, the payment stays pending. The same form sent again goes on from step 2 with the same
 * key. Otherwise, after `STALE_SECONDS`, a sweep asks the processor what became of it (`settleLeft`), or the next payment for
 * one of the invoices does, whichever comes first.
 */

/** A pending payment older than this is nobody's any more. No charge takes as long. */
const STALE_SECONDS = 120;

/** So many are looked at in one sweep of a company, oldest first. */
const SWEPT_AT_ONCE = 500;

/** Why a payment failed that the processor never heard of. */
const GIVEN_UP = 'interrupted';

const isPending = eq(payments.status, 'pending');
const wasGivenUp = and(eq(payments.status, 'failed'), eq(payments.failure, GIVEN_UP));

type Payment = typeof payments.$inferSelect;

export type PayRequest = {
  companyId: number;
  /** Whose invoices: all of one customer. */
  customerId: number;
  invoiceIds: number[];
  /** What the payer was shown as the sum: another sum is not charged. */
  expectedCents: number;
  card: Card;
  /** Made with the form: a second submit of it finds the first payment. 16 to 64 characters `A-Za-z0-9_-`. */
  idempotencyKey: string;
  /** Who pays, in words, for the audit log. */
  payer: string;
  /** Runs in the transaction that settles, once: for the receipt. */
  settled?: (tx: Tx, payment: SettledPayment) => Promise<void>;
};

export type SettledPayment = {
  id: number;
  customerId: number;
  amountCents: number;
  allocations: { invoiceId: number; amountCents: number }[];
  brand: string;
  last4: string;
  at: Date;
};

export type PayResult =
  /** `repeated`: this form was sent before, and nothing was charged again. */
  | { ok: true; paymentId: number; repeated: boolean }
  | { ok: false; reason: 'declined'; declined: DeclineReason }
  /** The sum is another now; nothing was charged. */
  | { ok: false; reason: 'changed'; totalCents: number }
  /** `settled`: nothing is owed. `busy`: somebody is paying right now. `unsure`: the processor gave no answer yet.
   *  `missing`: not this customer's invoices. `not_test_card`: refused before anything was tried. */
  | { ok: false; reason: 'settled' | 'busy' | 'unsure' | 'missing' | CardRefusal };

/** Pays invoices of one customer in full with one card payment (S2-18). Amounts come from the ledger, under lock. */
export async function payInvoices(db: Db, processor: Processor, request: PayRequest): Promise<PayResult> {
  if (!/^[\w-]{16,64}$/.test(request.idempotencyKey)) return { ok: false, reason: 'missing' };
  const refused = processor.refuses(request.card.number);
  if (refused) return { ok: false, reason: refused };
  let reserved = await withCompany(db, request.companyId, (tx) => reserve(tx, processor, request));
  if (reserved.kind === 'stale') {
    for (const payment of reserved.payments) await resolve(db, processor, payment, request.settled);
    reserved = await withCompany(db, request.companyId, (tx) => reserve(tx, processor, request));
  }
  if (reserved.kind === 'stale') return { ok: false, reason: 'busy' };
  if (reserved.kind === 'refused') return reserved.result;
  const { payment, repeated } = reserved;
  if (payment.status !== 'pending') return answerOf(payment, true);
  let charge: Charge;
  try {
    charge = await processor.charge({
      idempotencyKey: payment.idempotencyKey,
      amountCents: payment.amountCents,
      currency: payment.currency,
      card: request.card,
    });
  } catch {
    return { ok: false, reason: 'unsure' };
  }
  const settled = await withCompany(db, request.companyId, (tx) => settle(tx, payment, charge, request));
  return answerOf(settled, repeated);
}

type Reserved =
  | { kind: 'reserved'; payment: Payment; repeated: boolean }
  | { kind: 'stale'; payments: Payment[] }
  | { kind: 'refused'; result: Extract<PayResult, { ok: false }> };

async function reserve(tx: Tx, processor: Processor, request: PayRequest): Promise<Reserved> {
  const refuse = (result: Extract<PayResult, { ok: false }>): Reserved => ({ kind: 'refused', result });
  const ids = [...new Set(request.invoiceIds)].toSorted((a, b) => a - b);
  if (ids.length === 0) return refuse({ ok: false, reason: 'missing' });
  const locked = await lockInvoices(tx, ids);
  // Read under the lock: the same form sent twice at once must find itself.
  const [first] = await tx.select().from(payments).where(eq(payments.idempotencyKey, request.idempotencyKey));
  if (first) {
    const same = first.customerId === request.customerId && first.processor === processor.name;
    return same ? { kind: 'reserved', payment: first, repeated: true } : refuse({ ok: false, reason: 'missing' });
  }
  if (locked.length !== ids.length || locked.some((invoice) => invoice.customerId !== request.customerId)) {
    return refuse({ ok: false, reason: 'missing' });
  }
  const pending = await pendingFor(tx, request.customerId, ids);
  if (pending.some((payment) => !payment.stale)) return refuse({ ok: false, reason: 'busy' });
  if (pending.length > 0) return { kind: 'stale', payments: pending };

  const owed = locked.filter((invoice) => invoice.status === 'open' && invoice.balanceCents > 0);
  const totalCents = owed.reduce((sum, invoice) => sum + invoice.balanceCents, 0);
  if (totalCents === 0) return refuse({ ok: false, reason: 'settled' });
  const currency = owed[0]!.currency;
  if (owed.some((invoice) => invoice.currency !== currency)) return refuse({ ok: false, reason: 'missing' });
  if (totalCents !== request.expectedCents) return refuse({ ok: false, reason: 'changed', totalCents });
  const [payment] = await tx
    .insert(payments)
    .values({
      customerId: request.customerId,
      amountCents: totalCents,
      currency,
      method: 'card',
      status: 'pending',
      processor: processor.name,
      idempotencyKey: request.idempotencyKey,
      allocations: owed.map((invoice) => ({ invoiceId: invoice.id, amountCents: invoice.balanceCents })),
    })
    .returning();
  return { kind: 'reserved', payment: payment!, repeated: false };
}

/** Card payments under way for any of these invoices. */
async function pendingFor(tx: Tx, customerId: number, invoiceIds: number[]): Promise<(Payment & { stale: boolean })[]> {
  const rows = await tx
    .select({ payment: payments, stale: sql<boolean>`created_at < now() - make_interval(secs => ${STALE_SECONDS})` })
    .from(payments)
    .where(sql`${payments.customerId} = ${customerId} and ${payments.status} = 'pending'`);
  return rows
    .filter(({ payment }) => payment.allocations.some(({ invoiceId }) => invoiceIds.includes(invoiceId)))
    .map(({ payment, stale }) => ({ ...payment, stale }));
}

/** What became of payments that were left pending. `unsure`: the processor gave no answer; asked again next time. */
export type Left = { succeeded: number; failed: number; unsure: number };

/**
 * Finishes the company's card payments that a crash left pending, so that none of its invoices stays blocked until somebody
 * tries to pay it again. One that can't be recorded doesn't hold up the others.
 * @param settled as in `PayRequest`: the receipt
 * @throws the first failure, when all were tried
 */
export async function settleLeft(
  db: Db,
  processor: Processor,
  companyId: number,
  settled?: PayRequest['settled'],
): Promise<Left> {
  const left = await withCompany(db, companyId, (tx) =>
    tx
      .select()
      .from(payments)
      .where(
        and(
          eq(payments.status, 'pending'),
          eq(payments.processor, processor.name),
          sql`${payments.createdAt} < now() - make_interval(secs => ${STALE_SECONDS})`,
        ),
      )
      .orderBy(asc(payments.createdAt), asc(payments.id))
      .limit(SWEPT_AT_ONCE),
  );
  const tally: Left = { succeeded: 0, failed: 0, unsure: 0 };
  const errors: unknown[] = [];
  for (const payment of left) {
    try {
      const done = await resolve(db, processor, payment, settled);
      if (!done) tally.unsure += 1;
      else tally[done.status === 'failed' ? 'failed' : 'succeeded'] += 1;
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return tally;
}

/**
 * Finishes a payment whose process fell: by what the processor says, or as failed when it never heard of it.
 * @returns the payment as it now stands, or null when the processor gave no answer
 */
async function resolve(
  db: Db,
  processor: Processor,
  payment: Payment,
  settled: PayRequest['settled'],
): Promise<Payment | null> {
  const charge = await processor.find(payment.idempotencyKey).catch(() => undefined);
  if (charge === undefined) return null;
  // Who sent that form is not known any more.
  const late = { payer: 'Customer Portal', settled };
  return withCompany(db, payment.companyId, (tx) => settle(tx, payment, charge, late));
}

/**
 * Records what the charge came to, once. A charge that went through after the payment was given up is recorded all the same:
 * the money was taken. @returns the payment as it now stands
 */
async function settle(
  tx: Tx,
  pending: Payment,
  charge: Charge | null,
  request: Pick<PayRequest, 'payer' | 'settled'>,
): Promise<Payment> {
  await lockInvoices(
    tx,
    pending.allocations.map(({ invoiceId }) => invoiceId),
  );
  const [done] = await tx
    .update(payments)
    .set({
      status: charge?.ok ? 'succeeded' : 'failed',
      reference: charge?.ok ? charge.reference : '',
      cardBrand: charge?.brand ?? null,
      cardLast4: charge?.last4 ?? null,
      failure: charge?.ok ? null : (charge?.declined ?? GIVEN_UP),
    })
    .where(and(eq(payments.id, pending.id), charge?.ok ? or(isPending, wasGivenUp) : isPending))
    .returning();
  if (!done) {
    const [other] = await tx.select().from(payments).where(eq(payments.id, pending.id));
    return other!;
  }
  if (!charge?.ok) return done;
  await postAll(
    tx,
    done.allocations.map(({ invoiceId, amountCents }) => ({
      invoiceId,
      entries: [{ kind: 'payment', amountCents: -amountCents, paymentId: done.id }],
    })),
  );
  // A click is held for some seconds before it is counted: who clicked and paid at once did click first.
  const counted = new Date(Date.now() + 5_000);
  await addJob(tx, 'payment.attribute', { companyId: done.companyId, paymentId: done.id }, { runAt: counted });
  await auditPayment(tx, done, request.payer);
  await request.settled?.(tx, {
    id: done.id,
    customerId: done.customerId,
    amountCents: done.amountCents,
    allocations: done.allocations,
    brand: charge.brand,
    last4: charge.last4,
    at: done.createdAt,
  });
  return done;
}

/** The payment stands in the audit trail of each job it paid for (S2-19), or of the invoice where there is no job. */
async function auditPayment(tx: Tx, payment: Payment, payer: string): Promise<void> {
  const rows = await tx.execute<{ id: number; number: string; jobId: number | null }>(sql`
    select i.id, i.number, i.job_id as "jobId" from invoices i
     where i.id in (select (value ->> 'invoiceId')::bigint from jsonb_array_elements(${JSON.stringify(payment.allocations)}::jsonb))
     order by i.id`);
  for (const row of rows) {
    const amountCents = payment.allocations.find(({ invoiceId }) => invoiceId === row.id)?.amountCents;
    const subject = row.jobId === null ? { type: 'invoice', id: row.id } : { type: 'job', id: row.jobId };
    await recordAudit(tx, { staffId: null, name: payer }, 'payment.by_customer', subject, {
      paymentId: payment.id,
      invoiceId: row.id,
      invoice: row.number,
      amountCents,
      processor: payment.processor,
    });
  }
}

function answerOf(payment: Payment, repeated: boolean): PayResult {
  if (payment.status === 'succeeded' || payment.status === 'refunded') {
    return { ok: true, paymentId: payment.id, repeated };
  }
  if (payment.status === 'pending') return { ok: false, reason: 'unsure' };
  const declined = payment.failure;
  if (declined === 'insufficient_funds' || declined === 'expired_card')
    return { ok: false, reason: 'declined', declined };
  return { ok: false, reason: 'declined', declined: 'declined' };
}
