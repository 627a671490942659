import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { PDFiumLibrary } from '@hyzyla/pdfium';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

/** A page as pixels: four bytes each, red, green, blue and what is of no use. */
export type Pixels = { readonly width: number; readonly height: number; readonly data: Uint8Array };

let library: Promise<PDFiumLibrary> | null = null;

/**
 * The pages of a PDF as a printer's program shows them.
 * @param scale pixels a point
 */
export async function renderPages(pdf: Buffer, scale: number): Promise<Pixels[]> {
  library ??= PDFiumLibrary.init();
  const document = await (await library).loadDocument(pdf);
  const pages: Pixels[] = [];
  for (const page of document.pages()) {
    const { width, height, data } = await page.render({ scale, render: ({ data }) => Promise.resolve(data) });
    pages.push({ width, height, data: Uint8Array.from(data) });
  }
  document.destroy();
  return pages;
}

let reader: Promise<void> | null = null;

/** What the codes of a page say, as a phone reads them from the pixels alone. */
export async function readCodes({ width, height, data }: Pixels): Promise<string[]> {
  reader ??= prepareReader();
  await reader;
  const image = { width, height, data: Uint8ClampedArray.from(data), colorSpace: 'srgb' as const };
  const codes = await readBarcodes(image, { formats: ['QRCode'] });
  return codes.map(({ text }) => text);
}

async function prepareReader(): Promise<void> {
  const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const wasm = await readFile(path);
  const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength);
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}
