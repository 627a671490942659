import { openSync, type Font } from 'fontkit';
import { expect, test } from 'vitest';

import { FONT_FILES } from './fonts.server.ts';
import { measureFonts } from './metrics-table.server.ts';
import { CAP_HEIGHT, DESCENT, hasGlyph, kernOf, weights, widthOf } from './metrics.ts';

const measured = measureFonts();

test.each(weights)('the table has the widths of the fonts, weight %i', (weight) => {
  const wrong = measured.chars.filter((code, index) => {
    const char = String.fromCharCode(code);
    return !hasGlyph(char) || Math.abs(widthOf(char, 2048, weight) - (measured.advances[weight]?.[index] ?? 0)) > 0.01;
  });
  expect(wrong).toEqual([]);
  expect(measured.chars.length).toBeGreaterThan(1_500);
});

test.each(weights)('the table kerns as the fonts do, weight %i', (weight) => {
  const kerned = [...measured.kerned];
  const wrong: string[] = [];
  let count = 0;
  for (const [row, left] of kerned.entries()) {
    for (const [column, right] of kerned.entries()) {
      const units = measured.pairs[weight]?.[row * kerned.length + column] ?? 0;
      if (units !== 0) count += 1;
      if (Math.abs(kernOf(left, right, weight) * 2048 - units) > 0.01) wrong.push(left + right);
    }
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(1_000);
});

test.each(weights)('a line is as wide as fontkit says, weight %i', (weight) => {
  const font = openSync(FONT_FILES[weight]) as Font;
  const features = { calt: false, clig: false, liga: false, ccmp: false };
  for (const line of [
    'AVATAR To Yes, "Tom\'s" 11/7: $1,204.00',
    'brightwater.portal.example/pay?x=1',
    'Wavy fjord (512) 555-0142',
  ]) {
    const expected = (font.layout(line, features).advanceWidth / 2048) * 10;
    expect(widthOf(line, 10, weight)).toBeCloseTo(expected, 6);
  }
  expect(font.capHeight / font.unitsPerEm).toBeCloseTo(CAP_HEIGHT, 6);
  expect(-font.descent / font.unitsPerEm).toBeCloseTo(DESCENT, 6);
});

test('an accented letter is kerned as its base letter', () => {
  expect(kernOf('A', 'V', 400)).toBeLessThan(0);
  expect(kernOf('Á', 'V', 400)).toBe(kernOf('A', 'V', 400));
  expect(kernOf('中', 'V', 400)).toBe(0);
});

test('S0-15: which characters the fonts have', () => {
  for (const char of ['a', 'Z', '7', ' ', '$', 'é', 'Ł', 'ß', 'ñ', 'ő', 'ş', 'ế', 'Ж', 'λ', '’']) {
    expect(hasGlyph(char), char).toBe(true);
  }
  for (const char of ['', '😀', '中', 'ש', 'ا', '\u0301', '\u200d', '\u202e', '\t', '\ue000', '★', '✓']) {
    expect(hasGlyph(char), char).toBe(false);
  }
});
