import express, { Router, type NextFunction, type Request, type Response } from 'express';
import { pino } from 'pino';

import { readLobEvent } from '#app/messaging/lob-events.ts';
import { lobInbox, lobSigners } from '#app/messaging/lob-inbox.server.ts';
import { isFresh, isFromLob } from '#app/messaging/lob-signature.server.ts';
import { readMessageToken } from '#app/messaging/token.server.ts';
import { withoutParameters } from '#db/failure.ts';

import type { Locals } from './express.server.ts';
import type { WebhookOptions } from './webhooks.server.ts';

const PATH = '/webhooks/lob';
/** An event holds a postcard as Lob answers it: a few kilobytes, more with merge variables, which we use none of. */
const MAX_BYTES = 128 * 1024;

type Answer = { status: 200 | 400 | 403 | 503; log: string; level: 'debug' | 'warn' };
const done = (log: string): Answer => ({ status: 200, log, level: 'debug' });
const refused = (log: string): Answer => ({ status: 403, log, level: 'warn' });
const malformed: Answer = { status: 400, log: 'malformed', level: 'warn' };
const later = (log: string): Answer => ({ status: 503, log, level: 'warn' });

/**
 * What Lob tells of postcards, on the office's host. An event is answered with 200 once it is stored, so that Lob comes again for
 * whatever was not. One that is not signed with the company's own webhook secret, or the environment's, or was signed more than five
 * minutes ago, is refused and logged, and nothing of it is stored. The same event told twice is known by its id.
 */
export function lobRoutes(options: WebhookOptions): Router {
  const { db, secret, lob = null } = options;
  const log = options.log ?? pino({ level: 'silent' });
  const isSignedBy = lobSigners(db, { secret, lob });
  const take = lobInbox(db);

  const answerTo = async (req: Request): Promise<Answer> => {
    // With no body there is no buffer.
    if (!Buffer.isBuffer(req.body)) return malformed;
    const reading = readLobEvent(req.body.toString('utf8'));
    if (reading.kind === 'malformed') return malformed;
    const token = reading.kind === 'event' ? reading.event.token : reading.token;
    // An account may print for others too: what is not of our making changes nothing here, whoever told it.
    if (token === null) return done('not_ours');
    const message = readMessageToken(secret, token);
    if (!message) return refused('unknown_token');
    const timestamp = req.get('lob-signature-timestamp');
    const signed = { signature: req.get('lob-signature'), timestamp, body: req.body };
    if (!(await isSignedBy(message.companyId, (webhookSecret) => isFromLob(webhookSecret, signed)))) {
      return refused('signature');
    }
    if (!isFresh(timestamp, Date.now())) return refused('stale');
    if (reading.kind === 'ignored') return done(reading.why);
    const taken = await take(message, reading.event);
    return taken === 'busy' ? later('busy') : done(taken);
  };

  const give = (res: Response, { status, log: why, level }: Answer) => {
    const { reference } = res.locals as Partial<Locals>;
    log[level]({ webhook: 'lob', status, why, reference }, 'webhook answered');
    const say = status === 200 ? 'Taken.' : status === 503 ? 'Try again in a moment.' : 'Refused.';
    res.status(status).set('cache-control', 'no-store').type('text').send(`${say}\n`);
  };

  const router = Router();
  router.use(PATH, (req, res, next) => {
    if ((res.locals as Partial<Locals>).area?.area !== 'office') return next('router');
    if (req.method === 'POST') return next();
    res.status(405).set('allow', 'POST').type('text').send('Lob posts here.\n');
  });
  router.post(PATH, express.raw({ type: () => true, limit: MAX_BYTES, inflate: false }), async (req, res) => {
    try {
      give(res, await answerTo(req));
    } catch (error) {
      log.error({ webhook: 'lob', err: withoutParameters(error) }, 'webhook failed');
      give(res, later('failed'));
    }
  });
  router.use(PATH, (error: { status?: number }, _req: Request, res: Response, next: NextFunction) => {
    const { status } = error;
    if (status === undefined || status < 400 || status > 499 || res.headersSent) return next(error);
    log.warn({ webhook: 'lob', status, why: status === 413 ? 'too_long' : 'unreadable' }, 'webhook answered');
    res.status(status).set('connection', 'close').type('text').send('Refused.\n');
  });
  return router;
}
