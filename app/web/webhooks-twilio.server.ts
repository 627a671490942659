import express, { Router, type NextFunction, type Request, type Response } from 'express';
import { pino } from 'pino';
import { z } from 'zod';

import { takeInboundText } from '#app/messaging/inbound.server.ts';
import { companiesOfText, signers } from '#app/messaging/text-accounts.server.ts';
import { readMessageToken } from '#app/messaging/token.server.ts';
import { readTwilioStatus } from '#app/messaging/twilio-events.ts';
import { twilioInbox } from '#app/messaging/twilio-inbox.server.ts';
import { isFromTwilio, readFields, type Fields } from '#app/messaging/twilio-signature.server.ts';
import { withoutParameters } from '#db/failure.ts';

import type { Locals } from './express.server.ts';
import type { WebhookOptions } from './webhooks.server.ts';

const PATH = '/webhooks/twilio';
/** A text has at most 1,600 characters; what Twilio tells beside it is short. */
const MAX_BYTES = 64 * 1024;

type Answer = { status: 200 | 204 | 400 | 403 | 503; log: string; level: 'debug' | 'warn' };
const done = (status: 200 | 204, log: string): Answer => ({ status, log, level: 'debug' });
const refused = (log: string): Answer => ({ status: 403, log, level: 'warn' });
const malformed: Answer = { status: 400, log: 'malformed', level: 'warn' };
const later = (log: string): Answer => ({ status: 503, log, level: 'warn' });

const inboundOf = z.object({
  MessageSid: z.string().regex(/^(?:SM|MM)[0-9a-f]{32}$/i),
  From: z.string().regex(/^\+?\d{3,15}$/),
  To: z.string().regex(/^\+?\d{3,15}$/),
  Body: z.string().max(20_000).default(''),
  /** Where the service answers STOP, START and HELP itself ("Advanced Opt-Out"). */
  OptOutType: z.enum(['STOP', 'START', 'HELP']).optional().catch(undefined),
  NumMedia: z.coerce.number().int().min(0).max(100).catch(0),
  MessagingServiceSid: z.string().max(64).optional(),
});

/**
 * What Twilio tells, on the office's host: what became of a text at `/webhooks/twilio/status/<token>`, and texts of customers at
 * `/webhooks/twilio/inbound`. A post is answered once it is stored; one that is not signed with the company's auth token over the full
 * public address is refused and logged, and nothing of it is stored. The same thing told twice is known by its key.
 */
export function twilioRoutes(options: WebhookOptions): Router {
  const { db, secret, twilio = null, appOrigin } = options;
  const log = options.log ?? pino({ level: 'silent' });

  const isSignedBy = signers(db, { secret, twilio });
  const take = twilioInbox(db);

  const signed = (req: Request, fields: Fields) => (authToken: string) =>
    isFromTwilio(authToken, {
      signature: req.get('x-twilio-signature'),
      url: `${appOrigin}${req.originalUrl}`,
      fields,
    });

  const status = async (req: Request, fields: Fields): Promise<Answer> => {
    const message = readMessageToken(secret, req.params.token ?? '');
    if (!message) return refused('unknown_token');
    if (!(await isSignedBy(message.companyId, signed(req, fields)))) return refused('signature');
    const told = readTwilioStatus(fields);
    if (told.kind === 'malformed') return malformed;
    if (told.kind === 'ignored') return done(204, told.why);
    const taken = await take(message, told.event);
    return taken === 'busy' ? later('busy') : done(204, taken);
  };

  const inbound = async (req: Request, fields: Fields): Promise<Answer> => {
    const parsed = inboundOf.safeParse(fields);
    if (!parsed.success) return malformed;
    const { MessageSid, From, To, Body, OptOutType, NumMedia, MessagingServiceSid } = parsed.data;
    const isSigned = signed(req, fields);
    const to = [To, ...(MessagingServiceSid ? [MessagingServiceSid] : [])];
    const companies = await companiesOfText(db, to, From, isSigned, { secret, twilio });
    if (companies.length === 0) return refused('unknown_number');
    let taken: 'stored' | 'known' | null = null;
    for (const companyId of companies) {
      if (!(await isSignedBy(companyId, isSigned))) continue;
      taken = await takeInboundText(db, {
        companyId,
        provider: 'twilio',
        providerId: MessageSid,
        sender: From,
        recipient: To,
        body: Body,
        optOutType: OptOutType ?? null,
        media: NumMedia,
        at: new Date(),
      });
    }
    return taken === null ? refused('signature') : done(200, taken);
  };

  const give = (res: Response, { status: code, log: why, level }: Answer) => {
    const { reference } = res.locals as Partial<Locals>;
    log[level]({ webhook: 'twilio', status: code, why, reference }, 'webhook answered');
    res.status(code).set('cache-control', 'no-store');
    if (code === 204) return void res.end();
    // Our own answers go out as texts of ours: Twilio is asked to say nothing.
    if (code === 200) res.type('text/xml').send('<?xml version="1.0" encoding="UTF-8"?><Response></Response>');
    else res.type('text').send(code === 503 ? 'Try again in a moment.\n' : 'Refused.\n');
  };

  const answerBy =
    (handle: (req: Request, fields: Fields) => Promise<Answer>) => async (req: Request, res: Response) => {
      try {
        // With no body, or one that is no form, there is no buffer.
        give(res, Buffer.isBuffer(req.body) ? await handle(req, readFields(req.body.toString('utf8'))) : malformed);
      } catch (error) {
        log.error({ webhook: 'twilio', err: withoutParameters(error) }, 'webhook failed');
        give(res, later('failed'));
      }
    };

  const router = Router();
  router.use(PATH, (req, res, next) => {
    if ((res.locals as Partial<Locals>).area?.area !== 'office') return next('router');
    if (req.method === 'POST') return next();
    res.status(405).set('allow', 'POST').type('text').send('Twilio posts here.\n');
  });
  const form = express.raw({ type: 'application/x-www-form-urlencoded', limit: MAX_BYTES, inflate: false });
  router.post(`${PATH}/status/:token`, form, answerBy(status));
  router.post(`${PATH}/inbound`, form, answerBy(inbound));
  router.use(PATH, (error: { status?: number }, _req: Request, res: Response, next: NextFunction) => {
    const { status: code } = error;
    if (code === undefined || code < 400 || code > 499 || res.headersSent) return next(error);
    log.warn({ webhook: 'twilio', status: code, why: code === 413 ? 'too_long' : 'unreadable' }, 'webhook answered');
    res.status(code).set('connection', 'close').type('text').send('Refused.\n');
  });
  return router;
}
