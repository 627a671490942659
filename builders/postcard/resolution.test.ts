import fc from 'fast-check';
import { expect, test } from 'vitest';

import { postcardSizes } from './document.ts';
import { dpiAt, isSharpAt, pixelsNeeded, resolutionProblem } from './resolution.ts';

test('B-12: the pixels that each size needs are those of its art with bleed at 300 dpi', () => {
  expect(postcardSizes.map(pixelsNeeded)).toEqual([
    { width: 1875, height: 1275 },
    { width: 2775, height: 1875 },
    { width: 3375, height: 1875 },
  ]);
});

test('B-12: a picture may be fine for one size and not for another, and the words say what to do', () => {
  const picture = { width: 2025, height: 1500 };
  expect(dpiAt(picture, '4x6')).toBe(324);
  expect(dpiAt(picture, '6x11')).toBe(180);
  expect(resolutionProblem(picture, '4x6')).toBeNull();
  expect(resolutionProblem(picture, '6x11')).toBe(
    'This picture has 180 dpi at 6x11. Print needs 300: use one of at least 3,375 x 1,875 pixels, or choose 4x6.',
  );
  expect(resolutionProblem({ width: 2800, height: 1900 }, '6x11')).toMatch(/, or choose 6x9\.$/);
  expect(resolutionProblem({ width: 100, height: 100 }, '6x9')).toMatch(/at least 2,775 x 1,875 pixels\.$/);
});

test('B-12: what is one pixel short is not sharp, on either side', () => {
  fc.assert(
    fc.property(fc.constantFrom(...postcardSizes), fc.integer({ min: 1, max: 5000 }), (size, more) => {
      const { width, height } = pixelsNeeded(size);
      expect(isSharpAt({ width, height }, size)).toBe(true);
      expect(isSharpAt({ width: width + more, height: height + more }, size)).toBe(true);
      expect(isSharpAt({ width: width - 1, height: height + more }, size)).toBe(false);
      expect(isSharpAt({ width: width + more, height: height - 1 }, size)).toBe(false);
    }),
  );
});
