import { block, type Drawing } from '../drawing.ts';
import type { Box } from '../geometry.ts';
import { setColumn, type Block } from '../setting.ts';
import { exactly, planOf } from './parts.ts';

export type CouponStyle = {
  readonly title: string;
  readonly line: string;
  /** Asks to be cut out. */
  readonly dashed: boolean;
  readonly ground?: string;
};

/** How much of a column a coupon may take. */
const MOST_OF_COLUMN = 0.42;

/** Of the body's sizes, this one still reads well: below it the coupon goes where it leaves the body more room. */
const COMFORTABLE = 10.5;

/**
 * Draws the coupon, if the card has one: at the foot of the column where the texts above it keep a comfortable size, else in the
 * strip above the address, where that has room.
 * @param column what is left of the column for body and coupon
 * @param stripFrom where the strip is free
 * @returns what is left for the body
 */
export function placeCoupon(
  drawing: Drawing,
  body: readonly Block[],
  column: Box,
  stripFrom: number,
  style: CouponStyle,
): Box {
  const blocks = couponBlocks(drawing, style);
  if (blocks.every(({ text }) => text.trim() === '')) return column;
  const { strip, margin } = planOf(drawing);
  const pad = margin * 0.38;
  const most = column.height * MOST_OF_COLUMN - 2 * pad;
  const inColumn = measured(blocks, column.width - 2 * pad, most);
  const frame = {
    ...column,
    y: column.y + column.height - inColumn.height - 2 * pad,
    height: inColumn.height + 2 * pad,
  };
  const left = { ...column, height: frame.y - margin * 0.6 - column.y };

  const stripRoom = strip.y + strip.height - stripFrom;
  const inStrip = measured(blocks, strip.width - 2 * pad, stripRoom - 2 * pad);
  const above = setColumn(body, left);
  const cramped =
    above.overflows.length > 0 || above.runs.some(({ size, role }) => role === 'body' && size < COMFORTABLE);
  if ((cramped || !inColumn.fits) && inStrip.fits) {
    const height = inStrip.height + 2 * pad;
    draw(drawing, blocks, { ...strip, y: strip.y + strip.height - height, height }, pad, style);
    return column;
  }
  draw(drawing, blocks, frame, pad, style);
  return left;
}

function couponBlocks(drawing: Drawing, style: CouponStyle): Block[] {
  const { sizes } = planOf(drawing);
  const { title = '', terms = '' } = drawing.card.back.coupon ?? {};
  return [
    block({
      role: 'couponTitle',
      text: title,
      sizes: sizes.couponTitle,
      weight: 700,
      color: style.title,
      leading: 1.15,
      balanced: true,
    }),
    block({
      role: 'couponTerms',
      text: terms,
      sizes: sizes.couponTerms,
      color: drawing.inks.soft,
      gap: 4,
      balanced: true,
    }),
  ];
}

function measured(blocks: readonly Block[], width: number, height: number): { height: number; fits: boolean } {
  const column = setColumn(blocks, { x: 0, y: 0, width, height });
  return { height: column.height, fits: column.overflows.length === 0 && column.tooWide.length === 0 };
}

function draw(drawing: Drawing, blocks: readonly Block[], frame: Box, pad: number, style: CouponStyle): void {
  if (style.ground) drawing.rect(frame, style.ground);
  drawing.frame(frame, style.line, style.dashed ? 1 : 0.75, style.dashed ? [4, 3] : undefined);
  const inner = { x: frame.x + pad, y: frame.y + pad, width: frame.width - 2 * pad };
  drawing.column(blocks, { ...inner, height: exactly(frame.height - 2 * pad) });
}
