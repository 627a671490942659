import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { archiveCampaign } from '#app/campaigns/campaigns.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = ({ params }: ActionFunctionArgs) => redirect(`/campaigns/${idParam(params.id)}`);

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.edit');
  const id = idParam(args.params.id);
  const archived = (await readFields(args.request, ['archived'])).archived === 'yes';
  const done = await staff.tx((tx) => archiveCampaign(tx, staff.actor, id, archived));
  if (done === null) throw notFound();
  return redirect(archived && done ? '/campaigns' : `/campaigns/${id}`);
}
