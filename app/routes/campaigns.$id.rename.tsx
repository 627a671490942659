import { data, redirect, type ActionFunctionArgs } from '@remix-run/node';

import { renameCampaign } from '#app/campaigns/campaigns.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const loader = ({ params }: ActionFunctionArgs) => redirect(`/campaigns/${idParam(params.id)}`);

export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.edit');
  const { name } = await readFields(args.request, ['name']);
  const renamed = await staff.tx((tx) => renameCampaign(tx, staff.actor, idParam(args.params.id), name));
  if (!renamed) throw notFound();
  return data(renamed, { status: renamed.ok ? 200 : 400 });
}
