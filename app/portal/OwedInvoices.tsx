import { daysBetween, formatDate, formatMoney } from '#app/ui/format.ts';

import { payWords } from './pay-words.en.ts';
import { words } from './words.en.ts';

export type OwedRow = {
  id: number;
  number: string;
  summary: string;
  dueOn: string;
  payableCents: number;
  pendingCents: number;
  currency: string;
};

/**
 * Unpaid invoices with a box each, all ticked, and one button (S2-16, S2-18). The total that is selected is shown where scripts
 * run: see `FOLLOW_SELECTION`.
 * @param today the company's calendar date
 * @param payable false hides what pays (S2-14)
 */
export function OwedInvoices({ rows, today, payable = true }: { rows: OwedRow[]; today: string; payable?: boolean }) {
  const list = (
    <ul className="cp-list">
      {rows.map((row) => (
        <li className="cp-row" data-plain={payable ? undefined : true} key={row.id}>
          {payable && (
            <label className="cp-check">
              <input
                type="checkbox"
                name="invoice"
                value={row.id}
                defaultChecked
                data-cents={row.payableCents}
                aria-label={words.select(row.number)}
              />
            </label>
          )}
          <a className="cp-row-link" href={`/invoices/${row.id}`}>
            <span className="cp-row-name">{words.invoice(row.number)}</span>
            {row.summary && <span className="cp-row-note">{row.summary}</span>}
            <DueText dueOn={row.dueOn} today={today} />
            {row.pendingCents > 0 && (
              <span className="cp-row-note">{payWords.partOnItsWay(formatMoney(row.pendingCents, row.currency))}</span>
            )}
          </a>
          <strong className="cp-figures">{formatMoney(row.payableCents, row.currency)}</strong>
        </li>
      ))}
    </ul>
  );
  if (!payable) return list;
  return (
    <form className="cp-stack" method="get" action="/pay" data-selection={rows[0]?.currency}>
      {list}
      <p className="cp-total" hidden data-total>
        <span>{payWords.totalSelected}</span>
        <strong className="cp-figures" aria-live="polite" />
      </p>
      <button className="cp-button cp-wide" type="submit">
        {words.paySelected}
      </button>
    </form>
  );
}

/**
 * Keeps the total under each list with its boxes, also when the browser brings them back as they were. Written as `formatMoney`
 * writes.
 */
export const FOLLOW_SELECTION = `for(const form of document.querySelectorAll('[data-selection]')){
const total=form.querySelector('[data-total]');
const write=()=>{let cents=0;for(const box of form.querySelectorAll('input:checked'))cents+=Number(box.dataset.cents);
total.lastChild.textContent=(cents/100).toLocaleString('en-US',{style:'currency',currency:form.dataset.selection})};
form.addEventListener('change',write);addEventListener('pageshow',write);write();total.hidden=false}`;

/** `Due Mar 4, 2026`, or how long ago that was. */
export function DueText({ dueOn, today }: { dueOn: string; today: string }) {
  const days = daysBetween(dueOn, today);
  if (days > 0) return <span className="cp-row-note cp-late">{words.overdue(days)}</span>;
  return <span className="cp-row-note">{days === 0 ? words.dueToday : words.due(formatDate(dueOn))}</span>;
}
