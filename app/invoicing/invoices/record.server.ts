import { asc, eq, sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import {
  businessUnits,
  customers,
  invoiceItems,
  invoices,
  jobs,
  ledgerEntries,
  locations,
  memberships,
  payments,
} from '#db/schema/index.ts';

/** All that an invoice's record shows but its messages, or null when the company has no such invoice. */
export async function readInvoice(tx: Tx, invoiceId: number) {
  const [head] = await tx
    .select({
      invoice: invoices,
      customer: {
        id: customers.id,
        name: customers.name,
        type: customers.type,
        doNotContact: customers.doNotContact,
        balanceCents: customers.balanceCents,
      },
      job: {
        id: jobs.id,
        number: jobs.number,
        summary: jobs.summary,
        status: jobs.status,
        completedAt: jobs.completedAt,
      },
      location: {
        name: locations.name,
        line1: locations.line1,
        line2: locations.line2,
        city: locations.city,
        state: locations.state,
        zip: locations.zip,
      },
      businessUnit: businessUnits.name,
      membership: memberships.name,
    })
    .from(invoices)
    .innerJoin(customers, eq(customers.id, invoices.customerId))
    .leftJoin(jobs, eq(jobs.id, invoices.jobId))
    .leftJoin(locations, eq(locations.id, invoices.locationId))
    .leftJoin(businessUnits, eq(businessUnits.id, invoices.businessUnitId))
    .leftJoin(memberships, eq(memberships.id, invoices.membershipId))
    .where(eq(invoices.id, invoiceId));
  if (!head) return null;
  const items = await tx
    .select({
      id: invoiceItems.id,
      description: invoiceItems.description,
      quantity: sql<number>`${invoiceItems.quantity}::float8`,
      unitCents: invoiceItems.unitCents,
      taxCents: invoiceItems.taxCents,
      totalCents: invoiceItems.totalCents,
    })
    .from(invoiceItems)
    .where(eq(invoiceItems.invoiceId, invoiceId))
    .orderBy(asc(invoiceItems.position), asc(invoiceItems.id))
    .limit(500);
  const ledger = await tx
    .select({
      id: ledgerEntries.id,
      kind: ledgerEntries.kind,
      amountCents: ledgerEntries.amountCents,
      memo: ledgerEntries.memo,
      at: ledgerEntries.at,
      paymentId: ledgerEntries.paymentId,
      method: payments.method,
      cardBrand: payments.cardBrand,
      cardLast4: payments.cardLast4,
      processor: payments.processor,
    })
    .from(ledgerEntries)
    .leftJoin(payments, eq(payments.id, ledgerEntries.paymentId))
    .where(eq(ledgerEntries.invoiceId, invoiceId))
    .orderBy(asc(ledgerEntries.at), asc(ledgerEntries.id))
    .limit(500);
  let balance = 0;
  return {
    ...head,
    items,
    ledger: ledger.map((entry) => ({ ...entry, balanceCents: (balance += entry.amountCents) })),
  };
}

export type InvoiceRecord = NonNullable<Awaited<ReturnType<typeof readInvoice>>>;
