import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { listHistory } from '#app/invoicing/invoices/for-portal.server.ts';
import { InvoiceHistory } from '#app/portal/InvoiceHistory.tsx';
import { payWords } from '#app/portal/pay-words.en.ts';
import { words } from '#app/portal/words.en.ts';
import { dateIn } from '#app/ui/format.ts';
import { requireVisitor } from '#app/web/portal.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${payWords.history} · ${data?.company ?? ''}` },
];

/** All invoices, paid and unpaid (S2-22). */
export async function loader(args: LoaderFunctionArgs) {
  const { portal, visitor, scope, tx } = await requireVisitor(args);
  const at = new URL(args.request.url).searchParams;
  const page = await tx((t) => listHistory(t, scope, { after: at.get('after'), before: at.get('before') }));
  return {
    company: portal.brand.name,
    today: dateIn(portal.brand.timeZone, new Date()),
    rows: page.rows,
    names: visitor.customers.length > 1,
    billing: scope.customerIds.length > 0,
    download: portal.invoiceDownloads,
    next: page.next && `/invoices?after=${page.next}`,
    previous: page.previous && `/invoices?before=${page.previous}`,
  };
}

export default function PortalInvoices() {
  const { billing, ...page } = useLoaderData<typeof loader>();
  return (
    <>
      <div className="cp-tight">
        <p>
          <a className="cp-plain" href="/">
            {words.backToInvoices}
          </a>
        </p>
        <h1>{payWords.history}</h1>
      </div>
      {billing ? <InvoiceHistory {...page} /> : <p>{words.noBilling}</p>}
    </>
  );
}
