import { formatMoney } from '#app/ui/format.ts';

import { AmountChoice } from './AmountChoice.tsx';
import { MethodChoice, type OfferedMethods } from './MethodChoice.tsx';
import { Problems } from './Notice.tsx';
import { payWords } from './pay-words.en.ts';
import type { TypedPayment } from './pay-form.ts';
import { words } from './words.en.ts';

export type PayPage = {
  /** The address that is posted to: it names the invoices. */
  action: string;
  idempotencyKey: string;
  /** Why nothing can be paid here, in words. */
  problem: string | null;
  bill: {
    invoices: { id: number; number: string; summary: string; payableCents: number; pendingCents: number }[];
    totalCents: number;
    currency: string;
    /** Whether a part may be paid (S2-17). */
    partial: boolean;
    methods: OfferedMethods;
  } | null;
  result?: { errors: Record<string, string>; typed: TypedPayment };
};

/** What will be paid, how much of it, and with what: a card is entered on the processor's page, which comes next. */
export function PayForm({ action, idempotencyKey, problem, bill, result }: PayPage) {
  const back = (
    <p>
      <a className="cp-plain" href="/">
        {words.backToInvoices}
      </a>
    </p>
  );
  if (!bill || problem) {
    return (
      <div className="cp-stack cp-narrow">
        {back}
        <h1>{payWords.pay}</h1>
        <Problems errors={result?.errors} />
        {bill && <BillTable bill={bill} />}
        {!result && <p className="cp-note">{problem}</p>}
      </div>
    );
  }
  const total = formatMoney(bill.totalCents, bill.currency);
  return (
    <div className="cp-stack cp-narrow">
      {back}
      <h1>{payWords.go(total)}</h1>
      <Problems errors={result?.errors} />
      <BillTable bill={bill} />
      {bill.methods.test && (
        <div className="cp-note" data-tone="test">
          <p>
            <strong>{payWords.testTitle}</strong>
          </p>
          <p>{payWords.testText}</p>
        </div>
      )}
      <form className="cp-stack" method="post" action={action} noValidate>
        <input type="hidden" name="key" value={idempotencyKey} />
        <input type="hidden" name="total" value={bill.totalCents} />
        {bill.partial && <AmountChoice most={total} typed={result?.typed} error={result?.errors.amount} />}
        <MethodChoice offered={bill.methods} typed={result?.typed} error={result?.errors.method} />
        <button className="cp-button cp-wide" type="submit">
          {bill.partial ? payWords.pay : payWords.go(total)}
        </button>
      </form>
    </div>
  );
}

function BillTable({ bill }: { bill: NonNullable<PayPage['bill']> }) {
  const money = (cents: number) => formatMoney(cents, bill.currency);
  return (
    <table className="cp-table">
      <tbody>
        {bill.invoices.map((one) => (
          <tr key={one.id}>
            <th scope="row">
              {words.invoice(one.number)}
              {one.summary && <div className="cp-row-note">{one.summary}</div>}
              {one.pendingCents > 0 && <div className="cp-row-note">{payWords.onItsWay(money(one.pendingCents))}</div>}
            </th>
            <td className="cp-right">{money(one.payableCents)}</td>
          </tr>
        ))}
      </tbody>
      {bill.invoices.length > 1 && (
        <tfoot>
          <tr>
            <th scope="row">{words.total}</th>
            <td className="cp-right">{money(bill.totalCents)}</td>
          </tr>
        </tfoot>
      )}
    </table>
  );
}
