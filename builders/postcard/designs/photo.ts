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

/** The picture over the whole front with a white panel for the headline; on the back a tinted panel. */
export const photo = { front, back };

function front(drawing: Drawing): void {
  const { geometry, inks, card } = drawing;
  const { margin } = planOf(drawing);
  const { art } = geometry;
  if (card.front.picture) drawing.picture(card.front.picture, art);
  else drawing.rect(art, inks.brand);

  const pad = margin * 0.78;
  const bar = margin * 0.2;
  const panelWidth = Math.min(art.width - 2 * margin, art.width * (card.front.headline.length > 90 ? 0.72 : 0.58));
  const inner = { x: margin + bar + pad, width: panelWidth - bar - 2 * pad };
  const [headline, offer] = frontBlocks(drawing, inks.ink, inks.brandText);
  const blocks = [{ ...headline, sizes: headline.sizes.filter((size) => size <= art.height * 0.085) }, offer];

  const mark = brandSize(drawing, { ...inner, y: 0, height: art.height * 0.1 });
  const gap = mark.height > 0 ? margin * 0.62 : 0;
  const rooms = [0.36, 0.48, 0.6, 0.72].map((share) => art.height * share - mark.height - gap);
  const height = fitHeight(blocks, inner.width, rooms);
  const whole = mark.height + (height > 0 ? gap + height : 0);
  if (whole === 0) return;
  const panel = { x: margin, width: panelWidth, height: whole + 2 * pad, y: art.height - margin - whole - 2 * pad };
  drawing.rect(panel, inks.white);
  drawing.rect({ ...panel, width: bar }, inks.brand);
  const top = brandMark(drawing, { ...inner, y: panel.y + pad, height: art.height * 0.1 }, inks.brandText);
  drawing.column(blocks, { ...inner, y: top + gap, height: exactly(height) });
}

function back(drawing: Drawing): void {
  const { geometry, inks } = drawing;
  const { margin, column } = planOf(drawing);
  const panel = { x: 0, y: 0, width: column.x + column.width + 6, height: geometry.art.height };
  drawing.rect(panel, inks.tint);
  const inner = { ...column, width: column.width - margin * 0.2 };
  const stripFrom = addressStrip(drawing);
  const texts = [backHeadline(drawing, inks.brandText), bodyBlock(drawing)];
  const style = { title: inks.brandText, line: inks.brandText, dashed: true, ground: inks.white };
  drawing.column(texts, placeCoupon(drawing, texts, inner, stripFrom, style));
}
