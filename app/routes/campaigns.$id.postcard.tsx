import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { exampleUrl } from '#app/campaigns/invented.server.ts';
import { PostcardStep } from '#app/campaigns/PostcardStep.tsx';
import { listPrintPictures } from '#app/campaigns/print-pictures.server.ts';
import { savePostcardStep } from '#app/campaigns/steps.server.ts';
import { composerSamples } from '#app/campaigns/text-estimate.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';
import { parsePostcardDocument, postcardFields, postcardOfForm } from '#builders/postcard/form.ts';

import { contentPath, loadDraft } from './campaigns.draft.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Mail Sequence · ${data?.frame.campaign.name ?? 'Campaign'} · Fieldpost` },
];

export async function loader(args: LoaderFunctionArgs) {
  return loadDraft(args, async (tx, check) => {
    const { content, sender, step } = check;
    if (content.channel !== 'mail') throw redirect(contentPath(check));
    const samples = await composerSamples(tx, check);
    return {
      items: check.items,
      warnings: content.warnings,
      document: content.document,
      version: step.version,
      savedAt: step.updatedAt.toISOString(),
      samples: samples.map(({ name, values, address }) => ({
        name,
        values,
        address: [name, ...address.split('\n').filter(Boolean)],
      })),
      ...content.card,
      exampleUrl: exampleUrl(sender),
      portalReady: sender.portalOrigin !== null,
      pictures: await listPrintPictures(tx),
    };
  });
}

/** Before JavaScript the postcard saves as a form. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.edit');
  const id = idParam(args.params.id);
  const fields = await readFields(args.request, ['version', ...postcardFields]);
  const version = Number(fields.version);
  const { saved, typed } = await staff.tx(async (tx) => {
    const document = postcardOfForm(fields, await listPrintPictures(tx));
    return { saved: await savePostcardStep(tx, staff.actor, id, { version, document }), typed: document };
  });
  if (!saved) throw notFound();
  if (saved.ok) return redirect(`/campaigns/${id}/postcard`);
  const read = parsePostcardDocument(typed);
  const document = read.ok ? read.document : null;
  if (saved.reason === 'invalid') return data({ errors: saved.errors, document }, { status: 400 });
  const message =
    saved.reason === 'conflict'
      ? `${saved.by} changed this postcard after you opened it. Open it again to see their version.`
      : 'This campaign was launched meanwhile. What was sent can’t be changed.';
  return data({ errors: { form: message }, document }, { status: 409 });
}

export default function MailSequence() {
  return <PostcardStep {...useLoaderData<typeof loader>()} refused={useActionData<typeof action>() ?? null} />;
}
