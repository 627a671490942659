import type { LoaderFunctionArgs } from '@remix-run/node';

import { invoicesCsv } from '#app/invoicing/invoices/csv.server.ts';
import { dateIn } from '#app/ui/format.ts';
import { csvResponse } from '#app/web/csv.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import { invoiceFilter } from './invoices.filter.ts';

/** What the list of invoices is filtered by, as a CSV file. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.read');
  const at = new URL(args.request.url).searchParams;
  const today = dateIn(staff.company.timeZone, new Date());
  return csvResponse(invoicesCsv(staff.tx, invoiceFilter(at, today), at.get('sort')), `invoices-${today}`);
}
