import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

import { cents, companyId, createdAt, id, instant, ref } from './columns.ts';
import { customers } from './customers.ts';
import { payments } from './invoices.ts';

/** One row a company: who moves its money (S2-14), and the keys, encrypted. With no row the sandbox stands in. */
export const paymentAccounts = pgTable(
  'payment_accounts',
  {
    companyId: companyId(),
    /** `none`: customers see what they owe and cannot pay online (S4-13). */
    processor: text({ enum: ['none', 'sandbox', 'stripe'] }).notNull(),
    /** Plain options: the account's name and id, the keys' last four signs and whether they are test keys. */
    options: jsonb().$type<Record<string, string>>().notNull().default({}),
    /** Encrypted JSON of the secrets, or null. */
    secrets: text(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.companyId] })],
);

/** One row a company: Settings > Invoicing > Online Payments (S1-01 to S1-06). Without a row: as the defaults say. */
export const onlinePaymentSettings = pgTable(
  'online_payment_settings',
  {
    companyId: companyId(),
    cards: boolean().notNull().default(true),
    ach: boolean().notNull().default(true),
    partialPayments: boolean().notNull().default(true),
    /** S1-01. */
    smsInvoiceLinks: boolean().notNull().default(false),
    /** S1-02. */
    smsFromOffice: boolean().notNull().default(false),
    /** S1-03: email links in Mobile, and dependent on it SMS links. */
    emailFromMobile: boolean().notNull().default(false),
    smsFromMobile: boolean().notNull().default(false),
    updatedAt: instant().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.companyId] })],
);

/** One row a customer for whom a payment link was generated (S4-01). The address is derived from the version (S4-15). */
export const paymentLinks = pgTable(
  'payment_links',
  {
    companyId: companyId(),
    customerId: ref().notNull(),
    version: integer().notNull(),
    staffId: ref(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.customerId] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }).onDelete(
      'cascade',
    ),
  ],
);

/** The customer as the processor knows them. */
export const processorCustomers = pgTable(
  'processor_customers',
  {
    companyId: companyId(),
    customerId: ref().notNull(),
    processor: text({ enum: ['sandbox', 'stripe'] }).notNull(),
    reference: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.customerId, t.processor] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }).onDelete(
      'cascade',
    ),
  ],
);

/** A card or bank account that a customer asked to keep. The processor has it; here are its name and what is shown of it. */
export const paymentMethods = pgTable(
  'payment_methods',
  {
    companyId: companyId(),
    id: id(),
    customerId: ref().notNull(),
    processor: text({ enum: ['sandbox', 'stripe'] }).notNull(),
    /** The processor's own name for it. */
    reference: text().notNull(),
    kind: text({ enum: ['card', 'ach'] }).notNull(),
    /** Visa; or the bank's name. */
    brand: text().notNull().default(''),
    last4: text().notNull().default(''),
    /** Null for bank accounts. */
    expiryMonth: smallint(),
    expiryYear: smallint(),
    removedAt: instant(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }).onDelete(
      'cascade',
    ),
    uniqueIndex('payment_methods_reference').on(t.companyId, t.processor, t.reference),
    index('payment_methods_customer').on(t.companyId, t.customerId, t.id.desc()),
  ],
);

/** Money given back. What it does to invoices stands in the ledger once it succeeded. */
export const refunds = pgTable(
  'refunds',
  {
    companyId: companyId(),
    id: id(),
    paymentId: ref().notNull(),
    amountCents: cents().notNull(),
    /** Part of `amountCents` that gives back the tip. */
    tipCents: cents().notNull().default(0),
    /** From which invoices it comes; null stands for the account. */
    allocations: jsonb().$type<{ invoiceId: number | null; amountCents: number }[]>().notNull().default([]),
    /** True: the invoices are reduced by the same, so that nobody is reminded of what was given back. */
    reduces: boolean().notNull().default(true),
    status: text({ enum: ['pending', 'succeeded', 'failed'] }).notNull(),
    reason: text().notNull().default(''),
    /** The processor's own reference. */
    reference: text().notNull().default(''),
    idempotencyKey: text().notNull(),
    failure: text(),
    /** Null when it was made at the processor. */
    staffId: ref(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.paymentId], foreignColumns: [payments.companyId, payments.id] }),
    uniqueIndex('refunds_idempotency').on(t.companyId, t.idempotencyKey),
    index('refunds_payment').on(t.companyId, t.paymentId, t.id),
  ],
);

/** A payer who asks the bank for the money back. */
export const disputes = pgTable(
  'disputes',
  {
    companyId: companyId(),
    id: id(),
    paymentId: ref().notNull(),
    reference: text().notNull(),
    amountCents: cents().notNull(),
    reason: text().notNull().default(''),
    status: text({ enum: ['open', 'won', 'lost'] }).notNull(),
    openedAt: createdAt(),
    closedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.paymentId], foreignColumns: [payments.companyId, payments.id] }),
    uniqueIndex('disputes_reference').on(t.companyId, t.reference),
    index('disputes_payment').on(t.companyId, t.paymentId),
  ],
);

/** What the processor told us: `eventId` makes one that is told twice one. */
export const processorEvents = pgTable(
  'processor_events',
  {
    companyId: companyId(),
    processor: text({ enum: ['stripe'] }).notNull(),
    eventId: text().notNull(),
    type: text().notNull(),
    at: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.companyId, t.processor, t.eventId] })],
);

/** What the sandbox processor remembers: its own pages, charges and saved methods, as a real one would. */
export const sandboxCharges = pgTable(
  'sandbox_charges',
  {
    companyId: companyId(),
    reference: text().notNull(),
    idempotencyKey: text().notNull(),
    /** See app/invoicing/payments/processors/sandbox.server.ts. */
    state: jsonb().$type<Record<string, unknown>>().notNull(),
    createdAt: createdAt(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.reference] }),
    uniqueIndex('sandbox_charges_idempotency').on(t.companyId, t.idempotencyKey),
  ],
);

/** One row a company: the email that carries an invoice (S2-15, S1-16). Empty: the words we bring along. */
export const invoiceEmails = pgTable(
  'invoice_emails',
  {
    companyId: companyId(),
    subject: text().notNull().default(''),
    body: text().notNull().default(''),
    /** Whether the invoice goes along as a PDF. */
    attachPdf: boolean().notNull().default(true),
    updatedAt: instant().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.companyId] })],
);
