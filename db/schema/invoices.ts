import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

import { cents, companyId, createdAt, id, instant, ref } from './columns.ts';
import { businessUnits, customers, jobs, locations, memberships } from './customers.ts';

export const invoices = pgTable(
  'invoices',
  {
    companyId: companyId(),
    id: id(),
    customerId: ref().notNull(),
    /** An invoice without a job counts as one of a completed job. */
    jobId: ref(),
    locationId: ref(),
    businessUnitId: ref(),
    number: text().notNull(),
    summary: text().notNull().default(''),
    /** `paid` means the balance is zero or less; `open` that something is owed. */
    status: text({ enum: ['draft', 'open', 'paid', 'void'] }).notNull(),
    issuedOn: date({ mode: 'string' }).notNull(),
    dueOn: date({ mode: 'string' }).notNull(),
    currency: text().notNull().default('USD'),
    totalCents: cents().notNull(),
    /** Sum of the invoice's ledger entries, kept in the same transaction under the row's lock. */
    balanceCents: cents().notNull(),
    /** What payments under way would settle of it: kept with them, under the row's lock. Nobody else can pay that part. */
    pendingCents: cents().notNull().default(0),
    /** The service agreement that it bills; null for work done. Its payment link is not texted (S1-09). */
    membershipId: ref(),
    /** What the customer reads under the items. */
    notes: text().notNull().default(''),
    /** When it was last sent to its customer by email. */
    emailedAt: instant(),
    /** Any of these stops reminders (B-01). */
    doNotRemind: boolean().notNull().default(false),
    disputedAt: instant(),
    promisedFor: date({ mode: 'string' }),
    paidAt: instant(),
    source: text(),
    externalId: text(),
    createdAt: createdAt(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }),
    foreignKey({ columns: [t.companyId, t.jobId], foreignColumns: [jobs.companyId, jobs.id] }),
    foreignKey({ columns: [t.companyId, t.locationId], foreignColumns: [locations.companyId, locations.id] }),
    foreignKey({
      columns: [t.companyId, t.businessUnitId],
      foreignColumns: [businessUnits.companyId, businessUnits.id],
    }),
    foreignKey({ columns: [t.companyId, t.membershipId], foreignColumns: [memberships.companyId, memberships.id] }),
    uniqueIndex('invoices_number').on(t.companyId, t.number, t.customerId),
    index('invoices_customer').on(t.companyId, t.customerId, t.id.desc()),
    index('invoices_due').on(t.companyId, t.status, t.dueOn, t.id),
    index('invoices_issued').on(t.companyId, t.issuedOn.desc(), t.id.desc()),
    index('invoices_amount').on(t.companyId, t.balanceCents.desc(), t.id.desc()),
  ],
);

export const invoiceItems = pgTable(
  'invoice_items',
  {
    companyId: companyId(),
    id: id(),
    invoiceId: ref().notNull(),
    position: integer().notNull(),
    description: text().notNull(),
    quantity: numeric({ precision: 12, scale: 3 }).notNull().default('1'),
    unitCents: cents().notNull(),
    /** Percent of the line before tax; null where no tax is on it, or it is known as an amount alone, as in imported files. */
    taxRate: numeric({ precision: 9, scale: 6 }),
    taxCents: cents().notNull().default(0),
    /** With its tax. */
    totalCents: cents().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.invoiceId], foreignColumns: [invoices.companyId, invoices.id] }).onDelete(
      'cascade',
    ),
    index('invoice_items_invoice').on(t.companyId, t.invoiceId, t.position),
  ],
);

/**
 * When money came: the day on which the office received it, as noon in UTC, which is that day in any zone of the country; else when
 * it arrived at the processor; else, while it has not, when it was begun.
 */
const paymentWhen = sql.raw("(coalesce((received_on + time '12:00') at time zone 'UTC', settled_at, created_at))");

/** Money that came in. What it settled stands in the ledger. */
export const payments = pgTable(
  'payments',
  {
    companyId: companyId(),
    id: id(),
    customerId: ref().notNull(),
    amountCents: cents().notNull(),
    currency: text().notNull().default('USD'),
    method: text({ enum: ['card', 'ach', 'check', 'cash', 'other'] }).notNull(),
    /**
     * `open`: the processor's page was opened; nothing is taken and nothing held back for it. `pending`: money is on its way, and
     * its part of the invoices is nobody else's to pay. `succeeded` stays so when a part is given back; `refunded`: all of it was.
     */
    status: text({ enum: ['open', 'pending', 'succeeded', 'failed', 'refunded'] }).notNull(),
    processor: text({ enum: ['sandbox', 'stripe', 'office', 'import'] }).notNull(),
    /** Where it was made: the portal, a payment page without sign-in, the office. */
    source: text({ enum: ['portal', 'customer_link', 'invoice_link', 'office', 'import'] })
      .notNull()
      .default('office'),
    /** The processor's own reference: of the charge, once there is one. */
    reference: text().notNull().default(''),
    /** The processor's reference of the page on which it is paid, and that page's address. */
    checkout: text(),
    checkoutUrl: text(),
    /** Part of `amountCents` that is a tip: it settles nothing. */
    tipCents: cents().notNull().default(0),
    /** What was given back of `amountCents`. */
    refundedCents: cents().notNull().default(0),
    /** The saved method that was charged. */
    methodId: ref(),
    /** Whether the payer asked to keep the method for later. */
    saveMethod: boolean().notNull().default(false),
    /** Who paid, in words, for the audit log: "Ann Ames (Customer Portal)". */
    payer: text().notNull().default(''),
    /** Where the receipt goes: an email address or a number as E.164; empty for none. */
    receiptTo: text().notNull().default(''),
    /** A check's number, or what the office noted. */
    memo: text().notNull().default(''),
    /** When money was received, for those that the office recorded. */
    receivedOn: date({ mode: 'string' }),
    staffId: ref(),
    settledAt: instant(),
    disputedAt: instant(),
    /** Chosen by the form that pays: a second submit finds the first payment. */
    idempotencyKey: text().notNull(),
    /** What the payer asked to settle, kept before the card is charged; what was settled stands in the ledger. */
    allocations: jsonb().$type<{ invoiceId: number; amountCents: number }[]>().notNull().default([]),
    cardBrand: text(),
    cardLast4: text(),
    failure: text(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }),
    uniqueIndex('payments_idempotency').on(t.companyId, t.idempotencyKey),
    index('payments_checkout').on(t.companyId, t.checkout),
    index('payments_reference').on(t.companyId, t.reference),
    index('payments_customer').on(t.companyId, t.customerId, t.id.desc()),
    index('payments_when').on(t.companyId, sql`${paymentWhen} desc`, sql`id desc`),
    index('payments_pending')
      .on(t.companyId, t.createdAt)
      .where(sql`${t.status} in ('open', 'pending')`),
  ],
);

/**
 * Append-only: an invoice's balance is the sum of its entries, a customer's the sum of all theirs. Charges are positive, what
 * settles them negative. A credit is positive where it is taken from one place to settle another.
 */
export const ledgerEntries = pgTable(
  'ledger_entries',
  {
    companyId: companyId(),
    id: id(),
    customerId: ref().notNull(),
    /** Null: of the customer's account and no invoice, as a credit that is left over, or a tip. */
    invoiceId: ref(),
    paymentId: ref(),
    kind: text({ enum: ['charge', 'tax', 'payment', 'credit', 'refund', 'tip', 'write_off'] }).notNull(),
    amountCents: cents().notNull(),
    memo: text().notNull().default(''),
    at: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }),
    foreignKey({ columns: [t.companyId, t.invoiceId], foreignColumns: [invoices.companyId, invoices.id] }),
    foreignKey({ columns: [t.companyId, t.paymentId], foreignColumns: [payments.companyId, payments.id] }),
    index('ledger_entries_invoice').on(t.companyId, t.invoiceId, t.id),
    index('ledger_entries_payment').on(t.companyId, t.paymentId),
    index('ledger_entries_customer').on(t.companyId, t.customerId, t.id.desc()),
    index('ledger_entries_at').on(t.companyId, t.kind, t.at),
    check(
      'ledger_entries_sign',
      sql`case ${t.kind} when 'charge' then true when 'tax' then true when 'credit' then true when 'tip' then ${t.amountCents} >= 0 when 'refund' then ${t.amountCents} >= 0 else ${t.amountCents} <= 0 end`,
    ),
  ],
);
