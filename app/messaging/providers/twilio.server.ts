import { createHash } from 'node:crypto';

import type { Twilio } from 'twilio';

import { Blocked, Retryable, type Outcome, type TextMessage, type TextProvider } from '../provider.ts';
import { textOutcomeOf } from './twilio-errors.ts';

export type TwilioOptions = {
  accountSid: string;
  authToken: string;
  /** Texts come from one of the service's numbers, or else from the number. */
  messagingServiceSid: string | null;
  /** E.164. */
  number: string | null;
  /** Texts a second that the number's registration allows; Twilio can't be asked. */
  perSecond: number;
  /** Where Twilio tells what became of the message with that token. */
  statusCallback: (token: string) => string;
  /** Elsewhere than Twilio: a test server. */
  base?: string | null;
  /** How long to wait for an answer before the message counts as unknown. */
  answerTimeoutMs?: number;
};

/** Twilio tries at most ten hours (its error 21624). */
const LONGEST_SECONDS = 36_000;
/** With less left of sending hours a text would hardly leave Twilio's queue in time, and be paid for: it waits for the next ones. */
const SHORTEST_SECONDS = 10;
const SOCKETS = 128;

/**
 * Twilio by its SDK, one text a call, with retries off: it knows no idempotency key. It can't be asked what it took either: a
 * message is found there by number and time only, and two reminders in a minute look the same; so there is no `find`, and an unknown
 * is settled by the status callback, whose address holds our token.
 */
export function twilioProvider(options: TwilioOptions): TextProvider {
  let client: Promise<Twilio> | null = null;
  return {
    name: 'twilio',
    account: twilioAccount(options),
    rate: () => Promise.resolve(options.perSecond),
    async send(message): Promise<Outcome> {
      const request = requestOf(message, options);
      const twilio = await (client ??= connect(options));
      try {
        const { sid } = await twilio.messages.create(request);
        return sid ? { kind: 'sent', providerId: sid } : { kind: 'unknown', reason: 'no_answer' };
      } catch (error) {
        return textOutcomeOf(error);
      }
    },
  };
}

/** Names what has a rate of its own, a number or service of an account, to workers and pages without telling its key. */
export const twilioAccount = (of: Pick<TwilioOptions, 'accountSid' | 'messagingServiceSid' | 'number'>) =>
  createHash('sha256')
    .update(`twilio:${of.accountSid}:${of.messagingServiceSid ?? of.number ?? ''}`)
    .digest('base64url')
    .slice(0, 22);

/** @throws Blocked when the SDK can't be set up with these keys: nothing was sent */
async function connect({ accountSid, authToken, base, answerTimeoutMs = 20_000 }: TwilioOptions): Promise<Twilio> {
  if (!/^AC[0-9a-f]{32}$/i.test(accountSid) || !authToken) {
    throw new Blocked('The keys of Twilio can’t be used. Enter them again in Settings.');
  }
  const { default: twilio } = await import('twilio');
  const httpClient = new twilio.RequestClient({
    timeout: answerTimeoutMs,
    keepAlive: true,
    maxSockets: SOCKETS,
    maxTotalSockets: SOCKETS,
    maxFreeSockets: SOCKETS,
    autoRetry: false,
  });
  if (base) {
    // The SDK knows no address but Twilio's own.
    httpClient.axios.interceptors.request.use((request) => {
      request.url = request.url?.replace(/^https:\/\/[^/]+/, base);
      return request;
    });
  }
  return twilio(accountSid, authToken, { httpClient, autoRetry: false });
}

function requestOf(message: TextMessage, options: TwilioOptions) {
  const { messagingServiceSid, number } = options;
  const from = messagingServiceSid ? { messagingServiceSid } : number ? { from: number } : null;
  if (!from) throw new Blocked('No default number for texts is set. Enter it in Settings.');
  const left = message.validForSeconds;
  if (left !== null && left < SHORTEST_SECONDS) {
    throw new Retryable('Sending hours are all but over.', Math.max(Math.ceil(left), 0) + 1, 'hours');
  }
  return {
    to: message.to,
    body: message.body,
    ...from,
    statusCallback: options.statusCallback(message.token),
    ...(left !== null && { validityPeriod: Math.min(LONGEST_SECONDS, Math.floor(left)) }),
  };
}
