import { Link } from '@remix-run/react';

import { Section } from '#app/ui/Section.tsx';
import { formatDate, formatMoney, formatNoun } from '#app/ui/format.ts';

import type { AgedInvoice, AgingReport } from './aging-report.server.ts';
import { ages, type AgeKey } from './aging.ts';
import classes from './AgingReport.module.css';

/** One row a customer, one column a bucket; each figure leads to the invoices behind it. */
export function AgingByCustomer({
  report,
  linkOf,
}: {
  report: AgingReport;
  linkOf: (customerId: number, age: AgeKey | 'all') => string;
}) {
  const { rows, total, creditCents } = report;
  return (
    <Section
      title="By customer"
      flush
      aside={`${formatNoun(total.customers, 'customer')}, ${formatNoun(total.invoices, 'invoice')}`}
    >
      <div className={classes.scroll} tabIndex={0} role="region" aria-label="Aging by customer">
        <table className={classes.table}>
          <caption className="visually-hidden">Owed by customer and days past due</caption>
          <thead>
            <tr>
              <th scope="col">Customer</th>
              {ages.map((age) => (
                <th key={age.key} scope="col">
                  {age.short}
                </th>
              ))}
              <th scope="col">Total</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.customerId}>
                <th scope="row">
                  <Link to={`/customers/${row.customerId}`}>{row.customer}</Link>
                </th>
                {ages.map((age) => (
                  <td key={age.key}>
                    {row.aged[age.key] === 0 ? (
                      <span className={classes.none}>–</span>
                    ) : (
                      <Link to={linkOf(row.customerId, age.key)} className={classes.figure}>
                        {formatMoney(row.aged[age.key])}
                      </Link>
                    )}
                  </td>
                ))}
                <td>
                  <Link to={linkOf(row.customerId, 'all')} className={classes.figure}>
                    {formatMoney(row.totalCents)}
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr data-strong>
              <th scope="row">Total</th>
              {ages.map((age) => (
                <td key={age.key}>{formatMoney(total.aged[age.key])}</td>
              ))}
              <td>{formatMoney(total.totalCents)}</td>
            </tr>
            {creditCents !== null && creditCents > 0 && (
              <>
                <Line label="Credit of customers that is not used yet" cents={-creditCents} />
                <Line label="Owed after credit" cents={total.totalCents - creditCents} />
              </>
            )}
          </tfoot>
        </table>
      </div>
    </Section>
  );
}

const Line = ({ label, cents }: { label: string; cents: number }) => (
  <tr>
    <th scope="row" colSpan={ages.length + 1}>
      {label}
    </th>
    <td>{formatMoney(cents)}</td>
  </tr>
);

/** The invoices behind a figure of the report. */
export function AgedInvoices({
  behind,
  on,
  back,
}: {
  behind: {
    rows: AgedInvoice[];
    count: number;
    cents: number;
    age: AgeKey | null;
    customer: { id: number; name: string } | null;
  };
  on: string;
  back: string;
}) {
  const { rows, count, cents, age, customer } = behind;
  const label = ages.find((one) => one.key === age)?.label;
  const what = [customer?.name, label].filter(Boolean).join(', ') || 'All that is owed';
  return (
    <Section title={`${what}, ${formatDate(on)}`} flush aside={<Link to={back}>Back to the whole report</Link>}>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label="Invoices">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Invoice</th>
              <th scope="col" className={classes.text}>
                Customer
              </th>
              <th scope="col">Due</th>
              <th scope="col" className={classes.wide}>
                Days overdue
              </th>
              <th scope="col">Owed</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <th scope="row">
                  <Link to={`/invoices/${row.id}`}>{row.number}</Link>
                </th>
                <td className={classes.text}>
                  <Link to={`/customers/${row.customerId}`}>{row.customer}</Link>
                </td>
                <td>{formatDate(row.dueOn)}</td>
                <td className={classes.wide}>{row.daysOverdue > 0 ? row.daysOverdue : '–'}</td>
                <td>{formatMoney(row.cents)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr data-strong>
              <th scope="row">Total</th>
              <td className={classes.text}>
                {count > rows.length
                  ? `${formatNoun(count, 'invoice')}, of which the first ${rows.length} are shown`
                  : formatNoun(count, 'invoice')}
              </td>
              <td aria-label="All due dates" />
              <td aria-label="All ages" className={classes.wide} />
              <td>{formatMoney(cents)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
    </Section>
  );
}
