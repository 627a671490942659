import type { LoaderFunctionArgs } from '@remix-run/node';

import { openPortal } from '#app/web/portal.server.ts';
import { notFound } from '#app/web/staff.server.ts';

/** Any other address of a portal. */
export async function loader(args: LoaderFunctionArgs) {
  await openPortal(args);
  throw notFound();
}

export default function NotFound() {
  return null;
}
