import { and, eq, inArray, sql } from 'drizzle-orm';

import { recordAudit } from '#app/company/audit.server.ts';
import { type Db, type Tx, withCompany } from '#db/client.ts';
import { renewStatistics } from '#db/plans.ts';
import { importChunks, importProblems, imports, people, staff } from '#db/schema/index.ts';

import { applyFile, countRows, progressWriter, takeTurn, writeProblems, type ImportFile } from './apply.server.ts';
import { FileError } from './records.ts';
import type { ImportCounts } from './run-state.ts';

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
    return endAsFailed(db, { companyId, importId, status: 'running' }, options, error);
  }
}

/**
 * Ends an import whose file can't be read, with the reason, and one that was tried for the last time.
 * @throws the error, unless it is the file's
 */
export async function endAsFailed(
  db: Db,
  { companyId, importId, status }: { companyId: number; importId: number; status: 'running' | 'checking' },
  options: RunOptions,
  error: unknown,
): Promise<'failed'> {
  const readable = error instanceof FileError;
  if (readable || options.last) {
    const failure = readable
      ? error.message
      : 'Something went wrong on our side. Nothing was imported. Try again in a moment.';
    await withCompany(db, companyId, (tx) =>
      tx
        .update(imports)
        .set({ status: 'failed', failure, rowsDone: 0, finishedAt: new Date() })
        .where(and(eq(imports.id, importId), eq(imports.status, status))),
    );
  }
  if (!readable) throw error;
  return 'failed';
}

async function runWithin(tx: Tx, db: Db, companyId: number, importId: number, options: RunOptions): Promise<RunResult> {
  await takeTurn(tx, companyId);
  const [row] = await tx.select().from(imports).where(eq(imports.id, importId));
  if (row?.status !== 'running') return 'skipped';
  // Those that a check has told.
  await tx.delete(importProblems).where(eq(importProblems.importId, importId));
  const progress = progressWriter(db, companyId, importId, 'running');
  const applied = await applyFile(tx, row, {
    keep: (problems) => writeProblems(tx, importId, problems),
    onRows: async (rows) => {
      await progress.say(rows);
      await options.onRows?.(rows);
    },
  });
  await progress.end();
  const counts = await countRows(tx, row, applied);
  // The lists are looked at next, and a campaign may follow.
  if (counts.customersAdded + counts.invoicesAdded >= MANY_ROWS) await renewStatistics(tx, WRITTEN);
  await finish(tx, row, counts);
  return 'done';
}

async function finish(tx: Tx, row: ImportFile, counts: ImportCounts): Promise<void> {
  await tx
    .update(imports)
    .set({ status: 'done', rowsDone: row.rowsTotal ?? 0, counts, finishedAt: new Date() })
    .where(eq(imports.id, row.id));
  await tx.delete(importChunks).where(eq(importChunks.importId, row.id));
  const [person] = await tx
    .select({ name: people.name })
    .from(staff)
    .innerJoin(people, eq(people.id, staff.personId))
    .where(sql`${staff.id} = ${row.staffId}`);
  const actor = { staffId: row.staffId, name: person?.name ?? 'Fieldpost' };
  await recordAudit(tx, actor, 'import.run', { type: 'import', id: row.id }, { fileName: row.fileName, ...counts });
}
