import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { readInvoiceForPortal } from '#app/invoicing/invoices-for-portal.server.ts';
import { InvoiceSheet } from '#app/portal/InvoiceSheet.tsx';
import { words } from '#app/portal/words.en.ts';
import { dateIn } from '#app/ui/format.ts';
import { requireVisitor } from '#app/web/portal.server.ts';
import { idParam, notFound } from '#app/web/staff.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${words.invoice(data.invoice.number)} · ${data.company}` : words.missingTitle },
];

export async function loader(args: LoaderFunctionArgs) {
  const { portal, scope, tx } = await requireVisitor(args);
  const id = idParam(args.params.id);
  const invoice = await tx((t) => readInvoiceForPortal(t, scope, id));
  if (!invoice) throw notFound();
  const { timeZone, name } = portal.brand;
  return {
    company: name,
    today: dateIn(timeZone, new Date()),
    invoice: {
      ...invoice,
      job: invoice.job && {
        ...invoice.job,
        completedAt: invoice.job.completedAt && dateIn(timeZone, invoice.job.completedAt),
      },
      movements: invoice.movements.map((movement) => ({ ...movement, at: dateIn(timeZone, movement.at) })),
    },
  };
}

export default function PortalInvoice() {
  const { invoice, today } = useLoaderData<typeof loader>();
  return <InvoiceSheet invoice={invoice} today={today} />;
}
