import { eq, sql } from 'drizzle-orm';
import { nanoid } from 'nanoid';
import type { Sharp } from 'sharp';

import { withCompany, type Db, type Tx } from '#db/client.ts';
import { images } from '#db/schema/index.ts';

/** What may be uploaded, in bytes. */
export const MAX_UPLOAD_BYTES = 5 * 1024 * 1024;
/** A drawing this large is no logo, and its parser works hard. */
const MAX_SVG_BYTES = 512 * 1024;
/** 40 megapixels: more than any phone's picture needs, and 160 MB once unpacked. */
const MAX_PIXELS = 40_000_000;
/** What is kept. Customers load it on a phone, in an email. */
const MAX_STORED_BYTES = 600 * 1024;

export type StoredImage = { id: number; token: string; mimeType: string; width: number; height: number };
export type Upload = {
  /** The file's name as its owner calls it: shown in lists, and the alternative text people start from. */
  name: string;
  bytes: Uint8Array;
  /** Pixels; larger pictures are made smaller, smaller ones stay. */
  maxWidth: number;
  maxHeight?: number;
};
export type EncodedImage = { name: string; mimeType: string; width: number; height: number; bytes: Buffer };

const NO_IMAGE = 'This file is not an image that can be read. Use a PNG, JPEG, WebP or SVG file.';

/**
 * Unpacks a picture and packs it anew as PNG or JPEG, which every mail program shows: whatever else the file held (scripts
 * in an SVG, places in a photo, a second file behind the first) is gone. Reads PNG, JPEG, WebP and SVG.
 * @returns the picture, or what is wrong with the file, in words
 */
export async function encodeImage(
  upload: Upload,
): Promise<{ ok: true; image: EncodedImage } | { ok: false; error: string }> {
  const refuse = (error: string) => ({ ok: false, error }) as const;
  if (upload.bytes.length === 0) return refuse('This file is empty.');
  if (upload.bytes.length > MAX_UPLOAD_BYTES) return refuse('This image is larger than 5 MB. Use a smaller one.');
  const { default: sharp } = await import('sharp'); // large, and for uploads only
  const source = sharp(upload.bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' }).timeout({ seconds: 10 });
  try {
    const { format, hasAlpha, width, height } = await source.metadata();
    if (format !== 'png' && format !== 'jpeg' && format !== 'webp' && format !== 'svg') return refuse(NO_IMAGE);
    if (format === 'svg' && upload.bytes.length > MAX_SVG_BYTES) {
      return refuse('This SVG is larger than 512 KB. Save it as a PNG.');
    }
    if (width * height > MAX_PIXELS) return refuse('This image has more than 40 megapixels. Use a smaller one.');
    const sized = source
      .autoOrient()
      .resize({ width: upload.maxWidth, height: upload.maxHeight, fit: 'inside', withoutEnlargement: true });
    const photo = format === 'jpeg' || (format === 'webp' && !hasAlpha);
    for (const encode of photo ? asPhoto : asDrawing) {
      const { data, info } = await encode(sized.clone()).toBuffer({ resolveWithObject: true });
      if (data.length > MAX_STORED_BYTES) continue;
      const mimeType = info.format === 'png' ? 'image/png' : 'image/jpeg';
      return {
        ok: true,
        image: { name: plainName(upload.name), mimeType, width: info.width, height: info.height, bytes: data },
      };
    }
    return refuse('This image stays too large for emails. Use one with fewer pixels, or a JPEG.');
  } catch (error) {
    const pixels = error instanceof Error && /pixel limit/i.test(error.message);
    return refuse(pixels ? 'This image has more than 40 megapixels. Use a smaller one.' : NO_IMAGE);
  }
}

/** The best that is small enough: the first encoding that fits is kept. */
const asPhoto = [
  (image: Sharp) => image.jpeg({ quality: 84, mozjpeg: true }),
  (image: Sharp) => image.jpeg({ quality: 65, mozjpeg: true }),
];
const asDrawing = [
  (image: Sharp) => image.png({ compressionLevel: 9 }),
  (image: Sharp) => image.png({ palette: true, quality: 85 }),
];

/** A file's name as words. */
export const plainName = (name: string) =>
  name
    .replaceAll(/[\p{Cc}\\/]/gu, ' ')
    .trim()
    .slice(0, 120) || 'image';

/** Keeps a picture that `encodeImage` made. Its token is public: whoever has the address sees it. */
export async function keepImage(tx: Tx, image: EncodedImage): Promise<StoredImage> {
  const [company] = await tx.execute<{ id: number }>(sql`select current_company_id() as id`);
  // The company rides in the token, since the address is asked for without a session.
  const token = `${company!.id.toString(36)}-${nanoid(22)}`;
  const [row] = await tx
    .insert(images)
    .values({ ...image, token })
    .returning({ id: images.id });
  return { id: row!.id, token, mimeType: image.mimeType, width: image.width, height: image.height };
}

/** Encodes and keeps an uploaded picture: see `encodeImage`. It is served at `/images/<token>` on every host. */
export async function storeImage(
  tx: Tx,
  upload: Upload,
): Promise<{ ok: true; image: StoredImage } | { ok: false; error: string }> {
  const encoded = await encodeImage(upload);
  return encoded.ok ? { ok: true, image: await keepImage(tx, encoded.image) } : encoded;
}

/** A stored picture without its bytes, by id; null for null and for one that is gone. */
export async function findImage(tx: Tx, id: number | null): Promise<StoredImage | null> {
  if (id === null) return null;
  const [row] = await tx
    .select({
      id: images.id,
      token: images.token,
      mimeType: images.mimeType,
      width: images.width,
      height: images.height,
    })
    .from(images)
    .where(eq(images.id, id));
  return row ?? null;
}

/** The bytes behind a public address, or null. */
export async function readImage(db: Db, token: string): Promise<{ mimeType: string; bytes: Buffer } | null> {
  const companyId = /^([0-9a-z]{1,10})-[\w-]{22}$/.exec(token)?.[1];
  if (companyId === undefined) return null;
  return withCompany(db, Number.parseInt(companyId, 36), async (tx) => {
    const [row] = await tx
      .select({ mimeType: images.mimeType, bytes: images.bytes })
      .from(images)
      .where(eq(images.token, token));
    return row ?? null;
  });
}

/** The bytes of one of the company's own pictures, by id; null for null and for one that is gone. */
export async function imageBytes(
  tx: Tx,
  id: number | null,
): Promise<{ bytes: Buffer; width: number; height: number } | null> {
  if (id === null) return null;
  const [row] = await tx
    .select({ bytes: images.bytes, width: images.width, height: images.height })
    .from(images)
    .where(eq(images.id, id));
  return row ?? null;
}
