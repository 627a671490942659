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

/**
 * Free room left of the block for the address, and above it: more than the 1/8 inch by which the block would move if it were
 * measured from the cut.
 */
const GUTTER = 15;
const ABOVE = 9;

/** The strip begins a little further right, so that the column keeps its distance. */
const STRIP_INDENT = 6;

/** A QR code needs four modules of light within the safe area. */
const QR_MARGIN = 25;

const MARGINS: Readonly<Record<PostcardSize, number>> = { '4x6': 23, '6x9': 34, '6x11': 38 };

/** The least sizes are the same on each card: a reader's eyes are. Body 9 points, terms 7. */
const SIZES: Readonly<Record<PostcardSize, Plan['sizes']>> = {
  '4x6': {
    name: steps(12, 9),
    headline: steps(32, 14, 2),
    offer: steps(13, 10),
    backHeadline: steps(16, 11),
    body: steps(11, 9, 0.5),
    couponTitle: steps(12, 10),
    couponTerms: steps(7.5, 7, 0.5),
    caption: steps(9.5, 8, 0.5),
    returnAddress: steps(7.5, 7, 0.5),
  },
  '6x9': {
    name: steps(17, 10),
    headline: steps(52, 16, 3),
    offer: steps(20, 11),
    backHeadline: steps(24, 13),
    body: steps(14.5, 9, 0.5),
    couponTitle: steps(17, 10),
    couponTerms: steps(9, 7, 0.5),
    caption: steps(12, 8, 0.5),
    returnAddress: steps(8.5, 7, 0.5),
  },
  '6x11': {
    name: steps(19, 10),
    headline: steps(61, 16, 3),
    offer: steps(22, 11),
    backHeadline: steps(28, 14),
    body: steps(16, 9, 0.5),
    couponTitle: steps(19, 10),
    couponTerms: steps(9.5, 7, 0.5),
    caption: steps(12.5, 8, 0.5),
    returnAddress: steps(9, 7, 0.5),
  },
};

const QR_WIDTH: Readonly<Record<PostcardSize, number>> = { '4x6': 72, '6x9': 96, '6x11': 104 };

export const PLANS: Readonly<Record<PostcardSize, Plan>> = {
  '4x6': planOf('4x6'),
  '6x9': planOf('6x9'),
  '6x11': planOf('6x11'),
};

/** Sizes from the largest down to the least. */
function steps(largest: number, least: number, by = 1): number[] {
  const sizes: number[] = [];
  for (let size = largest; size > least; size -= by) sizes.push(size);
  return [...sizes, least];
}

function planOf(size: PostcardSize): Plan {
  const margin = MARGINS[size];
  const { art, inkFree } = GEOMETRY[size];
  return {
    margin,
    column: { x: margin, y: margin, width: inkFree.x - GUTTER - margin, height: art.height - 2 * margin },
    strip: {
      x: inkFree.x + STRIP_INDENT,
      y: margin,
      width: art.width - Math.max(margin, QR_MARGIN) - inkFree.x - STRIP_INDENT,
      height: inkFree.y - ABOVE - margin,
    },
    qrWidth: QR_WIDTH[size],
    sizes: SIZES[size],
  };
}
