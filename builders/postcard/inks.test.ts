import fc from 'fast-check';
import { expect, test } from 'vitest';

import { contrast, inksOf, WHITE } from './inks.ts';

const color = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }))
  .map((channels) => `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`);

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

test('whatever the company chose, texts can be read: 4.5:1 or more', () => {
  fc.assert(
    fc.property(color, (chosen) => {
      const inks = inksOf(chosen);
      for (const [text, ground] of [
        [inks.onBrand, inks.brand],
        [inks.brandText, WHITE],
        [inks.brandText, inks.tint],
        [inks.ink, inks.tint],
        [inks.soft, WHITE],
        [inks.soft, inks.tint],
      ] as const) {
        expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a colour that can be read stays as it is', () => {
  expect(inksOf('#1F5F99').brand).toBe('#1f5f99');
  expect(inksOf('#f2c21a')).toMatchObject({ brand: '#f2c21a', onBrand: '#1d2420' });
  expect(inksOf('red').brand).toBe('#1e6b52');
});
