import type { LoaderFunctionArgs } from '@remix-run/node';

import { search } from '#app/company/search.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

/** What the search box at the top finds. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'customers.read');
  const q = new URL(args.request.url).searchParams.get('q') ?? '';
  return Response.json({ hits: await staff.tx((tx) => search(tx, q, staff.may)) });
}
