import PDFDocument from 'pdfkit';

import { GEOMETRY, type Box } from './geometry.ts';
import { useFonts } from './press-fonts.server.ts';
import { packPicture, placeable, type PackedPicture, type Placeable } from './press-pictures.server.ts';
import type { Operation, Sheet } from './sheet.ts';

/** The bytes of a stored picture; undefined: there is none of that name. */
export type PictureBytes = (token: string) => Buffer | undefined;

/** A campaign's press: its pictures are packed once, however many cards it prints. */
export type Press = {
  /** Both sides, each a PDF of one page that a printer takes. */
  printCard: (sheet: Sheet) => Promise<{ front: Buffer; back: Buffer }>;
  /** Both sides in one PDF, for people; with `guides`, the cut, the safe area and the ink-free block are drawn. */
  printProof: (sheet: Sheet, options?: { guides?: boolean }) => Promise<Buffer>;
};

/**
 * A press for cards with these pictures. What it prints is the sheet's operations and nothing else: fonts embedded, RGB, the page as
 * large as the art with bleed, the cut as its TrimBox. The same sheet gives the same bytes. A picture that is missing or can't be
 * read throws: a card is not printed without its picture.
 */
export function preparePress(pictures: PictureBytes): Press {
  const packed = new Map<string, Promise<PackedPicture>>();
  const pack = (token: string): Promise<PackedPicture> => {
    const found = packed.get(token);
    if (found) return found;
    const bytes = pictures(token);
    if (!bytes) throw new Error(`The picture ${token} is missing.`);
    const packing = packPicture(bytes);
    packed.set(token, packing);
    return packing;
  };
  const packAll = async (sheet: Sheet): Promise<Map<string, PackedPicture>> => {
    const operations = [...sheet.front.operations, ...sheet.back.operations];
    const tokens = new Set(operations.flatMap((operation) => (operation.kind === 'picture' ? operation.token : [])));
    const all = new Map<string, PackedPicture>();
    for (const token of tokens) all.set(token, await pack(token));
    return all;
  };
  return {
    async printCard(sheet) {
      const found = await packAll(sheet);
      return {
        front: await printPages(sheet, [sheet.front.operations], found, 'Postcard, front'),
        back: await printPages(sheet, [sheet.back.operations], found, 'Postcard, back'),
      };
    },
    async printProof(sheet, { guides = false } = {}) {
      const found = await packAll(sheet);
      const front = [...sheet.front.operations, ...(guides ? guideLines(sheet, 'front') : [])];
      const back = [...sheet.back.operations, ...(guides ? guideLines(sheet, 'back') : [])];
      return printPages(sheet, [front, back], found, 'Postcard, proof');
    },
  };
}

/** Prints one card: see `preparePress`, which is faster for many. */
export function printCard(sheet: Sheet, pictures: PictureBytes): Promise<{ front: Buffer; back: Buffer }> {
  return preparePress(pictures).printCard(sheet);
}

/** Prints the proof of one card: see `preparePress`. */
export function printProof(sheet: Sheet, pictures: PictureBytes, options?: { guides?: boolean }): Promise<Buffer> {
  return preparePress(pictures).printProof(sheet, options);
}

/** No date of making: the same card is the same file. */
const NO_DATE = new Date(0);

function printPages(
  { size }: Sheet,
  pages: readonly (readonly Operation[])[],
  packed: ReadonlyMap<string, PackedPicture>,
  title: string,
): Promise<Buffer> {
  const { art, trim } = GEOMETRY[size];
  const document = new PDFDocument({
    size: [art.width, art.height],
    margin: 0,
    autoFirstPage: false,
    pdfVersion: '1.3', // without transparency, as printers like it
    info: { Title: title, Producer: 'Fieldpost', Creator: 'Fieldpost', CreationDate: NO_DATE },
    font: null as never, // no font that isn't ours
  });
  // Read by pdfkit, and not written into the file.
  Object.defineProperty(document.info, 'CreationDate', { value: NO_DATE, enumerable: false });
  useFonts(document);
  const placed = new Map([...packed].map(([token, picture], index) => [token, placeable(picture, `P${index}`)]));
  for (const operations of pages) {
    document.addPage();
    const boxes = document.page.dictionary.data as Record<string, number[]>;
    boxes.BleedBox = [0, 0, art.width, art.height];
    boxes.TrimBox = [trim.x, trim.y, trim.x + trim.width, trim.y + trim.height];
    for (const operation of operations) draw(document, operation, placed);
  }
  return collect(document);
}

function draw(document: PDFKit.PDFDocument, operation: Operation, pictures: ReadonlyMap<string, Placeable>): void {
  switch (operation.kind) {
    case 'rect': {
      const { x, y, width, height } = operation.box;
      document.rect(x, y, width, height).fill(operation.color);
      break;
    }
    case 'line': {
      const [[x1, y1], [x2, y2]] = [operation.from, operation.to];
      document.save().lineWidth(operation.width);
      if (operation.dash) document.dash(operation.dash[0], { space: operation.dash[1] });
      document.moveTo(x1, y1).lineTo(x2, y2).stroke(operation.color).restore();
      break;
    }
    case 'text': {
      const { x, y, size, weight, color, text } = operation;
      document.font(String(weight), size).fillColor(color);
      document.text(text, x, y, { baseline: 'alphabetic', lineBreak: false, features: [] });
      break;
    }
    case 'picture': {
      const picture = pictures.get(operation.token);
      if (!picture) break;
      const { box } = operation;
      const whole = coveringBox(box, picture);
      document.save().rect(box.x, box.y, box.width, box.height).clip();
      document.image(picture as never, whole.x, whole.y, { width: whole.width, height: whole.height }).restore();
      break;
    }
    case 'qr': {
      const { box, modules, runs, color } = operation;
      const module = box.width / modules;
      for (const [column, row, length] of runs) {
        document.rect(box.x + column * module, box.y + row * module, length * module, module);
      }
      document.fill(color);
      break;
    }
  }
}

/** Where the whole of a picture lies so that its middle covers a box. */
function coveringBox(box: Box, picture: { readonly width: number; readonly height: number }): Box {
  const scale = Math.max(box.width / picture.width, box.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height };
}

/** The cut, the safe area and, on the back, the ink-free block, as thin lines. */
function guideLines({ size }: Sheet, side: 'front' | 'back'): Operation[] {
  const { trim, safe, inkFree } = GEOMETRY[size];
  return [
    ...outline(trim, '#d6336c'),
    ...outline(safe, '#1c7ed6', [3, 2]),
    ...(side === 'back' ? outline(inkFree, '#e8590c', [3, 2]) : []),
  ];
}

function outline({ x, y, width, height }: Box, color: string, dash?: readonly [number, number]): Operation[] {
  const corners = [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ] as const;
  return corners.map((from, index) => {
    const to = corners[(index + 1) % 4] ?? from;
    return { kind: 'line', from, to, width: 0.5, color, ...(dash ? { dash } : {}) };
  });
}

function collect(document: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
    document.end();
  });
}
