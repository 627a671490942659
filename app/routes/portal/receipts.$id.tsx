import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { readReceipt } from '#app/invoicing/invoices-for-portal.server.ts';
import { words } from '#app/portal/words.en.ts';
import { formatInstant, formatMoney } from '#app/ui/format.ts';
import { requireVisitor } from '#app/web/portal.server.ts';
import { idParam, notFound } from '#app/web/staff.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${words.receipt(data.receipt.id)} · ${data.company}` : words.missingTitle },
];

export async function loader(args: LoaderFunctionArgs) {
  const { portal, visitor, scope, tx } = await requireVisitor(args);
  const id = idParam(args.params.id);
  const receipt = await tx((t) => readReceipt(t, scope.customerIds, id));
  if (!receipt) throw notFound();
  const { timeZone, name } = portal.brand;
  return { company: name, email: visitor.email, receipt: { ...receipt, at: formatInstant(receipt.at, timeZone) } };
}

export default function Receipt() {
  const { receipt, email } = useLoaderData<typeof loader>();
  const money = (cents: number) => formatMoney(cents, receipt.currency);
  return (
    <div className="cp-stack cp-narrow">
      <h1>{words.receiptTitle}</h1>
      <p className="cp-sum">{money(receipt.amountCents)}</p>
      <p>{words.receiptSent(email)}</p>
      {receipt.sandbox && (
        <p className="cp-note" data-tone="test">
          {words.testPayment}
        </p>
      )}
      <table className="cp-table">
        <tbody>
          {receipt.invoices.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <a href={`/invoices/${one.id}`}>{words.invoice(one.number)}</a>
              </th>
              <td className="cp-right">{money(one.amountCents)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{words.total}</th>
            <td className="cp-right">{money(receipt.amountCents)}</td>
          </tr>
        </tfoot>
      </table>
      <dl className="cp-facts">
        <div>
          <dt>{words.paidOn}</dt>
          <dd>{receipt.at}</dd>
        </div>
        {receipt.last4 && (
          <div>
            <dt>{words.paidWith}</dt>
            <dd>{words.cardEnding(receipt.brand ?? '', receipt.last4)}</dd>
          </div>
        )}
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
