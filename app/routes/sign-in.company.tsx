import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { switchCompany } from '#app/company/sessions.server.ts';
import { readCookie, sessionCookieName } from '#app/web/cookies.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = () => redirect('/');

/** Takes the session to another company of the same person. */
export async function action(args: ActionFunctionArgs) {
  await requireStaff(args, 'customers.read');
  const { companyId } = await readFields(args.request, ['companyId']);
  const token = readCookie(args.request, sessionCookieName(args.context.addresses.appOrigin));
  const switched = token !== null && (await switchCompany(args.context.db, token, idParam(companyId)));
  if (!switched) throw notFound();
  return redirect('/');
}
