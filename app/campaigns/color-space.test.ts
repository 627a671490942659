import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';

import { colorSpaceOf, profileName } from './color-space.ts';

const factsWith = async (profile: string, space: 'srgb' | 'cmyk' = 'srgb') =>
  sharp(
    await sharp({ create: { width: 9, height: 9, channels: 3, background: '#c8321e' } })
      .toColourspace(space)
      .withIccProfile(profile)
      .jpeg()
      .toBuffer(),
  ).metadata();

test('B-12: colors are named as printers name them', async () => {
  expect(colorSpaceOf({ space: 'srgb' })).toBe('sRGB');
  expect(colorSpaceOf({ space: 'cmyk' })).toBe('CMYK');
  expect(colorSpaceOf({ space: 'b-w' })).toBe('Gray');
  expect(colorSpaceOf(await factsWith('srgb'))).toBe('sRGB');
  expect(colorSpaceOf(await factsWith('p3'))).toMatch(/P3/);
  expect(colorSpaceOf(await factsWith('cmyk', 'cmyk'))).toMatch(/^CMYK \(.+\)$/);
});

test('B-12: a profile that is cut off or nonsense has a short plain name or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const icc = new Uint8Array(bytes);
      if (icc.length > 160) icc.set([0, 0, 0, 1, 0x64, 0x65, 0x73, 0x63, 0, 0, 0, 144, 0, 0, 0, 90], 128);
      expect(profileName(icc)).toMatch(/^[^\p{C}]{0,60}$/u);
    }),
  );
});
