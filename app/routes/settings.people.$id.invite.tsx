import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { resendInvitation } from '#app/messaging/staff-invitation.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = () => redirect('/settings/people');

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'staff.manage');
  const id = idParam(args.params.id);
  const sent = await staff.tx((tx) => resendInvitation(tx, args.context, staff.actor, id));
  if (!sent) throw notFound();
  return redirect('/settings/people?saved=invited');
}
