import sharp, { type Metadata, type Sharp } from 'sharp';

import { isSharpAt, pixelsNeeded, pixelWords, resolutionProblem, dpiAt } from '#builders/postcard/resolution.ts';
import { postcardSizes } from '#builders/postcard/document.ts';
import { plainName, type EncodedImage } from '#app/company/images.server.ts';

import { colorSpaceOf } from './color-space.ts';
import { paintPdf, type PdfRefusal } from './pdf-pixels.server.ts';

/** What may be uploaded, in bytes. */
export const MAX_PRINT_UPLOAD_BYTES = 25 * 1024 * 1024;
export const PRINT_TOO_LARGE = 'This file is larger than 25 MB. Use a smaller one.';
/** 100 megapixels: more than print needs many times over. */
const MAX_PIXELS = 100_000_000;
/** What is kept of one that covers the largest postcard, at most: it is four times as long as it is high. */
const MAX_KEPT_PIXELS = 30_000_000;
/** A printed side holds 5 MB at most (Lob's documentation). What is left is for letters and the logo. */
const MAX_STORED_BYTES = 4_500_000;
/** Past this a drawing is a photo, for which JPEG is the better paper. */
const MAX_DRAWING_BYTES = 1_500_000;
/** As it is shown on the screen. */
const PREVIEW_WIDTH = 1200;

/** A picture packed for print, and a small one that shows it on the screen. */
export type PrintPicture = EncodedImage & {
  /** What the file had: all is sRGB now. */
  colorSpace: string;
  preview: EncodedImage;
};
export type PrintEncoding = { ok: true; picture: PrintPicture; warnings: string[] } | { ok: false; error: string };

/** Pixels in sRGB, three bytes each, with what is known of where they come from. */
type Unpacked = {
  pixels: Buffer;
  width: number;
  height: number;
  colorSpace: string;
  photo: boolean;
  warnings: string[];
};

const NO_PICTURE = 'This file is not a picture that can be printed. Use a PNG, JPEG or PDF file.';
const DAMAGED = 'This file is damaged and can’t be read to its end. Save or export it again.';
const TOO_MANY_PIXELS = 'This picture has more than 100 megapixels. Use a smaller one.';
const TOO_LONG = 'This picture is too long and narrow for a postcard. Cut it to the postcard’s shape first.';
const TOO_HARD = 'This picture takes too long to unpack. Save it again as a plain JPEG or PNG.';

/**
 * Makes a picture ready for print (B-12). It unpacks a PNG, a JPEG or the first page of a PDF, turns it upright, converts it to sRGB on
 * white and packs it anew, so that whatever else the file held is gone. Pixels beyond those of the largest postcard are let go.
 * One at a time is unpacked in a process, since each may take a few hundred megabytes.
 * @returns the picture, with warnings for the sizes at which it is not sharp enough; or what is wrong with the file, in words
 */
export function encodePrintPicture(upload: { name: string; bytes: Uint8Array }): Promise<PrintEncoding> {
  const mine = turn.then(() => encode(upload));
  turn = mine.catch(() => {});
  return mine;
}

let turn: Promise<unknown> = Promise.resolve();

async function encode({ name, bytes }: { name: string; bytes: Uint8Array }): Promise<PrintEncoding> {
  if (bytes.length === 0) return refuse('This file is empty.');
  if (bytes.length > MAX_PRINT_UPLOAD_BYTES) return refuse(PRINT_TOO_LARGE);
  const unpacked = isPdf(bytes) ? await unpackPdf(bytes) : await unpackPicture(bytes);
  if ('error' in unpacked) return refuse(unpacked.error);
  const { width, height, colorSpace } = unpacked;
  const [smallest] = postcardSizes;
  if (!isSharpAt(unpacked, smallest)) {
    return refuse(
      `This picture has ${pixelWords(unpacked)} pixels, which is ${dpiAt(unpacked, smallest)} dpi even on a ${smallest} postcard. ` +
        `Print needs 300: use one of at least ${pixelWords(pixelsNeeded(smallest))} pixels.`,
    );
  }
  const source = sharp(unpacked.pixels, { raw: { width, height, channels: 3 } });
  const packed = await pack(source, unpacked.photo);
  if (!packed) return refuse('This picture stays larger than 5 MB in print. Use one with fewer pixels.');
  const plain = plainName(name);
  const small = source.clone().resize({ width: PREVIEW_WIDTH, withoutEnlargement: true });
  const preview = await small.jpeg({ quality: 80, mozjpeg: true }).toBuffer({ resolveWithObject: true });
  return {
    ok: true,
    picture: {
      name: plain,
      ...packed,
      width,
      height,
      colorSpace,
      preview: {
        name: plain,
        mimeType: 'image/jpeg',
        width: preview.info.width,
        height: preview.info.height,
        bytes: preview.data,
      },
    },
    warnings: [...unpacked.warnings, ...postcardSizes.flatMap((size) => resolutionProblem(unpacked, size) ?? [])],
  };
}

const refuse = (error: string) => ({ ok: false, error }) as const;

/** The best that is small enough: the first encoding that fits is kept. Plain ones, which every printer reads. */
async function pack(source: Sharp, photo: boolean): Promise<{ mimeType: string; bytes: Buffer } | null> {
  if (!photo) {
    const bytes = await source.clone().png({ compressionLevel: 8 }).toBuffer();
    if (bytes.length <= MAX_DRAWING_BYTES) return { mimeType: 'image/png', bytes };
  }
  for (const quality of [92, 85, 75, 60]) {
    const bytes = await source
      .clone()
      .jpeg({ quality, chromaSubsampling: quality > 80 ? '4:4:4' : '4:2:0' })
      .toBuffer();
    if (bytes.length <= MAX_STORED_BYTES) return { mimeType: 'image/jpeg', bytes };
  }
  return null;
}

async function unpackPicture(bytes: Uint8Array): Promise<Unpacked | { error: string }> {
  const source = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' }).timeout({ seconds: 20 });
  let facts: Metadata;
  try {
    facts = await source.metadata();
  } catch (error) {
    return { error: /pixel limit/i.test((error as Error).message) ? TOO_MANY_PIXELS : NO_PICTURE };
  }
  if (facts.format !== 'png' && facts.format !== 'jpeg') return { error: NO_PICTURE };
  if (facts.width * facts.height > MAX_PIXELS) return { error: TOO_MANY_PIXELS };
  const largest = pixelsNeeded(postcardSizes.at(-1)!);
  const upright = facts.autoOrient;
  const kept = Math.min(1, Math.max(largest.width / upright.width, largest.height / upright.height));
  if (upright.width * upright.height * kept ** 2 > MAX_KEPT_PIXELS) return { error: TOO_LONG };
  const sized = source.autoOrient().resize({ ...largest, fit: 'outside', withoutEnlargement: true });
  try {
    const { data, info } = await sized
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const colorSpace = colorSpaceOf(facts);
    return {
      pixels: data,
      width: info.width,
      height: info.height,
      colorSpace,
      photo: facts.format === 'jpeg',
      warnings: colorSpace.startsWith('CMYK') ? [INKS] : [],
    };
  } catch (error) {
    return { error: /timeout/i.test((error as Error).message) ? TOO_HARD : DAMAGED };
  }
}

const INKS = 'This picture is in CMYK. It was converted to RGB, so strong colors may look a little different.';

const PDF_ERRORS: Record<PdfRefusal, string> = {
  password: 'This PDF is locked with a password. Save it without one.',
  damaged: 'This PDF is damaged and can’t be read. Export it again.',
  pages: 'This PDF has more than 20 pages. Save the page you want as a PDF of its own.',
  long: TOO_LONG,
  heavy: 'This PDF needs too much memory. Export the page as a JPEG or PNG of 300 dpi.',
  slow: 'This PDF takes too long to draw. Export the page as a JPEG or PNG of 300 dpi.',
};

/** Readers look for the mark within the first kilobyte. */
const isPdf = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-');

async function unpackPdf(bytes: Uint8Array): Promise<Unpacked | { error: string }> {
  const painted = await paintPdf(bytes, pixelsNeeded(postcardSizes.at(-1)!));
  if (!painted.ok) return { error: PDF_ERRORS[painted.why] };
  const { pages, cmyk, drawn, ...page } = painted.page;
  const others = pages > 1 ? [`This PDF has ${pages} pages. The first one is used.`] : [];
  return {
    ...page,
    colorSpace: cmyk ? 'PDF, CMYK' : 'PDF',
    photo: !drawn,
    warnings: [...others, ...(cmyk ? [INKS] : [])],
  };
}
