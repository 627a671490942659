import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { countText } from './segments.ts';

/*
 * An encoder of its own, written from the tables of GSM 03.38 as code points by row, so that a slip in the table under test
 * shows. It makes the octets of each part, and reads them back.
 */
const BASIC = [
  '0040 00a3 0024 00a5 00e8 00e9 00f9 00ec 00f2 00c7 000a 00d8 00f8 000d 00c5 00e5',
  '0394 005f 03a6 0393 039b 03a9 03a0 03a8 03a3 0398 039e ---- 00c6 00e6 00df 00c9',
  '0020 0021 0022 0023 00a4 0025 0026 0027 0028 0029 002a 002b 002c 002d 002e 002f',
  '0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a 003b 003c 003d 003e 003f',
  '00a1 0041 0042 0043 0044 0045 0046 0047 0048 0049 004a 004b 004c 004d 004e 004f',
  '0050 0051 0052 0053 0054 0055 0056 0057 0058 0059 005a 00c4 00d6 00d1 00dc 00a7',
  '00bf 0061 0062 0063 0064 0065 0066 0067 0068 0069 006a 006b 006c 006d 006e 006f',
  '0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007a 00e4 00f6 00f1 00fc 00e0',
].flatMap((row) =>
  row.split(' ').map((code) => (code === '----' ? null : String.fromCodePoint(Number.parseInt(code, 16)))),
);
const EXTENSION: [code: number, char: string][] = [
  [0x0a, '\f'],
  [0x14, '^'],
  [0x28, '{'],
  [0x29, '}'],
  [0x2f, '\\'],
  [0x3c, '['],
  [0x3d, '~'],
  [0x3e, ']'],
  [0x40, '|'],
  [0x65, '\u20ac'],
];
const ESCAPE = 0x1b;
const extensionChars = EXTENSION.map(([, char]) => char);
const gsmChars = [...BASIC.filter((char) => char !== null), ...extensionChars];

/** A character as units that belong together, or null where GSM-7 lacks it. */
function gsmUnits(char: string): number[] | null {
  const code = BASIC.indexOf(char);
  if (code >= 0) return [code];
  const extended = EXTENSION.find(([, known]) => known === char);
  return extended ? [ESCAPE, extended[0]] : null;
}

function ucsUnits(char: string): number[] {
  return Array.from({ length: char.length }, (_, index) => char.charCodeAt(index));
}

function encode(text: string): { gsm: boolean; parts: number[][] } {
  const asGsm = [...text].map(gsmUnits);
  const gsm = asGsm.every((units) => units !== null);
  const chars = gsm ? asGsm : [...text].map(ucsUnits);
  const total = chars.flat();
  if (total.length === 0) return { gsm, parts: [] };
  if (total.length <= (gsm ? 160 : 70)) return { gsm, parts: [total] };
  const parts: number[][] = [[]];
  for (const units of chars) {
    const last = parts.at(-1) ?? [];
    if (last.length + units.length <= (gsm ? 153 : 67)) last.push(...units);
    else parts.push([...units]);
  }
  return { gsm, parts };
}

function decode(part: number[], gsm: boolean): string {
  if (!gsm) return String.fromCharCode(...part);
  let text = '';
  for (let at = 0; at < part.length; at += 1) {
    if (part[at] === ESCAPE) {
      at += 1;
      text += EXTENSION.find(([code]) => code === part[at])?.[1] ?? '?';
    } else text += BASIC[part[at] ?? 0] ?? '?';
  }
  return text;
}

/** The fewest parts there can be when no character is split, by trying all places to cut. */
function fewestParts(sizes: number[], capacity: number): number {
  const fewest = [0];
  for (let end = 1; end <= sizes.length; end += 1) {
    let [size, best] = [0, Number.POSITIVE_INFINITY];
    for (let from = end - 1; from >= 0; from -= 1) {
      size += sizes[from] ?? 0;
      if (size > capacity) break;
      best = Math.min(best, (fewest[from] ?? 0) + 1);
    }
    fewest[end] = best;
  }
  return fewest[sizes.length] ?? 0;
}

const gsmText = fc
  .array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...gsmChars) }, fc.constantFrom(...extensionChars)), {
    maxLength: 500,
    size: 'max',
  })
  .map((chars) => chars.join(''));
const EMOJI = ['😀', '👩‍👩‍👧‍👦', '❤️', '🇺🇸', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👍🏽'];
const mixedText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...gsmChars),
      fc.constantFrom(...EMOJI),
      fc.constantFrom('’', '…', 'ć', '中', '\u00a0', '\u200d', '\ud83d', '\ude00'),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    ),
    { maxLength: 300, size: 'max' },
  )
  .map((chars) => chars.join(''));

function expectAsEncoded(text: string): void {
  const { gsm, parts } = encode(text);
  const count = countText(text);
  expect(count.encoding).toBe(gsm ? 'GSM-7' : 'UCS-2');
  expect(count.parts).toBe(parts.length);
  expect(count.units).toBe(parts.flat().length);
  expect(count.perPart).toBe(parts.length > 1 ? (gsm ? 153 : 67) : gsm ? 160 : 70);
  expect(count.left).toBe(count.perPart - (parts.at(-1)?.length ?? 0));
  const shown = count.starts.map((start, index) => text.slice(start, count.starts[index + 1]));
  expect(shown).toEqual(parts.map((part) => decode(part, gsm)));
  expect(shown.join('')).toBe(text);
}

describe('B-11: parts are counted as an encoder lays them out', () => {
  test('texts of GSM-7, extension characters among them', () => {
    fc.assert(fc.property(gsmText, expectAsEncoded), { numRuns: 300 });
  });

  test('texts with emoji, joiners, lone surrogates and foreign letters', () => {
    fc.assert(fc.property(mixedText, expectAsEncoded), { numRuns: 300 });
  });

  test('parts are as few as can be, and no character is split over two', () => {
    fc.assert(
      fc.property(fc.oneof(gsmText, mixedText), (text) => {
        const count = countText(text);
        const gsm = count.encoding === 'GSM-7';
        const sizes = [...text].map((char) => (gsm ? (gsmUnits(char)?.length ?? 0) : char.length));
        if (count.parts > 1) expect(count.parts).toBe(fewestParts(sizes, count.perPart));
        for (const start of count.starts.slice(1)) {
          expect(text.slice(start - 1, start + 1)).not.toMatch(/^[\ud800-\udbff][\udc00-\udfff]$/);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('offenders are exactly what GSM-7 lacks, each with its place', () => {
    fc.assert(
      fc.property(mixedText, (text) => {
        const { offenders, encoding } = countText(text);
        expect(encoding).toBe(offenders.length === 0 ? 'GSM-7' : 'UCS-2');
        let rest = '';
        let at = 0;
        for (const { index, char } of offenders) {
          expect(text.slice(index, index + char.length)).toBe(char);
          expect([...char].some((one) => gsmUnits(one) === null)).toBe(true);
          rest += text.slice(at, index);
          at = index + char.length;
        }
        expect([...rest, ...text.slice(at)].every((char) => gsmUnits(char) !== null)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('S0-13: the limits', () => {
  test('160 and 153 characters, 70 and 67', () => {
    expect(countText('')).toMatchObject({ encoding: 'GSM-7', units: 0, parts: 0, perPart: 160, left: 160, starts: [] });
    expect(countText('a'.repeat(142))).toMatchObject({ units: 142, parts: 1, perPart: 160, left: 18 });
    expect(countText('a'.repeat(160))).toMatchObject({ parts: 1, left: 0 });
    expect(countText('a'.repeat(161))).toMatchObject({ parts: 2, perPart: 153, left: 145, starts: [0, 153] });
    expect(countText('a'.repeat(306))).toMatchObject({ parts: 2, left: 0 });
    expect(countText('a'.repeat(307))).toMatchObject({ parts: 3 });
    expect(countText(`${'a'.repeat(69)}’`)).toMatchObject({ encoding: 'UCS-2', parts: 1, perPart: 70, left: 0 });
    expect(countText(`${'a'.repeat(70)}’`)).toMatchObject({ parts: 2, perPart: 67, left: 63 });
  });

  test('a character that does not fit any more begins the next part, which can add one', () => {
    const euro = `${'a'.repeat(152)}€${'b'.repeat(152)}`;
    expect(countText(euro)).toMatchObject({ units: 306, parts: 3, starts: [0, 152, 304], left: 152 });
    const smile = `${'’'.repeat(66)}😀${'’'.repeat(66)}`;
    expect(countText(smile)).toMatchObject({ units: 134, parts: 3, starts: [0, 66, 133], left: 66 });
    // A family of four is joined of seven code points: it may be cut at a joiner, never inside a pair.
    expect(countText(`${'’'.repeat(60)}👩‍👩‍👧‍👦`)).toMatchObject({ units: 71, parts: 2, starts: [0, 66] });
  });
});
