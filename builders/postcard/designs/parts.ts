import { block, type Drawing } from '../drawing.ts';
import type { Box } from '../geometry.ts';
import { widthOf } from '../metrics.ts';
import { setColumn, type Block, type Column } from '../setting.ts';
import { PLANS, type Plan } from './plan.ts';

/** Pieces that several designs share. */

export function planOf(drawing: Drawing): Plan {
  return PLANS[drawing.card.size];
}

/** The company's name as a text. */
function nameBlock(drawing: Drawing, color: string): Block {
  const { sizes } = planOf(drawing);
  const text = drawing.card.brand.name;
  return block({ role: 'name', text, sizes: sizes.name, weight: 700, color, leading: 1.15 });
}

/** The room that the company's logo, or its name where there is none, takes at the top left of a box. Nothing is drawn. */
export function brandSize(drawing: Drawing, room: Box): { width: number; height: number } {
  const { logo } = drawing.card.brand;
  if (!logo) return sizeOf(setColumn([nameBlock(drawing, drawing.inks.ink)], room));
  const scale = Math.min(room.width / logo.width, room.height / logo.height);
  return { width: logo.width * scale, height: logo.height * scale };
}

/**
 * Draws the company's logo, or its name where there is none, at the top left of a box and no larger than it. The ground must be
 * white: a logo may be made for that alone.
 * @returns where it ends
 */
export function brandMark(drawing: Drawing, room: Box, color: string): number {
  const { logo } = drawing.card.brand;
  const { width, height } = brandSize(drawing, room);
  if (logo) drawing.picture(logo, { ...room, width, height });
  else drawing.column([nameBlock(drawing, color)], room);
  return room.y + height;
}

/** The name in a text's colour on a coloured ground; a logo on its plate. */
export function brandOnColor(drawing: Drawing, color: string): void {
  const { margin } = planOf(drawing);
  const { art } = drawing.geometry;
  if (drawing.card.brand.logo) brandTab(drawing);
  else brandMark(drawing, { x: margin, y: margin, width: art.width / 2, height: art.height * 0.13 }, color);
}

/** Logo or name on a white plate that hangs from the upper edge of the card. */
export function brandTab(drawing: Drawing): void {
  const { margin } = planOf(drawing);
  const { inks, geometry, card } = drawing;
  if (!card.brand.logo && card.brand.name.trim() === '') return;
  const pad = margin * 0.42;
  const room = { x: margin + pad, y: margin, width: geometry.art.width * 0.42, height: geometry.art.height * 0.13 };
  const { width, height } = brandSize(drawing, room);
  drawing.rect({ x: margin, y: 0, width: width + 2 * pad, height: room.y + height + pad * 0.85 }, inks.white);
  brandMark(drawing, room, inks.brandText);
}

function sizeOf({ runs, height }: Column): { width: number; height: number } {
  return { width: Math.max(0, ...runs.map((run) => widthOf(run.text, run.size, run.weight))), height };
}

/** A QR code's light stays in the safe area above it, and off the address block below it. */
const QR_TOP = 27;

/**
 * The strip above the block for the address: the return address at its top left, the QR code at its right, and the code's caption
 * beside the code.
 * @returns where the strip's contents end
 */
export function addressStrip(drawing: Drawing): number {
  const { card, inks } = drawing;
  const { strip, qrWidth, sizes } = planOf(drawing);
  const text = card.returnAddress.join('\n');
  const address = block({ role: 'returnAddress', text, sizes: sizes.returnAddress, color: inks.soft, leading: 1.3 });
  if (!card.qr) return drawing.column([address], strip).bottom;
  const top = Math.max(strip.y, QR_TOP);
  drawing.qr(card.qr.url, { right: strip.x + strip.width, top }, qrWidth);
  const captionSizes = sizes.caption;
  const caption = block({
    role: 'caption',
    text: card.qr.caption,
    sizes: captionSizes,
    weight: 600,
    leading: 1.25,
    align: 'right',
    balanced: true,
  });
  const box = { x: strip.x, y: top, width: strip.width - qrWidth * 1.18, height: qrWidth };
  const { height } = setColumn([caption], { ...box, height: qrWidth * 0.55 });
  drawing.column([address], { ...box, height: qrWidth - height - (height > 0 ? 6 : 0) });
  drawing.column([caption], { ...box, y: top + qrWidth - height, height: exactly(height) });
  return top + qrWidth * 1.2;
}

/** Headline and body of the back. */
export function backHeadline(drawing: Drawing, color: string): Block {
  const { sizes } = planOf(drawing);
  const text = drawing.card.back.headline;
  return block({
    role: 'backHeadline',
    text,
    sizes: sizes.backHeadline,
    weight: 700,
    color,
    leading: 1.15,
    balanced: true,
  });
}

/** The body, as the second text of its column. */
export function bodyBlock(drawing: Drawing): Block {
  const { sizes, margin } = planOf(drawing);
  return block({ role: 'body', text: drawing.card.back.body, sizes: sizes.body, leading: 1.42, gap: margin * 0.5 });
}

/** Headline and offer of the front. */
export function frontBlocks(drawing: Drawing, color: string, offerColor = color): [Block, Block] {
  const { front } = drawing.card;
  const { sizes, margin } = planOf(drawing);
  const gap = margin * 0.45;
  return [
    block({
      role: 'headline',
      text: front.headline,
      sizes: sizes.headline,
      weight: 700,
      color,
      leading: 1.12,
      balanced: true,
    }),
    block({
      role: 'offer',
      text: front.offer,
      sizes: sizes.offer,
      weight: 600,
      color: offerColor,
      leading: 1.3,
      gap,
      balanced: true,
    }),
  ];
}

/** The least of the rooms, from the smallest on, in which texts fit, and the height they take; of the last where they fit none. */
export function fitHeight(blocks: readonly Block[], width: number, rooms: readonly number[]): number {
  let height = 0;
  for (const room of rooms) {
    const column = setColumn(blocks, { x: 0, y: 0, width, height: room });
    ({ height } = column);
    if (column.overflows.length === 0 && column.tooWide.length === 0) break;
  }
  return height;
}

/** A height that was measured, as the height of a box: what took it takes it again. */
export function exactly(height: number): number {
  return height + 0.01;
}
