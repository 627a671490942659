import type { Request, Router } from 'express';

import type { StripeKeys } from '#app/invoicing/payments/choose-processor.server.ts';
import { readStripeEvent } from '#app/invoicing/payments/processors/stripe-events.ts';
import { stripeHookKeys, takeStripeEvent } from '#app/invoicing/payments/processors/stripe-inbox.server.ts';
import { readStripeToken } from '#app/invoicing/payments/processors/stripe-token.server.ts';

import { done, later, webhookRouter, type WebhookAnswer, type WebhookOptions } from './webhooks.server.ts';

/** An event holds one object of Stripe: some kilobytes. */
const MAX_BYTES = 256 * 1024;
/** Older than this, it may be a replay (Stripe's documentation, "Verify webhook signatures"). */
const OLDEST_SECONDS = 300;

const refused = (log: string): WebhookAnswer => ({ status: 400, log, level: 'warn' });
const nobody = (log: string): WebhookAnswer => ({ status: 404, log, level: 'warn' });

export type StripeWebhookOptions = Pick<WebhookOptions, 'db' | 'secret' | 'log'> & {
  /** Elsewhere than Stripe: a test server. */
  stripeApiBase: string | null;
};

/**
 * What Stripe tells of payments, on the office's host: each company has an address of its own, so that its signing secret is known first.
 * An event is answered with 200 once it is stored, so that Stripe comes again for whatever was not. What is not signed with the company's
 * secret, nor with that of an account it had before, or was signed more than five minutes ago, is refused and logged, and nothing of it is stored.
 */
export function stripeRoutes({ db, secret, log, stripeApiBase: base }: StripeWebhookOptions): Router {
  const answerTo = async (req: Request, body: Buffer | null): Promise<WebhookAnswer> => {
    const companyId = readStripeToken(secret, req.params.token ?? '');
    if (companyId === null) return nobody('unknown_token');
    return { ...(await answerFor(companyId, req, body)), about: { companyId } };
  };

  const answerFor = async (companyId: number, req: Request, body: Buffer | null): Promise<WebhookAnswer> => {
    const keys = await stripeHookKeys(db, secret, companyId);
    if (keys.length === 0) return nobody('no_keys');
    let told: Signed = 'signature';
    for (const one of keys) {
      if (told === 'signature') told = await signedBy(one, req, body);
    }
    if (typeof told === 'string') return refused(told);
    const event = readStripeEvent(told.event);
    if (!event) return refused('malformed');
    const taken = await takeStripeEvent(db, { companyId, keys: told.keys, base }, event);
    return taken === 'early' ? later('early') : done(taken);
  };

  const routes = { '/:token': answerTo };
  return webhookRouter({ name: 'stripe', poster: 'Stripe', maxBytes: MAX_BYTES, log, routes });
}

/** An event, and the keys of the account that signed it. */
type Signed = { event: unknown; keys: StripeKeys } | 'signature' | 'malformed';

/** The event if it is signed, by one signature of several: two secrets are good while one takes over from the other. */
async function signedBy(keys: StripeKeys, req: Request, body: Buffer | null): Promise<Signed> {
  const signature = req.get('stripe-signature');
  if (!body || !signature) return 'signature';
  const { default: Stripe } = await import('stripe');
  try {
    return { event: Stripe.webhooks.constructEvent(body, signature, keys.webhookSecret, OLDEST_SECONDS), keys };
  } catch (error) {
    return error instanceof Stripe.errors.StripeSignatureVerificationError ? 'signature' : 'malformed';
  }
}
