import { daysBetween, formatDate, formatMoney } from '#app/ui/format.ts';

import { words } from './words.en.ts';

export type OwedRow = {
  id: number;
  number: string;
  summary: string;
  dueOn: string;
  balanceCents: number;
  currency: string;
};

/** Unpaid invoices with a box each, all ticked, and one button (S2-16, S2-18). @param today the company's calendar date */
export function OwedInvoices({ rows, today }: { rows: OwedRow[]; today: string }) {
  return (
    <form className="cp-stack" method="get" action="/pay">
      <ul className="cp-list">
        {rows.map((row) => (
          <li className="cp-row" key={row.id}>
            <label className="cp-check">
              <input
                type="checkbox"
                name="invoice"
                value={row.id}
                defaultChecked
                aria-label={words.select(row.number)}
              />
            </label>
            <a className="cp-row-link" href={`/invoices/${row.id}`}>
              <span className="cp-row-name">{words.invoice(row.number)}</span>
              {row.summary && <span className="cp-row-note">{row.summary}</span>}
              <DueText dueOn={row.dueOn} today={today} />
            </a>
            <strong className="cp-figures">{formatMoney(row.balanceCents, row.currency)}</strong>
          </li>
        ))}
      </ul>
      <button className="cp-button cp-wide" type="submit">
        {words.paySelected}
      </button>
    </form>
  );
}

/** `Due Mar 4, 2026`, or how long ago that was. */
export function DueText({ dueOn, today }: { dueOn: string; today: string }) {
  const days = daysBetween(dueOn, today);
  if (days > 0) return <span className="cp-row-note cp-late">{words.overdue(days)}</span>;
  return <span className="cp-row-note">{days === 0 ? words.dueToday : words.due(formatDate(dueOn))}</span>;
}
