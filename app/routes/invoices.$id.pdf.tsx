import type { LoaderFunctionArgs } from '@remix-run/node';

import { invoicePdf } from '#app/portal/papers.server.ts';
import { pdfResponse } from '#app/web/pdf.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

/** The invoice as its customer gets it. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.read');
  const { addresses, secret } = args.context;
  const file = await staff.tx((tx) => invoicePdf(tx, { addresses, secret }, idParam(args.params.id)));
  if (!file) throw notFound();
  return pdfResponse(file.bytes, file.name);
}
