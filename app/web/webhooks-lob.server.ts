import type { Request, Router } from 'express';

import { readLobEvent } from '#app/messaging/lob-events.ts';
import { lobInbox, lobSigners } from '#app/messaging/lob-inbox.server.ts';
import { isFresh, isFromLob } from '#app/messaging/lob-signature.server.ts';
import { readMessageToken } from '#app/messaging/token.server.ts';

import {
  done,
  later,
  malformed,
  refused,
  webhookRouter,
  type WebhookAnswer,
  type WebhookOptions,
} from './webhooks.server.ts';

/** An event holds a postcard as Lob answers it: a few kilobytes, more with merge variables, which we use none of. */
const MAX_BYTES = 128 * 1024;

/**
 * What Lob tells of postcards, on the office's host. An event is answered with 200 once it is stored, so that Lob comes again for
 * whatever was not. One that is not signed with the company's own webhook secret, or the environment's, or was signed more than five
 * minutes ago, is refused and logged, and nothing of it is stored. The same event told twice is known by its id.
 */
export function lobRoutes(options: WebhookOptions): Router {
  const { db, secret, lob = null, log } = options;
  const isSignedBy = lobSigners(db, { secret, lob });
  const take = lobInbox(db);

  const answerTo = async (req: Request, body: Buffer | null): Promise<WebhookAnswer> => {
    if (!body) return malformed;
    const reading = readLobEvent(body.toString('utf8'));
    if (reading.kind === 'malformed') return malformed;
    const token = reading.kind === 'event' ? reading.event.token : reading.token;
    // An account may print for others too: what is not of our making changes nothing here, whoever told it.
    if (token === null) return done('not_ours');
    const message = readMessageToken(secret, token);
    if (!message) return refused('unknown_token');
    const timestamp = req.get('lob-signature-timestamp');
    const signed = { signature: req.get('lob-signature'), timestamp, body };
    if (!(await isSignedBy(message.companyId, (webhookSecret) => isFromLob(webhookSecret, signed)))) {
      return refused('signature');
    }
    if (!isFresh(timestamp, Date.now())) return refused('stale');
    if (reading.kind === 'ignored') return done(reading.why);
    const taken = await take(message, reading.event);
    return taken === 'busy' ? later('busy') : done(taken);
  };

  return webhookRouter({ name: 'lob', poster: 'Lob', maxBytes: MAX_BYTES, log, routes: { '': answerTo } });
}
