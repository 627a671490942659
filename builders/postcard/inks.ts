/** The colours of a card in the company's colour. All texts keep 4.5:1 against what they stand on (WCAG 1.4.3). */
export type Inks = {
  /** The ground in the company's colour, darkened where neither white nor ink could be read on it. */
  readonly brand: string;
  /** Text on that ground. */
  readonly onBrand: string;
  /** The company's colour for text on white and on the tint, darkened where it is too light. */
  readonly brandText: string;
  /** A breath of the colour, for panels. */
  readonly tint: string;
  readonly ink: string;
  readonly soft: string;
  readonly hairline: string;
  readonly white: string;
};

export const INK = '#1d2420';
export const WHITE = '#ffffff';
const SOFT = '#56605a';
const HAIRLINE = '#d9d4ca';
const READABLE = 4.5;
const FALLBACK = '#1e6b52';

/** The inks of a company. A colour that is none (`#rrggbb`) gives Fieldpost's own. */
export function inksOf(color: string): Inks {
  const own = /^#[0-9a-f]{6}$/iu.test(color) ? color.toLowerCase() : FALLBACK;
  const dark = contrast(own, WHITE) >= READABLE;
  const light = contrast(own, INK) >= READABLE;
  const brand = dark || light ? own : darkened(own, WHITE);
  const tint = mixed(own, WHITE, 0.09);
  return {
    brand,
    onBrand: light && !dark ? INK : WHITE,
    brandText: darkened(own, tint),
    tint,
    ink: INK,
    soft: SOFT,
    hairline: HAIRLINE,
    white: WHITE,
  };
}

/** Contrast of two colours by WCAG, from 1 to 21. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** A colour mixed into another: `share` of the first, from 0 to 1. */
function mixed(color: string, other: string, share: number): string {
  const [a, b] = [channels(color), channels(other)];
  return `#${a.map((value, index) => hex(value * share + (b[index] ?? 0) * (1 - share))).join('')}`;
}

/** The colour, mixed with black as little as it takes to be read on `ground`. */
function darkened(color: string, ground: string): string {
  for (let share = 1; share > 0; share -= 0.04) {
    const darker = mixed(color, '#000000', share);
    if (contrast(darker, ground) >= READABLE) return darker;
  }
  return INK;
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}

function hex(value: number): string {
  return Math.round(value).toString(16).padStart(2, '0');
}
