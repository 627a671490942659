import QRCode from 'qrcode';
import { expect, test } from 'vitest';

import { GEOMETRY } from './geometry.ts';
import { qrProblems, qrSymbol } from './qr.ts';
import type { Operation, QrSymbol } from './sheet.ts';

const URL = 'https://brightwater.go.example/k7m2p9q4rs';
const geometry = GEOMETRY['6x9'];

function symbol(width: number, at = { right: 620, top: 40 }, url = URL): QrSymbol {
  const made = qrSymbol(url, at, width, '#000000');
  if (!made) throw new Error('There is no code.');
  return made;
}

/** The dark modules of the runs, row by row. */
function modulesOf({ modules, runs }: QrSymbol): string {
  const rows = Array.from({ length: modules }, () => Array<number>(modules).fill(0));
  for (const [column, row, length] of runs) rows[row]?.fill(1, column, column + length);
  return rows.flat().join('');
}

test('S0-16: level Q where its squares stay wide, else M', () => {
  const better = QRCode.create(URL, { errorCorrectionLevel: 'Q' }).modules;
  expect(modulesOf(symbol(72))).toBe([...better.data].join(''));
  const long = `${URL}/${'a'.repeat(60)}`;
  const plain = QRCode.create(long, { errorCorrectionLevel: 'M' }).modules;
  expect(modulesOf(symbol(72, undefined, long))).toBe([...plain.data].join(''));
});

test('S0-16: problems where a code is too small, or lies where it must not', () => {
  const picture: Operation = {
    kind: 'picture',
    token: 'x',
    box: { x: 560, y: 60, width: 50, height: 50 },
    pixels: [1, 1],
  };
  const ground: Operation = { kind: 'rect', box: { x: 560, y: 60, width: 50, height: 50 }, color: '#1f5f99' };
  const white: Operation = { ...ground, color: '#ffffff' };
  expect(qrProblems(symbol(72), [white], geometry)).toEqual([]);
  expect(qrProblems(symbol(71), [], geometry)).toEqual([
    'The QR code is 0.99 inches wide. It has to be 1 inch or more.',
  ]);
  expect(qrProblems(symbol(72), [picture], geometry)).toEqual(['The QR code lies over a picture.']);
  expect(qrProblems(symbol(72), [ground], geometry)).toEqual(['The QR code lies over a coloured ground.']);
  // The symbol alone would fit; its light does not.
  const { safe, inkFree } = geometry;
  expect(qrProblems(symbol(72, { right: safe.x + safe.width, top: 40 }), [], geometry)).toEqual([
    'The QR code is too near to the edge of the card.',
  ]);
  expect(qrProblems(symbol(72, { right: 620, top: inkFree.y - 73 }), [], geometry)).toEqual([
    'The QR code reaches into the block for the address.',
  ]);
});
