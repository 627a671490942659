import { formatMoney } from '#app/ui/format.ts';

import { methodName } from './MethodName.tsx';
import { payWords } from './pay-words.en.ts';
import { words } from './words.en.ts';

export type ShownReceipt = {
  id: number;
  amountCents: number;
  tipCents: number;
  creditCents: number;
  currency: string;
  /** When it was paid, written out. */
  at: string;
  /** Where the receipt went; empty for nowhere. */
  sentTo: string;
  sandbox: boolean;
  disputed: boolean;
  method: 'card' | 'ach' | 'check' | 'cash' | 'other';
  brand: string | null;
  last4: string | null;
  invoices: { id: number; number: string; amountCents: number; leftCents: number }[];
  /** `at`: a calendar date, written out. */
  refunds: { amountCents: number; at: string; pending: boolean }[];
};

/** What was paid, with what, what is left, and what became of it since. */
export function ReceiptSheet({ receipt }: { receipt: ShownReceipt }) {
  const money = (cents: number) => formatMoney(cents, receipt.currency);
  const refunded = receipt.refunds.reduce((sum, one) => sum + (one.pending ? 0 : one.amountCents), 0);
  const title =
    refunded >= receipt.amountCents
      ? payWords.refunded
      : refunded > 0 || receipt.disputed
        ? payWords.paymentTitle
        : words.receiptTitle;
  return (
    <div className="cp-stack cp-narrow">
      <h1>{title}</h1>
      <p className="cp-sum">{money(receipt.amountCents)}</p>
      {refunded > 0 && refunded < receipt.amountCents && (
        <p className="cp-note">{payWords.partRefunded(money(refunded))}</p>
      )}
      {receipt.disputed && (
        <p className="cp-note" data-tone="late">
          {payWords.disputed}
        </p>
      )}
      {receipt.sentTo && <p>{words.receiptSent(receipt.sentTo)}</p>}
      {receipt.sandbox && (
        <p className="cp-note" data-tone="test">
          {words.testPayment}
        </p>
      )}
      <table className="cp-table">
        <tbody>
          {receipt.invoices.map((one) => (
            <Line
              key={one.id}
              name={<a href={`/invoices/${one.id}`}>{words.invoice(one.number)}</a>}
              value={money(one.amountCents)}
            />
          ))}
          {receipt.creditCents > 0 && <Line name={payWords.toAccount} value={money(receipt.creditCents)} />}
          {receipt.tipCents > 0 && <Line name={payWords.tip} value={money(receipt.tipCents)} />}
        </tbody>
        <tfoot>
          <Line name={words.total} value={money(receipt.amountCents)} />
        </tfoot>
      </table>
      {receipt.refunds.length > 0 && (
        <table className="cp-table">
          <tbody>
            {receipt.refunds.map((one, at) => (
              <Line
                key={at}
                name={one.pending ? payWords.refundUnderWay(one.at) : payWords.refundOn(one.at)}
                value={money(-one.amountCents)}
              />
            ))}
          </tbody>
        </table>
      )}
      {receipt.invoices
        .filter((one) => one.leftCents > 0)
        .map((one) => (
          <p key={one.id}>
            {payWords.leftOf(one.number, money(one.leftCents))} <a href={`/invoices/${one.id}`}>{payWords.see}</a>
          </p>
        ))}
      <dl className="cp-facts">
        <div>
          <dt>{words.paidOn}</dt>
          <dd>{receipt.at}</dd>
        </div>
        <div>
          <dt>{words.paidWith}</dt>
          <dd>{paidWith(receipt)}</dd>
        </div>
        <div>
          <dt>{words.receiptNumber}</dt>
          <dd>{receipt.id}</dd>
        </div>
      </dl>
      <p>
        <a className="cp-plain" href="/">
          {words.backToInvoices}
        </a>
      </p>
    </div>
  );
}

function paidWith({ method, brand, last4 }: ShownReceipt): string {
  if (!last4 || (method !== 'card' && method !== 'ach')) return payWords.methods[method];
  return methodName({ kind: method, brand: brand ?? '', last4 });
}

function Line({ name, value }: { name: React.ReactNode; value: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="cp-right">{value}</td>
    </tr>
  );
}
