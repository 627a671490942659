import { deflateSync } from 'node:zlib';

import { PDFDocument, rgb } from 'pdf-lib';
import PdfKit from 'pdfkit';
import sharp from 'sharp';
import { expect, test } from 'vitest';

import { paintPdf } from './pdf-pixels.server.ts';
import { encodePrintPicture, MAX_PRINT_UPLOAD_BYTES } from './print-encode.server.ts';

const solid = (width: number, height: number, background = '#c8321e') =>
  sharp({ create: { width, height, channels: 3, background } });
const encode = (bytes: Uint8Array, name = 'van.jpg') => encodePrintPicture({ name, bytes });
const picked = async (bytes: Uint8Array) => {
  const result = await encode(bytes);
  if (!result.ok) throw new Error(result.error);
  return result;
};
const errorOf = async (bytes: Uint8Array) => {
  const result = await encode(bytes);
  return result.ok ? null : result.error;
};
/** The color in the middle of a picture. */
async function middle(bytes: Uint8Array): Promise<number[]> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}
const near = (found: number[], wanted: number[], by = 6) =>
  expect(
    found.every((value, i) => Math.abs(value - wanted[i]!) <= by),
    `${found.join()} is ${wanted.join()}`,
  ).toBe(true);

function pdf(draw: (doc: PDFKit.PDFDocument) => void, options: PDFKit.PDFDocumentOptions = {}): Promise<Buffer> {
  const doc = new PdfKit({ size: [450, 306], margin: 0, ...options });
  const parts: Buffer[] = [];
  doc.on('data', (part: Buffer) => parts.push(part));
  draw(doc);
  doc.end();
  return new Promise((done) => doc.on('end', () => done(Buffer.concat(parts))));
}

/** A PNG of one color that claims to be so large, without the pixels. */
async function claims(width: number, height: number): Promise<Buffer> {
  const png = await solid(5, 5).png().toBuffer();
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  png.writeUInt32BE(crc(png.subarray(12, 29)), 29);
  return png;
}

function crc(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

test('B-12: a JPEG and a PNG are packed anew, with a small one for the screen; pixels beyond print are let go', async () => {
  const photo = await picked(await solid(5000, 3000).jpeg().toBuffer());
  expect(photo.warnings).toEqual([]);
  expect(photo.picture).toMatchObject({ mimeType: 'image/jpeg', width: 3375, height: 2025, colorSpace: 'sRGB' });
  expect(photo.picture.preview).toMatchObject({ mimeType: 'image/jpeg', width: 1200, height: 720 });
  near(await middle(photo.picture.bytes), [200, 50, 30]);
  const drawing = await picked(await solid(1900, 1300).png().toBuffer());
  expect(drawing.picture).toMatchObject({ mimeType: 'image/png', width: 1900, height: 1300 });
});

test('B-12: sizes at which the picture is not sharp enough are named; too few pixels for all are refused', async () => {
  const { warnings } = await picked(await solid(2025, 1500).jpeg().toBuffer());
  expect(warnings).toEqual([
    expect.stringMatching(/^This picture has 218 dpi at 6x9\. .* or choose 4x6\.$/),
    'This picture has 180 dpi at 6x11. Print needs 300: use one of at least 3,375 x 1,875 pixels, or choose 4x6.',
  ]);
  expect(await errorOf(await solid(1874, 1275).jpeg().toBuffer())).toBe(
    'This picture has 1,874 x 1,275 pixels, which is 299 dpi even on a 4x6 postcard. ' +
      'Print needs 300: use one of at least 1,875 x 1,275 pixels.',
  );
});

test('B-12: CMYK, gray, 16 bits and another profile become sRGB, and what it was is told', async () => {
  const inks = await picked(await solid(1900, 1300).toColourspace('cmyk').jpeg().toBuffer());
  expect(inks.picture.colorSpace).toMatch(/^CMYK/);
  expect(inks.warnings[0]).toMatch(/CMYK. It was converted to RGB/);
  near(await middle(inks.picture.bytes), [200, 50, 30], 45);
  const gray = await picked(await solid(1900, 1300, '#808080').toColourspace('b-w').jpeg().toBuffer());
  expect(gray.picture.colorSpace).toBe('Gray');
  const deep = await picked(await solid(1900, 1300).toColourspace('rgb16').png().toBuffer());
  near(await middle(deep.picture.bytes), [200, 50, 30]);
  const wide = await picked(await solid(1900, 1300).withIccProfile('p3').jpeg().toBuffer());
  expect(wide.picture.colorSpace).toMatch(/P3/);
  near(await middle(wide.picture.bytes), [200, 50, 30]);
  for (const { picture } of [inks, gray, deep, wide]) {
    const facts = await sharp(picture.bytes).metadata();
    expect(facts).toMatchObject({ space: 'srgb', depth: 'uchar', channels: 3, hasProfile: false, hasAlpha: false });
  }
});

test('B-12: what can be seen through lies on white', async () => {
  const glass = sharp({
    create: { width: 1900, height: 1300, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  });
  const { picture } = await picked(await glass.png().toBuffer());
  expect(await middle(picture.bytes)).toEqual([255, 255, 255]);
});

test('B-12: a photo lies the way it was taken, without the place where it was', async () => {
  const photo = await solid(1300, 1900)
    .withExif({ IFD0: { Artist: 'Ann at 12 Oak Street' } })
    .jpeg()
    .toBuffer();
  const { picture } = await picked(await sharp(photo).withMetadata({ orientation: 6 }).toBuffer());
  expect(picture).toMatchObject({ width: 1900, height: 1300 });
  expect(picture.bytes.includes('Oak Street')).toBe(false);
  expect(picture.bytes.includes('Exif')).toBe(false);
});

test('B-12: noise, which packs worst, still fits into 5 MB', async () => {
  const noise = sharp({
    create: {
      width: 3375,
      height: 1875,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  });
  const { picture } = await picked(await noise.jpeg({ quality: 95 }).toBuffer());
  expect(picture.bytes.length).toBeLessThan(5_000_000);
  expect(picture.mimeType).toBe('image/jpeg');
});

test('B-12: what is no such picture says so: text, SVG, GIF, empty, cut off, too large, too many pixels, too long', async () => {
  const jpeg = await solid(1900, 1300).jpeg().toBuffer();
  expect(await errorOf(Buffer.from('hello'))).toMatch(/Use a PNG, JPEG or PDF/);
  expect(await errorOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="3000" height="2000"/>'))).toMatch(
    /Use a PNG, JPEG or PDF/,
  );
  expect(await errorOf(await solid(20, 20).gif().toBuffer())).toMatch(/Use a PNG, JPEG or PDF/);
  expect(await errorOf(Buffer.alloc(0))).toMatch(/empty/);
  expect(await errorOf(jpeg.subarray(0, jpeg.length - 2_000))).toMatch(/damaged/);
  expect(await errorOf(Buffer.alloc(30 * 1024 * 1024))).toMatch(/larger than 25 MB/);
  expect(MAX_PRINT_UPLOAD_BYTES).toBe(25 * 1024 * 1024);
  expect(await errorOf(await claims(20_000, 20_000))).toMatch(/100 megapixels/);
  expect(await errorOf(await claims(60_000, 1_600))).toMatch(/long and narrow/);
});

test('B-12: a PDF’s first page becomes a picture, as sharp as its own pictures are', async () => {
  const drawn = await picked(await pdf((doc) => doc.rect(0, 0, 450, 306).fill('#c8321e')));
  expect(drawn.picture).toMatchObject({ mimeType: 'image/png', width: 3375, height: 2295, colorSpace: 'PDF' });
  expect(drawn.warnings).toEqual([]);
  expect(await middle(drawn.picture.bytes)).toEqual([200, 50, 30]);
  const photo = await solid(1875, 1275).jpeg().toBuffer();
  const two = await pdf((doc) => {
    doc.image(photo, 0, 0, { width: 450, height: 306 }).text('Sharp letters over it', 20, 20);
    doc.addPage().text('The back');
  });
  const scanned = await picked(two);
  expect(scanned.picture).toMatchObject({ mimeType: 'image/jpeg', width: 1875, height: 1275 });
  expect(scanned.warnings[0]).toBe('This PDF has 2 pages. The first one is used.');
  expect(scanned.warnings).toHaveLength(3);
  const blurred = await solid(400, 272).jpeg().toBuffer();
  expect(await errorOf(await pdf((doc) => doc.image(blurred, 0, 0, { width: 450 })))).toMatch(/64 dpi even on a 4x6/);
});

test('B-12: a form within a page hides no blurred picture, and a small logo does not count', async () => {
  const inner = await PDFDocument.create();
  const page = inner.addPage([100, 68]);
  const photo = await inner.embedJpg(await solid(1000, 680).jpeg().toBuffer());
  page.drawImage(photo, { x: 0, y: 0, width: 100, height: 68 });
  const outer = await PDFDocument.create();
  const [form] = await outer.embedPdf(await inner.save());
  outer.addPage([450, 306]).drawPage(form!, { x: 0, y: 0, width: 450, height: 306 });
  expect(await errorOf(await outer.save())).toMatch(/1,000 x 680 pixels/);
  const card = await PDFDocument.create();
  const front = card.addPage([450, 306]);
  front.drawRectangle({ x: 0, y: 0, width: 450, height: 306, color: rgb(0, 0.4, 0.3) });
  front.drawImage(await card.embedJpg(await solid(40, 40).jpeg().toBuffer()), { x: 9, y: 9, width: 90, height: 90 });
  expect((await picked(await card.save())).picture).toMatchObject({ width: 3375, height: 2295 });
});

test('B-12: a PDF that is locked, broken, a book or a ribbon says so', async () => {
  const square = (doc: PDFKit.PDFDocument) => doc.rect(0, 0, 99, 99).fill('red');
  const whole = await pdf(square);
  expect(await errorOf(await pdf(square, { userPassword: 'secret' }))).toMatch(/locked with a password/);
  expect(await errorOf(Buffer.from('%PDF-1.7\nand nothing else'))).toMatch(/damaged/);
  expect(await errorOf(whole.subarray(0, 120))).toMatch(/damaged/);
  expect(await errorOf(await pdf((doc) => Array.from({ length: 20 }, () => doc.addPage())))).toMatch(
    /more than 20 pages/,
  );
  expect(await errorOf(await pdf(square, { size: [10_000, 10] }))).toMatch(/long and narrow/);
});

test('B-12: a PDF that unpacks to gigabytes or takes too long is given up, and the next one is drawn', async () => {
  const cover = { width: 3375, height: 1875 };
  const picture = deflateSync(Buffer.alloc(1024 * 1024));
  expect(await errorOf(page(`q 450 0 0 306 0 0 cm /I Do Q`, picture))).toMatch(/too much memory/);
  const lines = deflateSync(Buffer.from('0 0 450 306 re f\n'.repeat(6_000_000)), { level: 1 });
  expect(await paintPdf(page(lines, picture), cover, 60_000)).toEqual({ ok: false, why: 'heavy' });
  const whole = await pdf((doc) => doc.rect(0, 0, 450, 306).fill('#c8321e'));
  expect(await paintPdf(whole, cover, 1)).toEqual({ ok: false, why: 'slow' });
  expect(await errorOf(whole)).toBeNull();
}, 90_000);

/** A page with these drawing orders, plain or deflated, and a picture `I` that claims 60,000 x 20,000 pixels. */
function page(orders: string | Buffer, picture: Buffer): Buffer {
  const [filter, drawn] = typeof orders === 'string' ? ['', Buffer.from(orders)] : ['/Filter/FlateDecode', orders];
  const stream = (head: string, bytes: Buffer) =>
    Buffer.concat([
      Buffer.from(`${head}/Length ${bytes.length}>>stream\n`),
      bytes,
      Buffer.from('\nendstream endobj\n'),
    ]);
  return Buffer.concat([
    Buffer.from(
      '%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n',
    ),
    Buffer.from('3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 450 306]/Contents 4 0 R'),
    Buffer.from('/Resources<</XObject<</I 5 0 R>>>>>>endobj\n'),
    stream(`4 0 obj<<${filter}`, drawn),
    stream(
      '5 0 obj<</Type/XObject/Subtype/Image/Width 60000/Height 20000/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/FlateDecode',
      picture,
    ),
    Buffer.from('trailer<</Root 1 0 R>>\n%%EOF'),
  ]);
}
