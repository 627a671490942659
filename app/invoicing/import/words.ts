import { formatNoun } from '#app/ui/format.ts';

import type { FileKind } from './records.ts';
import type { ImportCounts } from './run-state.ts';

/** A kind of file as people say it. */
export const kindLabels: Record<FileKind, string> = {
  customers: 'Customers',
  invoices: 'Invoices',
  jobs: 'Jobs, each as an invoice',
  receivables: 'Open invoices with payments and credits',
};

/** True for a text that names a kind of file. */
export function isKind(value: unknown): value is FileKind {
  return typeof value === 'string' && value in kindLabels;
}

/** What a file would bring: `4 customers and 5 invoices are new, 2 change`. */
export function bringsOf(counts: Partial<ImportCounts>): string {
  const { customersAdded = 0, invoicesAdded = 0, creditsApplied = 0 } = counts;
  const changed = (counts.customersUpdated ?? 0) + (counts.invoicesUpdated ?? 0);
  const news = [
    customersAdded ? formatNoun(customersAdded, 'customer') : null,
    invoicesAdded ? formatNoun(invoicesAdded, 'invoice') : null,
  ].filter((part) => part !== null);
  const parts = [
    news.length > 0 ? `${news.join(' and ')} ${customersAdded + invoicesAdded === 1 ? 'is' : 'are'} new` : null,
    changed ? `${changed.toLocaleString('en-US')} ${changed === 1 ? 'changes' : 'change'}` : null,
    creditsApplied
      ? `${formatNoun(creditsApplied, 'credit')} ${creditsApplied === 1 ? 'is' : 'are'} set against invoices`
      : null,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

/** What became of an import, in one line of a list. */
export function outcomeOf(row: {
  status: string;
  counts: Partial<ImportCounts>;
  rowsTotal: number | null;
  failure: string | null;
}): string {
  if (row.status === 'failed') return row.failure ?? 'Nothing was imported.';
  if (row.status === 'canceled') return 'Nothing was imported.';
  if (row.status !== 'done') return row.rowsTotal === null ? '' : formatNoun(row.rowsTotal, 'row');
  const { counts } = row;
  const added = (counts.customersAdded ?? 0) + (counts.invoicesAdded ?? 0);
  const updated = (counts.customersUpdated ?? 0) + (counts.invoicesUpdated ?? 0);
  const parts = [
    counts.customersAdded ? `${formatNoun(counts.customersAdded, 'customer')} added` : null,
    counts.invoicesAdded ? `${formatNoun(counts.invoicesAdded, 'invoice')} added` : null,
    updated ? `${updated.toLocaleString('en-US')} updated` : null,
    added + updated === 0 ? 'Nothing new' : null,
    counts.rowsLeftOut ? `${formatNoun(counts.rowsLeftOut, 'row')} left out` : null,
  ];
  return parts.filter((part) => part !== null).join(', ');
}
