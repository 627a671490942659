import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';

import { EmailStep } from '#app/campaigns/EmailStep.tsx';
import { listPictures, pictureUrl } from '#app/campaigns/pictures.server.ts';
import { saveEmailStep } from '#app/campaigns/steps.server.ts';
import { readPortal } from '#app/portal/brand.server.ts';
import { readFields } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';
import { emptyDocument, parseEmailDocument } from '#builders/email/document.ts';

import { contentPath, loadDraft } from './campaigns.draft.server.ts';

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Email Sequence · ${data?.frame.campaign.name ?? 'Campaign'} · Fieldpost` },
];

export async function loader(args: LoaderFunctionArgs) {
  return loadDraft(args, async (tx, check) => {
    if (check.content.channel !== 'email') throw redirect(contentPath(check));
    const { brand } = await readPortal(tx);
    const parsed = parseEmailDocument(check.step.document);
    return {
      items: check.items,
      warnings: check.content.warnings,
      subject: check.step.subject,
      preheader: check.step.preheader,
      document: parsed.ok ? parsed.document : emptyDocument(),
      version: check.step.version,
      savedAt: check.step.updatedAt.toISOString(),
      images: await listPictures(tx),
      brand: {
        color: brand.color,
        companyName: check.sender.companyName,
        postalAddress: check.sender.profile.postalAddress,
        logoUrl: brand.logo && pictureUrl(brand.logo.token),
      },
      portalReady: check.sender.portalOrigin !== null,
    };
  });
}

/** Before JavaScript the two lines save as a form; the email itself needs the builder. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.edit');
  const id = idParam(args.params.id);
  const { version, ...values } = await readFields(args.request, ['version', 'subject', 'preheader']);
  const saved = await staff.tx((tx) => saveEmailStep(tx, staff.actor, id, { version: Number(version), ...values }));
  if (!saved) throw notFound();
  if (saved.ok) return redirect(`/campaigns/${id}/email`);
  if (saved.reason === 'invalid') return data({ errors: saved.errors, values }, { status: 400 });
  const message =
    saved.reason === 'conflict'
      ? `${saved.by} changed this email after you opened it. Open it again to see their version.`
      : 'This campaign was launched meanwhile. What was sent can’t be changed.';
  return data({ errors: { form: message }, values }, { status: 409 });
}

export default function Email() {
  return <EmailStep {...useLoaderData<typeof loader>()} refused={useActionData<typeof action>() ?? null} />;
}
