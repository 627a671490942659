import type { Drawing } from '../drawing.ts';
import { placeCoupon } from './coupon.ts';
import {
  addressStrip,
  backHeadline,
  bodyBlock,
  brandMark,
  brandSize,
  exactly,
  fitHeight,
  frontBlocks,
  planOf,
} from './parts.ts';

/** An almost plain front, and a back that reads as a letter. */
export const letter = { front, back };

function front(drawing: Drawing): void {
  const { geometry, inks, card } = drawing;
  const { margin } = planOf(drawing);
  const { art } = geometry;
  const { picture } = card.front;
  const inset = margin * 1.5;
  const split = art.width * 0.44;
  if (picture) drawing.picture(picture, { x: 0, y: 0, width: split, height: art.height });
  const x = picture ? split + margin : inset;
  const width = art.width - x - (picture ? margin : inset);

  const [headline, offer] = frontBlocks(drawing, inks.ink, inks.soft);
  const sizes = headline.sizes.filter((size) => size <= art.height * 0.072);
  const texts = [
    { ...headline, sizes, weight: 600 as const, leading: 1.2 },
    { ...offer, weight: 400 as const },
  ];
  const room = { x, y: margin, width, height: art.height * 0.13 };
  const mark = brandSize(drawing, { ...room, width: width * 0.7 });
  const gap = margin * 0.62;
  const most = art.height - 2 * margin - mark.height - 2 * gap;
  const height = fitHeight(texts, width, [most]);
  const whole = mark.height + 2 * gap + height;
  const top = (art.height - whole) / 2;
  brandMark(drawing, { ...room, y: top, width: width * 0.7 }, inks.brandText);
  const line = top + mark.height + gap;
  drawing.rule([x, line], [x + margin * 1.4, line], inks.brand, 2);
  drawing.column(texts, { x, y: line + gap, width, height: exactly(height) });
}

function back(drawing: Drawing): void {
  const { inks } = drawing;
  const { margin, column } = planOf(drawing);
  const stripFrom = addressStrip(drawing);
  const mark = brandMark(drawing, { ...column, height: column.height * 0.11 }, inks.brandText);
  const line = mark + margin * 0.38;
  drawing.rule([column.x, line], [column.x + column.width, line], inks.hairline);
  const y = line + margin * 0.6;
  const headline = backHeadline(drawing, inks.ink);
  const texts = [
    { ...headline, weight: 600 as const, sizes: headline.sizes.slice(Math.floor(headline.sizes.length / 3)) },
    bodyBlock(drawing),
  ];
  const style = { title: inks.ink, line: inks.hairline, dashed: false };
  const room = { ...column, y, height: column.y + column.height - y };
  drawing.column(texts, placeCoupon(drawing, texts, room, stripFrom, style));
}
