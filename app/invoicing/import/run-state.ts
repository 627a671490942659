import type { Place, RowProblem } from './records.ts';
import type { Row } from './rows.ts';

/** What became of a file's records. Kept with the import as plain data. */
export type ImportCounts = {
  customersAdded: number;
  customersUpdated: number;
  customersUnchanged: number;
  invoicesAdded: number;
  invoicesUpdated: number;
  invoicesUnchanged: number;
  /** Open credits and unapplied payments set against invoices, and those that were set already. */
  creditsApplied: number;
  creditsUnchanged: number;
  /** Rows that brought something new, rows that said what was here already, and rows left out. */
  rowsIn: number;
  rowsUnchanged: number;
  rowsLeftOut: number;
  /** Remarks on rows that went in. */
  warnings: number;
};

/** Where every count begins. */
export const noCounts: ImportCounts = {
  customersAdded: 0,
  customersUpdated: 0,
  customersUnchanged: 0,
  invoicesAdded: 0,
  invoicesUpdated: 0,
  invoicesUnchanged: 0,
  creditsApplied: 0,
  creditsUnchanged: 0,
  rowsIn: 0,
  rowsUnchanged: 0,
  rowsLeftOut: 0,
  warnings: 0,
};

/** All that the steps of one run share. */
export type RunState = {
  importId: number;
  companyId: number;
  /** The product as a key, such as `quickbooks_online`, and as people say it. */
  source: string;
  sourceName: string;
  /** The company's day, `2026-11-21`. */
  today: string;
  counts: ImportCounts;
  /** Customers that rows of this file stand for, and those that it made. */
  touched: Set<number>;
  made: Set<number>;
  /** Customers whose roll-up is to be refreshed at the end. */
  owing: Set<number>;
  businessUnits: Map<string, number>;
  problems: RowProblem[];
  /**
   * Null while importing. When a file is only checked: by customer, how much more its open invoices would come to. What
   * is here already is then neither locked nor changed.
   */
  foreseen: Map<number, number> | null;
};

/** Lets a record stay out: each of its rows is to be corrected. */
export function leaveOut(state: RunState, { source }: { source: Row[] }, value: string, reason: string): void {
  for (const { line, row, cells } of source)
    state.problems.push({ line, row, severity: 'error', column: null, value, reason, cells });
}

/** Notes something about a row that goes in. */
export function remark(state: RunState, { line, row }: Place, value: string, reason: string): void {
  state.problems.push({ line, row, severity: 'warning', column: null, value, reason, cells: [] });
}

/** While a file is only checked: a customer would owe so much more (or less) on open invoices. */
export function foreseeOwed(state: RunState, customerId: number, cents: number): void {
  state.foreseen?.set(customerId, (state.foreseen.get(customerId) ?? 0) + cents);
}

/** `quickbooks_online` for QuickBooks Online; `csv` for a file of nobody known. */
export function sourceKey(product: string | null): string {
  return product === null ? 'csv' : product.toLowerCase().replace(/[^a-z0-9]+/g, '_');
}
