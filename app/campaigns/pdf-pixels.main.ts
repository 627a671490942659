/* oxlint-disable no-underscore-dangle -- the library's names */
import { PDFiumModule } from '@hyzyla/pdfium';

import type { PdfRefusal, PaintedPage } from './pdf-pixels.server.ts';

/**
 * A process that paints the first page of a PDF and ends. In: the file on standard input, and as arguments the width and height
 * in pixels that the page should at least cover, if its pictures have so many. Out: a line of JSON, then the pixels, three bytes
 * each. Whatever a hostile file does happens here, where nothing else lives and whoever asked can end it.
 */

/** What a page may take to unpack and paint. */
const MAX_MEMORY_BYTES = 640 * 1024 * 1024;
const MAX_PIXELS = 40_000_000;
/** As for pictures that are uploaded themselves. */
const MAX_PICTURE_PIXELS = 100_000_000;
/** Who has more pages did not mean one picture. */
const MAX_PAGES = 20;
/** A picture that fills a fifth of the page counts for how sharp it is; a smaller one is an ornament. */
const COUNTS = 0.2;

type Pdfium = Awaited<ReturnType<typeof PDFiumModule>> & {
  _FPDFPageObj_GetBounds(object: number, left: number, bottom: number, right: number, top: number): number;
  _FPDFImageObj_GetImageMetadata(object: number, page: number, metadata: number): number;
  _FPDFFormObj_CountObjects(form: number): number;
  _FPDFFormObj_GetObject(form: number, index: number): number;
  _FPDFPageObj_GetMatrix(object: number, matrix: number): number;
  HEAPF32: Float32Array;
  HEAP32: Int32Array;
};
type PlacedPicture = { dpi: number; pixels: number; cmyk: boolean };
type Answer = { ok: false; why: PdfRefusal } | ({ ok: true } & PaintedPage);

const ERRORS: Record<number, PdfRefusal> = { 4: 'password', 5: 'password' };
const OBJECT = { image: 3, form: 5 };
const CMYK = 3;
/** With its annotations, as it would be printed, red first. Letters are smoothed in gray: colored edges are for screens. */
const PAINT = 0x01 | 0x800 | 0x10;
const RGBX = 3;

async function paint(bytes: Buffer, cover: { width: number; height: number }): Promise<Answer> {
  limitMemory();
  const pdf = (await PDFiumModule({})) as Pdfium;
  pdf._FPDF_InitLibraryWithConfig({ version: 2 });
  const at = pdf.wasmExports.malloc(bytes.length);
  pdf.HEAPU8.set(bytes, at);
  const file = pdf._FPDF_LoadMemDocument(at, bytes.length, 0);
  if (!file) return { ok: false, why: ERRORS[pdf._FPDF_GetLastError()] ?? 'damaged' };
  const pages = pdf._FPDF_GetPageCount(file);
  if (pages > MAX_PAGES) return { ok: false, why: 'pages' };
  const page = pages > 0 ? pdf._FPDF_LoadPage(file, 0) : 0;
  if (!page) return { ok: false, why: 'damaged' };

  const points = { width: pdf._FPDF_GetPageWidth(page), height: pdf._FPDF_GetPageHeight(page) };
  if (!(points.width >= 1 && points.height >= 1)) return { ok: false, why: 'damaged' };
  const pictures = picturesOn(pdf, page, points.width * points.height);
  if (pictures.some((picture) => picture.pixels > MAX_PICTURE_PIXELS)) return { ok: false, why: 'heavy' };
  // Lines and letters are as sharp as one likes, pictures as they are: no pixels are made up.
  const scale = Math.min(
    Math.max(cover.width / points.width, cover.height / points.height),
    ...pictures.map((picture) => picture.dpi / 72),
  );
  const width = Math.max(1, Math.round(points.width * scale));
  const height = Math.max(1, Math.round(points.height * scale));
  if (width * height > MAX_PIXELS) return { ok: false, why: 'long' };
  const pixels = pdf.wasmExports.malloc(width * height * 4);
  if (!pixels) return { ok: false, why: 'heavy' };
  const bitmap = pdf._FPDFBitmap_CreateEx(width, height, RGBX, pixels, width * 4);
  pdf._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff);
  pdf._FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, PAINT);
  return {
    ok: true,
    width,
    height,
    pages,
    drawn: pictures.length === 0,
    cmyk: pictures.some((picture) => picture.cmyk),
    pixels: threeBytes(pdf.HEAPU8.subarray(pixels, pixels + width * height * 4)),
  };
}

/** The pictures that fill much of a page of so many square points, with how sharp they lie there. */
function picturesOn(pdf: Pdfium, page: number, area: number): PlacedPicture[] {
  const found: PlacedPicture[] = [];
  const room = pdf.wasmExports.malloc(64);
  /** @param scale how much larger the forms around the object draw it */
  const look = (object: number, scale: number, depth: number) => {
    const type = pdf._FPDFPageObj_GetType(object);
    if (type === OBJECT.form && depth < 8) {
      const [a, b, c, d] = pdf._FPDFPageObj_GetMatrix(object, room) ? floats(4) : [1, 0, 0, 1];
      const within = scale * Math.sqrt(Math.abs(a! * d! - b! * c!));
      const count = pdf._FPDFFormObj_CountObjects(object);
      for (let i = 0; i < count; i++) look(pdf._FPDFFormObj_GetObject(object, i), within, depth + 1);
    }
    if (type !== OBJECT.image) return;
    if (!pdf._FPDFPageObj_GetBounds(object, room, room + 4, room + 8, room + 12)) return;
    const [left, bottom, right, top] = floats(4);
    if ((right! - left!) * (top! - bottom!) * scale * scale < area * COUNTS) return;
    if (!pdf._FPDFImageObj_GetImageMetadata(object, page, room)) return;
    const dpi = Math.min(...floats(2, 8)) / scale;
    const [width, height, , , , space] = pdf.HEAP32.subarray(room >> 2, (room >> 2) + 6);
    if (dpi > 0) found.push({ dpi, pixels: width! * height!, cmyk: space === CMYK });
  };
  const floats = (count: number, offset = 0) =>
    Array.from(pdf.HEAPF32.subarray((room + offset) >> 2, ((room + offset) >> 2) + count));
  const count = pdf._FPDFPage_CountObjects(page);
  for (let i = 0; i < count; i++) look(pdf._FPDFPage_GetObject(page, i), 1, 0);
  return found;
}

/**
 * The library asks for memory as it goes: past the limit it gets none. It may go on without what it had no room for, so whoever
 * asked is told.
 */
const memory = { ended: false };

function limitMemory() {
  // oxlint-disable-next-line typescript/unbound-method -- called on its memory below
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (this: WebAssembly.Memory, delta: number) {
    memory.ended ||= this.buffer.byteLength + delta * 65_536 > MAX_MEMORY_BYTES;
    if (memory.ended) throw new RangeError('No more memory for this page.');
    return grow.call(this, delta);
  };
}

function threeBytes(four: Uint8Array): Buffer {
  const pixels = Buffer.allocUnsafe((four.length / 4) * 3);
  for (let from = 0, to = 0; from < four.length; from += 4, to += 3) {
    pixels[to] = four[from]!;
    pixels[to + 1] = four[from + 1]!;
    pixels[to + 2] = four[from + 2]!;
  }
  return pixels;
}

const parts: Buffer[] = [];
for await (const part of process.stdin) parts.push(part as Buffer);
const [width, height] = process.argv.slice(2).map(Number);
const painted = await paint(Buffer.concat(parts), { width: width!, height: height! }).catch(
  (): Answer => ({ ok: false, why: 'damaged' }),
);
const answer: Answer = memory.ended ? { ok: false, why: 'heavy' } : painted;
const { pixels, ...head } = answer.ok ? answer : { ...answer, pixels: Buffer.alloc(0) };
process.stdout.write(`${JSON.stringify(head)}\n`);
process.stdout.write(pixels);
