import QRCode from 'qrcode';

import { inches, isWithin, overlap, points, type Box, type CardGeometry } from './geometry.ts';
import type { Operation, QrSymbol } from './sheet.ts';

/** The symbol itself is at least this wide (S0-16), and a module at least so wide that a phone reads it. */
const LEAST_WIDTH = points(1);
const LEAST_MODULE = 1.1;

/** Light all around, in modules (ISO/IEC 18004). */
const QUIET_MODULES = 4;

/** From this width of a module on, the better level is taken: it reads where ink or rain took a part of the code. */
const ROOMY_MODULE = 2;

/**
 * The code of an address: level Q where its modules stay wide, else M. An address that no code can hold gives null.
 * @param at the top right corner of the symbol without its quiet zone
 * @param width of the symbol, in points
 */
export function qrSymbol(
  url: string,
  at: { right: number; top: number },
  width: number,
  color: string,
): QrSymbol | null {
  const better = symbolOf(url, 'Q');
  const symbol = better && width / better.size >= ROOMY_MODULE ? better : (symbolOf(url, 'M') ?? better);
  if (!symbol) return null;
  const { size, data } = symbol;
  const runs: [number, number, number][] = [];
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const start = column;
      while (column < size && data[row * size + column]) column += 1;
      if (column > start) runs.push([start, row, column - start]);
    }
  }
  return {
    kind: 'qr',
    box: { x: at.right - width, y: at.top, width, height: width },
    quiet: (width / size) * QUIET_MODULES,
    modules: size,
    runs,
    color,
  };
}

/** The symbol with its quiet zone. */
export function qrGround({ box, quiet }: QrSymbol): Box {
  return { x: box.x - quiet, y: box.y - quiet, width: box.width + 2 * quiet, height: box.height + 2 * quiet };
}

/**
 * What keeps a code of a back from being scanned (S0-16), in words: too small, or over bleed, ink-free block, picture or text.
 * @param drawn all that is drawn on the same side
 */
export function qrProblems(qr: QrSymbol, drawn: readonly Operation[], geometry: CardGeometry): string[] {
  const problems: string[] = [];
  const ground = qrGround(qr);
  if (qr.box.width < LEAST_WIDTH - 0.001) {
    problems.push(`The QR code is ${inches(qr.box.width).toFixed(2)} inches wide. It has to be 1 inch or more.`);
  }
  if (qr.box.width / qr.modules < LEAST_MODULE) {
    problems.push(
      'The address in the QR code is too long: phones could not read such small squares. Use a shorter one.',
    );
  }
  if (!isWithin(ground, geometry.safe)) problems.push('The QR code is too near to the edge of the card.');
  if (overlap(ground, geometry.inkFree)) problems.push('The QR code reaches into the block for the address.');
  for (const operation of drawn) {
    if (operation.kind === 'picture' && overlap(operation.box, ground)) {
      problems.push('The QR code lies over a picture.');
    }
    if (operation.kind === 'rect' && operation.color !== '#ffffff' && overlap(operation.box, ground)) {
      problems.push('The QR code lies over a coloured ground.');
    }
  }
  return problems;
}

function symbolOf(url: string, level: 'M' | 'Q'): { size: number; data: Uint8Array } | null {
  try {
    const { modules } = QRCode.create(url, { errorCorrectionLevel: level });
    return { size: modules.size, data: modules.data };
  } catch {
    return null; // longer than the largest code
  }
}
