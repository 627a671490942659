import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { trySendingNow } from '#app/messaging/operations.server.ts';
import { idParam, requireStaff } from '#app/web/staff.server.ts';

export const loader = ({ params }: ActionFunctionArgs) => redirect(`/campaigns/${idParam(params.id)}`);

/** What waits for a failing provider is tried at once, from the campaign that shows the wait. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.send');
  const id = idParam(args.params.id);
  await staff.tx((tx) => trySendingNow(tx, staff.actor, args.context));
  return redirect(`/campaigns/${id}`);
}
