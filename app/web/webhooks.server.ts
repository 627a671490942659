import express, { Router, type NextFunction, type Request, type Response } from 'express';
import { pino, type Logger } from 'pino';

import type { Taken } from '#app/messaging/event-groups.server.ts';
import { eventInbox } from '#app/messaging/inbox.server.ts';
import type { LobKeys } from '#app/messaging/providers/choose-mail.server.ts';
import type { TwilioKeys } from '#app/messaging/providers/choose-text.server.ts';
import { readSesEvent } from '#app/messaging/ses-events.ts';
import { readSnsMessage, type SnsMessage } from '#app/messaging/sns-message.ts';
import { isTopicArn } from '#app/messaging/sns-names.ts';
import { snsVerifier, type FetchText } from '#app/messaging/sns.server.ts';
import type { Db } from '#db/client.ts';
import { withoutParameters } from '#db/failure.ts';

import type { Locals } from './express.server.ts';

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

const SES_PATH = '/webhooks/ses';
/** A notification of SNS is at most this long. */
const MAX_BYTES = 256 * 1024;

/** What the caller is told, and what the log says beside it. */
type Answer = { status: 200 | 400 | 403 | 503; say: string; log: string; level: 'debug' | 'info' | 'warn' };

const done: Answer = { status: 200, say: 'Taken.', log: 'stored', level: 'debug' };
const refused = (log: string): Answer => ({ status: 403, say: 'Refused.', log, level: 'warn' });
const later = (log: string): Answer => ({ status: 503, say: 'Try again in a moment.', log, level: 'warn' });
const malformed = (say: string, log: string): Answer => ({ status: 400, say, log, level: 'warn' });

const taken: Record<Taken, Answer> = {
  stored: done,
  unknown: { ...done, log: 'no_such_message' },
  foreign: refused('topic_of_another_company'),
  busy: later('busy'),
};

/**
 * What providers tell, on the office's host: Amazon SES by SNS at `/webhooks/ses`. The answer 200 goes out once what was told
 * is committed, so that SNS comes again for whatever was not. Whatever is forged, stale, too long or can't be read is
 * refused and logged, and nothing of it is stored.
 */
export function webhookRoutes(options: WebhookOptions): Router {
  const log = options.log ?? pino({ level: 'silent' });
  const sns = snsVerifier(options.fetchText ? { fetchText: options.fetchText } : {});
  const inbox = eventInbox(options.db, { secret: options.secret, topicArn: options.sesTopicArn ?? null });

  const answerTo = async (body: string): Promise<Answer & { topic?: string }> => {
    const message = readSnsMessage(body);
    if (message === 'malformed') return malformed('This is not a message of Amazon SNS.', 'malformed');
    if (message === 'raw') return malformed('Turn raw message delivery off: it carries no signature.', 'raw_delivery');
    const topic = message.TopicArn;
    if (!isTopicArn(topic)) return malformed('This is not a message of Amazon SNS.', 'topic_arn');
    const answer = await answerToMessage(message);
    return { ...answer, topic };
  };

  const answerToMessage = async (message: SnsMessage): Promise<Answer> => {
    // The topic comes first: who does not know one makes us ask nobody for a certificate.
    if (!(await inbox.knowsTopic(message.TopicArn))) return refused('unknown_topic');
    const check = await sns.check(message, Date.now());
    if (!check.ok) return check.why === 'unreachable' ? later('certificate_unreachable') : refused(check.why);
    switch (message.Type) {
      case 'Notification': {
        const reading = readSesEvent(message.Message);
        if (reading.kind === 'malformed') return malformed('This is not an event of Amazon SES.', 'malformed_event');
        if (reading.kind === 'ignored') return { ...done, log: reading.why };
        return taken[await inbox.take(message.TopicArn, reading.event, new Date(message.Timestamp))];
      }
      case 'SubscriptionConfirmation': {
        const confirmed = await sns.confirm(message);
        if (confirmed.ok) return { ...done, log: 'subscribed', level: 'info' };
        return confirmed.why === 'unreachable' ? later('confirmation_unreachable') : refused(confirmed.why);
      }
      default:
        return { ...done, log: 'unsubscribed', level: 'warn' };
    }
  };

  const give = (res: Response, { status, say, log: why, level, topic }: Answer & { topic?: string }) => {
    const { reference } = res.locals as Partial<Locals>;
    log[level]({ webhook: 'ses', status, why, reference, ...(topic && { topic }) }, 'webhook answered');
    if (status === 503) res.set('retry-after', '10');
    res.status(status).set('cache-control', 'no-store').type('text').send(`${say}\n`);
  };

  const router = Router();
  router.all(SES_PATH, (req, res, next) => {
    if ((res.locals as Partial<Locals>).area?.area !== 'office') return next('router');
    if (req.method === 'POST') return next();
    res.status(405).set('allow', 'POST').type('text').send('Amazon SNS posts here.\n');
  });
  router.post(
    SES_PATH,
    express.raw({ type: () => true, limit: MAX_BYTES, inflate: false }),
    async (req: Request, res: Response) => {
      try {
        // With no body at all there is no buffer either.
        const body = Buffer.isBuffer(req.body) ? req.body.toString('utf8') : '';
        give(res, await answerTo(body));
      } catch (error) {
        log.error({ webhook: 'ses', err: withoutParameters(error) }, 'webhook failed');
        give(res, later('failed'));
      }
    },
  );
  // What express.raw refuses before it is read: too long, or packed.
  router.use(SES_PATH, (error: { status?: number }, _req: Request, res: Response, next: NextFunction) => {
    const { status } = error;
    if (status === undefined || status < 400 || status > 499 || res.headersSent) return next(error);
    log.warn({ webhook: 'ses', status, why: status === 413 ? 'too_long' : 'unreadable' }, 'webhook answered');
    const say = status === 413 ? 'This is longer than a message of Amazon SNS can be.' : 'This can’t be read.';
    res.status(status).set('connection', 'close').type('text').send(`${say}\n`);
  });
  return router;
}
