import { and, desc, eq, inArray, sql } from 'drizzle-orm';

import { type Actor, recordAudit } from '#app/company/audit.server.ts';
import { type Db, type Tx, withCompany } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import { importChunks, importProblems, imports, people, staff } from '#db/schema/index.ts';

import { csvCell } from './cells.ts';
import { checkMapping } from './header.ts';
import { readRecords } from './normalize.ts';
import { type Choices, makePlan } from './plan.ts';
import { FileError, type ImportRecord } from './records.ts';
import type { ImportCounts } from './run-state.ts';
import { storedFile } from './stored.server.ts';
import type { Survey } from './survey.ts';

export type ImportStatus = (typeof imports.$inferSelect)['status'];

export type ImportRow = {
  id: number;
  fileName: string;
  bytes: number;
  status: ImportStatus;
  survey: Survey | null;
  choices: Choices;
  rowsDone: number;
  rowsTotal: number | null;
  counts: Partial<ImportCounts>;
  failure: string | null;
  createdAt: Date;
  finishedAt: Date | null;
  /** Who uploaded the file. */
  by: string;
};

const columns = {
  id: imports.id,
  fileName: imports.fileName,
  bytes: imports.bytes,
  status: imports.status,
  recognition: imports.recognition,
  mapping: imports.mapping,
  rowsDone: imports.rowsDone,
  rowsTotal: imports.rowsTotal,
  counts: imports.counts,
  failure: imports.failure,
  createdAt: imports.createdAt,
  finishedAt: imports.finishedAt,
  by: sql<string>`coalesce(${people.name}, 'Fieldpost')`,
};

const rowsFrom = (tx: Tx) =>
  tx
    .select(columns)
    .from(imports)
    .leftJoin(staff, eq(staff.id, imports.staffId))
    .leftJoin(people, eq(people.id, staff.personId));

type Found = Awaited<ReturnType<typeof rowsFrom>>[number];

function toRow({ recognition, mapping, ...row }: Found): ImportRow {
  const survey = 'columns' in recognition ? (recognition as unknown as Survey) : null;
  return { ...row, survey, choices: mapping };
}

/** The company's imports, newest first. @param before only those with a smaller id, for the next page */
export async function listImports(
  tx: Tx,
  before: number | null,
  limit = 25,
): Promise<{ rows: ImportRow[]; next: number | null }> {
  const found = await rowsFrom(tx)
    .where(sql`${imports.status} <> 'uploading' and (${before}::bigint is null or ${imports.id} < ${before}::bigint)`)
    .orderBy(desc(imports.id))
    .limit(limit + 1);
  const rows = found.slice(0, limit).map(toRow);
  return { rows, next: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
}

/** One import, or null: another company's looks like none. */
export async function readImport(tx: Tx, importId: number): Promise<ImportRow | null> {
  const [found] = await rowsFrom(tx).where(sql`${imports.id} = ${importId} and ${imports.status} <> 'uploading'`);
  return found ? toRow(found) : null;
}

/**
 * Keeps what the person chose for a file that is not running yet. What a check has told before holds no more.
 * @returns false when there is none to change
 */
export async function saveChoices(tx: Tx, importId: number, choices: Choices): Promise<boolean> {
  const done = await tx
    .update(imports)
    .set({ mapping: choices, counts: {} })
    .where(and(eq(imports.id, importId), eq(imports.status, 'mapping')))
    .returning({ id: imports.id });
  return done.length > 0;
}

/** What a mapping lacks to be run, in words; empty when it will do. */
export function missingOf(survey: Survey, choices: Choices): string[] {
  const plan = makePlan(survey, choices);
  return checkMapping(plan.kind, plan.mapping, plan.grouped);
}

/** Has the worker tell what would come in. @returns false when there is no such import, or none at its columns */
export async function startCheck(tx: Tx, companyId: number, importId: number): Promise<boolean> {
  const started = await tx
    .update(imports)
    .set({ status: 'checking', rowsDone: 0, failure: null, finishedAt: null })
    .where(and(eq(imports.id, importId), eq(imports.status, 'mapping')))
    .returning({ id: imports.id });
  if (started.length > 0) await addJob(tx, 'import.check', { companyId, importId });
  return started.length > 0;
}

export type StartResult = { ok: true } | { ok: false; errors: string[] };

/** Hands an import to the worker. A second call finds it queued and does nothing. @returns null without such an import */
export async function startImport(
  tx: Tx,
  actor: Actor,
  companyId: number,
  importId: number,
): Promise<StartResult | null> {
  const row = await readImport(tx, importId);
  if (!row?.survey) return null;
  if (row.status === 'queued' || row.status === 'running' || row.status === 'done') return { ok: true };
  if (row.status === 'checking')
    return { ok: false, errors: ['The file is still being checked. Wait for the preview.'] };
  if (row.status !== 'mapping') return { ok: false, errors: ['This import was ended. Upload the file again.'] };
  const errors = missingOf(row.survey, row.choices);
  if (errors.length > 0) return { ok: false, errors };
  const started = await tx
    .update(imports)
    .set({ status: 'queued', failure: null, finishedAt: null })
    .where(and(eq(imports.id, importId), eq(imports.status, 'mapping')))
    .returning({ id: imports.id });
  if (started.length > 0) {
    await addJob(tx, 'import.run', { companyId, importId });
    await recordAudit(
      tx,
      actor,
      'import.start',
      { type: 'import', id: importId },
      { fileName: row.fileName, rows: row.rowsTotal },
    );
  }
  return { ok: true };
}

/** Gives up an import that does not run yet; its file is thrown away. @returns false when it is too late or not there */
export async function cancelImport(tx: Tx, actor: Actor, importId: number): Promise<boolean> {
  const [row] = await tx
    .update(imports)
    .set({ status: 'canceled', finishedAt: new Date() })
    .where(and(eq(imports.id, importId), inArray(imports.status, ['mapping', 'checking', 'queued', 'failed'])))
    .returning({ fileName: imports.fileName });
  if (!row) return false;
  await tx.delete(importChunks).where(eq(importChunks.importId, importId));
  await tx.delete(importProblems).where(eq(importProblems.importId, importId));
  await recordAudit(tx, actor, 'import.cancel', { type: 'import', id: importId }, { fileName: row.fileName });
  return true;
}

/** Takes a failed import back to its mapping, to be tried again. @returns false when it did not fail */
export async function reopenImport(tx: Tx, importId: number): Promise<boolean> {
  const rows = await tx
    .update(imports)
    .set({ status: 'mapping', failure: null, finishedAt: null, rowsDone: 0, counts: {} })
    .where(and(eq(imports.id, importId), eq(imports.status, 'failed')))
    .returning({ id: imports.id });
  return rows.length > 0;
}

export type Preview = { records: ImportRecord[]; datesSure: boolean };

/** The first records of a file as they would come in, once it is checked: those that stay out are not among them. */
export async function previewImport(
  db: Db,
  companyId: number,
  importId: number,
  survey: Survey,
  choices: Choices,
  limit = 20,
): Promise<Preview> {
  const plan = makePlan(survey, choices);
  const records: ImportRecord[] = [];
  let rows = 0;
  try {
    for await (const batch of readRecords(storedFile(db, companyId, importId), survey, plan)) {
      const out = await withCompany(db, companyId, (tx) => leftOutAmong(tx, importId, batch.records));
      rows = batch.rows;
      // Their rows are not for the browser.
      for (const record of batch.records) if (!out.has(record.line)) records.push({ ...record, source: [] });
      if (records.length >= limit || rows >= MOST_ROWS_FOR_PREVIEW) break;
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
  return { records: records.slice(0, limit), datesSure: plan.datesSure };
}

/** A preview looks no further for rows that come in. */
const MOST_ROWS_FOR_PREVIEW = 5_000;

async function leftOutAmong(tx: Tx, importId: number, records: ImportRecord[]): Promise<Set<number>> {
  if (records.length === 0) return new Set();
  const lines = records.map((record) => record.line);
  const found = await tx
    .selectDistinct({ line: importProblems.line })
    .from(importProblems)
    .where(
      sql`${importProblems.importId} = ${importId} and severity = 'error' and ${importProblems.line} between
        ${Math.min(...lines)} and ${Math.max(...lines)}`,
    );
  return new Set(found.map((problem) => problem.line));
}

export type Problem = {
  id: number;
  line: number;
  row: number;
  severity: 'error' | 'warning';
  column: string;
  value: string;
  reason: string;
};

/** A page of an import's problems as they were met: those of reading a row before those of writing it. @param after id of the last one seen */
export async function listProblems(
  tx: Tx,
  importId: number,
  after: number | null,
  limit = 50,
): Promise<{ rows: Problem[]; next: number | null }> {
  const { id, line, row, severity, column, value, reason } = importProblems;
  const found = await tx
    .select({ id, line, row, severity, column, value, reason })
    .from(importProblems)
    .where(sql`${importProblems.importId} = ${importId} and (${after}::bigint is null or ${id} > ${after}::bigint)`)
    .orderBy(id)
    .limit(limit + 1);
  const rows = found.slice(0, limit);
  return { rows, next: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
}

/**
 * The rows that stayed out as a CSV file to correct and import: line, reason, then the row's own cells under the file's
 * own names. Cells that begin a formula are quoted. Ordered by line, in pieces, each read in a transaction of its own.
 */
export async function* badRowsCsv(
  within: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  importId: number,
  survey: Survey,
): AsyncGenerator<string> {
  const line = (cells: string[]) => `${cells.map(csvCell).join(',')}\r\n`;
  yield `\ufeff${line(['Line', 'Reason', ...survey.columns.map((column) => column.name)])}`;
  let after = 0;
  for (;;) {
    const from = after;
    const rows = await within((tx) =>
      tx.execute<{ line: number; reasons: string; cells: string[] }>(sql`
      select line, string_agg(distinct reason, ' ') as reasons, (array_agg(cells order by jsonb_array_length(cells) desc))[1] as cells
        from ${importProblems}
       where import_id = ${importId} and severity = 'error' and line > ${from}
       group by line order by line limit 500`),
    );
    if (rows.length === 0) return;
    yield rows.map((row) => line([String(row.line), row.reasons, ...row.cells])).join('');
    after = rows.at(-1)?.line ?? 0;
  }
}
