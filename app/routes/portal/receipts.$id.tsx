import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { readReceipt } from '#app/invoicing/payments/for-portal.server.ts';
import { ReceiptSheet } from '#app/portal/ReceiptSheet.tsx';
import { words } from '#app/portal/words.en.ts';
import { formatDay, formatInstant } from '#app/ui/format.ts';
import { requireVisitor } from '#app/web/portal.server.ts';
import { idParam, notFound } from '#app/web/staff.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${words.receipt(data.receipt.id)} · ${data.company}` : words.missingTitle },
];

export async function loader(args: LoaderFunctionArgs) {
  const { portal, scope, tx } = await requireVisitor(args);
  const id = idParam(args.params.id);
  const receipt = await tx((t) => readReceipt(t, scope.customerIds, id));
  if (!receipt) throw notFound();
  const { timeZone, name } = portal.brand;
  return {
    company: name,
    receipt: {
      ...receipt,
      at: formatInstant(receipt.at, timeZone),
      refunds: receipt.refunds.map((refund) => ({ ...refund, at: formatDay(refund.at, timeZone) })),
    },
  };
}

export default function Receipt() {
  return <ReceiptSheet receipt={useLoaderData<typeof loader>().receipt} />;
}
