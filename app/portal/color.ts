/** Our own colour, 6.3:1 on white. */
export const EVERGREEN = '#1E6B52';

/**
 * The colour of links and buttons on customer pages: the company's own where white text on it, and it on white, reach 4.5:1
 * (WCAG 1.4.3), else evergreen.
 */
export function readableColor(color: string): string {
  return /^#[0-9a-f]{6}$/i.test(color) && contrastOnWhite(color) >= 4.5 ? color : EVERGREEN;
}

/** Contrast ratio of `#rrggbb` with white, 1 to 21 (WCAG 2.2, relative luminance). */
export function contrastOnWhite(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}
