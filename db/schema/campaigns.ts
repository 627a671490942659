import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

import { cents, channel, companyId, createdAt, id, instant, ref } from './columns.ts';
import { customers } from './customers.ts';
import { invoices, payments } from './invoices.ts';

/** A set of messages to an audience, and what came of them. */
export const campaigns = pgTable(
  'campaigns',
  {
    companyId: companyId(),
    id: id(),
    name: text().notNull(),
    /** draft → launching (audience becomes messages) → sending ⇄ paused → sent; or canceled. */
    status: text({ enum: ['draft', 'launching', 'sending', 'paused', 'sent', 'canceled'] })
      .notNull()
      .default('draft'),
    /** What the recipient consented to: invoice reminders, or promotion. */
    purpose: text({ enum: ['reminders', 'promotions'] })
      .notNull()
      .default('reminders'),
    /** Rules: see app/audiences/rules.ts. */
    audience: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    /** A customer who answers gets nothing more of it. */
    stopOnReply: boolean().notNull().default(true),
    /** Why it paused by itself, in words, or null. */
    pauseReason: text(),
    createdBy: ref(),
    launchedBy: ref(),
    launchedAt: instant(),
    finishedAt: instant(),
    archivedAt: instant(),
    createdAt: createdAt(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    index('campaigns_status').on(t.companyId, t.status, t.id.desc()),
    // Which of them still count towards caps.
    index('campaigns_finished').on(t.companyId, t.finishedAt),
  ],
);

/** One message of the sequence: its content while drafted, its frozen content once launched, its counters. */
export const campaignSteps = pgTable(
  'campaign_steps',
  {
    companyId: companyId(),
    id: id(),
    campaignId: ref().notNull(),
    position: integer().notNull(),
    channel: channel().notNull().default('email'),
    subject: text().notNull().default(''),
    preheader: text().notNull().default(''),
    /** EmailDocument, SmsDocument or PostcardDocument: see builders/<channel>/document.ts. */
    document: jsonb().$type<unknown>().notNull().default({}),
    /** Goes up with each save: a save made from an older version is refused, so that two people lose nothing. */
    version: integer().notNull().default(1),
    /** CompiledEmail, CompiledSms or CompiledPostcard, frozen at launch: see builders/<channel>. */
    compiled: jsonb().$type<unknown>(),
    planned: integer().notNull().default(0),
    sent: integer().notNull().default(0),
    skipped: integer().notNull().default(0),
    failed: integer().notNull().default(0),
    unknown: integer().notNull().default(0),
    delivered: integer().notNull().default(0),
    opened: integer().notNull().default(0),
    clicked: integer().notNull().default(0),
    bounced: integer().notNull().default(0),
    complained: integer().notNull().default(0),
    unsubscribed: integer().notNull().default(0),
    replied: integer().notNull().default(0),
    /** Messages that machines opened, and in which they followed a link: kept apart from what people did. */
    machineOpened: integer().notNull().default(0),
    machineClicked: integer().notNull().default(0),
    /** Parts of the texts that went out: what texts are paid by. */
    parts: integer().notNull().default(0),
    /** Postcards that the printer gave to the post, that came back, and that were taken back before print. */
    mailed: integer().notNull().default(0),
    returned: integer().notNull().default(0),
    recalled: integer().notNull().default(0),
    /** What the provider took for what went out, where it tells. */
    costCents: cents().notNull().default(0),
    updatedAt: instant().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.campaignId], foreignColumns: [campaigns.companyId, campaigns.id] }).onDelete(
      'cascade',
    ),
    uniqueIndex('campaign_steps_position').on(t.companyId, t.campaignId, t.position),
  ],
);

/** One run of a campaign for one invoice (B-01). Paying the invoice ends it. */
export const enrollments = pgTable(
  'enrollments',
  {
    companyId: companyId(),
    id: id(),
    campaignId: ref().notNull(),
    customerId: ref().notNull(),
    invoiceId: ref().notNull(),
    status: text({ enum: ['active', 'ended'] })
      .notNull()
      .default('active'),
    endReason: text(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.campaignId], foreignColumns: [campaigns.companyId, campaigns.id] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }),
    foreignKey({ columns: [t.companyId, t.invoiceId], foreignColumns: [invoices.companyId, invoices.id] }),
    uniqueIndex('enrollments_run').on(t.companyId, t.campaignId, t.invoiceId),
    index('enrollments_invoice').on(t.companyId, t.invoiceId),
  ],
);

/**
 * A slice of a step's messages, fixed when they are made. A worker leases a whole slice: there is no queue of single
 * messages to contend for.
 */
export const messageRanges = pgTable(
  'message_ranges',
  {
    companyId: companyId(),
    id: id(),
    campaignId: ref().notNull(),
    stepId: ref().notNull(),
    fromId: bigint({ mode: 'number' }).notNull(),
    toId: bigint({ mode: 'number' }).notNull(),
    /** Everything below this id is through; where the next window begins. */
    cursorId: bigint({ mode: 'number' }).notNull(),
    status: text({ enum: ['open', 'done'] })
      .notNull()
      .default('open'),
    leasedBy: text(),
    leaseExpiresAt: instant(),
    /** How many wait for sending hours, and until when at least, as of the last time that the range was through (B-14). */
    deferred: integer().notNull().default(0),
    nextAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.campaignId], foreignColumns: [campaigns.companyId, campaigns.id] }),
    index('message_ranges_campaign').on(t.companyId, t.campaignId, t.status),
    index('message_ranges_open')
      .on(t.companyId, t.leaseExpiresAt)
      .where(sql`${t.status} = 'open'`),
  ],
);

/** Which part of which payment a message earned: `direct` clicked, then paid; `influenced` was reached, then paid (B-07). */
export const attributions = pgTable(
  'attributions',
  {
    companyId: companyId(),
    paymentId: ref().notNull(),
    invoiceId: ref().notNull(),
    campaignId: ref().notNull(),
    stepId: ref().notNull(),
    messageId: ref().notNull(),
    kind: text({ enum: ['direct', 'influenced'] }).notNull(),
    amountCents: cents().notNull(),
    at: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.paymentId, t.invoiceId] }),
    foreignKey({ columns: [t.companyId, t.paymentId], foreignColumns: [payments.companyId, payments.id] }),
    foreignKey({ columns: [t.companyId, t.campaignId], foreignColumns: [campaigns.companyId, campaigns.id] }),
    index('attributions_campaign').on(t.companyId, t.campaignId, t.at),
  ],
);
