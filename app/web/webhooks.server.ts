import express, { Router, type NextFunction, type Request, type Response } from 'express';
import { pino, type Logger } from 'pino';

import type { LobKeys } from '#app/messaging/providers/choose-mail.server.ts';
import type { TwilioKeys } from '#app/messaging/providers/choose-text.server.ts';
import type { FetchText } from '#app/messaging/sns.server.ts';
import type { Db } from '#db/client.ts';
import { withoutParameters } from '#db/failure.ts';

import type { Locals } from './express.server.ts';

/* What the webhooks of all providers share. Who is believed, and what is done, stands with each of them. */

export type WebhookOptions = {
  db: Db;
  /** Verifies message tokens. */
  secret: string;
  /** The topic of the environment's SES account. */
  sesTopicArn?: string | null;
  /** Twilio keys of the environment, whose auth token signs for companies without their own. */
  twilio?: TwilioKeys | null;
  /** Lob's keys of the environment, whose webhook secret signs for companies without their own. */
  lob?: LobKeys | null;
  /** Our own public address, over which Twilio signs. */
  appOrigin?: string;
  /** How SNS's certificates and confirmations are asked for; https by default. */
  fetchText?: FetchText;
  log?: Logger;
};

/** What the caller is answered, and what the log says of it. */
export type WebhookAnswer = {
  status: 200 | 204 | 400 | 403 | 404 | 503;
  /** In place of the usual words. */
  say?: string;
  /** Why, for the log alone. */
  log: string;
  level: 'debug' | 'info' | 'warn';
  /** What else the log says. */
  about?: Record<string, string | number>;
};

export const done = (log: string): WebhookAnswer => ({ status: 200, log, level: 'debug' });
export const refused = (log: string): WebhookAnswer => ({ status: 403, log, level: 'warn' });
export const malformed: WebhookAnswer = { status: 400, log: 'malformed', level: 'warn' };
/** So that it is told again. */
export const later = (log: string): WebhookAnswer => ({ status: 503, log, level: 'warn' });

type WebhookRoutes = {
  /** They stand below `/webhooks/<name>`. */
  name: 'ses' | 'twilio' | 'lob' | 'stripe';
  /** Who posts here, in words. */
  poster: string;
  maxBytes: number;
  /** The one type of content that is read; all by default. */
  type?: string;
  /** None by default. */
  log: Logger | undefined;
  /**
   * What is answered, by path below `/webhooks/<name>`. One that throws is answered with 503.
   * @param body its bytes as they were posted, which signatures are over; null for none, or of another type
   */
  routes: Readonly<Record<string, (req: Request, body: Buffer | null) => Promise<WebhookAnswer>>>;
  /** How an answer is sent; `sayIt` by default. */
  send?: (res: Response, answer: WebhookAnswer) => void;
  /** In place of "Refused." */
  tooLong?: string;
  unreadable?: string;
};

/**
 * Routes to which a provider posts, on the office's host alone. Each post is answered once, with a line in the log that says why and names
 * no person. One whose body is longer than `maxBytes`, or packed, is refused before it is read.
 */
export function webhookRouter(options: WebhookRoutes): Router {
  const { name, poster, maxBytes, type, routes, send = sayIt } = options;
  const log = options.log ?? pino({ level: 'silent' });
  const path = `/webhooks/${name}`;

  const give = (res: Response, answer: WebhookAnswer) => {
    const { status, log: why, level, about } = answer;
    const { reference } = res.locals as Partial<Locals>;
    log[level]({ webhook: name, status, why, reference, ...about }, 'webhook answered');
    res.status(status).set('cache-control', 'no-store');
    send(res, answer);
  };

  const router = Router();
  router.use(path, (req, res, next) => {
    if ((res.locals as Partial<Locals>).area?.area !== 'office') return next('router');
    if (req.method === 'POST') return next();
    res.status(405).set('allow', 'POST').type('text').send(`${poster} posts here.\n`);
  });
  const read = express.raw({ type: type ?? (() => true), limit: maxBytes, inflate: false });
  for (const [below, answerTo] of Object.entries(routes)) {
    router.post(`${path}${below}`, read, async (req: Request, res: Response) => {
      try {
        give(res, await answerTo(req, Buffer.isBuffer(req.body) ? req.body : null));
      } catch (error) {
        log.error({ webhook: name, err: withoutParameters(error) }, 'webhook failed');
        give(res, later('failed'));
      }
    });
  }
  // What express.raw refuses before it is read.
  router.use(path, (error: { status?: number }, _req: Request, res: Response, next: NextFunction) => {
    const { status } = error;
    if (status === undefined || status < 400 || status > 499 || res.headersSent) return next(error);
    const long = status === 413;
    log.warn({ webhook: name, status, why: long ? 'too_long' : 'unreadable' }, 'webhook answered');
    const say = (long ? options.tooLong : options.unreadable) ?? 'Refused.';
    res.status(status).set('connection', 'close').type('text').send(`${say}\n`);
  });
  return router;
}

/** Sends an answer's words, or the usual ones of its status. */
export function sayIt(res: Response, { status, say }: WebhookAnswer): void {
  const usual = status === 200 ? 'Taken.' : status === 503 ? 'Try again in a moment.' : 'Refused.';
  res.type('text').send(`${say ?? usual}\n`);
}
