import { PDFArray, PDFDict, PDFDocument, PDFName, PDFRawStream } from 'pdf-lib';
import sharp from 'sharp';
import { extractText, getDocumentProxy } from 'unpdf';
import { beforeAll, describe, expect, test } from 'vitest';

import { cardPictures } from '#tests/factories/card-pictures.ts';
import { plainCard, sampleCard } from '#tests/factories/cards.ts';
import { readCodes, renderPages, type Pixels } from '#tests/setup/press.ts';
import { postcardDesigns, postcardSizes } from './document.ts';
import { GEOMETRY, type Box } from './geometry.ts';
import { layoutCard } from './layout.ts';
import { preparePress, printCard, type Press } from './print.server.ts';

let press: Press;
let pictures: ReadonlyMap<string, Buffer>;

beforeAll(async () => {
  pictures = await cardPictures();
  press = preparePress((token) => pictures.get(token));
});

const every = postcardDesigns.flatMap((design) => postcardSizes.map((size) => [design, size] as const));

const squeezed = (text: string) => text.replace(/\s+/gu, ' ').trim();

async function textOf(pdf: Buffer): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true });
  return squeezed(text);
}

/** The darkest and the most coloured that a box of a page is, as the least value of a channel. */
function darkestIn({ width, data }: Pixels, box: Box, scale: number): number {
  let darkest = 255;
  for (let y = Math.ceil(box.y * scale); y < Math.floor((box.y + box.height) * scale); y += 1) {
    for (let x = Math.ceil(box.x * scale); x < Math.floor((box.x + box.width) * scale); x += 1) {
      const at = (y * width + x) * 4;
      darkest = Math.min(darkest, data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
    }
  }
  return darkest;
}

describe.each(every)('%s, %s', (design, size) => {
  const card = sampleCard(design, size);
  const sheet = layoutCard(card);

  test('B-12: both sides are a page each with exact boxes: the art with bleed, and the cut', async () => {
    const { front, back } = await press.printCard(sheet);
    const { art, trim } = GEOMETRY[size];
    for (const side of [front, back]) {
      const document = await PDFDocument.load(side, { updateMetadata: false });
      expect(document.getPageCount()).toBe(1);
      const page = document.getPage(0);
      const whole = { x: 0, y: 0, width: art.width, height: art.height };
      expect(page.getMediaBox()).toEqual(whole);
      expect(page.getBleedBox()).toEqual(whole);
      expect(page.getTrimBox()).toEqual({ x: trim.x, y: trim.y, width: trim.width, height: trim.height });
    }
  });

  test('S0-16: the code leads to its address, read from the pixels of the print at 150 dpi', async () => {
    const { back } = await press.printCard(sheet);
    const [page] = await renderPages(back, 150 / 72);
    if (!page) throw new Error('There is no page.');
    expect(await readCodes(page)).toEqual([card.qr?.url]);
  });

  test('B-12: not a drop of ink in the block for address and postage', async () => {
    const scale = 2;
    const { inkFree } = GEOMETRY[size];
    for (const printed of [card, plainCard(design, size)]) {
      const { back } = await press.printCard(layoutCard(printed));
      const [page] = await renderPages(back, scale);
      if (!page) throw new Error('There is no page.');
      expect(darkestIn(page, inkFree, scale)).toBe(255);
    }
  });

  test('all texts can be read from the file, and the address is not among them', async () => {
    const { front, back } = await press.printCard(sheet);
    expect(await textOf(front)).toContain(squeezed(card.front.offer));
    const read = await textOf(back);
    for (const text of [card.back.headline, card.back.coupon?.terms, card.qr?.caption, card.returnAddress.join(' ')]) {
      expect(read).toContain(squeezed(text ?? '?'));
    }
    expect(read).toContain('brightwater.portal.example/pay');
    for (const line of card.address) expect(read).not.toContain(line);
  });
});

describe('the file', () => {
  test('has its fonts embedded, each a part of Inter with a table that says which letter is which', async () => {
    const { back } = await press.printCard(layoutCard(sampleCard('classic', '6x9')));
    const document = await PDFDocument.load(back);
    const fonts = document.context
      .enumerateIndirectObjects()
      .map(([, object]) => object)
      .filter((object) => object instanceof PDFDict)
      .filter((object) => object.get(PDFName.of('Type')) === PDFName.of('Font'));
    const composed = fonts.filter((font) => font.get(PDFName.of('Subtype')) === PDFName.of('Type0'));
    expect(composed.length).toBeGreaterThan(0);
    for (const font of composed) {
      expect(String(font.get(PDFName.of('BaseFont')))).toMatch(/^\/[A-Z]{6}\+Inter-/u);
      expect(font.lookup(PDFName.of('ToUnicode'))).toBeInstanceOf(PDFRawStream);
      const descendant = font.lookup(PDFName.of('DescendantFonts'), PDFArray).lookup(0, PDFDict);
      const descriptor = descendant.lookup(PDFName.of('FontDescriptor'), PDFDict);
      expect(descriptor.lookup(PDFName.of('FontFile2'))).toBeInstanceOf(PDFRawStream);
    }
    expect(fonts.filter((font) => font.get(PDFName.of('Subtype')) === PDFName.of('Type1'))).toEqual([]);
  });

  test('says nothing of anybody, nor when it was made', async () => {
    const { front, back } = await press.printCard(layoutCard(sampleCard('photo', '4x6')));
    for (const side of [front, back]) {
      const document = await PDFDocument.load(side, { updateMetadata: false });
      expect(document.getTitle()).toMatch(/^Postcard, (?:front|back)$/u);
      expect(document.getProducer()).toBe('Fieldpost');
      expect([document.getAuthor(), document.getSubject(), document.getKeywords()]).toEqual(Array(3).fill(undefined));
      expect(document.getCreationDate()).toBeUndefined();
    }
  });

  test('is the same file for the same card, from another press too', async () => {
    const sheet = layoutCard(sampleCard('notice', '6x11'));
    const first = await press.printCard(sheet);
    const again = await printCard(sheet, (token) => pictures.get(token));
    expect(again.front.equals(first.front)).toBe(true);
    expect(again.back.equals(first.back)).toBe(true);
    const other = await press.printCard(layoutCard(sampleCard('notice', '6x11', { returnAddress: ['Elsewhere'] })));
    expect(other.back.equals(first.back)).toBe(false);
  });

  test('has its pictures in RGB, a JPEG as it was given, a transparent one on white', async () => {
    const { front } = await press.printCard(layoutCard(sampleCard('classic', '6x9')));
    const document = await PDFDocument.load(front);
    const images = document.context
      .enumerateIndirectObjects()
      .map(([, object]) => object)
      .filter((object) => object instanceof PDFRawStream)
      .filter(({ dict }) => dict.get(PDFName.of('Subtype')) === PDFName.of('Image'));
    expect(images).toHaveLength(2);
    for (const { dict } of images) {
      expect(dict.get(PDFName.of('ColorSpace'))).toBe(PDFName.of('DeviceRGB'));
      expect(dict.get(PDFName.of('SMask'))).toBeUndefined();
    }
    const photo = images.find(({ dict }) => dict.get(PDFName.of('Filter')) === PDFName.of('DCTDecode'));
    expect(Buffer.from(photo?.contents ?? []).equals(pictures.get('picture') ?? Buffer.alloc(0))).toBe(true);
  });

  test('B-12: stays below the 5 MB that a printer takes, whatever the picture', async () => {
    const noise = await sharp({
      create: {
        width: 3_375,
        height: 1_875,
        channels: 3,
        background: '#fff',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .png()
      .toBuffer();
    const loud = preparePress((token) => (token === 'logo' ? pictures.get('logo') : noise));
    const { front } = await loud.printCard(layoutCard(sampleCard('photo', '6x11')));
    expect(front.length).toBeLessThan(5_000_000);
  });
});

test('a card is not printed without its picture', async () => {
  const sheet = layoutCard(sampleCard('photo', '6x9'));
  await expect(printCard(sheet, () => undefined)).rejects.toThrow('The picture picture is missing.');
});

test('B-12: the proof has both sides in one file, and its guides only when they are asked for', async () => {
  const sheet = layoutCard(sampleCard('classic', '6x9'));
  const scale = 2;
  const proof = await press.printProof(sheet);
  const guided = await press.printProof(sheet, { guides: true });
  const [plain, drawn] = [await renderPages(proof, scale), await renderPages(guided, scale)];
  expect([plain.length, drawn.length]).toEqual([2, 2]);
  const { inkFree } = GEOMETRY['6x9'];
  const edge = { x: inkFree.x - 1, y: inkFree.y, width: 2, height: inkFree.height };
  const [, back] = plain;
  const [, guidedBack] = drawn;
  if (!back || !guidedBack) throw new Error('There is no back.');
  expect(darkestIn(back, edge, scale)).toBe(255);
  expect(darkestIn(guidedBack, edge, scale)).toBeLessThan(150);
  const { art, trim } = GEOMETRY['6x9'];
  const document = await PDFDocument.load(proof);
  for (const page of document.getPages()) {
    expect(page.getMediaBox()).toMatchObject({ width: art.width, height: art.height });
    expect(page.getTrimBox()).toMatchObject({ width: trim.width, height: trim.height });
  }
});
