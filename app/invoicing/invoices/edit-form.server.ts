import { asc, eq, sql } from 'drizzle-orm';

import { listJobs, listLocations, listMemberships } from '#app/invoicing/customers/customer-record.server.ts';
import { locationTitle } from '#app/invoicing/customers/location-form.ts';
import { formatDate } from '#app/ui/format.ts';
import type { Tx } from '#db/client.ts';
import { customers, invoiceItems, invoices } from '#db/schema/index.ts';

import { hasPayments, versionOf, type EditRefusal } from './edit.server.ts';
import { emptyLine, termsOf, writeLine, writePrice, type InvoiceForm, type TypedLine } from './form.ts';
import { suggestNumber } from './number.server.ts';
import { priceLine, rateOf } from './price.ts';
import { listBusinessUnits } from './invoices.server.ts';

type Choice = { value: string; label: string };

export type InvoiceChoices = { jobs: Choice[]; locations: Choice[]; memberships: Choice[]; businessUnits: Choice[] };

/** What an invoice's form offers of its customer. */
export async function invoiceChoices(tx: Tx, customerId: number): Promise<InvoiceChoices> {
  const [jobs, locations, memberships, units] = [
    await listJobs(tx, customerId),
    await listLocations(tx, customerId),
    await listMemberships(tx, customerId),
    await listBusinessUnits(tx),
  ];
  return {
    jobs: jobs.map((job) => ({ value: String(job.id), label: [job.number, job.summary].filter(Boolean).join(' · ') })),
    locations: locations.map((one) => ({ value: String(one.id), label: locationTitle(one) })),
    memberships: memberships.map(({ id, name, status, startsOn }) => ({
      value: String(id),
      label: [name, status === 'active' ? `since ${formatDate(startsOn)}` : status].join(' · '),
    })),
    businessUnits: units.map((unit) => ({ value: String(unit.id), label: unit.name })),
  };
}

/** A new invoice's form: the next number, issued today, due in 30 days, one empty line. */
export async function newInvoiceForm(tx: Tx, today: string): Promise<InvoiceForm> {
  return {
    number: await suggestNumber(tx),
    summary: '',
    jobId: '',
    locationId: '',
    membershipId: '',
    businessUnitId: '',
    issuedOn: today,
    terms: 'net30',
    dueOn: '',
    notes: '',
    lines: [emptyLine()],
  };
}

export type EditedInvoice = {
  id: number;
  customerId: number;
  status: 'draft' | 'open' | 'paid' | 'void';
  /** Sent back by who saves: see `editInvoice`. */
  version: string;
  form: InvoiceForm;
  /** Why it can't be edited, or null. */
  refused: EditRefusal | null;
};

/** An invoice as its form shows it, or null when the company has no such invoice. */
export async function readForEdit(tx: Tx, invoiceId: number): Promise<EditedInvoice | null> {
  const [row] = await tx
    .select({ invoice: invoices, version: versionOf(sql`${invoices.updatedAt}`) })
    .from(invoices)
    .where(eq(invoices.id, invoiceId));
  if (!row) return null;
  const { invoice, version } = row;
  const items = await tx
    .select({
      description: invoiceItems.description,
      thousandths: sql<number>`round(${invoiceItems.quantity} * 1000)::bigint`,
      millionths: sql<number | null>`round(${invoiceItems.taxRate} * 1000000)::bigint`,
      unitCents: invoiceItems.unitCents,
      taxCents: invoiceItems.taxCents,
      totalCents: invoiceItems.totalCents,
    })
    .from(invoiceItems)
    .where(eq(invoiceItems.invoiceId, invoiceId))
    .orderBy(asc(invoiceItems.position), asc(invoiceItems.id));
  const { id, customerId, status } = invoice;
  const text = (ref: number | null) => (ref === null ? '' : String(ref));
  const paid = status === 'paid' || invoice.pendingCents > 0 || (await hasPayments(tx, invoiceId));
  return {
    id,
    customerId,
    status,
    version,
    refused: status === 'void' ? 'void' : paid ? 'paid' : null,
    form: {
      number: invoice.number,
      summary: invoice.summary,
      jobId: text(invoice.jobId),
      locationId: text(invoice.locationId),
      membershipId: text(invoice.membershipId),
      businessUnitId: text(invoice.businessUnitId),
      issuedOn: invoice.issuedOn,
      terms: termsOf(invoice.issuedOn, invoice.dueOn),
      dueOn: invoice.dueOn,
      notes: invoice.notes,
      lines: items.length > 0 ? items.map(typedItem) : [lineOfTotal(invoice.summary, invoice.totalCents)],
    },
  };
}

type Item = {
  description: string;
  thousandths: number;
  millionths: number | null;
  unitCents: number;
  taxCents: number;
  totalCents: number;
};

/**
 * A stored line as it is typed. Files bring lines that quantity and price don't explain (a discount, a tax without a rate): such a
 * line stands as one piece of what it came to, so that saving it without a change changes nothing.
 */
function typedItem(item: Item): TypedLine {
  const netCents = item.totalCents - item.taxCents;
  const taxRate = item.millionths ?? rateOf(netCents, item.taxCents);
  if (taxRate === null) return lineOfTotal(item.description, item.totalCents);
  const line = { description: item.description, quantity: item.thousandths, unitCents: item.unitCents, taxRate };
  const plain = item.thousandths > 0 && priceLine(line).totalCents === item.totalCents;
  return writeLine(plain ? line : { ...line, quantity: 1000, unitCents: netCents });
}

const lineOfTotal = (description: string, totalCents: number): TypedLine => ({
  ...emptyLine(),
  description,
  price: writePrice(totalCents),
});

/** A customer's name and type, for the head of the form and its words; null when the company has no such customer. */
export async function customerNamed(tx: Tx, customerId: number) {
  const [row] = await tx
    .select({ id: customers.id, name: customers.name, type: customers.type })
    .from(customers)
    .where(eq(customers.id, customerId));
  return row ?? null;
}
