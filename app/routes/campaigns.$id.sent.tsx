import { redirect, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { getCampaign } from '#app/campaigns/campaigns.server.ts';
import { previewViews } from '#app/campaigns/EmailView.tsx';
import { previewSent } from '#app/campaigns/preview.server.ts';
import { campaignPeople } from '#app/campaigns/results.server.ts';
import { SentPreview } from '#app/campaigns/SentPreview.tsx';
import { emailProviderName } from '#app/messaging/providers/choose.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import { checkOptions } from './campaigns.draft.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `What it says · ${data?.name ?? 'Campaign'} · Fieldpost` },
];

/** A launched campaign's message as any of its recipients gets it. A draft has its preview among its steps. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.read');
  const id = idParam(args.params.id);
  const params = new URL(args.request.url).searchParams;
  const search = params.get('q')?.trim() ?? '';
  const asked = params.get('message');
  const messageId = asked === null ? null : idParam(asked);
  return staff.tx(async (tx) => {
    const campaign = await getCampaign(tx, id);
    if (!campaign) throw notFound();
    if (campaign.status === 'draft') throw redirect(`/campaigns/${id}/preview`);
    const standIn = (await emailProviderName(tx, checkOptions(args))) === 'sandbox';
    const preview = await previewSent(tx, id, messageId, { ...checkOptions(args), standIn });
    if (!preview && messageId !== null) throw notFound();
    return {
      id,
      name: campaign.name,
      preview,
      search,
      found: search ? (await campaignPeople(tx, id, { search, limit: 8 })).rows : [],
      view: previewViews.find((view) => view === params.get('view')) ?? 'desktop',
      timeZone: staff.company.timeZone,
    };
  });
}

export default function Sent() {
  return <SentPreview {...useLoaderData<typeof loader>()} />;
}
