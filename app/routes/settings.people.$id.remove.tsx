import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { removeStaff } from '#app/company/staff.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = () => redirect('/settings/people');

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'staff.manage');
  const id = idParam(args.params.id);
  const result = await staff.tx((tx) => removeStaff(tx, staff.actor, id));
  if (result.ok) return redirect('/settings/people?saved=removed');
  if (result.reason === 'not_found') throw notFound();
  return redirect(`/settings/people?problem=${result.reason}`);
}
