import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';

import { audienceSample } from '#app/audiences/audience.server.ts';
import { previewCampaign } from '#app/campaigns/preview.server.ts';
import { previewViews } from '#app/campaigns/EmailView.tsx';
import { PreviewStep } from '#app/campaigns/PreviewStep.tsx';
import { notFound } from '#app/web/staff.server.ts';

import { loadDraft, numberOf } from './campaigns.draft.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Preview · ${data?.frame.campaign.name ?? 'Campaign'} · Fieldpost` },
];

export async function loader(args: LoaderFunctionArgs) {
  const params = new URL(args.request.url).searchParams;
  const search = params.get('q')?.trim() ?? '';
  const asked = params.get('invoice');
  if (asked !== null && !/^\d{1,15}$/.test(asked)) throw notFound();
  return loadDraft(args, async (tx, check, staff) => {
    const found = search
      ? (await audienceSample(tx, check.rules, check.today, { search, limit: 8, reach: check.reach })).rows
      : [];
    const preview = await previewCampaign(tx, check, asked === null ? null : Number(asked));
    // Whoever was chosen may have paid meanwhile, or the rules changed.
    const gone = preview === null;
    return {
      search,
      found,
      gone,
      preview: preview ?? (await previewCampaign(tx, check, null))!,
      total: check.counts.eligible,
      today: check.today,
      from: check.sender.from ?? { name: check.sender.companyName, address: '' },
      number: numberOf(check),
      problems: check.items.flatMap((item) => item.problems),
      view: previewViews.find((view) => view === params.get('view')) ?? 'desktop',
      mayTest: staff.may('messages.test'),
      me: staff.person.email,
      sandbox: check.content.provider === 'sandbox',
      tested: params.has('tested'),
      to: params.get('to') ?? '',
      testError: testErrors[params.get('problem') ?? ''] ?? null,
      wait: Number(/^[1-9]\d?$/.exec(params.get('wait') ?? '')?.[0] ?? 0),
    };
  });
}

/** What is wrong with a test text, by what the address says. */
const testErrors: Record<string, string> = {
  number: 'Enter a mobile number such as (850) 555-0101.',
  not_ready: 'Texts can’t go out yet: see Review.',
};

export default function Preview() {
  return <PreviewStep {...useLoaderData<typeof loader>()} />;
}
