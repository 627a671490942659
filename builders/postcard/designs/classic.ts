import type { Drawing } from '../drawing.ts';
import { placeCoupon } from './coupon.ts';
import {
  addressStrip,
  backHeadline,
  bodyBlock,
  brandOnColor,
  brandTab,
  exactly,
  fitHeight,
  frontBlocks,
  planOf,
} from './parts.ts';

/** A picture above a band in the company's colour; on the back the headline stands on the same colour. */
export const classic = { front, back };

function front(drawing: Drawing): void {
  const { geometry, inks, card } = drawing;
  const { margin } = planOf(drawing);
  const { art } = geometry;
  const width = art.width - 2 * margin;
  const blocks = frontBlocks(drawing, inks.onBrand);
  const { picture } = card.front;
  if (!picture) {
    drawing.rect(art, inks.brand);
    brandOnColor(drawing, inks.onBrand);
    const top = margin + art.height * 0.2;
    drawing.column(blocks, { x: margin, y: top, width: width * 0.94, height: art.height - margin - top }, 'bottom');
    return;
  }
  const pad = margin * 0.72;
  const rooms = [0.34, 0.44, 0.54, 0.62].map((share) => art.height * share - pad - margin);
  const height = fitHeight(blocks, width, rooms);
  const band = height > 0 ? art.height - height - pad - margin : art.height;
  drawing.picture(picture, { ...art, height: band });
  if (height > 0) drawing.rect({ ...art, y: band, height: art.height - band }, inks.brand);
  brandTab(drawing);
  drawing.column(blocks, { x: margin, y: band + pad, width, height: exactly(height) });
}

function back(drawing: Drawing): void {
  const { inks, card } = drawing;
  const { margin, column } = planOf(drawing);
  const stripFrom = addressStrip(drawing);
  let { y } = column;
  if (card.back.headline.trim() !== '') {
    const headline = [backHeadline(drawing, inks.onBrand)];
    const height = fitHeight(headline, column.width, [
      column.height * 0.22,
      column.height * 0.32,
      column.height * 0.42,
    ]);
    const panel = margin + height + margin * 0.6;
    drawing.rect({ x: 0, y: 0, width: column.x + column.width + 6, height: panel }, inks.brand);
    drawing.column(headline, { ...column, height: exactly(height) });
    y = panel + margin * 0.66;
  }
  const body = [bodyBlock(drawing)];
  const style = { title: inks.brandText, line: inks.brandText, dashed: true };
  const room = { ...column, y, height: column.y + column.height - y };
  drawing.column(body, placeCoupon(drawing, body, room, stripFrom, style));
}
