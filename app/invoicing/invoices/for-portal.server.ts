import { sql, type SQL } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { keyset, type Page } from '#db/keyset.ts';
import { customers, invoiceItems, invoices, jobs, ledgerEntries, locations, payments } from '#db/schema/index.ts';

/** What a visitor of the portal may see of invoices. Every query here is bounded by it. */
export type InvoiceScope = {
  /** Customers whose billing the visitor may see (S3-10). */
  customerIds: number[];
  /** Business units that are shown, null for all (S2-13). Invoices of no unit belong to the whole company and are shown. */
  businessUnitIds: number[] | null;
};

/** More unpaid invoices than this are not listed one by one. */
export const LIST_LIMIT = 200;

export type PortalInvoice = {
  id: number;
  customerId: number;
  number: string;
  summary: string;
  issuedOn: string;
  dueOn: string;
  currency: string;
  totalCents: number;
  balanceCents: number;
  /** What payments on their way would settle of the balance. */
  pendingCents: number;
  /** What can be paid of it now, never below zero. */
  payableCents: number;
};

export type OwedInvoices = { invoices: PortalInvoice[]; count: number; totalCents: number };

/**
 * Unpaid invoices of completed jobs, the oldest due first, with the sum of what can be paid of them (S2-16, S3-18). An invoice
 * for which enough is on its way is not among them.
 */
export async function listOwed(tx: Tx, scope: InvoiceScope): Promise<OwedInvoices> {
  const rows = await tx.execute<PortalInvoice & { count: number; sumCents: number }>(sql`
    select ${columns}, count(*) over ()::int as count, sum(${left}) over ()::bigint as "sumCents"
      from ${invoices} i left join ${jobs} j on j.id = i.job_id
     where ${payable} and ${within(scope)}
     order by i.due_on, i.id limit ${LIST_LIMIT}`);
  return {
    invoices: rows.map(({ count: _count, sumCents: _sum, ...row }) => row),
    count: rows[0]?.count ?? 0,
    totalCents: rows[0]?.sumCents ?? 0,
  };
}

/** The invoices paid last. */
export async function listPaid(
  tx: Tx,
  scope: InvoiceScope,
  limit: number,
): Promise<(PortalInvoice & { paidAt: Date })[]> {
  const rows = await tx.execute<PortalInvoice & { paidAt: string }>(sql`
    select ${columns}, i.paid_at as "paidAt" from ${invoices} i
     where i.status = 'paid' and i.total_cents > 0 and ${within(scope)}
     order by i.paid_at desc, i.id desc limit ${limit}`);
  return rows.map((row) => ({ ...row, paidAt: new Date(row.paidAt) }));
}

export type HistoryRow = PortalInvoice & { status: 'open' | 'paid'; payable: boolean; customerName: string };

/** All that a visitor may see, paid and unpaid, the newest first, keyset-paged (S2-22); none of $0 (S2-23). */
export async function listHistory(
  tx: Tx,
  scope: InvoiceScope,
  page: { after?: string | null; before?: string | null; limit?: number },
): Promise<Page<HistoryRow>> {
  const keys = keyset(
    [
      { value: sql`i.issued_on`, type: 'date', descending: true },
      { value: sql`i.id`, type: 'bigint', descending: true },
    ],
    { after: page.after, before: page.before, limit: page.limit ?? 25 },
  );
  const found = await tx.execute<HistoryRow & { cursor: string }>(sql`
    select ${columns}, i.status, ${payable} as payable, c.name as "customerName", ${keys.cursor} as cursor
      from ${invoices} i
      join ${customers} c on c.id = i.customer_id
      left join ${jobs} j on j.id = i.job_id
     where ${seen} and i.total_cents <> 0 and ${within(scope)} and ${keys.where}
     order by ${keys.orderBy} limit ${keys.limit}`);
  return keys.toPage(found);
}

/**
 * These invoices, the oldest due first, and whether each can be paid now.
 * @returns null when one of them is not the visitor's to see
 */
export async function readSelected(
  tx: Tx,
  scope: InvoiceScope,
  ids: number[],
): Promise<(PortalInvoice & { payable: boolean })[] | null> {
  const wanted = [...new Set(ids)];
  const rows = await tx.execute<PortalInvoice & { payable: boolean }>(sql`
    select ${columns}, ${payable} as payable
      from ${invoices} i left join ${jobs} j on j.id = i.job_id
     where i.id in ${idList(wanted)} and ${seen} and ${within(scope)}
     order by i.due_on, i.id`);
  return rows.length === wanted.length ? [...rows] : null;
}

export type PortalInvoiceDetail = PortalInvoice & {
  status: 'open' | 'paid';
  /** True when it can be paid now. */
  payable: boolean;
  customerName: string;
  /** What was done; never the internal notes (S3-17). */
  job: { number: string; summary: string; completedAt: Date | null } | null;
  location: string[];
  /** Without tax. */
  items: { description: string; quantity: string; totalCents: number }[];
  taxCents: number;
  /** What came in or was taken off, oldest first; what settles is negative. */
  movements: {
    kind: 'payment' | 'credit' | 'refund' | 'tip' | 'write_off';
    amountCents: number;
    at: Date;
    last4: string | null;
    /** Of the payment that it belongs to: its receipt. */
    paymentId: number | null;
  }[];
};

/** One invoice with all that its customer may see, or null when it is not the visitor's, a draft or void. */
export async function readInvoiceForPortal(
  tx: Tx,
  scope: InvoiceScope,
  id: number,
): Promise<PortalInvoiceDetail | null> {
  const [row] = await tx.execute<
    PortalInvoice & {
      status: 'open' | 'paid';
      payable: boolean;
      customerName: string;
      jobNumber: string | null;
      jobSummary: string;
      completedAt: string | null;
      line1: string | null;
      line2: string;
      city: string;
      state: string;
      zip: string;
    }
  >(sql`
    select ${columns}, i.status, ${payable} as payable, c.name as "customerName", j.number as "jobNumber",
           j.summary as "jobSummary", j.completed_at as "completedAt", l.line1, l.line2, l.city, l.state, l.zip
      from ${invoices} i
      join ${customers} c on c.id = i.customer_id
      left join ${jobs} j on j.id = i.job_id
      left join ${locations} l on l.id = coalesce(i.location_id, j.location_id)
     where i.id = ${id} and ${seen} and ${within(scope)}`);
  if (!row) return null;
  const items = await tx.execute<{ description: string; quantity: string; totalCents: number }>(sql`
    select description, quantity::float8::text as quantity, total_cents - tax_cents as "totalCents"
      from ${invoiceItems} where invoice_id = ${id} order by position, id`);
  const entries = await tx.execute<{
    kind: PortalInvoiceDetail['movements'][number]['kind'] | 'charge' | 'tax';
    amountCents: number;
    at: string;
    last4: string | null;
    paymentId: number | null;
  }>(sql`
    select e.kind, e.amount_cents as "amountCents", e.at, p.card_last4 as last4, p.id as "paymentId"
      from ${ledgerEntries} e left join ${payments} p on p.id = e.payment_id
     where e.invoice_id = ${id} order by e.at, e.id`);
  const { jobNumber, jobSummary, completedAt, line1, line2, city, state, zip, ...invoice } = row;
  return {
    ...invoice,
    job:
      jobNumber === null
        ? null
        : { number: jobNumber, summary: jobSummary, completedAt: completedAt ? new Date(completedAt) : null },
    location:
      line1 === null ? [] : [line1, line2, `${[city, state].filter(Boolean).join(', ')} ${zip}`.trim()].filter(Boolean),
    items,
    taxCents: entries.filter((entry) => entry.kind === 'tax').reduce((sum, entry) => sum + entry.amountCents, 0),
    movements: entries.flatMap(({ kind, at, ...entry }) =>
      kind === 'charge' || kind === 'tax' ? [] : [{ kind, at: new Date(at), ...entry }],
    ),
  };
}

const columns = sql.raw(`i.id, i.customer_id as "customerId", i.number, i.summary, i.issued_on as "issuedOn",
  i.due_on as "dueOn", i.currency, i.total_cents as "totalCents", i.balance_cents as "balanceCents",
  i.pending_cents as "pendingCents", greatest(i.balance_cents - i.pending_cents, 0) as "payableCents"`);

const left = sql.raw('(i.balance_cents - i.pending_cents)');

/** Drafts are not out yet, and a void invoice asks for nothing. */
const seen = sql`i.status in ('open', 'paid')`;

/** Something is owed of which nothing is on its way. An invoice without a job counts as one of a completed job. */
const payable = sql`(i.status = 'open' and ${left} > 0 and (i.job_id is null or j.status = 'completed'))`;

export const idList = (ids: number[]) =>
  sql`(select value::bigint from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`;

function within({ customerIds, businessUnitIds }: InvoiceScope): SQL {
  const units =
    businessUnitIds === null
      ? sql`true`
      : sql`(i.business_unit_id is null or i.business_unit_id in ${idList(businessUnitIds)})`;
  return sql`i.customer_id in ${idList(customerIds)} and ${units}`;
}
