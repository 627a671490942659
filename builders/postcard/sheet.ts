import type { PostcardSize } from './document.ts';
import type { Box } from './geometry.ts';
import type { Weight } from './metrics.ts';

/** The texts of a card, each in its place. */
export type TextRole =
  | 'name'
  | 'headline'
  | 'offer'
  | 'backHeadline'
  | 'body'
  | 'couponTitle'
  | 'couponTerms'
  | 'caption'
  | 'returnAddress';

/** One thing to be drawn, in points from the top left corner of the art with bleed. Colours are `#rrggbb`. */
export type Operation =
  | { readonly kind: 'rect'; readonly box: Box; readonly color: string }
  | {
      readonly kind: 'line';
      readonly from: readonly [number, number];
      readonly to: readonly [number, number];
      readonly width: number;
      readonly color: string;
      /** Lengths of dash and gap, for a line to cut along. */
      readonly dash?: readonly [number, number];
    }
  | TextRun
  /** Covers its box, cropped alike on both sides. `pixels`: of the stored picture. */
  | { readonly kind: 'picture'; readonly token: string; readonly box: Box; readonly pixels: readonly [number, number] }
  | QrSymbol;

/** A line of text, or a part of one. `y` is its baseline. */
export type TextRun = {
  readonly kind: 'text';
  readonly role: TextRole;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly weight: Weight;
  readonly color: string;
  readonly text: string;
};

/** A QR code: its dark modules on the paper's white. */
export type QrSymbol = {
  readonly kind: 'qr';
  /** The symbol without its quiet zone. */
  readonly box: Box;
  /** Width of the quiet zone around it: four modules. */
  readonly quiet: number;
  /** Modules a side. */
  readonly modules: number;
  /** Dark modules as runs in a row: column, row, length. */
  readonly runs: readonly (readonly [number, number, number])[];
  readonly color: string;
};

/** Something that keeps a card from being printed, in words. */
export type SheetProblem = {
  readonly side: 'front' | 'back';
  /** The text it is about; `qr` and `picture` are no texts. */
  readonly about: TextRole | 'qr' | 'picture';
  readonly message: string;
};

export type Face = {
  /** In the order in which they are drawn. */
  readonly operations: readonly Operation[];
  /** What the side shows, for whoever can't see it. */
  readonly description: string;
};

/** One recipient's postcard as it is drawn, on the screen and in print alike. */
export type Sheet = {
  readonly size: PostcardSize;
  readonly front: Face;
  readonly back: Face;
  readonly problems: readonly SheetProblem[];
};

/** What each text is called where a problem speaks of it. */
export const roleNames: Readonly<Record<TextRole, string>> = {
  name: "The company's name",
  headline: 'The headline on the front',
  offer: 'The offer',
  backHeadline: 'The headline on the back',
  body: 'The Body',
  couponTitle: "The coupon's title",
  couponTerms: "The coupon's terms",
  caption: "The QR code's caption",
  returnAddress: 'The return address',
};
