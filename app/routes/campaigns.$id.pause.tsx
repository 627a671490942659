import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { pauseCampaign } from '#app/campaigns/lifecycle.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = ({ params }: ActionFunctionArgs) => redirect(`/campaigns/${idParam(params.id)}`);

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.send');
  const id = idParam(args.params.id);
  const turned = await staff.tx((tx) => pauseCampaign(tx, id, staff.actor));
  if (!turned.ok && turned.status === null) throw notFound();
  // Somebody else was faster, or it was through already: its page says where it stands.
  return redirect(`/campaigns/${id}`);
}
