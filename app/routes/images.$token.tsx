import type { LoaderFunctionArgs } from '@remix-run/node';

import { readImage } from '#app/company/images.server.ts';
import { notFound } from '#app/web/staff.server.ts';

/** A company's picture, on every host: in emails, on customer pages, in the office. What stands behind a token never changes. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  const image = await readImage(context.db, params.token ?? '');
  if (!image) throw notFound();
  return new Response(new Uint8Array(image.bytes), {
    headers: {
      'content-type': image.mimeType,
      'content-length': String(image.bytes.length),
      'cache-control': 'public, max-age=31536000, immutable',
    },
  });
}
