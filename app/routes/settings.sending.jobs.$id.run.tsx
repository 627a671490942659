import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { runJobAgain } from '#app/messaging/operations.server.ts';
import { idParam, requireStaff } from '#app/web/staff.server.ts';

export const loader = () => redirect('/settings/sending');

/** Tries a job that failed again. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'settings.edit');
  const id = idParam(args.params.id);
  const ran = await staff.tx((tx) => runJobAgain(tx, staff.actor, id));
  return redirect(`/settings/sending?saved=${ran ? 'run' : 'gone'}`);
}
