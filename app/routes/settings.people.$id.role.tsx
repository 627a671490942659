import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { changeRole } from '#app/company/staff.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = () => redirect('/settings/people');

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'staff.manage');
  const id = idParam(args.params.id);
  const { role } = await readFields(args.request, ['role']);
  const result = await staff.tx((tx) => changeRole(tx, staff.actor, id, role));
  if (result.ok) return redirect('/settings/people?saved=role');
  if (result.reason === 'not_found') throw notFound();
  return redirect(`/settings/people?problem=${result.reason}`);
}
