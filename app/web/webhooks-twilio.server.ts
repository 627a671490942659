import type { Request, Response, Router } from 'express';
import { z } from 'zod';

import { takeInboundText } from '#app/messaging/inbound.server.ts';
import { companiesOfText, signers } from '#app/messaging/text-accounts.server.ts';
import { readMessageToken } from '#app/messaging/token.server.ts';
import { readTwilioStatus } from '#app/messaging/twilio-events.ts';
import { twilioInbox } from '#app/messaging/twilio-inbox.server.ts';
import { isFromTwilio, readFields, type Fields } from '#app/messaging/twilio-signature.server.ts';

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

/** A text has at most 1,600 characters; what Twilio tells beside it is short. */
const MAX_BYTES = 64 * 1024;

const noted = (log: string): WebhookAnswer => ({ ...done(log), status: 204 });

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
  const { db, secret, twilio = null, appOrigin, log } = options;
  const isSignedBy = signers(db, { secret, twilio });
  const take = twilioInbox(db);

  const signed = (req: Request, fields: Fields) => (authToken: string) =>
    isFromTwilio(authToken, {
      signature: req.get('x-twilio-signature'),
      url: `${appOrigin}${req.originalUrl}`,
      fields,
    });

  const status = async (req: Request, fields: Fields): Promise<WebhookAnswer> => {
    const message = readMessageToken(secret, req.params.token ?? '');
    if (!message) return refused('unknown_token');
    if (!(await isSignedBy(message.companyId, signed(req, fields)))) return refused('signature');
    const told = readTwilioStatus(fields);
    if (told.kind === 'malformed') return malformed;
    if (told.kind === 'ignored') return noted(told.why);
    const taken = await take(message, told.event);
    return taken === 'busy' ? later('busy') : noted(taken);
  };

  const inbound = async (req: Request, fields: Fields): Promise<WebhookAnswer> => {
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
    return taken === null ? refused('signature') : done(taken);
  };

  /** With no body, or one that is no form, there is nothing to read. */
  const reading =
    (answerTo: (req: Request, fields: Fields) => Promise<WebhookAnswer>) =>
    async (req: Request, body: Buffer | null): Promise<WebhookAnswer> =>
      body ? answerTo(req, readFields(body.toString('utf8'))) : malformed;

  return webhookRouter({
    name: 'twilio',
    poster: 'Twilio',
    maxBytes: MAX_BYTES,
    type: 'application/x-www-form-urlencoded',
    log,
    routes: { '/status/:token': reading(status), '/inbound': reading(inbound) },
    send,
  });
}

/** Our own answers to a text go out as texts of ours: Twilio is asked to say nothing. */
function send(res: Response, answer: WebhookAnswer): void {
  if (answer.status === 204) res.end();
  else if (answer.status !== 200) sayIt(res, answer);
  else res.type('text/xml').send('<?xml version="1.0" encoding="UTF-8"?><Response></Response>');
}
