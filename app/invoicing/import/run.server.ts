import { and, eq, inArray, sql } from 'drizzle-orm';

import { recordAudit } from '#app/company/audit.server.ts';
import { refreshRollups } from '#app/invoicing/ledger.server.ts';
import { type Db, type Tx, withCompany } from '#db/client.ts';
import { renewStatistics } from '#db/plans.ts';
import { companies, importChunks, importProblems, imports, people, staff } from '#db/schema/index.ts';

import { applyCredits } from './apply-credits.server.ts';
import { applyCustomers } from './apply-customers.server.ts';
import { applyInvoices } from './apply-invoices.server.ts';
import { openNames } from './book.server.ts';
import { readRecords } from './normalize.ts';
import { type Choices, makePlan } from './plan.ts';
import { type CreditRecord, FileError, type ImportRecord, type RowProblem } from './records.ts';
import { noCounts, type RunState, sourceKey } from './run-state.ts';
import { storedFileWithin } from './stored.server.ts';
import type { Survey } from './survey.ts';

const BATCH = 1_000;
const PROGRESS_EVERY_MS = 400;
const ROLLUPS_AT_ONCE = 5_000;
/** So many new rows may change how a table is best read. */
const MANY_ROWS = 500;
const WRITTEN = ['customers', 'contacts', 'locations', 'jobs', 'invoices', 'invoice_items', 'ledger_entries'];

export type RunOptions = {
  /** No further attempt follows: a failure is final and told to the person. */
  last?: boolean;
  /** Called after each batch with the rows done so far. */
  onRows?: (rows: number) => void | Promise<void>;
};

export type RunResult = 'done' | 'failed' | 'skipped';

/**
 * Imports a file that waits as `queued`, all or nothing: every record is written in one transaction, so a crash leaves
 * nothing behind and the next attempt starts clean. Progress is written beside it, where everybody sees it. Imports of
 * one company run one after the other. A file that cannot be read ends as `failed` with the reason; what may go away by
 * itself is thrown, to be tried again.
 */
export async function runImport(
  db: Db,
  { companyId, importId }: { companyId: number; importId: number },
  options: RunOptions = {},
): Promise<RunResult> {
  const started = await withCompany(db, companyId, (tx) =>
    tx
      .update(imports)
      .set({ status: 'running', rowsDone: 0, failure: null })
      .where(and(eq(imports.id, importId), inArray(imports.status, ['queued', 'running'])))
      .returning({ id: imports.id }),
  );
  if (started.length === 0) return 'skipped';
  try {
    return await withCompany(db, companyId, (tx) => runWithin(tx, db, companyId, importId, options));
  } catch (error) {
    const readable = error instanceof FileError;
    if (readable || options.last) {
      const failure = readable
        ? error.message
        : 'Something went wrong on our side. Nothing was imported. Try again in a moment.';
      await withCompany(db, companyId, (tx) =>
        tx
          .update(imports)
          .set({ status: 'failed', failure, rowsDone: 0, finishedAt: new Date() })
          .where(and(eq(imports.id, importId), eq(imports.status, 'running'))),
      );
    }
    if (readable) return 'failed';
    throw error;
  }
}

async function runWithin(tx: Tx, db: Db, companyId: number, importId: number, options: RunOptions): Promise<RunResult> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('import', ${companyId}))`);
  const [row] = await tx.select().from(imports).where(eq(imports.id, importId));
  if (row?.status !== 'running') return 'skipped';
  const survey = row.recognition as Survey;
  const choices = row.mapping as Choices;
  const [company] = await tx.select().from(companies).where(eq(companies.id, companyId));
  const state: RunState = {
    importId,
    companyId,
    source: sourceKey(survey.product),
    sourceName: survey.product ?? 'the imported file',
    today: new Intl.DateTimeFormat('en-CA', { timeZone: company?.timeZone ?? 'UTC' }).format(new Date()),
    counts: { ...noCounts },
    touched: new Set(),
    made: new Set(),
    owing: new Set(),
    businessUnits: new Map(),
    problems: [],
  };
  await openNames(tx);
  // Statistics know nothing of what this transaction writes: a company with 50,000 new invoices looks as if it had none,
  // and a loop over "none" for each of a batch took minutes. Hash joins cost the same whatever was guessed.
  await tx.execute(sql`set local enable_nestloop = off`);
  // A session keeps its plans of foreign key checks. Those made when the tables were all but empty read whole tables.
  await tx.execute(sql`set local enable_seqscan = off`);
  await tx.execute(sql`discard plans`);
  await tx.execute(sql`set local jit = off`);
  const progress = progressWriter(db, companyId, importId);
  const credits: CreditRecord[] = [];
  let waiting: ImportRecord[] = [];
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
  for await (const batch of readRecords(storedFileWithin(tx, importId), survey, makePlan(survey, choices))) {
    for (const problem of batch.problems) state.problems.push(problem);
    for (const record of batch.records) {
      if (record.type === 'credit') credits.push(record);
      else waiting.push(record);
    }
    while (waiting.length >= BATCH) {
      await apply(waiting.slice(0, BATCH));
      waiting = waiting.slice(BATCH);
      await progress.say(batch.rows - waiting.length);
      await options.onRows?.(batch.rows - waiting.length);
    }
    await writeProblems(tx, state);
  }
  await apply(waiting);
  await applyCredits(tx, state, credits);
  const owing = [...state.owing];
  for (let i = 0; i < owing.length; i += ROLLUPS_AT_ONCE) await refreshRollups(tx, owing.slice(i, i + ROLLUPS_AT_ONCE));
  await writeProblems(tx, state);
  await options.onRows?.(row.rowsTotal ?? 0);
  await progress.end();
  const [bad] = await tx.execute<{ rows: number }>(sql`
    select count(distinct line)::int as rows from ${importProblems} where import_id = ${importId} and severity = 'error'`);
  state.counts.rowsLeftOut = bad?.rows ?? 0;
  // The lists are looked at next, and a campaign may follow.
  const { customersAdded, invoicesAdded } = state.counts;
  if (customersAdded + invoicesAdded >= MANY_ROWS) await renewStatistics(tx, WRITTEN);
  await finish(tx, row, state);
  return 'done';
}

async function finish(tx: Tx, row: typeof imports.$inferSelect, state: RunState): Promise<void> {
  await tx
    .update(imports)
    .set({ status: 'done', rowsDone: row.rowsTotal ?? 0, counts: state.counts, finishedAt: new Date() })
    .where(eq(imports.id, row.id));
  await tx.delete(importChunks).where(eq(importChunks.importId, row.id));
  const [person] = await tx
    .select({ name: people.name })
    .from(staff)
    .innerJoin(people, eq(people.id, staff.personId))
    .where(sql`${staff.id} = ${row.staffId}`);
  const actor = { staffId: row.staffId, name: person?.name ?? 'Fieldpost' };
  await recordAudit(
    tx,
    actor,
    'import.run',
    { type: 'import', id: row.id },
    { fileName: row.fileName, ...state.counts },
  );
}

async function writeProblems(tx: Tx, state: RunState): Promise<void> {
  const problems = state.problems;
  state.problems = [];
  for (const problem of problems) {
    if (problem.severity === 'warning') state.counts.warnings += 1;
  }
  for (let i = 0; i < problems.length; i += BATCH) {
    await tx
      .insert(importProblems)
      .values(problems.slice(i, i + BATCH).map((problem) => problemRow(state.importId, problem)));
  }
}

function problemRow(importId: number, problem: RowProblem): typeof importProblems.$inferInsert {
  const { line, row, severity, column, value, reason, cells } = problem;
  return { importId, line, row, severity, column: column ?? '', value: value ?? '', reason, cells };
}

/** Writes how far the run is, on another connection: the run's own transaction shows nothing until its end. */
function progressWriter(db: Db, companyId: number, importId: number) {
  let last = performance.now();
  let writing: Promise<unknown> = Promise.resolve();
  return {
    say: async (rows: number) => {
      if (performance.now() - last < PROGRESS_EVERY_MS) return;
      last = performance.now();
      await writing;
      writing = withCompany(db, companyId, (tx) =>
        tx
          .update(imports)
          .set({ rowsDone: rows })
          .where(and(eq(imports.id, importId), eq(imports.status, 'running'))),
      ).catch(() => {});
    },
    end: async () => {
      await writing;
    },
  };
}
