import type { Place, RowProblem } from './records.ts';

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
  /** Rows left out, and remarks on rows that went in. */
  rowsLeftOut: number;
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
};

/** Notes a problem that came up while records were written. */
export function note(
  state: RunState,
  severity: 'error' | 'warning',
  { line, row }: Place,
  value: string,
  reason: string,
): void {
  state.problems.push({ line, row, severity, column: null, value, reason, cells: [] });
}

/** `quickbooks_online` for QuickBooks Online; `csv` for a file of nobody known. */
export function sourceKey(product: string | null): string {
  return product === null ? 'csv' : product.toLowerCase().replace(/[^a-z0-9]+/g, '_');
}
