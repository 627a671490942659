import { csvDollars, csvLine } from '#app/invoicing/invoices/csv.server.ts';
import type { Tx } from '#db/client.ts';

import { agingReport, type Aged, type AgingFilter, type AgingSort } from './aging-report.server.ts';
import { ages } from './aging.ts';

const AT_ONCE = 1_000;

/**
 * The whole aging report as lines of a CSV file with a total, in pieces. It is read in one query, so that all of it is of one moment.
 * Cells that begin a formula are quoted.
 */
export async function* agingCsv(
  inTx: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  filter: AgingFilter,
  sort: AgingSort,
): AsyncGenerator<string> {
  const { rows, total, creditCents } = await inTx((tx) => agingReport(tx, filter, { sort, limit: 1_000_000 }));
  const buckets = (aged: Aged) => ages.map((age) => csvDollars(aged[age.key]));
  yield csvLine(['Customer', ...ages.map((age) => age.short), 'Total', 'Invoices', 'Oldest due', 'As of']);
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    yield rows
      .slice(from, from + AT_ONCE)
      .map((row) =>
        csvLine([
          row.customer,
          ...buckets(row.aged),
          csvDollars(row.totalCents),
          String(row.invoices),
          row.oldestDueOn,
          filter.on,
        ]),
      )
      .join('');
  }
  const none = ages.map(() => '');
  yield csvLine(['Total', ...buckets(total.aged), csvDollars(total.totalCents), String(total.invoices), '', filter.on]);
  if (creditCents) yield csvLine(['Credit not used yet', ...none, csvDollars(-creditCents), '', '', filter.on]);
}
