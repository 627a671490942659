import type { LoaderFunctionArgs } from '@remix-run/node';

import { checkCampaign } from '#app/campaigns/checklist.server.ts';
import { proofOf } from '#app/campaigns/press.server.ts';
import { previewCampaign, previewSent } from '#app/campaigns/preview.server.ts';
import { pdfResponse } from '#app/web/pdf.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

import { checkOptions } from './campaigns.draft.server.ts';

/** A campaign's postcard as one recipient gets it, as PDF: of a draft by invoice, of a launched one by message. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.read');
  const id = idParam(args.params.id);
  const params = new URL(args.request.url).searchParams;
  const [invoice, message] = [params.get('invoice'), params.get('message')];
  const options = checkOptions(args);
  const proof = await staff.tx(async (tx) => {
    const check = await checkCampaign(tx, id, options);
    if (!check) return null;
    const preview =
      check.campaign.status === 'draft'
        ? await previewCampaign(tx, check, invoice === null ? null : idParam(invoice))
        : await previewSent(tx, id, message === null ? null : idParam(message), { ...options, standIn: true });
    return preview?.message?.channel === 'mail' ? proofOf(tx, preview.message.card) : null;
  });
  if (!proof) throw notFound();
  return pdfResponse(proof, 'postcard-proof.pdf');
}
