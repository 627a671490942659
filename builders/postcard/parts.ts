import type { PostcardDocument } from './document.ts';

export type TextKey =
  | 'front.headline'
  | 'front.offer'
  | 'front.pictureText'
  | 'back.headline'
  | 'back.body'
  | 'back.coupon.title'
  | 'back.coupon.terms'
  | 'qr.caption';

export type PostcardText = {
  /** As its field is named in a form. */
  readonly key: TextKey;
  /** What it is called where its problems are shown. */
  readonly where: string;
  /** As it was typed; null for one that this card does not have: the terms of no coupon. */
  readonly text: string | null;
};

/** What the parts without a text of their own are called. */
export const FRONT = 'Front';
export const QR = 'QR code';

const WHERE: Readonly<Record<TextKey, string>> = {
  'front.headline': 'Front, headline',
  'front.offer': 'Front, offer',
  'front.pictureText': 'Front, description of the picture',
  'back.headline': 'Back, headline',
  'back.body': 'Body',
  'back.coupon.title': 'Coupon, title',
  'back.coupon.terms': 'Coupon, terms',
  'qr.caption': 'QR code, caption',
};

export const whereOf = (key: TextKey): string => WHERE[key];

/** Texts that can have lines of their own; the others stand in one paragraph. */
export const PARAGRAPHS: ReadonlySet<TextKey> = new Set<TextKey>(['front.offer', 'back.body', 'back.coupon.terms']);

/** All texts of a postcard, in the order in which a person meets them. */
export function textsOf({ front, back, qr }: PostcardDocument): PostcardText[] {
  const text = (key: TextKey, typed: string | undefined): PostcardText => {
    return { key, where: WHERE[key], text: typed === undefined ? null : typed.replace(/\r\n?/g, '\n') };
  };
  return [
    text('front.headline', front.headline),
    text('front.offer', front.offer),
    text('front.pictureText', front.picture === null ? undefined : front.pictureText),
    text('back.headline', back.headline),
    text('back.body', back.body),
    text('back.coupon.title', back.coupon?.title),
    text('back.coupon.terms', back.coupon?.terms),
    text('qr.caption', qr?.caption),
  ];
}
