import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { getCampaign } from '#app/campaigns/campaigns.server.ts';
import { cancelCampaign } from '#app/campaigns/lifecycle.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = ({ params }: ActionFunctionArgs) => redirect(`/campaigns/${idParam(params.id)}`);

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.send');
  const id = idParam(args.params.id);
  // Clicked before JavaScript could ask: the campaign's page asks, as nothing brings a canceled campaign back.
  const { confirmed } = await readFields(args.request, ['confirmed']);
  if (confirmed !== 'yes') {
    if (!(await staff.tx((tx) => getCampaign(tx, id)))) throw notFound();
    return redirect(`/campaigns/${id}?ask=cancel`);
  }
  const turned = await staff.tx((tx) => cancelCampaign(tx, id, staff.actor));
  if (!turned.ok && turned.status === null) throw notFound();
  // Somebody else was faster, or it was through already: its page says where it stands.
  return redirect(`/campaigns/${id}`);
}
