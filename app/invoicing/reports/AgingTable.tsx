import { Link } from '@remix-run/react';

import { formatCount, formatDollars } from '#app/ui/format.ts';

import type { AgeKey } from './aging.ts';
import classes from './AgingTable.module.css';

/**
 * What is owed, by age: a bar for each bucket in the table that holds its numbers. Each row leads to its invoices.
 * @param buckets current first
 */
export function AgingTable({
  buckets,
  totalCents,
  totalInvoices,
}: {
  buckets: { key: AgeKey; short: string; label: string; cents: number; invoices: number }[];
  totalCents: number;
  totalInvoices: number;
}) {
  const largest = Math.max(1, ...buckets.map((bucket) => bucket.cents));
  return (
    <table className={classes.table}>
      <caption className={classes.caption}>Unpaid balances by days past due, US dollars</caption>
      <thead>
        <tr>
          <th scope="col">Age</th>
          <th scope="col" className={classes.barCell} aria-hidden />
          <th scope="col" data-numeric>
            Owed
          </th>
          <th scope="col" data-numeric>
            Invoices
          </th>
        </tr>
      </thead>
      <tbody>
        {buckets.map((bucket) => (
          <tr key={bucket.key}>
            <th scope="row">
              <Link to={`/invoices?age=${encodeURIComponent(bucket.key)}&sort=due`} className={classes.link}>
                {bucket.short}
                <span className="visually-hidden">: see these invoices</span>
              </Link>
            </th>
            <td className={classes.barCell} aria-hidden>
              <span
                className={classes.bar}
                data-age={bucket.key}
                style={{ width: `${Math.max(bucket.cents > 0 ? 0.5 : 0, (bucket.cents / largest) * 100)}%` }}
              />
            </td>
            <td data-numeric>{formatDollars(bucket.cents)}</td>
            <td data-numeric>{formatCount(bucket.invoices)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Total</th>
          <td className={classes.barCell} aria-hidden />
          <td data-numeric>{formatDollars(totalCents)}</td>
          <td data-numeric>{formatCount(totalInvoices)}</td>
        </tr>
      </tfoot>
    </table>
  );
}
