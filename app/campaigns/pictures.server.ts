import { desc } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { images } from '#db/schema/index.ts';

/** As wide as an email's picture is ever shown, twice over for sharp screens. */
export const PICTURE_WIDTH = 1200;

/** Pictures that were uploaded before, newest first, as the email builder lists them. */
export async function listPictures(tx: Tx, limit = 40): Promise<{ url: string; name: string }[]> {
  const rows = await tx
    .select({ token: images.token, name: images.name })
    .from(images)
    .orderBy(desc(images.id))
    .limit(limit);
  return rows.map((row) => ({ url: pictureUrl(row.token), name: row.name }));
}

export const pictureUrl = (token: string) => `/images/${token}`;
