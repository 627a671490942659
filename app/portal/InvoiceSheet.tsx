import { formatDate, formatMoney } from '#app/ui/format.ts';

import { DueText } from './OwedInvoices.tsx';
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
  job: { number: string; summary: string; completedAt: string | null } | null;
  location: string[];
  items: { description: string; quantity: string; totalCents: number }[];
  movements: {
    kind: 'payment' | 'credit' | 'refund' | 'tip' | 'write_off';
    amountCents: number;
    at: string;
    last4: string | null;
  }[];
};

/** One invoice as its customer sees it: what is due and the button first, then what it is for. */
export function InvoiceSheet({ invoice, today }: { invoice: SheetInvoice; today: string }) {
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
      {invoice.payable && (
        <a className="cp-button cp-wide" href={`/pay?invoice=${invoice.id}`}>
          {words.pay(money(invoice.balanceCents))}
        </a>
      )}
      {owed && !invoice.payable && <p className="cp-note">{words.notFinished}</p>}
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
            name={`${words.movements[movement.kind]}, ${formatDate(movement.at)}${movement.last4 ? ` (${words.cardShort(movement.last4)})` : ''}`}
            value={money(movement.amountCents)}
          />
        ))}
        <Line name={words.balance} value={money(invoice.balanceCents)} />
      </tfoot>
    </table>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="cp-right">{value}</td>
    </tr>
  );
}
