import type { Drawing } from '../drawing.ts';
import {
  addressStrip,
  brandMark,
  brandTab,
  drawCoupon,
  frontBlocks,
  hasCoupon,
  messageBlocks,
  planOf,
  roomFor,
} from './parts.ts';

/** A picture above a band in the company's colour; on the back the headline on the same colour. */
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
    const top = margin + art.height * 0.2;
    if (card.brand.logo) brandTab(drawing);
    else brandMark(drawing, { x: margin, y: margin, width, height: art.height * 0.13 }, inks.onBrand);
    drawing.column(blocks, { x: margin, y: top, width: width * 0.92, height: art.height - margin - top }, 'bottom');
    return;
  }
  const pad = margin * 0.72;
  const rooms = [0.3, 0.4, 0.5, 0.6].map((share) => art.height * share - pad - margin);
  const { height } = roomFor(blocks, width, rooms);
  const band = art.height - height - pad - margin;
  drawing.picture(picture, { ...art, height: height > 0 ? band : art.height });
  if (height > 0) drawing.rect({ ...art, y: band, height: art.height - band }, inks.brand);
  brandTab(drawing);
  drawing.column(blocks, { x: margin, y: band + pad, width, height: height + 0.01 });
}

function back(drawing: Drawing): void {
  const { geometry, inks, card } = drawing;
  const { margin, column, strip } = planOf(drawing);
  const [headline, body] = messageBlocks(drawing, inks.onBrand);
  if (!headline || !body) return;
  const end = addressStrip(drawing);
  let { height } = column;
  if (hasCoupon(drawing)) {
    const style = { line: inks.brandText, dashed: true, title: inks.brandText };
    const roomy = strip.y + strip.height - end > 70;
    if (roomy) drawCoupon(drawing, { ...strip, y: end, height: strip.y + strip.height - end }, 'bottom', style);
    else
      height =
        drawCoupon(drawing, { ...column, y: column.y + height * 0.6, height: height * 0.4 }, 'bottom', style).y -
        margin -
        column.y;
  }
  let { y } = column;
  if (card.back.headline.trim() !== '') {
    const set = roomFor(
      [headline],
      column.width,
      [0.2, 0.3, 0.4].map((share) => column.height * share),
    );
    const panel = margin + set.height + margin * 0.55;
    drawing.rect({ x: 0, y: 0, width: column.x + column.width + margin * 0.25, height: panel }, inks.brand);
    drawing.column([headline], { ...column, height: set.height + 0.01 });
    y = panel + margin * 0.55;
  }
  drawing.column([body], { ...column, y, height: column.y + height - y });
  void geometry;
}
