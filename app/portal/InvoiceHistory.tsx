import { formatDate, formatMoney } from '#app/ui/format.ts';

import { DueText } from './OwedInvoices.tsx';
import { payWords } from './pay-words.en.ts';
import { words } from './words.en.ts';

export type HistoryInvoice = {
  id: number;
  number: string;
  summary: string;
  status: 'open' | 'paid';
  customerName: string;
  issuedOn: string;
  dueOn: string;
  currency: string;
  totalCents: number;
  balanceCents: number;
};

/**
 * Paid and unpaid invoices, each with its PDF where that is allowed (S2-20, S2-22).
 * @param names whether the customer's name stands at each: the login sees several
 * @param next addresses of the neighbouring pages, or null
 */
export function InvoiceHistory({
  rows,
  names,
  download,
  today,
  next,
  previous,
}: {
  rows: HistoryInvoice[];
  names: boolean;
  download: boolean;
  today: string;
  next: string | null;
  previous: string | null;
}) {
  if (rows.length === 0) return <p className="cp-note">{payWords.historyEmpty}</p>;
  return (
    <>
      <ul className="cp-list">
        {rows.map((row) => (
          <li className="cp-row" data-plain key={row.id}>
            <a className="cp-row-link" href={`/invoices/${row.id}`}>
              <span className="cp-row-name">{words.invoice(row.number)}</span>
              <span className="cp-row-note">
                {[names && row.customerName, row.summary, formatDate(row.issuedOn)].filter(Boolean).join(' · ')}
              </span>
              {row.status === 'paid' ? (
                <span className="cp-row-note cp-paid">{words.paid}</span>
              ) : (
                <DueText dueOn={row.dueOn} today={today} />
              )}
            </a>
            <div className="cp-row-end">
              <span className="cp-figures">{formatMoney(row.totalCents, row.currency)}</span>
              {row.status === 'open' && row.balanceCents !== row.totalCents && (
                <span className="cp-row-note cp-figures">
                  {payWords.left(formatMoney(row.balanceCents, row.currency))}
                </span>
              )}
              {download && (
                <a
                  className="cp-plain cp-small"
                  href={`/invoices/${row.id}/pdf`}
                  aria-label={payWords.downloadOf(row.number)}
                >
                  {payWords.pdf}
                </a>
              )}
            </div>
          </li>
        ))}
      </ul>
      {(next || previous) && (
        <nav className="cp-total" aria-label={payWords.pages}>
          {previous ? (
            <a className="cp-plain" href={previous} rel="prev">
              {payWords.newer}
            </a>
          ) : (
            <span />
          )}
          {next && (
            <a className="cp-plain" href={next} rel="next">
              {payWords.older}
            </a>
          )}
        </nav>
      )}
    </>
  );
}
