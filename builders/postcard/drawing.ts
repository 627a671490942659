import type { Card } from './card.ts';
import { GEOMETRY, type Box, type CardGeometry } from './geometry.ts';
import { inksOf, type Inks } from './inks.ts';
import { hasGlyph } from './metrics.ts';
import { qrProblems, qrSymbol } from './qr.ts';
import { setColumn, type Block, type Column, type Overflow } from './setting.ts';
import { roleNames, type Operation, type SheetProblem } from './sheet.ts';

/** What a text of a card needs to be set: its size steps and the like. The rest has a default. */
type Short = Omit<Block, 'leading' | 'gap' | 'color' | 'weight'> & Partial<Block>;

/** One side while a design draws it. Whatever finds no room becomes a problem here, so that no design can forget it. */
export class Drawing {
  readonly operations: Operation[] = [];
  readonly overflows: Overflow[] = [];
  readonly problems: SheetProblem[] = [];
  readonly geometry: CardGeometry;
  readonly inks: Inks;
  readonly card: Card;
  readonly side: 'front' | 'back';

  constructor(card: Card, side: 'front' | 'back') {
    this.card = card;
    this.side = side;
    this.geometry = GEOMETRY[card.size];
    this.inks = inksOf(card.brand.color);
  }

  /** A ground. It runs to the bleed edge where the box does. */
  rect(box: Box, color: string): void {
    this.operations.push({ kind: 'rect', box, color });
  }

  rule(from: readonly [number, number], to: readonly [number, number], color: string, width = 0.75): void {
    this.operations.push({ kind: 'line', from, to, width, color });
  }

  /** A frame whose line lies inside the box; dashed, it asks to be cut out. */
  frame({ x, y, width, height }: Box, color: string, thick: number, dash?: readonly [number, number]): void {
    const [left, top, right, bottom] = [x + thick / 2, y + thick / 2, x + width - thick / 2, y + height - thick / 2];
    const line = (from: readonly [number, number], to: readonly [number, number]) =>
      this.operations.push({ kind: 'line', from, to, width: thick, color, ...(dash ? { dash } : {}) });
    line([x, top], [x + width, top]);
    line([right, y], [right, y + height]);
    line([x + width, bottom], [x, bottom]);
    line([left, y + height], [left, y]);
  }

  picture(picture: NonNullable<Card['front']['picture']>, box: Box): void {
    const { token, width, height } = picture;
    this.operations.push({ kind: 'picture', token, box, pixels: [width, height] });
  }

  /** Sets texts into a box and notes what did not fit. */
  column(blocks: readonly Block[], box: Box, anchor: 'top' | 'middle' | 'bottom' = 'top'): Column {
    const column = setColumn(blocks.map(printable), box, anchor);
    this.operations.push(...column.runs);
    this.overflows.push(...column.overflows);
    for (const { role, word } of column.tooWide) {
      const message = `${roleNames[role]} has a word that is wider than its place: “${shortened(word)}”. Make it shorter.`;
      this.problems.push({ side: this.side, about: role, message });
    }
    return column;
  }

  /** The QR code with its top right corner at a point, `width` points wide without its quiet zone. */
  qr(url: string, at: { right: number; top: number }, width: number): void {
    const symbol = qrSymbol(url, at, width, '#000000');
    if (symbol) this.operations.push(symbol);
    else this.problem('qr', 'The address is longer than a QR code can hold. Use a shorter one.');
  }

  /** Looks at the side when all is drawn. */
  inspect(): void {
    for (const operation of this.operations) {
      if (operation.kind !== 'qr') continue;
      for (const message of qrProblems(operation, this.operations, this.geometry)) this.problem('qr', message);
    }
  }

  private problem(about: SheetProblem['about'], message: string): void {
    this.problems.push({ side: this.side, about, message });
  }
}

/** A text of the card, with what most texts have. */
export function block(short: Short): Block {
  return { weight: 400, leading: 1.35, gap: 0, color: '#1d2420', ...short };
}

/** What the fonts lack is drawn as a question mark; layout.ts says so. */
function printable(block: Block): Block {
  const text = block.text.normalize('NFC');
  return { ...block, text: text.replace(/[^\s\x20-\x7e]/gu, (char) => (hasGlyph(char) ? char : '?')) };
}

function shortened(word: string): string {
  const chars = [...word];
  return chars.length > 40 ? `${chars.slice(0, 40).join('')}…` : word;
}
