import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { trySendingNow } from '#app/messaging/operations.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

export const loader = () => redirect('/settings/sending');

/** What waits for a failing provider is tried at once. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.send');
  const tried = await staff.tx((tx) => trySendingNow(tx, staff.actor, args.context));
  // Nothing waits any more: the page says how it stands.
  return redirect(tried ? '/settings/sending?saved=try' : '/settings/sending');
}
