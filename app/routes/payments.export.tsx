import type { LoaderFunctionArgs } from '@remix-run/node';

import { paymentsCsv } from '#app/invoicing/payments/csv.server.ts';
import { dateIn } from '#app/ui/format.ts';
import { requireStaff } from '#app/web/staff.server.ts';

import { paymentFilter } from './payments.filter.server.ts';

/** The payments of a filter as a CSV file. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'invoices.read');
  const today = dateIn(staff.company.timeZone, new Date());
  const at = new URL(args.request.url).searchParams;
  const lines = paymentsCsv(staff.tx, paymentFilter(at, staff.company.timeZone, today));
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
  });
  const headers = {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="payments-${today}.csv"`,
    'cache-control': 'no-store, private',
  };
  return new Response(body, { headers });
}
