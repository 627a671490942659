import { z } from 'zod';

import { Picture, postcardDesigns, postcardSizes } from './document.ts';

/**
 * One recipient's postcard, filled in: what `layout.ts` puts in its place. Plain data, the same on the screen, in the Outbox and
 * in print. All texts are as they will be printed.
 */
export const Card = z.object({
  version: z.literal(1),
  size: z.enum(postcardSizes),
  design: z.enum(postcardDesigns),
  brand: z.object({
    name: z.string(),
    /** `#rrggbb`; the company's. */
    color: z.string(),
    logo: Picture.nullable(),
  }),
  front: z.object({ headline: z.string(), offer: z.string(), picture: Picture.nullable(), pictureText: z.string() }),
  back: z.object({
    headline: z.string(),
    body: z.string(),
    coupon: z.object({ title: z.string(), terms: z.string() }).nullable(),
  }),
  /** `url` is the recipient's own short link. */
  qr: z.object({ url: z.string(), caption: z.string() }).nullable(),
  /** The company's name and postal address, one line each. */
  returnAddress: z.array(z.string()),
  /** The recipient's name and address as the printer will put them into the block that is kept free. Never drawn in print. */
  address: z.array(z.string()),
});

export type Card = z.infer<typeof Card>;
