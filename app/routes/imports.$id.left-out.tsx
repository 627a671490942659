import type { LoaderFunctionArgs } from '@remix-run/node';

import { badRowsCsv, readImport } from '#app/invoicing/import/imports.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

/** The rows that stayed out, as a CSV file to correct and import. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'import');
  const id = idParam(args.params.id);
  const found = await staff.tx((tx) => readImport(tx, id));
  const survey = found?.survey;
  if (!survey) throw notFound();
  const rows = badRowsCsv(staff.tx, id, survey);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await rows.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
  });
  const headers = {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="rows-left-out-${id}.csv"`,
    'cache-control': 'no-store, private',
  };
  return new Response(body, { headers });
}
