import { sql, type SQL } from 'drizzle-orm';

import { keptPlans, keptSettings, sendAhead, type Tx } from './client.ts';

/*
 * Statistics lag behind an import, and those of a large database know little of one company. Where the planner expects a
 * handful of rows and a hundred thousand come, it compares each with each: minutes in place of milliseconds. Three things
 * keep it from that: the policies of row-level security, which do not let it guess by the company's id; these functions;
 * and looking rows up by arrays of ids rather than by joining lists.
 */

/**
 * Runs statements that join a company's whole tables, without loops: the cost is the same whatever was expected.
 */
export async function joinWhole<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  sendAhead(tx, sql.raw('set local enable_nestloop to off'));
  const result = await work();
  await tx.execute(sql.raw('set local enable_nestloop to on'));
  return result;
}

/**
 * Runs a statement that comes again and again, by a plan that the connection keeps: making it anew takes a third of the time. What the
 * planner can't know then, how many rows come, decides nothing: it has no choice but indexes and hashes. All tables have to be looked up
 * by arrays of ids, or by a stretch of them. Such a statement is never run in another way: its plan may be made then.
 * @param work sends its statements at once: what it sends after an answer is planned as anywhere else
 */
export async function keepPlans<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  sendAhead(tx, sql`select ${keptPlans}`);
  const [result] = await Promise.all([work(), tx.execute(plansAnew)]);
  return result;
}

/** From here on the transaction's statements, of which at least one follows, are planned as anywhere else. */
export const planAnew = (tx: Tx): void => sendAhead(tx, plansAnew);

const plansAnew = sql.raw(
  Object.keys(keptSettings)
    .map((setting) => `set local ${setting} to default`)
    .join('; '),
);

/**
 * Renews the statistics of tables into which this transaction has written much. They hold from its end on, for all. Plans
 * that sessions keep, such as those of foreign keys, are made anew too.
 */
export async function renewStatistics(tx: Tx, tables: readonly string[]): Promise<void> {
  await tx.execute(sql`select renew_statistics(${sql.param(tables)}::text[])`);
}

/**
 * Runs a statement that inserts many rows into tables with foreign keys. A worker's connection plans each statement for its values
 * (`parsed`, db/client.ts) and would plan the checks of keys so too, anew for each row: two thirds of what a launch costs the database.
 * The mode changes while the statement runs: it was planned before, its keys are checked after.
 * @param statement puts what it is given among the columns of its last select
 * @returns its rows
 */
export async function keepKeyPlans<Row extends Record<string, unknown>>(tx: Tx, statement: (mode: SQL) => SQL) {
  const rows = await tx.execute<Row>(statement(sql`set_config('plan_cache_mode', 'auto', true) as plans`));
  await tx.execute(sql.raw('set local plan_cache_mode to default'));
  return rows;
}
