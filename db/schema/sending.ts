import { foreignKey, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

import { campaignSteps } from './campaigns.ts';
import { companyId, createdAt, instant, ref } from './columns.ts';

/** Global: worker processes, and when each last said that it lives. */
export const workers = pgTable('workers', {
  name: text().primaryKey(),
  /** The name under which it locks jobs in the queue: what is freed when the worker dies. */
  poolId: text().notNull().default(''),
  startedAt: createdAt(),
  beatAt: instant().notNull().defaultNow(),
});

/** Global: one row a provider account, shared by all workers: from when on the next message may go out. */
export const providerRates = pgTable('provider_rates', {
  /** A hash of the account's key. */
  account: text().primaryKey(),
  nextAt: instant().notNull().defaultNow(),
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
