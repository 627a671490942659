import type { LoaderFunctionArgs } from '@remix-run/node';

import { resolveLink } from '#app/links/resolve.server.ts';
import { notFound } from '#app/web/staff.server.ts';
import { withCompany } from '#db/client.ts';

/**
 * Any other address of a link host. A link whose time is over answers 410: it was here and will not come back (RFC 9110,
 * section 15.5.11). One that was never here, or whose portal may be switched on again, answers 404.
 */
export async function loader({ params, context }: LoaderFunctionArgs) {
  const { db, addresses, secret } = context;
  const companyId = context.hostCompanyId ?? 0;
  const typed = params['*'] ?? '';
  const link = await withCompany(db, companyId, (tx) => resolveLink(tx, companyId, typed, { addresses, secret }));
  if (link === 'expired') throw new Response('', { status: 410 });
  throw notFound();
}

export default function Ended() {
  return null;
}
