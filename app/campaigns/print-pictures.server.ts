import { and, desc, eq, sql } from 'drizzle-orm';

import { keepImage } from '#app/company/images.server.ts';
import type { Tx } from '#db/client.ts';
import { printImages } from '#db/schema/index.ts';

import type { PrintPicture } from './print-encode.server.ts';

/** A picture for print as the builder knows it: `/images/<token>` shows it small, pixels are those in print. */
export type ListedPicture = { token: string; name: string; width: number; height: number };

const listed = {
  token: printImages.token,
  name: printImages.name,
  width: printImages.width,
  height: printImages.height,
};

/**
 * Keeps a picture that `encodePrintPicture` made, and under the same token a small one for the screen, which is public. The same
 * picture uploaded twice is one.
 */
export async function keepPrintPicture(tx: Tx, { preview, ...picture }: PrintPicture): Promise<ListedPicture> {
  const { width, height, bytes } = picture;
  const [same] = await tx
    .select(listed)
    .from(printImages)
    .where(
      and(
        eq(printImages.width, width),
        eq(printImages.height, height),
        // The length is known without reading the bytes: only what is as long is compared.
        sql`case when octet_length(${printImages.bytes}) = ${bytes.length} then ${eq(printImages.bytes, bytes)} end`,
      ),
    )
    .orderBy(printImages.id)
    .limit(1);
  if (same) return same;
  const { token } = await keepImage(tx, preview);
  const [kept] = await tx
    .insert(printImages)
    .values({ ...picture, token })
    .returning(listed);
  return kept!;
}

/** Pictures for print that were uploaded before, newest first, as the builder lists them. */
export function listPrintPictures(tx: Tx, limit = 40): Promise<ListedPicture[]> {
  return tx.select(listed).from(printImages).orderBy(desc(printImages.id)).limit(limit);
}

/** A picture's bytes for print, PNG or JPEG; null where this company has none of that token. */
export async function readPrintPicture(tx: Tx, token: string): Promise<Buffer | null> {
  const [row] = await tx.select({ bytes: printImages.bytes }).from(printImages).where(eq(printImages.token, token));
  return row?.bytes ?? null;
}
