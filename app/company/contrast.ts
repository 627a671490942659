/** How well a color is read on white (WCAG 2.2). All pure. */

/** The least ratio at which text is legible (success criterion 1.4.3). */
export const LEGIBLE = 4.5;

export const isColor = (text: string): boolean => /^#[0-9a-f]{6}$/i.test(text);

/** Contrast of `#rrggbb` with white, 1 to 21; 1 for what is no color. */
export function contrastOnWhite(color: string): number {
  if (!isColor(color)) return 1;
  const [red, green, blue] = [1, 3, 5].map((at) => linear(Number.parseInt(color.slice(at, at + 2), 16) / 255));
  return 1.05 / (0.2126 * red! + 0.7152 * green! + 0.0722 * blue! + 0.05);
}

const linear = (part: number) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
