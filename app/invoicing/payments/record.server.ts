import { asc, desc, eq, sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { customers, disputes, invoices, ledgerEntries, payments, people, refunds, staff } from '#db/schema/index.ts';

/** All that a payment's record shows but what led to it, or null when the company has no such payment. */
export async function readPayment(tx: Tx, paymentId: number) {
  const [head] = await tx
    .select({
      payment: payments,
      customer: { id: customers.id, name: customers.name },
      recordedBy: people.name,
    })
    .from(payments)
    .innerJoin(customers, eq(customers.id, payments.customerId))
    .leftJoin(staff, eq(staff.id, payments.staffId))
    .leftJoin(people, eq(people.id, staff.personId))
    .where(eq(payments.id, paymentId));
  if (!head) return null;
  const entries = await tx
    .select({
      id: ledgerEntries.id,
      kind: ledgerEntries.kind,
      amountCents: ledgerEntries.amountCents,
      memo: ledgerEntries.memo,
      at: ledgerEntries.at,
      invoiceId: ledgerEntries.invoiceId,
      invoice: invoices.number,
    })
    .from(ledgerEntries)
    .leftJoin(invoices, eq(invoices.id, ledgerEntries.invoiceId))
    .where(eq(ledgerEntries.paymentId, paymentId))
    .orderBy(asc(ledgerEntries.id))
    .limit(500);
  const asked = await tx
    .select({ invoiceId: invoices.id, invoice: invoices.number })
    .from(invoices)
    .where(
      sql`${invoices.id} in (select (value ->> 'invoiceId')::bigint
            from jsonb_array_elements(${JSON.stringify(head.payment.allocations)}::jsonb))`,
    );
  const numbers = new Map(asked.map((one) => [one.invoiceId, one.invoice]));
  const { allocations, ...payment } = head.payment;
  return {
    ...head,
    payment,
    /** What it is for, while nothing of it stands in the ledger. */
    asked: allocations.map((one) => ({ ...one, invoice: numbers.get(one.invoiceId) ?? String(one.invoiceId) })),
    entries,
    refunds: await tx
      .select({
        id: refunds.id,
        amountCents: refunds.amountCents,
        status: refunds.status,
        reduces: refunds.reduces,
        reason: refunds.reason,
        failure: refunds.failure,
        createdAt: refunds.createdAt,
        by: people.name,
      })
      .from(refunds)
      .leftJoin(staff, eq(staff.id, refunds.staffId))
      .leftJoin(people, eq(people.id, staff.personId))
      .where(eq(refunds.paymentId, paymentId))
      .orderBy(desc(refunds.id))
      .limit(100),
    disputes: await tx
      .select()
      .from(disputes)
      .where(eq(disputes.paymentId, paymentId))
      .orderBy(desc(disputes.id))
      .limit(20),
  };
}

export type PaymentRecord = NonNullable<Awaited<ReturnType<typeof readPayment>>>;
