import { and, desc, eq, isNull, sql } from 'drizzle-orm';

import { withCompany, type Tx } from '#db/client.ts';
import { paymentMethods } from '#db/schema/index.ts';

import { isOf, noAnswer, processorOfPayment, type PayDeps, type Payment } from './payments.server.ts';
import { ProcessorBlocked } from './processor-errors.ts';
import type { MethodShown, PayMethod, Processor } from './processor.ts';

/** A saved card or bank account as pages show it (S3-19). */
export type SavedMethod = {
  id: number;
  kind: PayMethod;
  /** Visa; or the bank's name. */
  brand: string;
  last4: string;
  /** Null for bank accounts. */
  expiry: { month: number; year: number } | null;
};

type Stored = typeof paymentMethods.$inferSelect;

/**
 * Keeps the method that a payment was made with, as its payer asked (S4-11). One that the processor named before is not kept twice. It is at
 * the account that the payment began with, so it has the payment's own instant.
 */
export async function keepMethod(tx: Tx, payment: Payment, method: MethodShown): Promise<void> {
  if (!method.saved || (payment.processor !== 'sandbox' && payment.processor !== 'stripe')) return;
  await tx
    .insert(paymentMethods)
    .values({
      customerId: payment.customerId,
      processor: payment.processor,
      reference: method.saved.methodReference,
      kind: method.kind,
      brand: method.brand,
      last4: method.last4,
      expiryMonth: method.expiry?.month ?? null,
      expiryYear: method.expiry?.year ?? null,
      createdAt: payment.createdAt,
    })
    .onConflictDoNothing();
}

/**
 * What a customer can be charged with now: what is kept at the account that is chosen, the newest first. Each card or bank account is shown
 * once, however often it was kept.
 */
export async function listMethods(tx: Tx, customerId: number, processor: Account): Promise<SavedMethod[]> {
  const rows = await listKept(tx, customerId);
  return onceEach(rows.filter((row) => isOf(processor, row))).map(methodOf);
}

/**
 * All that is kept for a customer wherever that is, so that it can be removed. `usable` is what can be charged now.
 * @param processor who moves the company's money; null for nobody
 */
export async function listAllMethods(
  tx: Tx,
  customerId: number,
  processor: Account | null,
): Promise<(SavedMethod & { usable: boolean })[]> {
  const rows = (await listKept(tx, customerId)).map((row) => ({
    ...row,
    usable: processor !== null && isOf(processor, row),
  }));
  const usableFirst = [...rows.filter((row) => row.usable), ...rows.filter((row) => !row.usable)];
  return onceEach(usableFirst).map((row) => ({ ...methodOf(row), usable: row.usable }));
}

type Account = Pick<Processor, 'name' | 'since'>;

const listKept = (tx: Tx, customerId: number) =>
  tx
    .select()
    .from(paymentMethods)
    .where(and(eq(paymentMethods.customerId, customerId), isNull(paymentMethods.removedAt)))
    .orderBy(desc(paymentMethods.id));

function onceEach<T extends Stored>(rows: T[]): T[] {
  const seen = new Set<string>();
  return rows.filter(({ kind, brand, last4, expiryMonth, expiryYear }) => {
    const face = JSON.stringify([kind, brand, last4, expiryMonth, expiryYear]);
    return !seen.has(face) && seen.add(face);
  });
}

/** A customer's own method that can be charged now; null when it is another's, at another account, or was removed. */
export async function readMethod(
  tx: Tx,
  wanted: { methodId: number; customerId: number; processor: Account },
): Promise<Stored | null> {
  const row = await readKept(tx, wanted);
  return row && isOf(wanted.processor, row) ? row : null;
}

async function readKept(
  tx: Tx,
  { methodId, customerId }: { methodId: number; customerId: number },
): Promise<Stored | null> {
  const [row] = await tx
    .select()
    .from(paymentMethods)
    .where(
      and(eq(paymentMethods.id, methodId), eq(paymentMethods.customerId, customerId), isNull(paymentMethods.removedAt)),
    );
  return row ?? null;
}

export type RemoveMethod = { ok: true } | { ok: false; reason: 'missing' | 'unavailable' | 'gone' };

/**
 * Forgets a saved method, first at the processor: what the customer no longer sees must not be kept there. All copies of the same card or
 * bank account go with it, each through the account that keeps it, whichever the company has chosen since.
 * @returns `unavailable` when a processor gave no answer: nothing more was forgotten, and it can be tried again. `gone`: the keys of the
 * account that keeps it are not stored any more, or not valid: only the company can have it removed there
 */
export async function removeMethod(
  deps: PayDeps,
  { companyId, customerId, methodId }: { companyId: number; customerId: number; methodId: number },
): Promise<RemoveMethod> {
  const copies = await withCompany(deps.db, companyId, async (tx) => {
    const method = await readKept(tx, { methodId, customerId });
    return method ? copiesOf(tx, method) : [];
  });
  if (copies.length === 0) return { ok: false, reason: 'missing' };
  for (const copy of copies) {
    const processor = await processorOfPayment(deps, copy);
    if (!processor) return { ok: false, reason: 'gone' };
    try {
      await processor.forget(copy.reference);
    } catch (error) {
      noAnswer(deps, { companyId, paymentId: null }, 'forget')(error);
      return { ok: false, reason: error instanceof ProcessorBlocked ? 'gone' : 'unavailable' };
    }
    await withCompany(deps.db, companyId, (tx) =>
      tx
        .update(paymentMethods)
        .set({ removedAt: sql`now()` })
        .where(eq(paymentMethods.id, copy.id)),
    );
  }
  return { ok: true };
}

const copiesOf = (tx: Tx, method: Stored) =>
  tx.select().from(paymentMethods).where(sql`${paymentMethods.customerId} = ${method.customerId}
      and ${paymentMethods.kind} = ${method.kind} and ${paymentMethods.brand} = ${method.brand}
      and ${paymentMethods.last4} = ${method.last4} and ${paymentMethods.removedAt} is null
      and (${paymentMethods.expiryMonth}, ${paymentMethods.expiryYear}) is not distinct from (${method.expiryMonth}::int, ${method.expiryYear}::int)`);

const methodOf = ({ id, kind, brand, last4, expiryMonth, expiryYear }: Stored): SavedMethod => ({
  id,
  kind,
  brand,
  last4,
  expiry: expiryMonth !== null && expiryYear !== null ? { month: expiryMonth, year: expiryYear } : null,
});
