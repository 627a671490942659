import { sql } from 'drizzle-orm';
import { bigint, customType, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * Column kinds that every table shares. Names come from the property by `casing: 'snake_case'`.
 * `companyId` fills itself from the transaction (`withCompany`), so no domain code passes it.
 */
export const companyId = () =>
  bigint({ mode: 'number' })
    .notNull()
    .default(sql`current_company_id()`);

/** A key of its own within the company: the primary key is always (company_id, id). */
export const id = () => bigint({ mode: 'number' }).notNull().generatedAlwaysAsIdentity();

/** A reference to another row's id. */
export const ref = () => bigint({ mode: 'number' });

/** Money: integer cents. */
export const cents = () => bigint({ mode: 'number' });

/** An instant. Local times are computed from it in the recipient's zone. */
export const instant = () => timestamp({ withTimezone: true, mode: 'date' });

export const createdAt = () => instant().notNull().defaultNow();

/** Ways to reach somebody. A campaign's step goes by one of them. */
export const channels = ['email', 'sms', 'mail'] as const;

export type Channel = (typeof channels)[number];

export const channel = () => text({ enum: channels });

/** What somebody is at a company. What each may do stands in app/company/permissions.ts. */
const roles = [
  'administrator',
  'manager',
  'marketer',
  'office',
  'accountant',
  'bookkeeper',
  'dispatcher',
  'csr',
  'technician',
  'viewer',
] as const;

export type Role = (typeof roles)[number];

export const role = () => text({ enum: roles });

/** Bytes, as a Buffer on our side. */
export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
