import { deflateSync } from 'node:zlib';

import sharp, { type Sharp } from 'sharp';

/** A picture as it stands in a PDF, packed once and written into each document as it is. */
export type PackedPicture = {
  readonly width: number;
  readonly height: number;
  readonly filter: 'DCTDecode' | 'FlateDecode';
  readonly bytes: Buffer;
};

/** Beyond so many pixels a picture without loss would grow larger than a printer takes. */
const MOST_PIXELS_WITHOUT_LOSS = 1_500_000;

/** A printer takes 5 MB a side (Lob's documentation), of which fonts and a logo need a little. */
const MOST_BYTES = 4_500_000;

/** From the best on: an ordinary picture takes the first. */
const QUALITIES = [92, 84, 74, 60, 40] as const;

/**
 * Packs a stored picture for print: RGB, turned upright, on white where it was transparent (printers flatten by themselves
 * otherwise, each in its way). A plain RGB JPEG that is not too large stays as it is.
 * @param bytes a PNG or JPEG
 */
export async function packPicture(bytes: Buffer): Promise<PackedPicture> {
  const { format, width, height, channels, space, orientation = 1 } = await sharp(bytes).metadata();
  const plain = format === 'jpeg' && channels === 3 && space === 'srgb' && orientation === 1;
  if (plain && bytes.length <= MOST_BYTES) return { width, height, filter: 'DCTDecode', bytes };
  const flat = sharp(bytes).rotate().flatten({ background: '#ffffff' }).toColourspace('srgb');
  if (format === 'jpeg' || width * height > MOST_PIXELS_WITHOUT_LOSS) return packWithLoss(flat);
  const { data, info } = await flat.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, filter: 'FlateDecode', bytes: deflateSync(data) };
}

async function packWithLoss(picture: Sharp): Promise<PackedPicture> {
  let packed: PackedPicture | null = null;
  for (const quality of QUALITIES) {
    const jpeg = picture.clone().jpeg({ quality, chromaSubsampling: quality > 90 ? '4:4:4' : '4:2:0' });
    const { data, info } = await jpeg.toBuffer({ resolveWithObject: true });
    packed = { width: info.width, height: info.height, filter: 'DCTDecode', bytes: data };
    if (data.length <= MOST_BYTES) return packed;
  }
  if (!packed) throw new Error('No quality was tried.');
  return packed;
}

/** What pdfkit takes in place of a picture's bytes: it is written when a document first shows it. */
export type Placeable = PackedPicture & { label: string; obj: unknown; embed: (document: PDFKit.PDFDocument) => void };

/** A picture for one document. */
export function placeable(picture: PackedPicture, label: string): Placeable {
  const { width, height, filter, bytes } = picture;
  return {
    ...picture,
    label,
    obj: null,
    embed(document) {
      const reference = document.ref({
        Type: 'XObject',
        Subtype: 'Image',
        Width: width,
        Height: height,
        BitsPerComponent: 8,
        ColorSpace: 'DeviceRGB',
        Filter: filter,
      });
      reference.end(bytes);
      this.obj = reference;
    },
  };
}
