import express, { Router, type NextFunction, type Request, type Response } from 'express';
import { pino } from 'pino';

import { readStripeEvent } from '#app/invoicing/payments/processors/stripe-events.ts';
import { stripeHookKeys, takeStripeEvent } from '#app/invoicing/payments/processors/stripe-inbox.server.ts';
import { readStripeToken } from '#app/invoicing/payments/processors/stripe-token.server.ts';
import { withoutParameters } from '#db/failure.ts';

import type { Locals } from './express.server.ts';
import type { WebhookOptions } from './webhooks.server.ts';

const PATH = '/webhooks/stripe';
/** An event holds one object of Stripe: some kilobytes. */
const MAX_BYTES = 256 * 1024;
/** Older than this, it may be a replay (Stripe's documentation, "Verify webhook signatures"). */
const OLDEST_SECONDS = 300;

type Answer = { status: 200 | 400 | 404 | 503; log: string; level: 'debug' | 'warn'; companyId?: number };
const refused = (log: string): Answer => ({ status: 400, log, level: 'warn' });
const nobody = (log: string): Answer => ({ status: 404, log, level: 'warn' });
const later = (log: string): Answer => ({ status: 503, log, level: 'warn' });

export type StripeWebhookOptions = Pick<WebhookOptions, 'db' | 'secret' | 'log'> & {
  /** Elsewhere than Stripe: a test server. */
  stripeApiBase: string | null;
};

/**
 * What Stripe tells of payments, on the office's host: each company has an address of its own, so that its signing secret is known first.
 * An event is answered with 200 once it is stored, so that Stripe comes again for whatever was not. What is not signed with the company's
 * secret, or was signed more than five minutes ago, is refused and logged, and nothing of it is stored.
 */
export function stripeRoutes({ db, secret, stripeApiBase: base, ...options }: StripeWebhookOptions): Router {
  const log = options.log ?? pino({ level: 'silent' });

  const answerTo = async (req: Request): Promise<Answer> => {
    const companyId = readStripeToken(secret, req.params.token ?? '');
    if (companyId === null) return nobody('unknown_token');
    const keys = await stripeHookKeys(db, secret, companyId);
    if (!keys) return { ...nobody('no_keys'), companyId };
    const told = await signedBy(keys.webhookSecret, req);
    if (typeof told === 'string') return { ...refused(told), companyId };
    const event = readStripeEvent(told.event);
    if (!event) return { ...refused('malformed'), companyId };
    const taken = await takeStripeEvent(db, { companyId, keys, base }, event);
    if (taken === 'early') return { ...later('early'), companyId };
    return { status: 200, log: taken, level: 'debug', companyId };
  };

  const give = (res: Response, { status, log: why, level, companyId }: Answer) => {
    const { reference } = res.locals as Partial<Locals>;
    log[level]({ webhook: 'stripe', status, why, reference, ...(companyId && { companyId }) }, 'webhook answered');
    const say = status === 200 ? 'Taken.' : status === 503 ? 'Try again in a moment.' : 'Refused.';
    res.status(status).set('cache-control', 'no-store').type('text').send(`${say}\n`);
  };

  const router = Router();
  router.use(PATH, (req, res, next) => {
    if ((res.locals as Partial<Locals>).area?.area !== 'office') return next('router');
    if (req.method === 'POST') return next();
    res.status(405).set('allow', 'POST').type('text').send('Stripe posts here.\n');
  });
  router.post(
    `${PATH}/:token`,
    express.raw({ type: () => true, limit: MAX_BYTES, inflate: false }),
    async (req: Request, res: Response) => {
      try {
        give(res, await answerTo(req));
      } catch (error) {
        log.error({ webhook: 'stripe', err: withoutParameters(error) }, 'webhook failed');
        give(res, later('failed'));
      }
    },
  );
  router.use(PATH, (error: { status?: number }, _req: Request, res: Response, next: NextFunction) => {
    const { status } = error;
    if (status === undefined || status < 400 || status > 499 || res.headersSent) return next(error);
    log.warn({ webhook: 'stripe', status, why: status === 413 ? 'too_long' : 'unreadable' }, 'webhook answered');
    res.status(status).set('connection', 'close').type('text').send('Refused.\n');
  });
  return router;
}

/** The event if it is signed, by one signature of several: two secrets are good while one takes over from the other. */
async function signedBy(webhookSecret: string, req: Request): Promise<{ event: unknown } | 'signature' | 'malformed'> {
  const signature = req.get('stripe-signature');
  if (!Buffer.isBuffer(req.body) || !signature) return 'signature';
  const { default: Stripe } = await import('stripe');
  try {
    return { event: Stripe.webhooks.constructEvent(req.body, signature, webhookSecret, OLDEST_SECONDS) };
  } catch (error) {
    return error instanceof Stripe.errors.StripeSignatureVerificationError ? 'signature' : 'malformed';
  }
}
