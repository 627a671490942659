import { formatDate, formatMoney } from '#app/ui/format.ts';

import { DueText } from './OwedInvoices.tsx';
import { payWords } from './pay-words.en.ts';
import { words } from './words.en.ts';

export type SheetInvoice = {
  id: number;
  number: string;
  summary: string;
  status: 'open' | 'paid';
  payable: boolean;
  customerName: string;
  issuedOn: string;
  dueOn: string;
  currency: string;
  totalCents: number;
  taxCents: number;
  balanceCents: number;
  pendingCents: number;
  payableCents: number;
  job: { number: string; summary: string; completedAt: string | null } | null;
  location: string[];
  items: { description: string; quantity: string; totalCents: number }[];
  movements: {
    kind: 'payment' | 'credit' | 'refund' | 'tip' | 'write_off';
    amountCents: number;
    at: string;
    last4: string | null;
    paymentId: number | null;
  }[];
};

/**
 * One invoice as its customer sees it: what is due and the button first, then what it is for.
 * @param notConnected why nothing can be paid online (S2-14); null where it can
 * @param download whether it can be taken along as a PDF (S2-20)
 */
export function InvoiceSheet({
  invoice,
  today,
  notConnected,
  download,
}: {
  invoice: SheetInvoice;
  today: string;
  notConnected: string | null;
  download: boolean;
}) {
  const owed = invoice.status === 'open' && invoice.balanceCents > 0;
  const money = (cents: number) => formatMoney(cents, invoice.currency);
  return (
    <>
      <p>
        <a className="cp-plain" href="/">
          {words.backToInvoices}
        </a>
      </p>
      <div className="cp-tight">
        <h1>{words.invoice(invoice.number)}</h1>
        {owed ? (
          <>
            <p className="cp-sum">{money(invoice.balanceCents)}</p>
            <p>
              <DueText dueOn={invoice.dueOn} today={today} />
            </p>
          </>
        ) : (
          <p className="cp-paid">{words.paid}</p>
        )}
      </div>
      {owed && invoice.pendingCents > 0 && (
        <p className="cp-note">{payWords.onTheWay(money(Math.min(invoice.pendingCents, invoice.balanceCents)))}</p>
      )}
      {invoice.payable && !notConnected && (
        <a className="cp-button cp-wide" href={`/pay?invoice=${invoice.id}`}>
          {words.pay(money(invoice.payableCents))}
        </a>
      )}
      {invoice.payable && notConnected && <p className="cp-note">{notConnected}</p>}
      {owed && !invoice.payable && invoice.payableCents > 0 && <p className="cp-note">{words.notFinished}</p>}
      {download && (
        <p>
          <a className="cp-plain" href={`/invoices/${invoice.id}/pdf`} aria-label={payWords.downloadOf(invoice.number)}>
            {payWords.download}
          </a>
        </p>
      )}
      <Facts invoice={invoice} />
      <Lines invoice={invoice} money={money} />
    </>
  );
}

function Facts({ invoice }: { invoice: SheetInvoice }) {
  const { job } = invoice;
  const facts: [string, React.ReactNode][] = [
    [words.issued, formatDate(invoice.issuedOn)],
    [words.dueDate, formatDate(invoice.dueOn)],
  ];
  if (job) {
    const done = job.completedAt ? `, ${formatDate(job.completedAt)}` : '';
    facts.push([words.job, `${job.summary || job.number}${done}`]);
  }
  if (invoice.location.length > 0) {
    facts.push([words.location, invoice.location.map((row) => <div key={row}>{row}</div>)]);
  }
  return (
    <dl className="cp-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Lines({ invoice, money }: { invoice: SheetInvoice; money: (cents: number) => string }) {
  const quantities = invoice.items.some((item) => item.quantity !== '1');
  return (
    <table className="cp-table">
      <thead>
        <tr>
          <th scope="col">{words.item}</th>
          <th scope="col" className="cp-right">
            {words.amount}
          </th>
        </tr>
      </thead>
      <tbody>
        {invoice.items.length === 0 && (
          <tr>
            <td>{invoice.summary || words.invoice(invoice.number)}</td>
            <td className="cp-right">{money(invoice.totalCents - invoice.taxCents)}</td>
          </tr>
        )}
        {invoice.items.map((item, at) => (
          <tr key={at}>
            <td>
              {item.description}
              {quantities && item.quantity !== '1' && <span className="cp-quiet"> × {item.quantity}</span>}
            </td>
            <td className="cp-right">{money(item.totalCents)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        {invoice.taxCents !== 0 && <Line name={words.tax} value={money(invoice.taxCents)} />}
        <Line name={words.total} value={money(invoice.totalCents)} />
        {invoice.movements.map((movement, at) => (
          <Line
            key={at}
            name={
              <>
                {words.movements[movement.kind]}, {formatDate(movement.at)}
                {movement.last4 && ` (${payWords.endingIn(movement.last4)})`}
                {movement.kind === 'payment' && movement.paymentId !== null && (
                  <>
                    {' '}
                    <a href={`/receipts/${movement.paymentId}`}>{payWords.receipt}</a>
                  </>
                )}
              </>
            }
            value={money(movement.amountCents)}
          />
        ))}
        <Line name={words.balance} value={money(invoice.balanceCents)} />
      </tfoot>
    </table>
  );
}

function Line({ name, value }: { name: React.ReactNode; value: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="cp-right">{value}</td>
    </tr>
  );
}
