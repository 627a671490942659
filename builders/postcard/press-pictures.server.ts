import { deflateSync } from 'node:zlib';

import sharp from 'sharp';

/** A picture as it stands in a PDF, packed once and written into each document as it is. */
export type PackedPicture = {
  readonly width: number;
  readonly height: number;
  readonly filter: 'DCTDecode' | 'FlateDecode';
  readonly bytes: Buffer;
};

/** Beyond so many pixels a picture without loss would grow larger than a printer takes. */
const MOST_PIXELS_WITHOUT_LOSS = 1_500_000;

/**
 * Packs a stored picture for print: RGB, turned upright, on white where it was transparent (printers flatten by themselves
 * otherwise, each in its way). A plain RGB JPEG stays as it is.
 * @param bytes a PNG or JPEG
 */
export async function packPicture(bytes: Buffer): Promise<PackedPicture> {
  const { format, width, height, channels, space, orientation = 1 } = await sharp(bytes).metadata();
  if (format === 'jpeg' && channels === 3 && space === 'srgb' && orientation === 1) {
    return { width, height, filter: 'DCTDecode', bytes };
  }
  const flat = sharp(bytes).rotate().flatten({ background: '#ffffff' }).toColourspace('srgb');
  if (width * height > MOST_PIXELS_WITHOUT_LOSS) {
    const { data, info } = await flat
      .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, filter: 'DCTDecode', bytes: data };
  }
  const { data, info } = await flat.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, filter: 'FlateDecode', bytes: deflateSync(data) };
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
