import type { LoaderFunctionArgs } from '@remix-run/node';

import { readPeriod } from '#app/invoicing/reports/statements.server.ts';
import { statementPdf } from '#app/portal/statements.server.ts';
import { dateIn } from '#app/ui/format.ts';
import { pdfResponse } from '#app/web/pdf.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

/** A customer's statement as they get it. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.read');
  const at = new URL(args.request.url).searchParams;
  const { period, error } = readPeriod(at.get('from'), at.get('to'), dateIn(staff.company.timeZone, new Date()));
  if (error) throw new Response(error, { status: 400 });
  const file = await staff.tx((tx) => statementPdf(tx, idParam(args.params.id), period));
  if (!file) throw notFound();
  return pdfResponse(file.bytes, file.name);
}
