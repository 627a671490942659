import { z } from 'zod';

/** A text compiled once for all its recipients: plain JSON, frozen at launch. Made by `compileSms`. */
export const compiledSmsSchema = z.object({
  version: z.literal(1),
  /** Liquid: merge values under their names, short links under `tracked`. */
  source: z.string(),
  /** The line that tells how to stop texts, put below the text; null where the text tells it. */
  optOut: z.string().nullable(),
  /** Where its short links lead; `url` is set for kind 'url' alone. */
  links: z.array(
    z.object({ key: z.string(), kind: z.enum(['customer_portal', 'pay_invoice', 'url']), url: z.string().nullable() }),
  ),
  uses: z.object({
    portalLink: z.boolean(),
    payLink: z.boolean(),
    invoice: z.boolean(),
    /** Every merge name the text reads. */
    names: z.array(z.string()),
  }),
});

export type CompiledSms = z.infer<typeof compiledSmsSchema>;
