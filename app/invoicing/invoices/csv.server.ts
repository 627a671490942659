import { csvCell } from '#app/invoicing/import/cells.ts';
import { daysBetween } from '#app/ui/format.ts';
import type { Tx } from '#db/client.ts';

import { listInvoices, type InvoiceFilter, type InvoiceRow } from './invoices.server.ts';

const AT_ONCE = 1_000;

const header = [
  'Invoice',
  'Customer',
  'For',
  'Status',
  'Issued',
  'Due',
  'Days overdue',
  'Total',
  'Balance',
  'Currency',
  'Reminders stopped',
];

/**
 * All invoices of a filter as lines of a CSV file, in pieces, each read in a transaction of its own: a list of a hundred thousand
 * holds nobody up. Cells that begin a formula are quoted.
 */
export async function* invoicesCsv(
  inTx: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  filter: InvoiceFilter,
  sort: string | null,
): AsyncGenerator<string> {
  yield csvLine(header);
  let after: string | null = null;
  do {
    const from: string | null = after;
    const page: Awaited<ReturnType<typeof listInvoices>> = await inTx((tx) =>
      listInvoices(tx, filter, { sort, after: from, limit: AT_ONCE }),
    );
    if (page.rows.length > 0) yield page.rows.map((row) => csvLine(cells(row, filter.today))).join('');
    after = page.next;
  } while (after !== null);
}

/** One line of a CSV file of ours (RFC 4180). */
export const csvLine = (values: string[]): string => `${values.map(csvCell).join(',')}\r\n`;

/** Dollars as a spreadsheet reads them: `1204.50`. */
export const csvDollars = (cents: number): string => (cents / 100).toFixed(2);

const cells = (row: InvoiceRow, today: string): string[] => [
  row.number,
  row.customer,
  row.summary,
  row.status,
  row.issuedOn,
  row.dueOn,
  row.status === 'open' ? String(Math.max(0, daysBetween(row.dueOn, today))) : '',
  csvDollars(row.totalCents),
  csvDollars(row.balanceCents),
  row.currency,
  [row.disputed && 'disputed', row.promisedFor && `promised for ${row.promisedFor}`, row.doNotRemind && 'do not remind']
    .filter(Boolean)
    .join(', '),
];
