import { formatDate, formatMoney } from '#app/ui/format.ts';

import { payWords } from './pay-words.en.ts';
import { words } from './words.en.ts';

export type WaitingPayment = {
  id: number;
  method: string;
  amountCents: number;
  currency: string;
  /** Calendar date. */
  startedOn: string;
  invoices: { id: number; number: string }[];
};

/** Payments that take days, so that nobody pays twice meanwhile. */
export function OnTheirWay({ rows }: { rows: WaitingPayment[] }) {
  return (
    <section className="cp-stack" aria-labelledby="on-their-way">
      <div className="cp-tight">
        <h2 id="on-their-way">{payWords.onTheirWay}</h2>
        <p className="cp-quiet">{payWords.onTheirWayText}</p>
      </div>
      <ul className="cp-list">
        {rows.map((row) => (
          <li className="cp-row" data-plain key={row.id}>
            <a className="cp-row-link" href={`/payments/${row.id}`}>
              <span className="cp-row-name">{row.method === 'ach' ? payWords.bankPayment : payWords.cardPayment}</span>
              <span className="cp-row-note">
                {[
                  ...row.invoices.map(({ number }) => words.invoice(number)),
                  payWords.begun(formatDate(row.startedOn)),
                ].join(', ')}
              </span>
            </a>
            <span className="cp-figures">{formatMoney(row.amountCents, row.currency)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
