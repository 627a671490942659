import { redirect, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { getCampaign } from '#app/campaigns/campaigns.server.ts';
import { campaignCost } from '#app/campaigns/cost.server.ts';
import { campaignResults } from '#app/campaigns/results.server.ts';
import { Results } from '#app/campaigns/Results.tsx';
import { readSendingHold } from '#app/messaging/operations.server.ts';
import { dateIn } from '#app/ui/format.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.campaign.name ?? 'Campaign'} · Fieldpost` },
];

export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.read');
  const id = idParam(args.params.id);
  // As of one moment: workers move the numbers, and once it is sent the page asks but seldom.
  return staff.read(async (tx) => {
    const campaign = await getCampaign(tx, id);
    if (!campaign) throw notFound();
    if (campaign.status === 'draft') throw redirect(`/campaigns/${id}/audience`);
    const results = (await campaignResults(tx, id))!;
    return {
      campaign: {
        id,
        name: campaign.name,
        status: results.status,
        archived: campaign.archivedAt !== null,
        stopOnReply: campaign.stopOnReply,
      },
      results,
      hold:
        results.status === 'sending'
          ? await readSendingHold(tx, results.steps[0]?.channel ?? 'email', args.context)
          : null,
      cost: await campaignCost(tx, id),
      now: new Date().toISOString(),
      today: dateIn(staff.company.timeZone, new Date()),
      timeZone: staff.company.timeZone,
      currency: staff.company.currency,
      maySend: staff.may('campaigns.send'),
    };
  });
}

export default function Campaign() {
  return <Results {...useLoaderData<typeof loader>()} />;
}
