import { block, type Drawing } from '../drawing.ts';
import type { Box } from '../geometry.ts';
import { CAP_HEIGHT, DESCENT, widthOf } from '../metrics.ts';
import { setColumn, type Block } from '../setting.ts';
import { PLANS, type Plan } from './plan.ts';

/** Pieces that several designs share. */

export function planOf(drawing: Drawing): Plan {
  return PLANS[drawing.card.size];
}

/**
 * The company's logo, or its name where there is none, at the top left of a box and no larger than it. A logo may be made for
 * white alone, so it always stands on white.
 * @returns the room that it took
 */
export function brandMark(drawing: Drawing, box: Box, color: string): Box {
  const { name, logo } = drawing.card.brand;
  if (logo) {
    const scale = Math.min(box.width / logo.width, box.height / logo.height);
    const place = { x: box.x, y: box.y, width: logo.width * scale, height: logo.height * scale };
    drawing.picture(logo, place);
    return place;
  }
  const text = nameBlock(drawing, name, color);
  const { bottom, runs } = drawing.column([text], box);
  const width = Math.max(0, ...runs.map((run) => widthOf(run.text, run.size, run.weight)));
  return { x: box.x, y: box.y, width, height: bottom - box.y };
}

/** As `brandMark`, on a white plate that hangs from the upper edge of the card over a picture or colour. */
export function brandTab(drawing: Drawing): void {
  const { margin } = planOf(drawing);
  const { logo, name } = drawing.card.brand;
  const { inks, geometry } = drawing;
  if (!logo && name.trim() === '') return;
  const pad = margin * 0.42;
  const room: Box = {
    x: margin + pad,
    y: margin * 0.9,
    width: geometry.art.width * 0.5,
    height: geometry.art.height * 0.13,
  };
  const size = logo ? sizeOfLogo(logo, room) : sizeOfText([nameBlock(drawing, name, inks.brandText)], room);
  drawing.rect(
    { x: margin, y: 0, width: size.width + 2 * pad, height: room.y + size.height + pad * (logo ? 1 : 0.75) },
    inks.white,
  );
  brandMark(drawing, room, inks.brandText);
}

function nameBlock(drawing: Drawing, text: string, color: string): Block {
  return block({ role: 'name', text, sizes: planOf(drawing).sizes.name, weight: 700, color, leading: 1.15 });
}

function sizeOfLogo(logo: { width: number; height: number }, room: Box) {
  const scale = Math.min(room.width / logo.width, room.height / logo.height);
  return { width: logo.width * scale, height: logo.height * scale };
}

function sizeOfText(blocks: readonly Block[], room: Box) {
  const { runs, height } = setColumn(blocks, room);
  return { width: Math.max(0, ...runs.map((run) => widthOf(run.text, run.size, run.weight))), height };
}

/**
 * The strip above the block for the address: the return address at its top left, the QR code at its right, and the code's caption
 * beside it.
 * @returns where the strip's contents end
 */
export function addressStrip(drawing: Drawing): number {
  const { card, inks } = drawing;
  const { strip, qrWidth, sizes } = planOf(drawing);
  const beside = card.qr ? strip.width - qrWidth - qrWidth * 0.2 : strip.width;
  const address = block({
    role: 'returnAddress',
    text: card.returnAddress.join('\n'),
    sizes: sizes.returnAddress,
    color: inks.soft,
    leading: 1.3,
  });
  if (!card.qr) return drawing.column([address], strip).bottom;
  const top = strip.y + 2;
  drawing.qr(card.qr.url, { right: strip.x + strip.width, top }, qrWidth);
  const caption = block({
    role: 'caption',
    text: card.qr.caption,
    sizes: sizes.caption,
    weight: 600,
    leading: 1.25,
    align: 'right',
  });
  const box = { x: strip.x, y: top, width: beside, height: qrWidth };
  const { height } = setColumn([caption], { ...box, height: qrWidth * 0.55 });
  const gap = height > 0 ? 6 : 0;
  drawing.column([address], { ...box, height: qrWidth - height - gap });
  drawing.column([caption], { ...box, y: top + qrWidth - height, height: height + 0.01 }, 'bottom');
  return top + qrWidth * 1.2;
}

/** The coupon's texts, the terms below the title. */
export function couponBlocks(drawing: Drawing, color = drawing.inks.ink): Block[] {
  const { coupon } = drawing.card.back;
  const { sizes } = planOf(drawing);
  if (!coupon) return [];
  return [
    block({ role: 'couponTitle', text: coupon.title, sizes: sizes.couponTitle, weight: 700, color, leading: 1.15 }),
    block({
      role: 'couponTerms',
      text: coupon.terms,
      sizes: sizes.couponTerms,
      color: drawing.inks.soft,
      gap: 4,
    }),
  ];
}

/** Whether the back has a coupon with something in it. */
export function hasCoupon({ card }: Drawing): boolean {
  const { coupon } = card.back;
  return coupon !== null && (coupon.title.trim() !== '' || coupon.terms.trim() !== '');
}

export type CouponStyle = {
  readonly line: string;
  readonly dashed: boolean;
  readonly ground?: string;
  readonly title?: string;
};

/**
 * The coupon in a frame, as high as its texts, at the top or the bottom of a box.
 * @returns the frame's box
 */
export function drawCoupon(drawing: Drawing, box: Box, anchor: 'top' | 'bottom', style: CouponStyle): Box {
  const pad = planOf(drawing).margin * 0.36;
  const blocks = couponBlocks(drawing, style.title);
  const width = box.width - 2 * pad;
  const inner = setColumn(blocks, { x: 0, y: 0, width, height: box.height - 2 * pad });
  const height = inner.height + 2 * pad;
  const frame = { ...box, y: anchor === 'top' ? box.y : box.y + box.height - height, height };
  if (style.ground) drawing.rect(frame, style.ground);
  drawing.frame(frame, style.line, style.dashed ? 1 : 0.75, style.dashed ? [4, 3] : undefined);
  drawing.column(blocks, { x: frame.x + pad, y: frame.y + pad, width, height: inner.height + 0.01 });
  return frame;
}

/** Headline and body of the back. */
export function messageBlocks(drawing: Drawing, color: string): Block[] {
  const { back } = drawing.card;
  const { sizes, margin } = planOf(drawing);
  return [
    block({
      role: 'backHeadline',
      text: back.headline,
      sizes: sizes.backHeadline,
      weight: 700,
      color,
      leading: 1.15,
    }),
    block({ role: 'body', text: back.body, sizes: sizes.body, leading: 1.4, gap: margin * 0.4 }),
  ];
}

/** Headline and offer of the front. */
export function frontBlocks(drawing: Drawing, color: string, offerColor = color): Block[] {
  const { front } = drawing.card;
  const { sizes, margin } = planOf(drawing);
  return [
    block({ role: 'headline', text: front.headline, sizes: sizes.headline, weight: 700, color, leading: 1.12 }),
    block({
      role: 'offer',
      text: front.offer,
      sizes: sizes.offer,
      weight: 600,
      color: offerColor,
      leading: 1.3,
      gap: margin * 0.45,
    }),
  ];
}

/** The height of one line from the head of its capitals to its descenders. */
export function lineHeight(size: number): number {
  return size * (CAP_HEIGHT + DESCENT);
}

/** The least of the rooms, from the smallest on, in which texts fit; the last one where they fit none. */
export function roomFor(
  blocks: readonly Block[],
  width: number,
  rooms: readonly number[],
): { room: number; height: number } {
  let found = { room: 0, height: 0 };
  for (const room of rooms) {
    const { height, overflows, tooWide } = setColumn(blocks, { x: 0, y: 0, width, height: room });
    found = { room, height };
    if (overflows.length === 0 && tooWide.length === 0) break;
  }
  return found;
}
