import type { PostcardSize } from '../document.ts';
import { GEOMETRY, type Box } from '../geometry.ts';

/** The grid and the sizes of type for one size of card, shared by the designs. Points. */
export type Plan = {
  /** From the edge of the art to where texts begin. */
  readonly margin: number;
  /** Back: the column left of the block for the address, from top to bottom. */
  readonly column: Box;
  /** Back: the strip above that block. */
  readonly strip: Box;
  readonly qrWidth: number;
  readonly sizes: {
    readonly name: readonly number[];
    readonly headline: readonly number[];
    readonly offer: readonly number[];
    readonly backHeadline: readonly number[];
    readonly body: readonly number[];
    readonly couponTitle: readonly number[];
    readonly couponTerms: readonly number[];
    readonly caption: readonly number[];
    readonly returnAddress: readonly number[];
  };
};

/** Free room around the block for the address. */
const GUTTER = 13;

const MARGINS: Readonly<Record<PostcardSize, number>> = { '4x6': 25, '6x9': 34, '6x11': 38 };

/** The least sizes are the same on each card: a reader's eyes are. Body 9 points, terms 7. */
const SIZES: Readonly<Record<PostcardSize, Plan['sizes']>> = {
  '4x6': {
    name: [12, 11, 10, 9],
    headline: [30, 28, 26, 24, 22, 20, 18, 16, 15, 14],
    offer: [13, 12, 11, 10.5, 10],
    backHeadline: [16, 15, 14, 13, 12, 11],
    body: [10, 9.5, 9],
    couponTitle: [12, 11, 10],
    couponTerms: [7.5, 7],
    caption: [9, 8.5, 8],
    returnAddress: [7.5, 7],
  },
  '6x9': {
    name: [16, 14, 12, 10],
    headline: [46, 42, 38, 35, 32, 29, 26, 24, 22, 20, 18, 16],
    offer: [18, 17, 16, 15, 14, 13, 12, 11],
    backHeadline: [22, 20, 18, 17, 16, 15, 14, 13],
    body: [12, 11.5, 11, 10.5, 10, 9.5, 9],
    couponTitle: [16, 15, 14, 13, 12, 11, 10],
    couponTerms: [8.5, 8, 7.5, 7],
    caption: [11, 10.5, 10, 9.5, 9, 8.5, 8],
    returnAddress: [8.5, 8, 7.5, 7],
  },
  '6x11': {
    name: [18, 16, 14, 12, 10],
    headline: [54, 50, 46, 42, 38, 35, 32, 29, 26, 24, 22, 20, 18, 16],
    offer: [20, 19, 18, 17, 16, 15, 14, 13, 12, 11],
    backHeadline: [26, 24, 22, 20, 18, 17, 16, 15, 14],
    body: [13, 12.5, 12, 11.5, 11, 10.5, 10, 9.5, 9],
    couponTitle: [18, 17, 16, 15, 14, 13, 12, 11, 10],
    couponTerms: [9, 8.5, 8, 7.5, 7],
    caption: [12, 11.5, 11, 10.5, 10, 9.5, 9, 8.5, 8],
    returnAddress: [9, 8.5, 8, 7.5, 7],
  },
};

const QR_WIDTH: Readonly<Record<PostcardSize, number>> = { '4x6': 72, '6x9': 90, '6x11': 96 };

export const PLANS: Readonly<Record<PostcardSize, Plan>> = {
  '4x6': planOf('4x6'),
  '6x9': planOf('6x9'),
  '6x11': planOf('6x11'),
};

function planOf(size: PostcardSize): Plan {
  const margin = MARGINS[size];
  const { art, inkFree } = GEOMETRY[size];
  return {
    margin,
    column: { x: margin, y: margin, width: inkFree.x - GUTTER - margin, height: art.height - 2 * margin },
    strip: {
      x: inkFree.x,
      y: margin,
      width: art.width - margin - inkFree.x,
      height: inkFree.y - GUTTER / 2 - margin,
    },
    qrWidth: QR_WIDTH[size],
    sizes: SIZES[size],
  };
}
