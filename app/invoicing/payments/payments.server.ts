import { eq } from 'drizzle-orm';
import { DrizzleQueryError } from 'drizzle-orm/errors';

import { withCompany, type Db, type Tx } from '#db/client.ts';
import { sqlState, withoutAddresses } from '#db/failure.ts';
import { payments } from '#db/schema/index.ts';

import type { Processor } from './processor.ts';

/*
 * Paying online, so that neither a crash nor a second tab can take money twice or lose track of it:
 *
 * start    payments-start.server.ts: one transaction locks the invoices, compares what is owed with what the payer was shown, and
 *          writes the payment as `open` with what it is for. Then the processor opens a page for it. An open payment holds nothing
 *          back. A saved method has no page: the payment is `pending` at once, and then charged.
 * finish   payments-finish.server.ts: asks the processor what became of it. A card is only held then: under lock what is still owed
 *          is compared again, the payment becomes `pending` (its part of the invoices is nobody else's to pay), and no more than
 *          that is captured. A bank payment is `pending` for days.
 * settle   payments-settle.server.ts: one transaction: ledger, payment, audit, receipt, jobs. Or the payment becomes `failed`.
 *
 * No lock is held while the processor is asked. Whatever falls in between is gone on with by the job `payment.check`, which is
 * added with the payment, and by the sweep.
 */

export type Payment = typeof payments.$inferSelect;

/** What paying needs of its surroundings. */
export type PayDeps = {
  db: Db;
  /**
   * Who moves the company's money; null when none is connected (S4-13). By name and instant: the account that it had then, with the keys
   * that are stored, for what was begun there.
   */
  processorOf: (companyId: number, name?: Processor['name'], begunAt?: Date) => Promise<Processor | null>;
  /** Writes to the payer in the transaction of the change: see app/portal/receipts.server.ts. */
  tell: {
    settled: (tx: Tx, payment: Payment) => Promise<void>;
    /** A bank payment that failed after its payer had gone. */
    failed: (tx: Tx, payment: Payment) => Promise<void>;
  };
  /** Hears why a processor gave no answer, for the log; the payer is only told that it gave none. */
  onTrouble?: (trouble: PayTrouble) => void;
};

/** What was asked of the processor for which payment, and what it threw: `ProcessorBlocked` waits for somebody in the office. */
export type PayTrouble = { companyId: number; paymentId: number | null; asked: string; name: string; message: string };

/** A payment and its company, as jobs and pages name it. */
export type PaymentRef = { companyId: number; paymentId: number };

export function readPayment(db: Db, { companyId, paymentId }: PaymentRef): Promise<Payment | null> {
  return withCompany(db, companyId, async (tx) => {
    const [payment] = await tx.select().from(payments).where(eq(payments.id, paymentId));
    return payment ?? null;
  });
}

/**
 * For `catch`, where it goes on without the processor's answer: tells why there is none, without parameters of statements, addresses
 * and long numbers.
 * @param asked what was asked of it, in a word
 * @returns null, for no answer
 */
export function noAnswer(deps: PayDeps, ref: { companyId: number; paymentId: number | null }, asked: string) {
  return (thrown: unknown): null => {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const { name } = error;
    // The database's own words may quote what people typed.
    const message = error instanceof DrizzleQueryError ? `A statement failed (${sqlState(error)})` : error.message;
    const said = withoutAddresses(message)
      .replaceAll(/\+?\d[\d ().-]{5,}\d/g, '[number]')
      .slice(0, 500);
    deps.onTrouble?.({ companyId: ref.companyId, paymentId: ref.paymentId, asked, name, message: said });
    return null;
  };
}

/** The account that a payment was begun with, whichever the company has chosen since; null where it can't be asked any more. */
export async function processorOfPayment(
  deps: PayDeps,
  { companyId, processor: name, createdAt }: Pick<Payment, 'companyId' | 'processor' | 'createdAt'>,
): Promise<Processor | null> {
  if (name !== 'sandbox' && name !== 'stripe') return null;
  const processor = await deps.processorOf(companyId, name, createdAt);
  return processor?.name === name ? processor : null;
}

/** Whether something began at the account that is chosen, not at one that the company had before. */
export const isOf = (
  { name, since }: Pick<Processor, 'name' | 'since'>,
  begun: { processor: string | null; createdAt: Date },
): boolean => begun.processor === name && (!since || begun.createdAt >= since);

/** The payment as it stands now, and nobody else changes it until the transaction ends. Lock its invoices first. */
export async function lockPayment(tx: Tx, paymentId: number): Promise<Payment> {
  const [payment] = await tx.select().from(payments).where(eq(payments.id, paymentId)).for('no key update');
  return payment!;
}

/**
 * The key under which the processor knows what is done for a payment, once however often it is asked for. With the payment's id, as a
 * form that is filled in anew makes another payment of the same key. The first one's own key is marked then (see `letGo`), and stays the
 * same for the processor: its charge may be on its way.
 */
export const processorKey = (
  payment: Pick<Payment, 'id' | 'idempotencyKey'>,
  what: 'pay' | 'customer' | 'capture' | 'release',
) => `${payment.idempotencyKey.replace(/~.*$/, '')}:${payment.id}${what === 'pay' ? '' : `:${what}`}`;
