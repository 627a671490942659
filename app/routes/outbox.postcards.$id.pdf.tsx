import type { LoaderFunctionArgs } from '@remix-run/node';

import { proofOf } from '#app/campaigns/press.server.ts';
import { readOutboxPostcard } from '#app/messaging/outbox-postcards.server.ts';
import { pdfResponse } from '#app/web/pdf.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';

/** The postcard as it would be printed: both sides, with bleed. */
export async function loader(args: LoaderFunctionArgs) {
  const staff = await requireStaff(args, 'outbox.read');
  const proof = await staff.tx(async (tx) => {
    const postcard = await readOutboxPostcard(tx, idParam(args.params.id));
    return postcard && proofOf(tx, postcard.card);
  });
  if (!proof) throw notFound();
  return pdfResponse(proof, 'postcard.pdf');
}
