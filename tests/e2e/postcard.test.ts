import { type Browser, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Card } from '#builders/postcard/card.ts';
import { postcardDesigns, postcardSizes } from '#builders/postcard/document.ts';
import { GEOMETRY } from '#builders/postcard/geometry.ts';
import { layoutCard } from '#builders/postcard/layout.ts';
import { widthOf } from '#builders/postcard/metrics.ts';
import { preparePress } from '#builders/postcard/print.server.ts';
import { cardPictures } from '#tests/factories/card-pictures.ts';
import { sampleCard } from '#tests/factories/cards.ts';
import { expectAccessible, launchBrowser, openPage } from '#tests/setup/browser.ts';
import { servePostcard } from '#tests/setup/postcard/serve.ts';
import { renderPages } from '#tests/setup/press.ts';

let browser: Browser;
let origin: string;
let pictures: ReadonlyMap<string, Buffer>;

beforeAll(async () => {
  const served = await servePostcard();
  origin = served.origin;
  afterAll(served.close);
  browser = await launchBrowser();
  pictures = await cardPictures();
});

async function open(card: Card, query = '') {
  const opened = await openPage(browser, { viewport: { width: 3_200, height: 1_800 } });
  await opened.page.route('**/pictures/*', (route) => {
    const body = pictures.get(route.request().url().split('/').at(-1) ?? '');
    return body ? route.fulfill({ body }) : route.abort();
  });
  await opened.page.goto(`${origin}/page.html?card=${encodeURIComponent(JSON.stringify(card))}&${query}`);
  await opened.page.locator('svg').waitFor();
  await opened.page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const images = [...document.querySelectorAll('image')];
    await Promise.all(images.map(({ href }) => Object.assign(new Image(), { src: href.baseVal }).decode()));
    await frame(); // a font is asked for once a text of it is laid out
    await document.fonts.ready;
    await frame();
    await frame();
  });
  return opened;
}

/** Pixels a point: PDFium puts letters on whole pixels, browsers on parts of them, so that pixels have to be small. */
const SCALE = 4;

/** A side on the screen, cut at the trim edge, as red, green and blue. */
async function screenshot(page: Page): Promise<Buffer> {
  const shot = await page.locator('svg').screenshot();
  return softened(shot);
}

/** A side in print, cut at the trim edge. */
async function printed(pdf: Buffer, size: Card['size']): Promise<Buffer> {
  const [page] = await renderPages(pdf, SCALE);
  if (!page) throw new Error('There is no page.');
  const { trim } = GEOMETRY[size];
  const cut = await sharp(page.data, { raw: { width: page.width, height: page.height, channels: 4 } })
    .extract({
      left: trim.x * SCALE,
      top: trim.y * SCALE,
      width: Math.round(trim.width * SCALE),
      height: Math.round(trim.height * SCALE),
    })
    .png()
    .toBuffer();
  return softened(cut);
}

/** Two programs smooth the edges of letters in two ways: they are compared at half a point. */
async function softened(picture: Buffer): Promise<Buffer> {
  const { width } = await sharp(picture).metadata();
  const smaller = await sharp(picture)
    .resize({ width: width / 2, kernel: 'cubic' })
    .png()
    .toBuffer();
  return sharp(smaller).removeAlpha().blur(1).raw().toBuffer();
}

/** How far two pictures are apart: on average, and the share of channels that differ by more than an eighth; of 255 and of 1. */
function apart(one: Buffer, other: Buffer): { mean: number; share: number } {
  expect(one.length).toBe(other.length);
  let sum = 0;
  let far = 0;
  for (const [index, value] of one.entries()) {
    const distance = Math.abs(value - (other[index] ?? 0));
    sum += distance;
    if (distance > 32) far += 1;
  }
  return { mean: sum / one.length, share: far / one.length };
}

/** What two ways of smoothing make. A text that stands half a point off is well beyond it. */
const TOLERANCE = { mean: 1, share: 0.008 };

describe('B-12: the screen shows what is printed, pixel by pixel', () => {
  const every = postcardDesigns.flatMap((design) => postcardSizes.map((size) => [design, size] as const));
  test.each(every)('%s, %s', async (design, size) => {
    const card = sampleCard(design, size);
    const press = preparePress((token) => pictures.get(token));
    const pdfs = await press.printCard(layoutCard(card));
    for (const side of ['front', 'back'] as const) {
      const { page, errors } = await open(card, `side=${side}&width=${GEOMETRY[size].trim.width * SCALE}px`);
      const { mean, share } = apart(await screenshot(page), await printed(pdfs[side], size));
      expect(mean, side).toBeLessThan(TOLERANCE.mean);
      expect(share, side).toBeLessThan(TOLERANCE.share);
      expect(errors()).toEqual([]);
      await page.context().close();
    }
  });

  test('a text that stands half a point off is beyond the tolerance', async () => {
    const card = sampleCard('classic', '6x9');
    const sheet = layoutCard(card);
    const press = preparePress((token) => pictures.get(token));
    const moved = sheet.back.operations.map((operation) =>
      operation.kind === 'text' ? { ...operation, x: operation.x + 0.5 } : operation,
    );
    const { back } = await press.printCard({ ...sheet, back: { ...sheet.back, operations: moved } });
    const { page } = await open(card, `side=back&width=${GEOMETRY['6x9'].trim.width * SCALE}px`);
    const { mean, share } = apart(await screenshot(page), await printed(back, '6x9'));
    expect(mean).toBeGreaterThan(TOLERANCE.mean);
    expect(share).toBeGreaterThan(TOLERANCE.share);
    await page.context().close();
  });
});

test('each line is as wide in the browser as it was laid out', async () => {
  const card = sampleCard('classic', '6x9', { brand: { name: 'AVATAR & Yves', color: '#1f5f99', logo: null } });
  const { page } = await open(
    { ...card, back: { ...card.back, headline: 'To José: "AWAY" 7: 4.0 Ly, Ťažký' } },
    'side=back&width=648px',
  );
  const lines = await page.locator('svg text').evaluateAll((texts) =>
    texts.map((node) => {
      const text = node as SVGTextContentElement;
      const last = text.getNumberOfChars() - 1;
      return {
        text: text.textContent ?? '',
        size: Number(text.getAttribute('font-size')),
        weight: Number(text.getAttribute('font-weight')),
        width: text.getEndPositionOfChar(last).x - text.getStartPositionOfChar(0).x,
      };
    }),
  );
  expect(lines.length).toBeGreaterThan(8);
  for (const { text, size, weight, width } of lines) {
    expect(Math.abs(width - widthOf(text, size, weight as 400)), text).toBeLessThan(0.05);
  }
  await page.context().close();
});

test('B-12: guides show bleed, safe area and ink-free block; the address shows as the printer puts it', async () => {
  const card = sampleCard('letter', '4x6');
  const { page } = await open(card, 'side=back&guides=yes&address=yes&width=900px');
  const words = await page.locator('svg text').allTextContents();
  for (const label of ['Bleed: cut off', 'Safe area: text stays inside', 'Ink-free: for address and postage']) {
    expect(words).toContain(label);
  }
  expect(words).toContain('Dana Whitfield');
  expect(words).toContain('Address and postage are printed by the printer');
  await page.context().close();
  const plain = await open(card, 'side=back');
  expect(await plain.page.locator('svg text').allTextContents()).not.toContain('Dana Whitfield');
  await plain.page.context().close();
});

test('B-19: a card is turned over by keyboard, and says what each side shows', async () => {
  const card = sampleCard('classic', '6x9');
  const { page, errors } = await open(card, 'turn=yes&address=yes');
  const shown = () => page.getByRole('img').getAttribute('aria-label');
  expect(await shown()).toContain('Front of the postcard. A picture: A house on a hill in summer.');
  await expectAccessible(page);
  await page.keyboard.press('Tab');
  const button = page.getByRole('button', { name: 'Turn over' });
  expect(await button.evaluate((node) => node === document.activeElement)).toBe(true);
  await page.keyboard.press('Enter');
  expect(await shown()).toContain('The QR code leads to https://brightwater.go.example/k7m2p9q4rs.');
  expect(await shown()).toContain(
    'Addressed by the printer to Dana Whitfield, 2201 Barton Hills Dr, Austin, TX 78704.',
  );
  expect(await button.evaluate((node) => node === document.activeElement)).toBe(true);
  await page.keyboard.press('Space');
  expect(await shown()).toContain('Front of the postcard.');
  // The browsers of tests prefer reduced motion.
  expect(await page.locator('.turnable-card-paper').evaluate((node) => getComputedStyle(node).animationName)).toBe(
    'none',
  );
  expect(errors()).toEqual([]);
  await page.context().close();
});
