import { csvCell } from '#app/invoicing/import/cells.ts';
import { methodLabels, sourceLabels } from '#app/invoicing/ledger/entry-words.ts';
import { dateIn } from '#app/ui/format.ts';
import type { Tx } from '#db/client.ts';
import type { Page } from '#db/keyset.ts';

import { listPayments, type PaymentFilter, type PaymentRow } from './list.server.ts';

const AT_ONCE = 1_000;

const header = [
  'Payment',
  'Date',
  'Entered',
  'Customer',
  'Amount',
  'Tip',
  'Refunded',
  'Currency',
  'Method',
  'Ending',
  'Check or note',
  'Status',
  'Source',
  'Processor',
];

/**
 * All payments of a filter as lines of a CSV file, the last that came first, in pieces, each read in a transaction of its own. Cells
 * that begin a formula are quoted.
 */
export async function* paymentsCsv(
  inTx: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  filter: PaymentFilter,
): AsyncGenerator<string> {
  yield line(header);
  let after: string | null = null;
  do {
    const from: string | null = after;
    const page: Page<PaymentRow> = await inTx((tx) => listPayments(tx, filter, { after: from, limit: AT_ONCE }));
    if (page.rows.length > 0) yield page.rows.map((row) => line(cells(row, filter.timeZone))).join('');
    after = page.next;
  } while (after !== null);
}

const line = (values: string[]) => `${values.map(csvCell).join(',')}\r\n`;

const dollars = (cents: number) => (cents / 100).toFixed(2);

const cells = (row: PaymentRow, timeZone: string): string[] => [
  String(row.id),
  row.on,
  dateIn(timeZone, new Date(row.createdAt)),
  row.customer,
  dollars(row.amountCents),
  dollars(row.tipCents),
  dollars(row.refundedCents),
  row.currency,
  methodLabels[row.method],
  row.cardLast4 ?? '',
  row.memo,
  row.failure === 'undone' ? 'undone' : row.status,
  sourceLabels[row.source],
  row.processor,
];
