import type { Processor } from '../processor.ts';

/** Stands here until the adapter does. */
export function stripeProcessor(options: { secretKey: string; base: string | null }): Processor {
  throw new Error(`No adapter for Stripe yet (${options.base ?? 'api.stripe.com'})`);
}
