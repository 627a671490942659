import sharp from 'sharp';
import { expect, test } from 'vitest';

import { encodeImage } from './images.server.ts';

const solid = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background: { r: 200, g: 30, b: 60, alpha: 0.5 } } });
const encode = (bytes: Uint8Array, name = 'logo') => encodeImage({ name, bytes, maxWidth: 600 });
const errorOf = async (bytes: Uint8Array) => {
  const result = await encode(bytes);
  return result.ok ? null : result.error;
};

test('S2-11: PNG, JPEG, WebP and SVG become PNG or JPEG, no wider than asked, never larger than they were', async () => {
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="300"><rect width="900" height="300"/></svg>',
  );
  const cases = [
    [await solid(1200, 300, 4).png().toBuffer(), 'image/png', 600, 150],
    [await solid(1200, 300).jpeg().toBuffer(), 'image/jpeg', 600, 150],
    [await solid(300, 30).webp().toBuffer(), 'image/jpeg', 300, 30],
    [await solid(300, 30, 4).webp().toBuffer(), 'image/png', 300, 30],
    [svg, 'image/png', 600, 200],
  ] as const;
  for (const [bytes, mimeType, width, height] of cases) {
    const result = await encode(bytes);
    if (!result.ok) throw new Error(result.error);
    expect(result.image).toMatchObject({ mimeType, width, height });
  }
});

test('a photo lies the way it was taken, without the place where it was', async () => {
  const photo = await solid(400, 200)
    .withExif({ IFD0: { Artist: 'Ann at 12 Oak Street' } })
    .jpeg()
    .toBuffer();
  const turned = await sharp(photo).withMetadata({ orientation: 6 }).toBuffer();
  const result = await encode(turned);
  if (!result.ok) throw new Error(result.error);
  expect(result.image).toMatchObject({ width: 200, height: 400 });
  expect(result.image.bytes.includes('Oak Street')).toBe(false);
});

test('what is no image says so: text, HTML, a broken or empty file, another kind', async () => {
  const png = await solid(50, 50).png().toBuffer();
  expect(await errorOf(Buffer.from('hello'))).toMatch(/not an image/);
  expect(await errorOf(Buffer.from('<html><script>alert(1)</script></html>'))).toMatch(/not an image/);
  expect(await errorOf(png.subarray(0, 60))).toMatch(/not an image/);
  expect(await errorOf(Buffer.alloc(0))).toMatch(/empty/);
  expect(await errorOf(await solid(20, 20).gif().toBuffer())).toMatch(/PNG, JPEG, WebP or SVG/);
  expect(await errorOf(await solid(20, 20).tiff().toBuffer())).toMatch(/PNG, JPEG, WebP or SVG/);
});

test('too large in bytes or pixels says so, however small the file that unpacks to it', async () => {
  expect(await errorOf(Buffer.alloc(5 * 1024 * 1024 + 1))).toMatch(/5 MB/);
  expect(await errorOf(await solid(9000, 9000).png().toBuffer())).toMatch(/megapixels/);
  const svg = (size: string) =>
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${size}><path d="M0 0h9v9z"/></svg>`);
  expect(await errorOf(svg('width="30000" height="30000"'))).toMatch(/megapixels|not an image/);
  const padded = Buffer.concat([svg('width="9" height="9"'), Buffer.from(`<!--${'x'.repeat(600_000)}-->`)]);
  expect(await errorOf(padded)).toMatch(/512 KB/);
});

test('an SVG’s scripts, entities and outside files go nowhere', async () => {
  const bomb = Buffer.from(
    `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, n) => `<!ENTITY ${'bcdefghij'[n]} "${`&${'abcdefghi'[n]};`.repeat(10)}">`).join('')}]><svg xmlns="http://www.w3.org/2000/svg" width="50" height="50"><text>&j;</text></svg>`,
  );
  const started = performance.now();
  const result = await encode(bomb);
  expect(performance.now() - started).toBeLessThan(10_000);
  if (result.ok) expect(result.image.bytes.length).toBeLessThan(100_000);
  const leaky = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50"><script>alert(1)</script><image href="file:///etc/hostname" width="50" height="50"/></svg>',
  );
  const drawn = await encode(leaky);
  if (!drawn.ok) throw new Error(drawn.error);
  expect(drawn.image.mimeType).toBe('image/png');
  const { channels } = await sharp(drawn.image.bytes).stats();
  expect(channels.every((channel) => channel.max === channel.min)).toBe(true); // nothing was drawn
});

test('a file’s name is kept as words', async () => {
  const bytes = await solid(5, 5).png().toBuffer();
  const named = async (name: string) => {
    const result = await encode(bytes, name);
    return result.ok ? result.image.name : '';
  };
  expect(await named('van\r\nX: y.png')).toBe('van  X: y.png');
  expect(await named('')).toBe('image');
  expect((await named('x'.repeat(500))).length).toBe(120);
});
