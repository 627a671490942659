import { sql } from 'drizzle-orm';
import { boolean, date, foreignKey, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';

import { cents, companyId, createdAt, id, instant, ref } from './columns.ts';

export const customers = pgTable(
  'customers',
  {
    companyId: companyId(),
    id: id(),
    /** As it stands on an invoice: the person's or the company's full name. */
    name: text().notNull(),
    firstName: text().notNull().default(''),
    lastName: text().notNull().default(''),
    companyName: text().notNull().default(''),
    type: text({ enum: ['residential', 'commercial'] })
      .notNull()
      .default('residential'),
    tags: text()
      .array()
      .notNull()
      .default(sql`'{}'::text[]`),
    notes: text().notNull().default(''),
    /** The office's own word: no campaign reaches this customer. */
    doNotContact: boolean().notNull().default(false),
    /** The product it was imported from and its id there, or null. */
    source: text(),
    externalId: text(),
    /** Roll-up of open invoices, kept by the ledger in the same transaction, so that lists and audiences need no join. */
    balanceCents: cents().notNull().default(0),
    openInvoices: integer().notNull().default(0),
    oldestDueOn: date({ mode: 'string' }),
    /** What the company owes the customer: credits on the account and on overpaid invoices; never below zero. */
    creditCents: cents().notNull().default(0),
    createdAt: createdAt(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    index('customers_name').on(t.companyId, t.name, t.id),
    index('customers_balance').on(t.companyId, t.balanceCents.desc(), t.id),
    uniqueIndex('customers_external').on(t.companyId, t.source, t.externalId),
  ],
);

/** An address, a number: how the customer is reached. */
export const contacts = pgTable(
  'contacts',
  {
    companyId: companyId(),
    id: id(),
    customerId: ref().notNull(),
    kind: text({ enum: ['email', 'mobile', 'landline', 'other'] }).notNull(),
    /** Email in lower case, numbers as E.164. */
    value: text().notNull(),
    memo: text().notNull().default(''),
    /** The location whose number or address it is; null for the customer's own (S1-13). */
    locationId: ref(),
    /** The one that campaigns use, per kind. */
    primary: boolean().notNull().default(false),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }).onDelete(
      'cascade',
    ),
    uniqueIndex('contacts_value').on(t.companyId, t.customerId, t.kind, t.value),
    index('contacts_lookup').on(t.companyId, t.value),
    uniqueIndex('contacts_primary')
      .on(t.companyId, t.customerId, t.kind)
      .where(sql`${t.primary}`),
  ],
);

/** Where work is done. */
export const locations = pgTable(
  'locations',
  {
    companyId: companyId(),
    id: id(),
    customerId: ref().notNull(),
    name: text().notNull().default(''),
    line1: text().notNull().default(''),
    line2: text().notNull().default(''),
    city: text().notNull().default(''),
    /** Two letters where known. */
    state: text().notNull().default(''),
    zip: text().notNull().default(''),
    billing: boolean().notNull().default(false),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }).onDelete(
      'cascade',
    ),
    index('locations_customer').on(t.companyId, t.customerId),
  ],
);

export const businessUnits = pgTable(
  'business_units',
  {
    companyId: companyId(),
    id: id(),
    name: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('business_units_name').on(t.companyId, t.name)],
);

/** When a job was done, or is to be: in seconds since 1970, so that an index can have it and a list be paged by it. */
const jobWhen = sql.raw(
  "(extract(epoch from coalesce(completed_at, scheduled_at, created_at) at time zone 'UTC')::bigint)",
);

export const jobs = pgTable(
  'jobs',
  {
    companyId: companyId(),
    id: id(),
    customerId: ref().notNull(),
    locationId: ref(),
    businessUnitId: ref(),
    number: text().notNull(),
    summary: text().notNull().default(''),
    status: text({ enum: ['scheduled', 'in_progress', 'completed', 'canceled'] }).notNull(),
    technician: text().notNull().default(''),
    /** Never shown to the customer (S3-17). */
    internalNotes: text().notNull().default(''),
    scheduledAt: instant(),
    completedAt: instant(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }),
    foreignKey({ columns: [t.companyId, t.locationId], foreignColumns: [locations.companyId, locations.id] }),
    foreignKey({
      columns: [t.companyId, t.businessUnitId],
      foreignColumns: [businessUnits.companyId, businessUnits.id],
    }),
    uniqueIndex('jobs_number').on(t.companyId, t.number),
    index('jobs_customer').on(t.companyId, t.customerId, t.id.desc()),
    // When it was done, or is to be.
    index('jobs_when').on(t.companyId, sql`${jobWhen} desc`, sql`id desc`),
  ],
);

/** Service agreements: "Memberships" to residential customers, "Contracts" to commercial ones (S2-06). */
export const memberships = pgTable(
  'memberships',
  {
    companyId: companyId(),
    id: id(),
    customerId: ref().notNull(),
    name: text().notNull(),
    status: text({ enum: ['active', 'suspended', 'expired', 'canceled'] }).notNull(),
    priceCents: cents().notNull(),
    startsOn: date({ mode: 'string' }).notNull(),
    endsOn: date({ mode: 'string' }),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }),
    index('memberships_customer').on(t.companyId, t.customerId),
  ],
);
