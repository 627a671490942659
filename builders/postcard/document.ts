import { z } from 'zod';

/** Sizes in inches, the shorter side first, as postcards are ordered (B-12). */
export const postcardSizes = ['4x6', '6x9', '6x11'] as const;

export type PostcardSize = (typeof postcardSizes)[number];

/** How front and back are laid out; each in the company's colours. */
export const postcardDesigns = ['classic', 'photo', 'notice', 'letter'] as const;

export type PostcardDesign = (typeof postcardDesigns)[number];

/** A stored picture: its public token, and its size in pixels. */
export const Picture = z.object({
  token: z.string().max(60),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});

export type Picture = z.infer<typeof Picture>;

/** Most characters of each text, as it is typed. Whether it fits the card is another question: see `layout.ts`. */
export const TEXT_LIMITS = {
  headline: 200,
  offer: 300,
  body: 2_000,
  couponTitle: 200,
  couponTerms: 400,
  caption: 120,
} as const;

const typed = (limit: number) => z.string().max(limit, `Use ${limit.toLocaleString('en-US')} characters at most.`);

/** A stored postcard: what was typed, with its merge tags, and what was chosen. All texts are plain (S0-15). */
export const PostcardDocument = z.object({
  version: z.literal(1),
  size: z.enum(postcardSizes),
  design: z.enum(postcardDesigns),
  front: z.object({
    headline: typed(TEXT_LIMITS.headline),
    /** Empty: none. */
    offer: typed(TEXT_LIMITS.offer),
    picture: Picture.nullable(),
    /** What the picture shows, for whoever can't see it. */
    pictureText: typed(200),
  }),
  back: z.object({
    headline: typed(TEXT_LIMITS.headline),
    /** The message and the address to go to (S0-14). */
    body: typed(TEXT_LIMITS.body),
    coupon: z.object({ title: typed(TEXT_LIMITS.couponTitle), terms: typed(TEXT_LIMITS.couponTerms) }).nullable(),
  }),
  /** Where a scan leads (S0-16); `url` counts for that target alone. Null: no code. */
  qr: z
    .object({
      target: z.enum(['customer_portal', 'pay_invoice', 'url']),
      url: typed(2_000),
      caption: typed(TEXT_LIMITS.caption),
    })
    .nullable(),
});

export type PostcardDocument = z.infer<typeof PostcardDocument>;
