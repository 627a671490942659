import { bigint, boolean, foreignKey, integer, pgTable, primaryKey, real, text } from 'drizzle-orm/pg-core';

import { campaignSteps } from './campaigns.ts';
import { companyId, createdAt, id, instant, ref } from './columns.ts';

/** Global: worker processes, and when each last said that it lives. */
export const workers = pgTable('workers', {
  name: text().primaryKey(),
  /** The name under which it locks jobs in the queue: what is freed when the worker dies. */
  poolId: text().notNull().default(''),
  startedAt: createdAt(),
  beatAt: instant().notNull().defaultNow(),
  /** Its resident memory at that beat. */
  memoryBytes: bigint({ mode: 'number' }).notNull().default(0),
});

/** Global: one row a provider account, shared by all workers: from when on the next message may go out. */
export const providerRates = pgTable('provider_rates', {
  /** A hash of the account's key. */
  account: text().primaryKey(),
  nextAt: instant().notNull().defaultNow(),
  /** The part of the allowed rate that is used: it falls when the provider throttles, and climbs back. */
  share: real().notNull().default(1),
  /** When the provider last said that it was too much. */
  throttledAt: instant(),
  /** Messages a second that the provider allowed when last asked. */
  allowed: real(),
  /** Places taken within a minute, and within the one before it: what operators see, never a limit. */
  minute: instant(),
  thisMinute: integer().notNull().default(0),
  lastMinute: integer().notNull().default(0),
});

/**
 * Global: one row a provider account that failed lately. `closed` lets everything through; `open` nothing until `retryAt`;
 * then one message goes out on `trial`, which has until the new `retryAt` to end.
 */
export const providerBreakers = pgTable('provider_breakers', {
  /** As in `provider_rates`. */
  account: text().primaryKey(),
  state: text({ enum: ['closed', 'open', 'trial'] })
    .notNull()
    .default('closed'),
  /** Failures in a row: windows in which the provider took nothing. */
  failures: integer().notNull().default(0),
  /** Why, in words. */
  reason: text().notNull().default(''),
  openedAt: instant(),
  retryAt: instant(),
  /** Until when it would wait had nobody asked for a trial before its time; null when nobody did. */
  hurriedFrom: instant(),
  updatedAt: instant().notNull().defaultNow(),
});

/** What providers last refused, for whoever runs the company: the newest are kept. No address, no content. */
export const providerErrors = pgTable(
  'provider_errors',
  {
    companyId: companyId(),
    id: id(),
    provider: text().notNull(),
    /** throttled, refused, no_answer, blocked, breaker … */
    kind: text().notNull(),
    message: text().notNull(),
    at: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.companyId, t.id] })],
);

/** How often and when the company may write to somebody: one row a company that differs from the defaults. */
export const sendingRules = pgTable(
  'sending_rules',
  {
    companyId: companyId(),
    /** Campaign messages to one customer over all channels within `capDays`; null is no limit (B-13). */
    capPerCustomer: integer(),
    /** The same for one invoice: seven in seven days at most (FACTS, a voluntary cap). */
    capPerInvoice: integer().notNull().default(7),
    capDays: integer().notNull().default(7),
    /** Email keeps sending hours too; texts always do. */
    emailHours: boolean().notNull().default(false),
    /** Minutes after midnight in the recipient's zone; states may be narrower (B-14). */
    opensAt: integer().notNull().default(540),
    closesAt: integer().notNull().default(1200),
    /** Reminders by text go to whoever gave their number (`on_record`), or only to whom said yes on record (`recorded`). */
    textConsent: text({ enum: ['on_record', 'recorded'] })
      .notNull()
      .default('on_record'),
    /** STOP ends all texts; else those of the purpose that was answered (the FCC's "revoke from one, revoke from all"). */
    stopEndsAll: boolean().notNull().default(true),
    updatedAt: instant().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.companyId] })],
);

/** Global, filled by a migration: a ZIP takes zone and state of the last start at or below it; empty where it has none. */
export const zipZones = pgTable('zip_zones', {
  fromZip: text().primaryKey(),
  zone: text().notNull(),
  state: text().notNull().default(''),
});

/** Global, filled by a migration: an area code's state and every zone that it reaches into. */
export const areaCodes = pgTable('area_codes', {
  code: text().primaryKey(),
  state: text().notNull(),
  zones: text().array().notNull(),
});

/** How many messages of a step were skipped, failed or left unknown for which reason: no page counts messages (B-04). */
export const campaignStepReasons = pgTable(
  'campaign_step_reasons',
  {
    companyId: companyId(),
    stepId: ref().notNull(),
    state: text({ enum: ['skipped', 'failed', 'unknown'] }).notNull(),
    /** A code of app/messaging/reasons.ts. */
    reason: text().notNull(),
    count: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.stepId, t.state, t.reason] }),
    foreignKey({
      columns: [t.companyId, t.stepId],
      foreignColumns: [campaignSteps.companyId, campaignSteps.id],
    }).onDelete('cascade'),
  ],
);
