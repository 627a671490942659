import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { audienceSample } from '#app/audiences/audience.server.ts';
import { keptHours } from '#app/campaigns/dry-run-hours.ts';
import { sendTimes } from '#app/campaigns/dry-run.ts';
import { previewCampaign } from '#app/campaigns/preview.server.ts';
import { ReviewStep } from '#app/campaigns/ReviewStep.tsx';
import { readRules } from '#app/consent/rules.server.ts';
import { emailProviders } from '#app/messaging/providers/choose.server.ts';

import { checkOptions, loadDraft } from './campaigns.draft.server.ts';
import { launchAction } from './campaigns.launch.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Review · ${data?.frame.campaign.name ?? 'Campaign'} · Fieldpost` },
];

export async function loader(args: LoaderFunctionArgs) {
  const draft = await loadDraft(args, async (tx, check, staff) => ({
    companyId: staff.company.id,
    items: check.items,
    warnings: check.warnings,
    ready: check.ready,
    counts: check.counts,
    per: check.rules.per,
    seen: { emailVersion: check.step.version, rulesVersion: check.rulesVersion },
    sandbox: check.provider === 'sandbox',
    from: check.sender.from,
    replyTo: check.sender.replyTo,
    today: check.today,
    subject: (await previewCampaign(tx, check, null))?.email?.subject ?? null,
    sample: (await audienceSample(tx, check.rules, check.today, { limit: 5, purpose: check.campaign.purpose })).rows,
    hours: keptHours(await readRules(tx), check.sender.timeZone, new Date()),
    maySend: staff.may('campaigns.send'),
  }));
  // The provider is asked outside of the transaction: it may be slow, or away.
  const { companyId, ...rest } = draft;
  const providers = emailProviders(args.context.db, { ...checkOptions(args), ...args.context });
  const rate = await providers(companyId)
    .then((provider) => Promise.race([provider.rate(), slowly()]))
    .catch(() => null);
  const begins = rest.hours?.opensAt ? new Date(rest.hours.opensAt) : new Date();
  return { ...rest, times: rate === null ? null : sendTimes(rest.counts.eligible, rate, begins) };
}

/** Nobody waits for a provider's answer to see a page. */
const slowly = () =>
  new Promise<null>((done) => {
    setTimeout(() => done(null), 1_500).unref();
  });

export const action = launchAction;

export default function Review() {
  const answer = useActionData<typeof action>();
  const page = useLoaderData<typeof loader>();
  return <ReviewStep {...page} refused={answer?.error ?? null} ask={answer?.ask ?? false} />;
}
