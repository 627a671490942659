import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { listSaved } from '#app/portal/pay.server.ts';
import { payWords } from '#app/portal/pay-words.en.ts';
import { shownMethod } from '#app/portal/saved-method.ts';
import { SavedMethods } from '#app/portal/SavedMethods.tsx';
import { words } from '#app/portal/words.en.ts';
import { dateIn } from '#app/ui/format.ts';
import { requireVisitor } from '#app/web/portal.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${payWords.saved} · ${data?.company ?? ''}` },
];

/** The cards and bank accounts of every customer whose billing the visitor may see (S3-10, S3-19). */
export async function loader(args: LoaderFunctionArgs) {
  const { companyId, portal, visitor, scope, tx } = await requireVisitor(args);
  const processor = await args.context.processorOf(companyId);
  const saved = await tx((t) => listSaved(t, processor, scope.customerIds));
  const today = dateIn(portal.brand.timeZone, new Date());
  return {
    company: portal.brand.name,
    billing: scope.customerIds.length > 0,
    names: visitor.customers.length > 1,
    customers: visitor.customers.map(({ id, name }) => ({
      id,
      name,
      methods: (saved.find((one) => one.customerId === id)?.methods ?? []).map((one) => ({
        ...shownMethod(one, today),
        usable: one.usable,
      })),
    })),
  };
}

export default function PaymentMethods() {
  const { billing, names, customers } = useLoaderData<typeof loader>();
  return (
    <>
      <div className="cp-tight">
        <p>
          <a className="cp-plain" href="/">
            {words.backToInvoices}
          </a>
        </p>
        <h1>{payWords.saved}</h1>
      </div>
      {billing ? <SavedMethods customers={customers} names={names} /> : <p>{payWords.noBilling}</p>}
    </>
  );
}
