import { eq, sql } from 'drizzle-orm';

import { refreshRollups } from '#app/invoicing/ledger/ledger.server.ts';
import { type Db, type Tx, withCompany } from '#db/client.ts';
import { companies, importProblems, imports } from '#db/schema/index.ts';

import { applyCredits } from './apply-credits.server.ts';
import { applyCustomers } from './apply-customers.server.ts';
import { applyInvoices } from './apply-invoices.server.ts';
import { openNames } from './book.server.ts';
import { readRecords } from './normalize.ts';
import { makePlan } from './plan.ts';
import type { CreditRecord, ImportRecord, RowProblem } from './records.ts';
import { type ImportCounts, noCounts, type RunState, sourceKey } from './run-state.ts';
import { storedFileWithin } from './stored.server.ts';
import type { Survey } from './survey.ts';

const BATCH = 1_000;
const PROGRESS_EVERY_MS = 400;
const ROLLUPS_AT_ONCE = 5_000;

export type ImportFile = typeof imports.$inferSelect;

/** Imports and checks of one company run one after the other: each waits here for the one before, until its own ends. */
export async function takeTurn(tx: Tx, companyId: number): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('import', ${companyId}))`);
}

/**
 * Writes all that a file holds, in batches.
 * @param options.check only tells what would come in: what is here already is neither locked nor changed, and what is
 *   new is written so that later rows find it, for the caller to roll back
 * @param options.keep where problems are kept, as they are met
 * @param options.onRows called after each batch with the rows done so far
 * @returns what became of the records. `rowsLeftOut` and `rowsUnchanged` are the caller's to count
 */
export async function applyFile(
  tx: Tx,
  row: ImportFile,
  options: {
    check?: boolean;
    keep: (problems: RowProblem[]) => Promise<void>;
    onRows: (rows: number) => Promise<void>;
  },
): Promise<ImportCounts> {
  const survey = row.recognition as Survey;
  const state = await beginState(tx, row, survey, options.check ?? false);
  await openNames(tx);
  // Statistics know nothing of what this transaction writes: a company with 50,000 new invoices looks as if it had none,
  // and a loop over "none" for each of a batch took minutes. Hash joins cost the same whatever was guessed.
  await tx.execute(sql`set local enable_nestloop = off`);
  // A session keeps its plans of foreign key checks. Those made when the tables were all but empty read whole tables.
  await tx.execute(sql`set local enable_seqscan = off`);
  await tx.execute(sql`discard plans`);
  await tx.execute(sql`set local jit = off`);
  const keep = async () => {
    const problems = state.problems;
    state.problems = [];
    state.counts.warnings += problems.filter((problem) => problem.severity === 'warning').length;
    if (problems.length > 0) await options.keep(problems);
  };
  const apply = async (records: ImportRecord[]) => {
    await applyCustomers(
      tx,
      state,
      records.filter((record) => record.type === 'customer'),
    );
    await applyInvoices(
      tx,
      state,
      records.filter((record) => record.type === 'invoice'),
    );
  };
  const credits: CreditRecord[] = [];
  let waiting: ImportRecord[] = [];
  const plan = makePlan(survey, row.mapping);
  for await (const batch of readRecords(storedFileWithin(tx, row.id), survey, plan)) {
    for (const problem of batch.problems) state.problems.push(problem);
    for (const record of batch.records) {
      if (record.type === 'credit') credits.push(record);
      else waiting.push(record);
    }
    while (waiting.length >= BATCH) {
      await apply(waiting.slice(0, BATCH));
      waiting = waiting.slice(BATCH);
      await options.onRows(batch.rows - waiting.length);
    }
    await keep();
  }
  await apply(waiting);
  await applyCredits(tx, state, credits);
  if (!options.check) {
    const owing = [...state.owing];
    for (let i = 0; i < owing.length; i += ROLLUPS_AT_ONCE)
      await refreshRollups(tx, owing.slice(i, i + ROLLUPS_AT_ONCE));
  }
  await keep();
  await options.onRows(row.rowsTotal ?? 0);
  return state.counts;
}

async function beginState(tx: Tx, row: ImportFile, survey: Survey, check: boolean): Promise<RunState> {
  const [company] = await tx.select().from(companies).where(eq(companies.id, row.companyId));
  return {
    importId: row.id,
    companyId: row.companyId,
    source: sourceKey(survey.product),
    sourceName: survey.product ?? 'the imported file',
    today: new Intl.DateTimeFormat('en-CA', { timeZone: company?.timeZone ?? 'UTC' }).format(new Date()),
    counts: { ...noCounts },
    touched: new Set(),
    made: new Set(),
    owing: new Set(),
    businessUnits: new Map(),
    problems: [],
    foreseen: check ? new Map() : null,
  };
}

/** Keeps problems with their import. */
export async function writeProblems(tx: Tx, importId: number, problems: RowProblem[]): Promise<void> {
  const rows = problems.map(({ line, row, severity, column, value, reason, cells }) => ({
    importId,
    line,
    row,
    severity,
    column: column ?? '',
    value: value ?? '',
    reason,
    cells,
  }));
  for (let i = 0; i < rows.length; i += BATCH) await tx.insert(importProblems).values(rows.slice(i, i + BATCH));
}

/** The counts with the rows that stay out and those that say what is here already, once all problems are kept. */
export async function countRows(tx: Tx, row: ImportFile, counts: ImportCounts): Promise<ImportCounts> {
  const [bad] = await tx.execute<{ rows: number }>(sql`
    select count(distinct line)::int as rows from ${importProblems} where import_id = ${row.id} and severity = 'error'`);
  const rowsLeftOut = bad?.rows ?? 0;
  return { ...counts, rowsLeftOut, rowsUnchanged: Math.max(0, (row.rowsTotal ?? 0) - counts.rowsIn - rowsLeftOut) };
}

/** Writes how far a run is, on another connection: its own transaction shows nothing until its end. */
export function progressWriter(db: Db, companyId: number, importId: number, status: 'running' | 'checking') {
  let last = performance.now();
  let writing: Promise<unknown> = Promise.resolve();
  return {
    say: async (rows: number) => {
      if (performance.now() - last < PROGRESS_EVERY_MS) return;
      last = performance.now();
      await writing;
      writing = withCompany(db, companyId, (tx) =>
        tx.execute(sql`update ${imports} set rows_done = ${rows} where id = ${importId} and status = ${status}`),
      ).catch(() => {});
    },
    end: async () => {
      await writing;
    },
  };
}
