import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { PICTURE_WIDTH, pictureUrl } from '#app/campaigns/pictures.server.ts';
import { encodeImage, keepImage, MAX_UPLOAD_BYTES } from '#app/company/images.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';
import { readUploadForm, TOO_LARGE } from '#app/web/upload.server.ts';

export const loader = () => redirect('/campaigns');

/** Keeps a picture for emails. Answers `{ url }`, or `{ error }` in words. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.edit');
  const form = await readUploadForm(args.request, MAX_UPLOAD_BYTES).catch(() => null);
  const file = form?.get('image');
  if (file === TOO_LARGE) {
    return Response.json({ error: 'This image is larger than 5 MB. Use a smaller one.' }, { status: 413 });
  }
  if (!(file instanceof File)) return Response.json({ error: 'No image was sent.' }, { status: 400 });
  const bytes = new Uint8Array(await file.arrayBuffer());
  // Packing takes a while: no transaction is held for it.
  const encoded = await encodeImage({ name: file.name, bytes, maxWidth: PICTURE_WIDTH });
  if (!encoded.ok) return Response.json({ error: encoded.error }, { status: 400 });
  const image = await staff.tx((tx) => keepImage(tx, encoded.image));
  return Response.json({ url: pictureUrl(image.token) });
}
