import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { readInvoiceForPortal } from '#app/invoicing/invoices/for-portal.server.ts';
import { InvoiceSheet } from '#app/portal/InvoiceSheet.tsx';
import { takesPayments } from '#app/portal/pay.server.ts';
import { payWords } from '#app/portal/pay-words.en.ts';
import { words } from '#app/portal/words.en.ts';
import { dateIn } from '#app/ui/format.ts';
import { requireVisitor } from '#app/web/portal.server.ts';
import { idParam, notFound } from '#app/web/staff.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${words.invoice(data.invoice.number)} · ${data.company}` : words.missingTitle },
];

export async function loader(args: LoaderFunctionArgs) {
  const { companyId, portal, scope, tx } = await requireVisitor(args);
  const id = idParam(args.params.id);
  const processor = await args.context.processorOf(companyId);
  const [invoice, payable] = await tx(
    async (t) => [await readInvoiceForPortal(t, scope, id), await takesPayments(t, processor)] as const,
  );
  if (!invoice) throw notFound();
  const { timeZone, name } = portal.brand;
  return {
    company: name,
    today: dateIn(timeZone, new Date()),
    download: portal.invoiceDownloads,
    notConnected: payable ? null : payWords.notConnected(name),
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
  const { company: _, ...page } = useLoaderData<typeof loader>();
  return <InvoiceSheet {...page} />;
}
