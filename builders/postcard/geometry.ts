import type { PostcardSize } from './document.ts';

/** In points (1/72 inch), from the top left corner of the art with bleed. */
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

export type CardGeometry = {
  /** The card with the 1/8 inch on each side that is printed and cut off: what the printer is given. */
  readonly art: Box;
  /** Where the card is cut. */
  readonly trim: Box;
  /** All text stays in here. */
  readonly safe: Box;
  /** On the back, for address and postage, which the printer puts there: nothing of ours is printed in it. */
  readonly inkFree: Box;
};

/** A card in inches: width and height of the card as cut, of its safe area and of its ink-free block. */
type Inches = {
  readonly trim: readonly [number, number];
  readonly safe: readonly [number, number];
  readonly inkFree: readonly [number, number];
};

const POINTS_AN_INCH = 72;

/** Printed beyond the cut, on each side. */
const BLEED = 0.125;

/** From the right and the bottom edge of the art, "including bleed" in Lob's documentation. */
const INK_FREE_RIGHT = 0.275;
const INK_FREE_BOTTOM = 0.25;

/** Lob's documentation (postcards: layout dimensions, ink-free zone dimensions), all cards lying on their longer side. */
const INCHES: Readonly<Record<PostcardSize, Inches>> = {
  '4x6': { trim: [6, 4], safe: [5.875, 3.875], inkFree: [3.2835, 2.375] },
  '6x9': { trim: [9, 6], safe: [8.875, 5.875], inkFree: [4, 2.375] },
  '6x11': { trim: [11, 6], safe: [10.875, 5.875], inkFree: [4, 2.375] },
};

/** Where things are on a card of each size (B-12). */
export const GEOMETRY: Readonly<Record<PostcardSize, CardGeometry>> = {
  '4x6': geometryOf(INCHES['4x6']),
  '6x9': geometryOf(INCHES['6x9']),
  '6x11': geometryOf(INCHES['6x11']),
};

/** Points as inches. */
export function inches(points: number): number {
  return points / POINTS_AN_INCH;
}

/** Inches as points. */
export function points(inches: number): number {
  return inches * POINTS_AN_INCH;
}

/** Whether `inner` lies within `outer`, edges included. A thousandth of a point is forgiven. */
export function isWithin(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x - SLACK &&
    inner.y >= outer.y - SLACK &&
    inner.x + inner.width <= outer.x + outer.width + SLACK &&
    inner.y + inner.height <= outer.y + outer.height + SLACK
  );
}

/** Whether two boxes share some area. Touching edges don't count. */
export function overlap(a: Box, b: Box): boolean {
  return (
    a.x < b.x + b.width - SLACK &&
    b.x < a.x + a.width - SLACK &&
    a.y < b.y + b.height - SLACK &&
    b.y < a.y + a.height - SLACK
  );
}

const SLACK = 0.001;

function geometryOf({ trim, safe, inkFree }: Inches): CardGeometry {
  const art = { x: 0, y: 0, width: points(trim[0] + 2 * BLEED), height: points(trim[1] + 2 * BLEED) };
  const centred = ([width, height]: readonly [number, number]): Box => ({
    x: (art.width - points(width)) / 2,
    y: (art.height - points(height)) / 2,
    width: points(width),
    height: points(height),
  });
  return {
    art,
    trim: centred(trim),
    safe: centred(safe),
    inkFree: {
      x: art.width - points(INK_FREE_RIGHT + inkFree[0]),
      y: art.height - points(INK_FREE_BOTTOM + inkFree[1]),
      width: points(inkFree[0]),
      height: points(inkFree[1]),
    },
  };
}
