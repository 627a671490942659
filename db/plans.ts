import { sql } from 'drizzle-orm';

import type { Tx } from './client.ts';

/*
 * Statistics lag behind an import, and those of a large database know little of one company. Where the planner expects a
 * handful of rows and a hundred thousand come, it compares each with each: minutes in place of milliseconds. Three things
 * keep it from that: the policies of row-level security, which do not let it guess by the company's id; these two functions;
 * and looking rows up by arrays of ids rather than by joining lists.
 */

/**
 * Runs statements that join a company's whole tables, without loops: the cost is the same whatever was expected.
 */
export async function joinWhole<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await tx.execute(sql`select set_config('enable_nestloop', 'off', true)`);
  const result = await work();
  await tx.execute(sql`select set_config('enable_nestloop', 'on', true)`);
  return result;
}

/**
 * Renews the statistics of tables into which this transaction has written much. They hold from its end on, for all. Plans
 * that sessions keep, such as those of foreign keys, are made anew too.
 */
export async function renewStatistics(tx: Tx, tables: readonly string[]): Promise<void> {
  await tx.execute(sql`select renew_statistics(${sql.param(tables)}::text[])`);
}
