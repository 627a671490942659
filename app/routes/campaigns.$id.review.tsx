import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { audienceSample } from '#app/audiences/audience.server.ts';
import { keptHours } from '#app/campaigns/dry-run-hours.ts';
import { countWaits } from '#app/campaigns/dry-run-waits.server.ts';
import { sendTimes } from '#app/campaigns/dry-run.ts';
import type { CampaignCheck } from '#app/campaigns/checklist.server.ts';
import { previewCampaign } from '#app/campaigns/preview.server.ts';
import { estimatePostcards } from '#app/campaigns/postcard-estimate.server.ts';
import { ReviewStep } from '#app/campaigns/ReviewStep.tsx';
import { readRules } from '#app/consent/rules.server.ts';
import { estimateTexts } from '#app/campaigns/text-estimate.server.ts';
import { mailProviders } from '#app/messaging/providers/choose-mail.server.ts';
import { textProviders } from '#app/messaging/providers/choose-text.server.ts';
import { emailProviders } from '#app/messaging/providers/choose.server.ts';
import type { Tx } from '#db/client.ts';

import { checkOptions, loadDraft, numberOf } from './campaigns.draft.server.ts';
import { launchAction } from './campaigns.launch.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Review · ${data?.frame.campaign.name ?? 'Campaign'} · Fieldpost` },
];

export async function loader(args: LoaderFunctionArgs) {
  const now = new Date();
  const draft = await loadDraft(args, async (tx, check, staff) => ({
    companyId: staff.company.id,
    items: check.items,
    warnings: check.content.warnings,
    ready: check.ready,
    counts: check.counts,
    per: check.rules.per,
    seen: { stepVersion: check.step.version, rulesVersion: check.rulesVersion },
    sandbox: check.content.provider === 'sandbox',
    channel: check.reach.channel,
    from: check.sender.from,
    number: numberOf(check),
    replyTo: check.sender.replyTo,
    today: check.today,
    message: (await previewCampaign(tx, check, null))?.message ?? null,
    texts: await estimateTexts(tx, check),
    postcards: await estimatePostcards(tx, check),
    returnAddress: check.content.channel === 'mail' ? check.content.card.returnAddress : [],
    checking: new URL(args.request.url).searchParams.has('checking'),
    stopOnReply: check.reach.channel === 'sms' ? check.campaign.stopOnReply : null,
    sample: (await audienceSample(tx, check.rules, check.today, { limit: 5, reach: check.reach })).rows,
    ...(await hoursOf(tx, check, now)),
    maySend: staff.may('campaigns.send'),
  }));
  // The provider is asked outside of the transaction: it may be slow, or away.
  const { companyId, ...rest } = draft;
  const providersOf = { email: emailProviders, sms: textProviders, mail: mailProviders }[rest.channel];
  const providers = providersOf(args.context.db, { ...checkOptions(args), ...args.context });
  const rate = await providers(companyId)
    .then((provider) => Promise.race([provider.rate(), slowly()]))
    .catch(() => null);
  const begins = rest.waits?.atOnce === 0 && rest.waits.firstAt !== null ? new Date(rest.waits.firstAt) : now;
  return { ...rest, times: rate === null ? null : sendTimes(rest.counts.eligible, rate, begins) };
}

/** What sending hours do to a launch, as the rules stand. */
async function hoursOf(tx: Tx, check: CampaignCheck, now: Date) {
  const rules = await readRules(tx);
  return {
    hours: keptHours(check.reach.channel, rules),
    waits: await countWaits(tx, check, rules, now),
  };
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
