import { redirect, type ActionFunctionArgs } from '@remix-run/node';

import { PICTURE_WIDTH, pictureUrl } from '#app/campaigns/pictures.server.ts';
import { encodeImage, keepImage, MAX_UPLOAD_BYTES } from '#app/company/images.server.ts';
import { requireStaff } from '#app/web/staff.server.ts';

export const loader = () => redirect('/campaigns');

/** Keeps a picture for emails. Answers `{ url }`, or `{ error }` in words. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.edit');
  const length = Number(args.request.headers.get('content-length') ?? 0);
  if (length > MAX_UPLOAD_BYTES + 10_000) {
    return Response.json({ error: 'This image is larger than 5 MB. Use a smaller one.' }, { status: 413 });
  }
  const form = await args.request.formData().catch(() => null);
  const file = form?.get('image');
  if (!(file instanceof Blob)) return Response.json({ error: 'No image was sent.' }, { status: 400 });
  const bytes = new Uint8Array(await file.arrayBuffer());
  const name = 'name' in file ? String(file.name) : 'image';
  // Packing takes a while: no transaction is held for it.
  const encoded = await encodeImage({ name, bytes, maxWidth: PICTURE_WIDTH });
  if (!encoded.ok) return Response.json({ error: encoded.error }, { status: 400 });
  const image = await staff.tx((tx) => keepImage(tx, encoded.image));
  return Response.json({ url: pictureUrl(image.token) });
}
