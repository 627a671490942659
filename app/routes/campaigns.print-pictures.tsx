import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { encodePrintPicture, MAX_PRINT_UPLOAD_BYTES, PRINT_TOO_LARGE } from '#app/campaigns/print-encode.server.ts';
import { keepPrintPicture } from '#app/campaigns/print-pictures.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';
import { readUploadForm, TOO_LARGE } from '#app/web/upload.server.ts';

export const loader = () => redirect('/campaigns');

/** Keeps a picture for postcards. Answers `{ ok: true, picture, warnings }`, or `{ ok: false, error }` in words. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.edit');
  const form = await readUploadForm(args.request, MAX_PRINT_UPLOAD_BYTES).catch(() => null);
  const file = form?.get('picture');
  if (file === TOO_LARGE) return Response.json({ ok: false, error: PRINT_TOO_LARGE }, { status: 413 });
  if (!(file instanceof File)) return Response.json({ ok: false, error: 'No picture was sent.' }, { status: 400 });
  const bytes = new Uint8Array(await file.arrayBuffer());
  // Packing takes a while: no transaction is held for it.
  const encoded = await encodePrintPicture({ name: file.name, bytes });
  if (!encoded.ok) return Response.json({ ok: false, error: encoded.error }, { status: 400 });
  const picture = await staff.tx((tx) => keepPrintPicture(tx, encoded.picture));
  return Response.json({ ok: true, picture, warnings: encoded.warnings });
}
