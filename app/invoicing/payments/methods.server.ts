import { and, desc, eq, isNull, sql } from 'drizzle-orm';

import { withCompany, type Tx } from '#db/client.ts';
import { paymentMethods } from '#db/schema/index.ts';

import { noAnswer, type PayDeps, type Payment } from './payments.server.ts';
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

/** Keeps the method that a payment was made with, as its payer asked (S4-11). One that the processor named before is not kept twice. */
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
    })
    .onConflictDoNothing();
}

/** What a customer keeps with the company's processor of today, the newest first. Each account is shown once, however often it was kept. */
export async function listMethods(tx: Tx, customerId: number, processor: Processor['name']): Promise<SavedMethod[]> {
  const rows = await tx
    .select()
    .from(paymentMethods)
    .where(
      and(
        eq(paymentMethods.customerId, customerId),
        eq(paymentMethods.processor, processor),
        isNull(paymentMethods.removedAt),
      ),
    )
    .orderBy(desc(paymentMethods.id));
  const seen = new Set<string>();
  return rows.map(methodOf).filter((one) => {
    const face = JSON.stringify([one.kind, one.brand, one.last4, one.expiry]);
    return !seen.has(face) && seen.add(face);
  });
}

/** A customer's own method; null when it is another's, another processor's, or was removed. */
export async function readMethod(
  tx: Tx,
  wanted: { methodId: number; customerId: number; processor: Processor['name'] },
): Promise<Stored | null> {
  const [row] = await tx
    .select()
    .from(paymentMethods)
    .where(
      and(
        eq(paymentMethods.id, wanted.methodId),
        eq(paymentMethods.customerId, wanted.customerId),
        eq(paymentMethods.processor, wanted.processor),
        isNull(paymentMethods.removedAt),
      ),
    );
  return row ?? null;
}

export type RemoveMethod = { ok: true } | { ok: false; reason: 'missing' | 'unavailable' };

/**
 * Forgets a saved method, first at the processor: what the customer no longer sees must not be kept there. All copies of the same
 * account go with it.
 * @returns `unavailable` when the processor gave no answer: nothing was forgotten, and it can be tried again
 */
export async function removeMethod(
  deps: PayDeps,
  { companyId, customerId, methodId }: { companyId: number; customerId: number; methodId: number },
): Promise<RemoveMethod> {
  const processor = await deps.processorOf(companyId);
  if (!processor) return { ok: false, reason: 'missing' };
  const copies = await withCompany(deps.db, companyId, async (tx) => {
    const method = await readMethod(tx, { methodId, customerId, processor: processor.name });
    return method ? copiesOf(tx, method) : [];
  });
  if (copies.length === 0) return { ok: false, reason: 'missing' };
  for (const { id, reference } of copies) {
    try {
      await processor.forget(reference);
    } catch (error) {
      noAnswer(deps, { companyId, paymentId: null }, 'forget')(error);
      return { ok: false, reason: 'unavailable' };
    }
    await withCompany(deps.db, companyId, (tx) =>
      tx
        .update(paymentMethods)
        .set({ removedAt: sql`now()` })
        .where(eq(paymentMethods.id, id)),
    );
  }
  return { ok: true };
}

const copiesOf = (tx: Tx, method: Stored) =>
  tx.select({ id: paymentMethods.id, reference: paymentMethods.reference }).from(paymentMethods)
    .where(sql`${paymentMethods.customerId} = ${method.customerId} and ${paymentMethods.processor} = ${method.processor}
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
