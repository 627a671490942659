import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { getCampaign } from '#app/campaigns/campaigns.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';
import { addJob } from '#db/jobs.ts';

export const loader = ({ params }: ActionFunctionArgs) => redirect(`/campaigns/${idParam(params.id)}/review`);

/** Has the addresses of a draft's audience looked up (B-12): a worker does it, and the page shows how far it is. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.edit');
  const campaignId = idParam(args.params.id);
  await staff.tx(async (tx) => {
    const campaign = await getCampaign(tx, campaignId);
    if (campaign?.status !== 'draft') throw notFound();
    const { companyId } = campaign;
    await addJob(tx, 'addresses.check', { companyId, campaignId }, { key: `addresses:${companyId}:${campaignId}` });
  });
  return redirect(`/campaigns/${campaignId}/review?checking=1#addresses`);
}
