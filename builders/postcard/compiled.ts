import { z } from 'zod';

import { Picture, postcardDesigns, postcardSizes } from './document.ts';

/** Liquid: merge values under their names, short links under `tracked`. */
const source = z.string();

/** A postcard compiled once for all its recipients: plain JSON, frozen at launch. Made by `compilePostcard`. */
export const compiledPostcardSchema = z.object({
  version: z.literal(1),
  size: z.enum(postcardSizes),
  design: z.enum(postcardDesigns),
  front: z.object({ headline: source, offer: source, picture: Picture.nullable(), pictureText: source }),
  back: z.object({
    headline: source,
    body: source,
    coupon: z.object({ title: source, terms: source }).nullable(),
  }),
  /** `key` is of one of `links`. */
  qr: z.object({ key: z.string(), caption: source }).nullable(),
  /** Where its short links lead, the one of the QR code among them; `url` is set for kind 'url' alone. */
  links: z.array(
    z.object({ key: z.string(), kind: z.enum(['customer_portal', 'pay_invoice', 'url']), url: z.string().nullable() }),
  ),
  uses: z.object({
    portalLink: z.boolean(),
    payLink: z.boolean(),
    invoice: z.boolean(),
    /** Every merge name its texts read. */
    names: z.array(z.string()),
  }),
});

export type CompiledPostcard = z.infer<typeof compiledPostcardSchema>;
