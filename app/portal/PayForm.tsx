import { formatMoney } from '#app/ui/format.ts';

import { Field } from './Field.tsx';
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
  /** The card's number and code never come back to the page. */
  result?: { errors: Record<string, string>; expiry: string };
};

/** What will be paid, then the card: one decision on the page. */
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
      <TestNote />
      <form className="cp-stack" method="post" action={action} noValidate autoComplete="off">
        <input type="hidden" name="key" value={idempotencyKey} />
        <input type="hidden" name="total" value={bill.totalCents} />
        <Field
          id="number"
          label={words.cardNumber}
          inputMode="numeric"
          autoComplete="off"
          error={result?.errors.number}
        />
        <div className="cp-two">
          <Field
            id="expiry"
            label={words.expiry}
            inputMode="numeric"
            autoComplete="off"
            placeholder="MM/YY"
            defaultValue={result?.expiry}
            error={result?.errors.expiry}
          />
          <Field id="cvc" label={words.cvc} inputMode="numeric" autoComplete="off" error={result?.errors.cvc} />
        </div>
        <button className="cp-button cp-wide" type="submit">
          {words.pay(money(bill.totalCents))}
        </button>
      </form>
    </div>
  );
}

/** Nobody may take the sandbox for a shop. */
function TestNote() {
  return (
    <div className="cp-note" data-tone="test">
      <p>
        <strong>{words.testTitle}</strong>
      </p>
      <p>{words.testText}</p>
      <details>
        <summary>{words.testLink}</summary>
        <ul>
          {words.testCards.map(([number, fate]) => (
            <li key={number}>
              <span className="cp-figures">{number}</span> {fate}
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}
