import { CustomerAssembler } from './customers.ts';
import { parseMoney } from './money.ts';
import type { ImportRecord, RowProblem } from './records.ts';
import type { Plan } from './plan.ts';
import { RowReader } from './reader.ts';
import { InvoiceAssembler } from './receivables.ts';
import { Groups, roleOf } from './report.ts';
import type { Row } from './rows.ts';
import { type OpenFile, rowsOf, type Survey } from './survey.ts';

/** Some records and problems, and how many rows with data have been read so far. */
export type Batch = { records: ImportRecord[]; problems: RowProblem[]; rows: number };

/**
 * Rows to records, in batches, in constant memory but for the numbers of the invoices seen. Every row with data ends in
 * a record, in a problem, or in both. Throws FileError where the file breaks off.
 */
export async function* normalize(rows: AsyncIterable<Row[]> | Iterable<Row[]>, plan: Plan): AsyncGenerator<Batch> {
  let records: ImportRecord[] = [];
  let problems: RowProblem[] = [];
  let done = 0;
  const emit = (record: ImportRecord) => void records.push(record);
  const report = (more: RowProblem[]) => void problems.push(...more);
  const customers = new CustomerAssembler(emit, report);
  const invoices = new InvoiceAssembler(plan, emit, report);
  const groups = new Groups(plan.totals);
  for await (const batch of rows) {
    for (const row of batch) {
      if (row.row <= plan.headerRow) continue;
      const role = roleOf(row.cells, plan.kind, plan.grouped);
      if (role === 'group') groups.begin(row.cells[0] ?? '');
      else if (role === 'total') report(checkTotal(row, plan, groups));
      if (role !== 'data') continue;
      done += 1;
      const reader = new RowReader(row, plan);
      if (plan.kind === 'customers') customers.take(reader);
      else {
        if (plan.totals) for (const [column, cents] of amounts(row, plan)) groups.add(column, cents);
        invoices.take(reader, groups.names);
      }
    }
    if (records.length > 0 || problems.length > 0) yield { records, problems, rows: done };
    records = [];
    problems = [];
  }
  customers.flush();
  invoices.flush();
  yield { records, problems, rows: done };
}

/** The records of a surveyed file. */
export function readRecords(open: OpenFile, survey: Survey, plan: Plan): AsyncGenerator<Batch> {
  return normalize(rowsOf(open, survey.encoding, survey.delimiter), plan);
}

function amounts(row: Row, plan: Plan): Map<number, number> {
  const found = new Map<number, number>();
  for (const column of plan.amounts) {
    const result = parseMoney(row.cells[column] ?? '', plan.decimals.get(column) ?? null);
    if (result.ok && result.cents !== null) found.set(column, result.cents);
  }
  return found;
}

function checkTotal(row: Row, plan: Plan, groups: Groups): RowProblem[] {
  const lead = row.cells.find((cell) => cell.trim() !== '') ?? '';
  const reason = groups.end(lead, amounts(row, plan));
  if (reason === null) return [];
  const value = lead.trim().slice(0, 200);
  return [{ line: row.line, row: row.row, severity: 'warning', column: null, value, reason, cells: [] }];
}
