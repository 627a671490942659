import { formatMoney } from '#app/ui/format.ts';

import { Problems } from './Notice.tsx';
import { words } from './words.en.ts';

export type PayPage = {
  /** The address that is posted to: it names the invoices. */
  action: string;
  idempotencyKey: string;
  /** Why nothing can be paid here, in words. */
  problem: string | null;
  bill: {
    invoices: { id: number; number: string; summary: string; balanceCents: number }[];
    totalCents: number;
    currency: string;
  } | null;
  result?: { errors: Record<string, string> };
};

/** What will be paid, and with what: one decision on the page. */
export function PayForm({ action, idempotencyKey, problem, bill, result }: PayPage) {
  if (!bill) {
    return (
      <div className="cp-stack cp-narrow">
        <h1>{words.payTitle}</h1>
        <Problems errors={result?.errors} />
        {!result && <p className="cp-note">{problem}</p>}
        <p>
          <a className="cp-plain" href="/">
            {words.backToInvoices}
          </a>
        </p>
      </div>
    );
  }
  const money = (cents: number) => formatMoney(cents, bill.currency);
  return (
    <div className="cp-stack cp-narrow">
      <p>
        <a className="cp-plain" href="/">
          {words.backToInvoices}
        </a>
      </p>
      <h1>{words.pay(money(bill.totalCents))}</h1>
      <Problems errors={result?.errors} />
      <table className="cp-table">
        <tbody>
          {bill.invoices.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                {words.invoice(one.number)}
                {one.summary && <div className="cp-row-note">{one.summary}</div>}
              </th>
              <td className="cp-right">{money(one.balanceCents)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{words.total}</th>
            <td className="cp-right">{money(bill.totalCents)}</td>
          </tr>
        </tfoot>
      </table>
      <form className="cp-stack" method="post" action={action} noValidate>
        <input type="hidden" name="key" value={idempotencyKey} />
        <input type="hidden" name="total" value={bill.totalCents} />
        <fieldset className="cp-choices" id="method">
          <legend>{words.payWith}</legend>
          <label className="cp-choice">
            <input type="radio" name="method" value="card" defaultChecked />
            <span>{words.card}</span>
          </label>
          <label className="cp-choice">
            <input type="radio" name="method" value="ach" />
            <span>{words.bankAccount}</span>
          </label>
        </fieldset>
        <button className="cp-button cp-wide" type="submit">
          {words.pay(money(bill.totalCents))}
        </button>
      </form>
    </div>
  );
}
