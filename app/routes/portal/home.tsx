import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData, useRouteLoaderData } from '@remix-run/react';

import { listOwed, listPaid } from '#app/invoicing/invoices/for-portal.server.ts';
import { listCredits, listOnTheirWay } from '#app/invoicing/payments/for-portal.server.ts';
import { OnTheirWay } from '#app/portal/OnTheirWay.tsx';
import { FOLLOW_SELECTION, OwedInvoices } from '#app/portal/OwedInvoices.tsx';
import { takesPayments } from '#app/portal/pay.server.ts';
import { payWords } from '#app/portal/pay-words.en.ts';
import { words } from '#app/portal/words.en.ts';
import type { loader as rootLoader } from '#app/root.tsx';
import { dateIn, formatDate, formatMoney } from '#app/ui/format.ts';
import { requireVisitor } from '#app/web/portal.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${words.invoices} · ${data?.company ?? ''}` },
];

/** How many paid invoices stand below the unpaid ones; the others are a page further. */
const RECENT = 5;

export async function loader(args: LoaderFunctionArgs) {
  const { companyId, visitor, portal, scope, tx } = await requireVisitor(args);
  const { timeZone, currency, name } = portal.brand;
  const processor = await args.context.processorOf(companyId);
  return tx(async (t) => {
    const owed = await listOwed(t, scope);
    const waiting = await listOnTheirWay(t, scope.customerIds);
    const paid = await listPaid(t, scope, RECENT);
    const credits = await listCredits(t, scope.customerIds);
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
          creditCents: credits.find((credit) => credit.customerId === id)?.cents ?? 0,
        }))
        .filter((customer) => customer.rows.length > 0 || customer.creditCents > 0),
      several: visitor.customers.length > 1,
      billing: scope.customerIds.length > 0,
      payable: await takesPayments(t, processor),
      count: owed.count,
      listed: owed.invoices.length,
      totalCents: owed.totalCents,
      waiting: waiting.map((row) => ({ ...row, startedOn: dateIn(timeZone, row.startedAt) })),
      paid: paid.map((row) => ({ ...row, paidOn: dateIn(timeZone, row.paidAt) })),
    };
  });
}

export default function PortalHome() {
  const page = useLoaderData<typeof loader>();
  const nonce = useRouteLoaderData<typeof rootLoader>('root')?.nonce;
  const { customers, several, count, listed, currency, today, waiting, paid } = page;
  return (
    <>
      <Head {...page} />
      {count > 0 && !page.payable && <p className="cp-note">{payWords.notConnected(page.company)}</p>}
      {listed < count && <p className="cp-quiet">{payWords.more(listed, count)}</p>}
      {customers.map((customer) => (
        <section className="cp-stack" key={customer.id} aria-label={several ? customer.name : words.unpaid}>
          {several && <h2>{customer.name}</h2>}
          {customer.creditCents > 0 && (
            <p className="cp-note">
              {payWords.credit(formatMoney(customer.creditCents, currency))}
              {customer.rows.length > 0 && ` ${payWords.creditUse(page.company)}`}
            </p>
          )}
          {customer.rows.length > 0 && <OwedInvoices rows={customer.rows} today={today} payable={page.payable} />}
        </section>
      ))}
      {waiting.length > 0 && <OnTheirWay rows={waiting} />}
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
      {page.billing && (
        <nav className="cp-links" aria-label={payWords.account}>
          <a className="cp-plain" href="/invoices">
            {payWords.historyLink}
          </a>
          <a className="cp-plain" href="/payment-methods">
            {payWords.saved}
          </a>
        </nav>
      )}
      {listed > 0 && page.payable && <script nonce={nonce} dangerouslySetInnerHTML={{ __html: FOLLOW_SELECTION }} />}
    </>
  );
}

/** What is owed in all, or that nothing is. */
function Head(page: { greeting: string; count: number; totalCents: number; currency: string; billing: boolean }) {
  const { greeting, count, billing } = page;
  return (
    <div className="cp-tight">
      {greeting && <p className="cp-quiet">{words.hello(greeting)}</p>}
      {count > 0 ? (
        <>
          <h1>{words.owe(count)}</h1>
          <p className="cp-sum">{formatMoney(page.totalCents, page.currency)}</p>
        </>
      ) : (
        <>
          <h1>{billing ? words.allSet : words.invoices}</h1>
          <p>{billing ? words.allSetText : words.noBilling}</p>
        </>
      )}
    </div>
  );
}
