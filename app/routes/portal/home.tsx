import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { listOwed, listPaid } from '#app/invoicing/invoices-for-portal.server.ts';
import { OwedInvoices } from '#app/portal/OwedInvoices.tsx';
import { words } from '#app/portal/words.en.ts';
import { dateIn, formatDate, formatMoney } from '#app/ui/format.ts';
import { requireVisitor } from '#app/web/portal.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${words.invoices} · ${data?.company ?? ''}` },
];

/** How many paid invoices stand below the unpaid ones. */
const RECENT = 10;

export async function loader(args: LoaderFunctionArgs) {
  const { visitor, portal, scope, tx } = await requireVisitor(args);
  const { timeZone, currency, name } = portal.brand;
  return tx(async (t) => {
    const owed = await listOwed(t, scope);
    const paid = await listPaid(t, scope, RECENT);
    return {
      company: name,
      currency,
      today: dateIn(timeZone, new Date()),
      greeting: visitor.customers.length === 1 ? visitor.customers[0]!.firstName || visitor.customers[0]!.name : '',
      // A payment is for one customer: each has a list of its own.
      customers: visitor.customers
        .map(({ id, name: customer }) => ({
          id,
          name: customer,
          rows: owed.invoices.filter((row) => row.customerId === id),
        }))
        .filter((customer) => customer.rows.length > 0),
      several: visitor.customers.length > 1,
      billing: scope.customerIds.length > 0,
      count: owed.count,
      totalCents: owed.totalCents,
      paid: paid.map((row) => ({ ...row, paidOn: dateIn(timeZone, row.paidAt) })),
    };
  });
}

export default function PortalHome() {
  const { customers, several, billing, count, totalCents, currency, today, greeting, paid } =
    useLoaderData<typeof loader>();
  return (
    <>
      <div className="cp-tight">
        {greeting && <p className="cp-quiet">{words.hello(greeting)}</p>}
        {count > 0 ? (
          <>
            <h1>{words.owe(count)}</h1>
            <p className="cp-sum">{formatMoney(totalCents, currency)}</p>
          </>
        ) : (
          <>
            <h1>{billing ? words.allSet : words.invoices}</h1>
            <p>{billing ? words.allSetText : words.noBilling}</p>
          </>
        )}
      </div>
      {customers.map((customer) => (
        <section className="cp-stack" key={customer.id} aria-label={several ? customer.name : words.unpaid}>
          {several && <h2>{customer.name}</h2>}
          <OwedInvoices rows={customer.rows} today={today} />
        </section>
      ))}
      {paid.length > 0 && (
        <section className="cp-stack" aria-labelledby="paid">
          <h2 id="paid">{words.recentlyPaid}</h2>
          <ul className="cp-list">
            {paid.map((row) => (
              <li className="cp-row" data-plain key={row.id}>
                <a className="cp-row-link" href={`/invoices/${row.id}`}>
                  <span className="cp-row-name">{words.invoice(row.number)}</span>
                  {row.summary && <span className="cp-row-note">{row.summary}</span>}
                  <span className="cp-row-note">
                    <span className="cp-paid">{words.paid}</span> {formatDate(row.paidOn)}
                  </span>
                </a>
                <span className="cp-figures">{formatMoney(row.totalCents, row.currency)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
