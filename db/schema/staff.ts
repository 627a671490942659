import { sql } from 'drizzle-orm';
import { bigint, boolean, foreignKey, index, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';

import { companyId, createdAt, id, instant, ref, role } from './columns.ts';
import { companies } from './companies.ts';

/** Global: people who sign in to the office. One person may work for several companies. */
export const people = pgTable(
  'people',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** Lower case. */
    email: text().notNull(),
    name: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex('people_email').on(t.email)],
);

/** Global: office sessions. The cookie holds a random token, the row its SHA-256. */
export const sessions = pgTable(
  'sessions',
  {
    tokenHash: text().primaryKey(),
    personId: bigint({ mode: 'number' })
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    companyId: bigint({ mode: 'number' })
      .notNull()
      .references(() => companies.id),
    createdAt: createdAt(),
    expiresAt: instant().notNull(),
  },
  (t) => [index('sessions_person').on(t.personId)],
);

/** Who works for the company, and as what. A password is a member's, not the person's: decision 0008 says why. */
export const staff = pgTable(
  'staff',
  {
    companyId: companyId(),
    id: id(),
    personId: bigint({ mode: 'number' })
      .notNull()
      .references(() => people.id),
    role: role().notNull(),
    /** Whether this person may text payment links (S1-07); null: as the role says. */
    invoiceSmsLink: boolean(),
    /** argon2id, chosen through this company's invitation. Memberships of one person with the same hash open together. */
    passwordHash: text(),
    /** Null while invited: until the invitation is accepted, the membership opens nothing. */
    acceptedAt: instant(),
    /** Null while working; the row stays, since the audit log names it. */
    removedAt: instant(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('staff_person').on(t.companyId, t.personId)],
);

/** Append-only: who changed what, when. The app's role may only insert and read. */
export const auditEntries = pgTable(
  'audit_entries',
  {
    companyId: companyId(),
    id: id(),
    at: createdAt(),
    /** Null when the system or a customer did it; `actor` says who in words. */
    staffId: ref(),
    actor: text().notNull(),
    /** `noun.verb`, such as `campaign.launch`. */
    action: text().notNull(),
    subjectType: text().notNull(),
    subjectId: ref(),
    details: jsonb().$type<Record<string, unknown>>().notNull().default({}),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.staffId], foreignColumns: [staff.companyId, staff.id] }),
    index('audit_entries_subject').on(t.companyId, t.subjectType, t.subjectId, t.id.desc()),
  ],
);

/** Sign-in attempts by hashed key (address, account), for rate limits that all machines share. */
export const attempts = pgTable(
  'attempts',
  {
    key: text().notNull(),
    at: instant()
      .notNull()
      .default(sql`now()`),
  },
  (t) => [index('attempts_key').on(t.key, t.at)],
);
