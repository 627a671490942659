import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { deleteDraft } from '#app/campaigns/campaigns.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = ({ params }: ActionFunctionArgs) => redirect(`/campaigns/${idParam(params.id)}`);

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.edit');
  const id = idParam(args.params.id);
  const deleted = await staff.tx((tx) => deleteDraft(tx, staff.actor, id));
  if (deleted === null) throw notFound();
  // Launched meanwhile: it stays, and its page says where it stands.
  return redirect(deleted ? '/campaigns' : `/campaigns/${id}`);
}
