import { postcardSizes, type PostcardSize } from './document.ts';
import { GEOMETRY } from './geometry.ts';

/** Dots an inch that print needs (Lob's documentation). */
const PRINT_DPI = 300;

/** Width and height of the whole art with its bleed, in inches. */
const artInches = (size: PostcardSize): readonly [number, number] => {
  const { width, height } = GEOMETRY[size].art;
  return [width / POINTS_AN_INCH, height / POINTS_AN_INCH];
};

/** Geometry is in points. */
const POINTS_AN_INCH = 72;

type Pixels = { width: number; height: number };

/** The fewest pixels with which a picture covers the whole art of a size sharply. */
export function pixelsNeeded(size: PostcardSize): Pixels {
  const [width, height] = artInches(size);
  return { width: width * PRINT_DPI, height: height * PRINT_DPI };
}

/**
 * How sharp a picture is where it covers the whole art of a size: what stands over is cut off, so the tighter side counts.
 * @returns dots an inch, in whole numbers, never more than there are
 */
export function dpiAt(picture: Pixels, size: PostcardSize): number {
  const [width, height] = artInches(size);
  return Math.floor(Math.min(picture.width / width, picture.height / height));
}

/** Whether a picture is sharp enough for a size (B-12). */
export const isSharpAt = (picture: Pixels, size: PostcardSize): boolean => dpiAt(picture, size) >= PRINT_DPI;

/** What is wrong with a picture at a size and what to do about it, in words; null where it is sharp enough. */
export function resolutionProblem(picture: Pixels, size: PostcardSize): string | null {
  if (isSharpAt(picture, size)) return null;
  const smaller = postcardSizes.findLast((other) => isSharpAt(picture, other));
  return (
    `This picture has ${dpiAt(picture, size)} dpi at ${size}. ` +
    `Print needs ${PRINT_DPI}: use one of at least ${pixelWords(pixelsNeeded(size))} pixels${smaller ? `, or choose ${smaller}` : ''}.`
  );
}

/** `3,375 x 1,875` */
export const pixelWords = ({ width, height }: Pixels): string =>
  `${width.toLocaleString('en-US')} x ${height.toLocaleString('en-US')}`;
