import { describe, expect, test } from 'vitest';

import { postcardSizes } from './document.ts';
import { GEOMETRY, inches, isWithin, overlap, type Box } from './geometry.ts';

/** A box as the printer's tables have it: width by height. */
const sizeOf = ({ width, height }: Box) => [inches(width), inches(height)].map((side) => Number(side.toFixed(4)));

describe('B-12: sizes as the printer asks for them, in inches', () => {
  test.each([
    ['4x6', [6, 4], [6.25, 4.25], [5.875, 3.875], [3.2835, 2.375]],
    ['6x9', [9, 6], [9.25, 6.25], [8.875, 5.875], [4, 2.375]],
    ['6x11', [11, 6], [11.25, 6.25], [10.875, 5.875], [4, 2.375]],
  ] as const)('%s', (size, trim, art, safe, inkFree) => {
    const geometry = GEOMETRY[size];
    expect(sizeOf(geometry.trim)).toEqual(trim);
    expect(sizeOf(geometry.art)).toEqual(art);
    expect(sizeOf(geometry.safe)).toEqual(safe);
    expect(sizeOf(geometry.inkFree)).toEqual(inkFree);
  });

  test.each(postcardSizes)('%s: bleed of 1/8 inch all around, the ink-free block where the printer has it', (size) => {
    const { art, trim, safe, inkFree } = GEOMETRY[size];
    expect(inches(trim.x)).toBeCloseTo(0.125, 6);
    expect(inches(trim.y)).toBeCloseTo(0.125, 6);
    expect(inches(safe.x)).toBeCloseTo(0.1875, 6);
    expect(inches(safe.y)).toBeCloseTo(0.1875, 6);
    expect(inches(art.width - inkFree.x - inkFree.width)).toBeCloseTo(0.275, 6);
    expect(inches(art.height - inkFree.y - inkFree.height)).toBeCloseTo(0.25, 6);
    expect(isWithin(inkFree, safe)).toBe(true);
    expect(isWithin(safe, trim)).toBe(true);
    expect(isWithin(trim, safe)).toBe(false);
  });
});

test('boxes that touch do not overlap', () => {
  const box = { x: 10, y: 10, width: 5, height: 5 };
  expect(overlap(box, { ...box, x: 15 })).toBe(false);
  expect(overlap(box, { ...box, y: 5 })).toBe(false);
  expect(overlap(box, { ...box, x: 14.9 })).toBe(true);
  expect(overlap(box, { ...box, x: 0 })).toBe(false);
});
