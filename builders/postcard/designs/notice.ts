import { block, type Drawing } from '../drawing.ts';
import { placeCoupon } from './coupon.ts';
import { addressStrip, backHeadline, bodyBlock, brandMark, exactly, fitHeight, frontBlocks, planOf } from './parts.ts';

/** Plain as an invoice: ink on white, rules, and the company's colour as a bar. */
export const notice = { front, back };

function front(drawing: Drawing): void {
  const { geometry, inks, card } = drawing;
  const { margin } = planOf(drawing);
  const { art } = geometry;
  const bar = margin * 0.72;
  const { picture } = card.front;
  const right = picture ? art.width * 0.62 : art.width;
  const width = right - 2 * margin;
  if (picture) drawing.picture(picture, { x: right, y: 0, width: art.width - right, height: art.height });
  drawing.rect({ x: 0, y: 0, width: right, height: bar }, inks.brand);

  const top = bar + margin * 0.7;
  const mark = brandMark(drawing, { x: margin, y: top, width: width * 0.7, height: art.height * 0.12 }, inks.brandText);
  const [headline, offer] = frontBlocks(drawing, inks.ink);
  let bottom = art.height - margin;
  if (offer.text.trim() !== '') {
    const pad = margin * 0.42;
    const offers = [{ ...offer, gap: 0 }];
    const height = fitHeight(offers, width, [art.height * 0.2, art.height * 0.32, art.height * 0.42]);
    bottom -= height + 2 * pad;
    drawing.rule([margin, bottom], [margin + width, bottom], inks.ink, 1);
    drawing.column(offers, { x: margin, y: bottom + 2 * pad, width, height: exactly(height) });
    bottom -= margin * 0.7;
  }
  const from = mark + margin * 0.7;
  const sizes = headline.sizes.filter((size) => size <= art.height * 0.1);
  drawing.column([{ ...headline, sizes }], { x: margin, y: from, width, height: bottom - from }, 'middle');
}

function back(drawing: Drawing): void {
  const { inks, card } = drawing;
  const { margin, column, sizes } = planOf(drawing);
  const stripFrom = addressStrip(drawing);
  const name = block({
    role: 'name',
    text: card.brand.name,
    sizes: sizes.couponTitle,
    weight: 600,
    color: inks.soft,
    leading: 1.15,
  });
  const head = fitHeight([name], column.width, [column.height * 0.16]);
  drawing.column([name], { ...column, height: exactly(head) });
  const line = column.y + head + (head > 0 ? margin * 0.32 : 0);
  drawing.rule([column.x, line], [column.x + column.width, line], inks.brand, 2);
  const texts = [backHeadline(drawing, inks.ink), bodyBlock(drawing)];
  const y = line + margin * 0.6;
  const style = { title: inks.ink, line: inks.ink, dashed: false };
  const room = { ...column, y, height: column.y + column.height - y };
  drawing.column(texts, placeCoupon(drawing, texts, room, stripFrom, style));
}
