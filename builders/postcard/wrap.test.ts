import { expect, test } from 'vitest';

import { widthOf } from './metrics.ts';
import { measureText, wrapText } from './wrap.ts';

const wrap = (text: string, width: number) => wrapText(measureText(text, 400), width, 10);
const lines = (text: string, width: number) => wrap(text, width).lines;

test('lines break between words and where the text has a break', () => {
  expect(lines('Pay it in a minute', 60)).toEqual(['Pay it in a', 'minute']);
  expect(lines('  Hi   Dana,\n\n\n\nThank\tyou \n', 500)).toEqual(['Hi Dana,', '', 'Thank you']);
  expect(lines('', 100)).toEqual([]);
  expect(lines(' \n ', 100)).toEqual([]);
});

test('a telephone number stays in one line', () => {
  const width = widthOf('Please call (512)', 10, 400) + 1;
  expect(lines('Please call (512) 555-0142', width)).toEqual(['Please call', '(512) 555-0142']);
});

test('S0-15: an address breaks after slashes, before dots and hyphens, and gains no hyphen', () => {
  const url = 'https://bright-water.portal.example/pay/k7m2p9';
  const wrapped = wrap(`Pay at ${url} today`, 90);
  expect(wrapped.lines).toEqual(['Pay at', 'https://bright', '-water.portal', '.example/pay/', 'k7m2p9 today']);
  expect(wrapped.tooWide).toEqual([]);
  expect(wrapped.broken).toBe(true);
});

test('an address that fits a line is not broken', () => {
  const url = 'brightwater.example/pay';
  expect(lines(`Pay at ${url}`, widthOf(url, 10, 400) + 0.1)).toEqual(['Pay at', url]);
});

test('a word that is wider than a line is named and cut between letters', () => {
  const wrapped = wrap('A Donaudampfschifffahrtsgesellschaft', 60);
  expect(wrapped.tooWide).toEqual(['Donaudampfschifffahrtsgesellschaft']);
  expect(wrapped.lines.join('')).toBe('ADonaudampfschifffahrtsgesellschaft');
  for (const line of wrapped.lines) expect(widthOf(line, 10, 400)).toBeLessThanOrEqual(60);
});
