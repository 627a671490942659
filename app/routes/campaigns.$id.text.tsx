import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { exampleUrl } from '#app/campaigns/invented.server.ts';
import { saveTextStep } from '#app/campaigns/steps.server.ts';
import { composerSamples } from '#app/campaigns/text-estimate.server.ts';
import { TextStep } from '#app/campaigns/TextStep.tsx';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';
import { emptySms, parseSmsDocument } from '#builders/sms/document.ts';

import { contentPath, loadDraft, numberOf } from './campaigns.draft.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Text Message · ${data?.frame.campaign.name ?? 'Campaign'} · Fieldpost` },
];

export async function loader(args: LoaderFunctionArgs) {
  return loadDraft(args, async (tx, check) => {
    if (check.content.channel !== 'sms') throw redirect(contentPath(check));
    const parsed = parseSmsDocument(check.step.document);
    return {
      items: check.items,
      warnings: check.content.warnings,
      text: (parsed.ok ? parsed.document : emptySms()).text,
      stopOnReply: check.campaign.stopOnReply,
      version: check.step.version,
      savedAt: check.step.updatedAt.toISOString(),
      samples: await composerSamples(tx, check),
      exampleUrl: exampleUrl(check.sender),
      number: numberOf(check),
      companyName: check.sender.companyName,
      website: check.sender.profile.website,
      portalReady: check.sender.portalOrigin !== null,
    };
  });
}

/** Before JavaScript the text saves as a form. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.edit');
  const id = idParam(args.params.id);
  const fields = await readFields(args.request, ['version', 'text', 'stopOnReply']);
  const typed = { text: fields.text, stopOnReply: fields.stopOnReply === 'on' };
  const saved = await staff.tx((tx) =>
    saveTextStep(tx, staff.actor, id, { version: Number(fields.version), ...typed }),
  );
  if (!saved) throw notFound();
  if (saved.ok) return redirect(`/campaigns/${id}/text`);
  if (saved.reason === 'invalid') return data({ errors: saved.errors, ...typed }, { status: 400 });
  const message =
    saved.reason === 'conflict'
      ? `${saved.by} changed this text after you opened it. Open it again to see their version.`
      : 'This campaign was launched meanwhile. What was sent can’t be changed.';
  return data({ errors: { form: message }, ...typed }, { status: 409 });
}

export default function TextMessage() {
  return <TextStep {...useLoaderData<typeof loader>()} refused={useActionData<typeof action>() ?? null} />;
}
