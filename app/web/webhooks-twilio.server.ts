import express, { Router, type NextFunction, type Request, type Response } from 'express';
import { pino } from 'pino';
import { z } from 'zod';

import { noteProblem } from '#app/messaging/breaker.server.ts';
import { recordEvents } from '#app/messaging/events.server.ts';
import { takeInboundText } from '#app/messaging/inbound.server.ts';
import { companiesOfText, twilioKeysOf } from '#app/messaging/text-accounts.server.ts';
import { readMessageToken } from '#app/messaging/token.server.ts';
import { readTwilioStatus } from '#app/messaging/twilio-events.ts';
import { isFromTwilio } from '#app/messaging/twilio-signature.server.ts';
import { withCompany } from '#db/client.ts';
import { withoutParameters } from '#db/failure.ts';

import type { Locals } from './express.server.ts';
import type { WebhookOptions } from './webhooks.server.ts';

const PATH = '/webhooks/twilio';
/** A text has at most 1,600 characters; what Twilio tells beside it is short. */
const MAX_BYTES = 64 * 1024;

type Answer = { status: 200 | 400 | 403 | 503; log: string; level: 'debug' | 'warn' };
const done = (log = 'stored'): Answer => ({ status: 200, log, level: 'debug' });
const refused = (log: string): Answer => ({ status: 403, log, level: 'warn' });
const malformed: Answer = { status: 400, log: 'malformed', level: 'warn' };

type Fields = Readonly<Record<string, string>>;

const inboundOf = z.object({
  MessageSid: z.string().regex(/^(?:SM|MM)[0-9a-f]{32}$/i),
  From: z.string().regex(/^\+?\d{3,15}$/),
  To: z.string().regex(/^\+?\d{3,15}$/),
  Body: z.string().max(20_000).default(''),
  OptOutType: z.string().max(20).optional(),
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

  /** Those of the companies for which the post is signed. */
  const signedFor = async (req: Request, fields: Fields, companies: readonly number[]): Promise<number[]> => {
    const request = { signature: req.get('x-twilio-signature'), url: `${appOrigin}${req.originalUrl}`, fields };
    const found: number[] = [];
    for (const companyId of companies) {
      const keys = await twilioKeysOf(db, companyId, { secret, twilio });
      if (keys && (await isFromTwilio(keys.authToken, request))) found.push(companyId);
    }
    return found;
  };

  const status = async (req: Request, fields: Fields): Promise<Answer> => {
    const message = readMessageToken(secret, req.params.token ?? '');
    if (!message) return refused('unknown_token');
    if ((await signedFor(req, fields, [message.companyId])).length === 0) return refused('signature');
    const told = readTwilioStatus(fields);
    if (told.kind === 'malformed') return malformed;
    if (told.kind === 'ignored') return done(told.why);
    const { kind, key, details, problem } = told.event;
    await withCompany(db, message.companyId, async (tx) => {
      const dedupeKey = `twilio:${message.messageId}:${key}`;
      const fresh = await recordEvents(tx, [
        { messageId: message.messageId, kind, dedupeKey, details, at: new Date() },
      ]);
      if (fresh > 0 && problem) await noteProblem(tx, 'twilio', { kind: 'rejected', message: problem });
    });
    return done();
  };

  const inbound = async (req: Request, fields: Fields): Promise<Answer> => {
    const parsed = inboundOf.safeParse(fields);
    if (!parsed.success) return malformed;
    const { MessageSid, From, To, Body, OptOutType, NumMedia, MessagingServiceSid } = parsed.data;
    const to = [To, ...(MessagingServiceSid ? [MessagingServiceSid] : [])];
    const companies = await companiesOfText(db, to, From, { secret, twilio });
    if (companies.length === 0) return refused('unknown_number');
    const signed = await signedFor(req, fields, companies);
    if (signed.length === 0) return refused('signature');
    for (const companyId of signed) {
      await takeInboundText(db, {
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
    return done();
  };

  const give = (res: Response, { status: code, log: why, level }: Answer) => {
    const { reference } = res.locals as Partial<Locals>;
    log[level]({ webhook: 'twilio', status: code, why, reference }, 'webhook answered');
    res.status(code).set('cache-control', 'no-store');
    // Our own answers go out as texts of ours: Twilio is asked to say nothing.
    if (code === 200) res.type('text/xml').send('<?xml version="1.0" encoding="UTF-8"?><Response></Response>');
    else res.type('text').send(code === 503 ? 'Try again in a moment.\n' : 'Refused.\n');
  };

  const answerBy =
    (handle: (req: Request, fields: Fields) => Promise<Answer>) => async (req: Request, res: Response) => {
      try {
        give(res, await handle(req, fieldsOf(req.body)));
      } catch (error) {
        log.error({ webhook: 'twilio', err: withoutParameters(error) }, 'webhook failed');
        give(res, { status: 503, log: 'failed', level: 'warn' });
      }
    };

  const router = Router();
  router.use(PATH, (req, res, next) => {
    if ((res.locals as Partial<Locals>).area?.area !== 'office') return next('router');
    if (req.method === 'POST') return next();
    res.status(405).set('allow', 'POST').type('text').send('Twilio posts here.\n');
  });
  const form = express.raw({ type: () => true, limit: MAX_BYTES, inflate: false });
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

/** The fields of a posted form. Of one that stands twice, which Twilio never sends, the last one. */
const fieldsOf = (body: unknown): Fields =>
  Object.fromEntries(new URLSearchParams(Buffer.isBuffer(body) ? body.toString('utf8') : ''));
