import type { LoaderFunctionArgs } from '@remix-run/node';

import { readSelected } from '#app/invoicing/invoices/for-portal.server.ts';
import { invoicePdf } from '#app/portal/papers.server.ts';
import { pdfResponse } from '#app/web/pdf.server.ts';
import { requireVisitor } from '#app/web/portal.server.ts';
import { idParam, notFound } from '#app/web/staff.server.ts';

/** An invoice to take along, where the company allows it (S2-20). Nobody keeps it on the way: see `pdfResponse`. */
export async function loader(args: LoaderFunctionArgs) {
  const { portal, scope, tx } = await requireVisitor(args);
  const id = idParam(args.params.id);
  if (!portal.invoiceDownloads) throw notFound();
  const { addresses, secret } = args.context;
  const file = await tx(async (t) =>
    (await readSelected(t, scope, [id])) ? invoicePdf(t, { addresses, secret }, id) : null,
  );
  if (!file) throw notFound();
  return pdfResponse(file.bytes, file.name);
}
