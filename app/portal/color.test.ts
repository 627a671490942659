import fc from 'fast-check';
import { expect, test } from 'vitest';

import { contrastOnWhite, EVERGREEN, readableColor } from './color.ts';

test('contrast with white is that of WCAG', () => {
  expect(contrastOnWhite('#000000')).toBeCloseTo(21, 5);
  expect(contrastOnWhite('#ffffff')).toBeCloseTo(1, 5);
  expect(contrastOnWhite('#767676')).toBeCloseTo(4.54, 2);
});

test('a company’s colour is used where it can be read, else evergreen', () => {
  expect(readableColor('#767676')).toBe('#767676');
  expect(readableColor('#777777')).toBe(EVERGREEN);
  expect(contrastOnWhite(EVERGREEN)).toBeGreaterThan(6);
});

test('whatever stands in the profile, what comes out is a readable colour and nothing else', () => {
  const any = fc.oneof(
    fc.string(),
    fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, '0')}`),
    fc.constantFrom('red', '#fff', '#1E6B52;} body{display:none', 'url(x)', '#00000g'),
  );
  fc.assert(
    fc.property(any, (color) => {
      const read = readableColor(color);
      expect(read).toMatch(/^#[0-9a-f]{6}$/i);
      expect(contrastOnWhite(read)).toBeGreaterThanOrEqual(4.5);
    }),
  );
});
