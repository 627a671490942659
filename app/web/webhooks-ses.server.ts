import type { Router } from 'express';

import type { Taken } from '#app/messaging/event-groups.server.ts';
import { eventInbox } from '#app/messaging/inbox.server.ts';
import { readSesEvent } from '#app/messaging/ses-events.ts';
import { readSnsMessage, type SnsMessage } from '#app/messaging/sns-message.ts';
import { isTopicArn } from '#app/messaging/sns-names.ts';
import { snsVerifier } from '#app/messaging/sns.server.ts';

import {
  done,
  later,
  malformed,
  refused,
  sayIt,
  webhookRouter,
  type WebhookAnswer,
  type WebhookOptions,
} from './webhooks.server.ts';

/** A notification of SNS is at most this long. */
const MAX_BYTES = 256 * 1024;

const stored = done('stored');
const unreadable = (say: string, log: string): WebhookAnswer => ({ ...malformed, say, log });

const taken: Record<Taken, WebhookAnswer> = {
  stored,
  unknown: done('no_such_message'),
  foreign: refused('topic_of_another_company'),
  busy: later('busy'),
};

/**
 * What Amazon SES tells of mail, by SNS at `/webhooks/ses` on the office's host. The answer 200 goes out once what was told
 * is committed, so that SNS comes again for whatever was not. Whatever is forged, stale, too long or can't be read is
 * refused and logged, and nothing of it is stored.
 */
export function sesRoutes(options: WebhookOptions): Router {
  const sns = snsVerifier(options.fetchText ? { fetchText: options.fetchText } : {});
  const inbox = eventInbox(options.db, { secret: options.secret, topicArn: options.sesTopicArn ?? null });

  const answerTo = async (body: string): Promise<WebhookAnswer> => {
    const message = readSnsMessage(body);
    if (message === 'malformed') return unreadable('This is not a message of Amazon SNS.', 'malformed');
    if (message === 'raw') return unreadable('Turn raw message delivery off: it carries no signature.', 'raw_delivery');
    const topic = message.TopicArn;
    if (!isTopicArn(topic)) return unreadable('This is not a message of Amazon SNS.', 'topic_arn');
    const answer = await answerToMessage(message);
    return { ...answer, about: { topic } };
  };

  const answerToMessage = async (message: SnsMessage): Promise<WebhookAnswer> => {
    // The topic comes first: who does not know one makes us ask nobody for a certificate.
    if (!(await inbox.knowsTopic(message.TopicArn))) return refused('unknown_topic');
    const check = await sns.check(message, Date.now());
    if (!check.ok) return check.why === 'unreachable' ? later('certificate_unreachable') : refused(check.why);
    switch (message.Type) {
      case 'Notification': {
        const reading = readSesEvent(message.Message);
        if (reading.kind === 'malformed') return unreadable('This is not an event of Amazon SES.', 'malformed_event');
        if (reading.kind === 'ignored') return done(reading.why);
        return taken[await inbox.take(message.TopicArn, reading.event, new Date(message.Timestamp))];
      }
      case 'SubscriptionConfirmation': {
        const confirmed = await sns.confirm(message);
        if (confirmed.ok) return { ...done('subscribed'), level: 'info' };
        return confirmed.why === 'unreachable' ? later('confirmation_unreachable') : refused(confirmed.why);
      }
      default:
        return { ...done('unsubscribed'), level: 'warn' };
    }
  };

  return webhookRouter({
    name: 'ses',
    poster: 'Amazon SNS',
    maxBytes: MAX_BYTES,
    log: options.log,
    routes: { '': (_req, body) => answerTo(body?.toString('utf8') ?? '') },
    send: (res, answer) => {
      if (answer.status === 503) res.set('retry-after', '10');
      sayIt(res, answer);
    },
    tooLong: 'This is longer than a message of Amazon SNS can be.',
    unreadable: 'This can’t be read.',
  });
}
