import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { audienceSample } from '#app/audiences/audience.server.ts';
import { audienceChoices } from '#app/audiences/choices.server.ts';
import { rulesFromForm, type AudienceFields } from '#app/audiences/form.ts';
import { AudienceStep } from '#app/campaigns/AudienceStep.tsx';
import { saveAudience } from '#app/campaigns/steps.server.ts';
import { readForm } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import { loadDraft } from './campaigns.draft.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Audience · ${data?.frame.campaign.name ?? 'Campaign'} · Fieldpost` },
];

export async function loader(args: LoaderFunctionArgs) {
  return loadDraft(args, async (tx, check) => ({
    rules: check.rules,
    version: check.rulesVersion,
    savedAt: check.campaign.updatedAt.toISOString(),
    today: check.today,
    counts: check.counts,
    sample: (await audienceSample(tx, check.rules, check.today, { limit: 8, reach: check.reach })).rows,
    choices: await audienceChoices(tx),
  }));
}

/** Before JavaScript the form saves as a whole. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.edit');
  const id = idParam(args.params.id);
  const form = await readForm(args.request);
  const fields: AudienceFields = {};
  for (const key of new Set(form.keys())) fields[key] = form.getAll(key).filter((value) => typeof value === 'string');
  const read = rulesFromForm(fields);
  if (!read.ok) return data({ errors: read.errors, fields }, { status: 400 });
  const [version = ''] = [fields.version ?? ''].flat();
  const saved = await staff.tx((tx) => saveAudience(tx, staff.actor, id, { version, rules: read.rules }));
  if (!saved) throw notFound();
  if (saved.ok) return redirect(`/campaigns/${id}/audience`);
  const errors =
    saved.reason === 'conflict'
      ? { form: `${saved.by} changed the audience after you opened this page. Open it again to see their version.` }
      : { form: 'This campaign was launched meanwhile. What was sent can’t be changed.' };
  return data({ errors, fields }, { status: 409 });
}

export default function Audience() {
  return <AudienceStep {...useLoaderData<typeof loader>()} refused={useActionData<typeof action>() ?? null} />;
}
