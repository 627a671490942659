import type { LoaderFunctionArgs } from '@remix-run/node';

import { agingCsv } from '#app/invoicing/reports/aging-csv.server.ts';
import { dateIn } from '#app/ui/format.ts';
import { csvResponse } from '#app/web/csv.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import { agingRequest } from './aging.request.server.ts';

/** The aging report as a CSV file, with all customers. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.read');
  const { timeZone } = staff.company;
  const at = new URL(args.request.url).searchParams;
  const { filter, sort } = agingRequest(at, dateIn(timeZone, new Date()), timeZone);
  return csvResponse(agingCsv(staff.tx, filter, sort), `aging-${filter.on}`);
}
