import { and, eq } from 'drizzle-orm';

import { type Db, withCompany } from '#db/client.ts';
import { importProblems, imports } from '#db/schema/index.ts';

import { applyFile, countRows, progressWriter, takeTurn, writeProblems, type ImportFile } from './apply.server.ts';
import { endAsFailed, type RunOptions, type RunResult } from './run.server.ts';
import type { ImportCounts } from './run-state.ts';

/** Thrown to undo what a check has written. */
class Undone extends Error {}

/**
 * Tells what would become of each row of a file that waits as `checking`, and changes nothing: the import is tried in a
 * transaction that is rolled back. Counts and problems are kept with the import, which is back at its columns then.
 */
export async function checkImport(
  db: Db,
  { companyId, importId }: { companyId: number; importId: number },
  options: RunOptions = {},
): Promise<RunResult> {
  let found: { row: ImportFile; counts: ImportCounts } | null = null;
  const progress = progressWriter(db, companyId, importId, 'checking');
  try {
    await withCompany(db, companyId, async (tx) => {
      await takeTurn(tx, companyId);
      const [row] = await tx
        .select()
        .from(imports)
        .where(and(eq(imports.id, importId), eq(imports.status, 'checking')));
      if (!row) return;
      const beside = <T>(work: Parameters<typeof withCompany<T>>[2]) => withCompany(db, companyId, work);
      await beside((other) => other.delete(importProblems).where(eq(importProblems.importId, importId)));
      const counts = await applyFile(tx, row, {
        check: true,
        keep: (problems) => beside((other) => writeProblems(other, importId, problems)),
        onRows: async (rows) => {
          await progress.say(rows);
          await options.onRows?.(rows);
        },
      });
      found = { row, counts };
      throw new Undone();
    });
  } catch (error) {
    await progress.end();
    if (!(error instanceof Undone)) return endAsFailed(db, { companyId, importId, status: 'checking' }, options, error);
  }
  const done = found as { row: ImportFile; counts: ImportCounts } | null;
  if (!done) return 'skipped';
  await withCompany(db, companyId, async (tx) => {
    const counts = await countRows(tx, done.row, done.counts);
    await tx
      .update(imports)
      .set({ status: 'mapping', rowsDone: 0, counts })
      .where(and(eq(imports.id, importId), eq(imports.status, 'checking')));
  });
  return 'done';
}
