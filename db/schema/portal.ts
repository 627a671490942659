import { sql } from 'drizzle-orm';
import { boolean, foreignKey, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';

import { companyId, createdAt, id, instant, ref } from './columns.ts';
import { contacts, customers } from './customers.ts';
import { staff } from './staff.ts';

/** One row a company. The host's name stands in `hosts`. */
export const portalSettings = pgTable(
  'portal_settings',
  {
    companyId: companyId(),
    enabled: boolean().notNull().default(false),
    name: text().notNull().default(''),
    logoImageId: ref(),
    email: text().notNull().default(''),
    phone: text().notNull().default(''),
    /** Null means all business units (S2-13, S2-22). */
    businessUnitIds: text().array(),
    /** Whether customers may take an invoice along as a PDF (S2-20). */
    invoiceDownloads: boolean().notNull().default(true),
    updatedAt: instant().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.companyId] })],
);

/** Append-only: who accepted which version of the Legal Agreement, when (S2-02). */
export const portalAgreements = pgTable(
  'portal_agreements',
  {
    companyId: companyId(),
    id: id(),
    staffId: ref().notNull(),
    acceptedBy: text().notNull(),
    version: text().notNull(),
    /** SHA-256 of the text that was shown. */
    textHash: text().notNull(),
    at: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.staffId], foreignColumns: [staff.companyId, staff.id] }),
  ],
);

/** A customer's own sign-in. One per contact address; it follows the contact. */
export const portalAccounts = pgTable(
  'portal_accounts',
  {
    companyId: companyId(),
    id: id(),
    customerId: ref().notNull(),
    contactId: ref().notNull(),
    email: text().notNull(),
    /** argon2id; null while only invited. */
    passwordHash: text(),
    /** False hides invoices (S3-10). */
    billingAccess: boolean().notNull().default(true),
    invitedAt: instant(),
    activatedAt: instant(),
    lastSignInAt: instant(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ columns: [t.companyId, t.contactId], foreignColumns: [contacts.companyId, contacts.id] }).onDelete(
      'cascade',
    ),
    uniqueIndex('portal_accounts_contact').on(t.companyId, t.contactId),
    index('portal_accounts_email').on(t.companyId, t.email),
  ],
);

/** A one-time link to create or reset a password. Only its hash is kept; a GET never consumes it. */
export const portalTokens = pgTable(
  'portal_tokens',
  {
    companyId: companyId(),
    tokenHash: text().notNull(),
    accountId: ref().notNull(),
    purpose: text({ enum: ['activate', 'reset'] }).notNull(),
    expiresAt: instant().notNull(),
    usedAt: instant(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.tokenHash] }),
    foreignKey({
      columns: [t.companyId, t.accountId],
      foreignColumns: [portalAccounts.companyId, portalAccounts.id],
    }).onDelete('cascade'),
  ],
);

export const portalSessions = pgTable(
  'portal_sessions',
  {
    companyId: companyId(),
    tokenHash: text().notNull(),
    accountId: ref().notNull(),
    createdAt: createdAt(),
    expiresAt: instant()
      .notNull()
      .default(sql`now() + interval '12 hours'`),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.tokenHash] }),
    foreignKey({
      columns: [t.companyId, t.accountId],
      foreignColumns: [portalAccounts.companyId, portalAccounts.id],
    }).onDelete('cascade'),
  ],
);
