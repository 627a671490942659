import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

import { channel, companyId, createdAt, id, ref } from './columns.ts';

/** Append-only: every opt-in and opt-out with its proof (B-13). The newest row for an address and purpose holds. */
export const consents = pgTable(
  'consents',
  {
    companyId: companyId(),
    id: id(),
    customerId: ref(),
    channel: channel().notNull(),
    /** Lower-case email or E.164 number. */
    address: text().notNull(),
    purpose: text({ enum: ['reminders', 'promotions', 'all'] }).notNull(),
    state: text({ enum: ['in', 'out'] }).notNull(),
    /** The words the person saw. */
    textShown: text().notNull().default(''),
    textVersion: text().notNull().default(''),
    /** link, one_click, text, office, import, complaint … */
    how: text().notNull(),
    actor: text().notNull(),
    messageId: ref(),
    at: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    index('consents_address').on(t.companyId, t.channel, t.address, t.id.desc()),
  ],
);

/** Addresses that nothing goes to: the gate reads this one table. Kept by consent and by provider events. */
export const suppressions = pgTable(
  'suppressions',
  {
    companyId: companyId(),
    channel: channel().notNull(),
    address: text().notNull(),
    purpose: text({ enum: ['reminders', 'promotions', 'all'] }).notNull(),
    reason: text({ enum: ['unsubscribed', 'bounced', 'complained', 'office'] }).notNull(),
    at: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.companyId, t.channel, t.address, t.purpose] })],
);
