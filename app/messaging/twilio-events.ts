import { z } from 'zod';

import type { EventKind } from './events.server.ts';
import type { RetryWhy } from './provider.ts';
import { twilioCodes } from './providers/twilio-errors.ts';

/** What a callback says of a text. */
export type TwilioEvent = {
  kind: EventKind;
  /** Told twice, it has the same. */
  key: string;
  details: Record<string, unknown>;
  /** Twilio's code of what went wrong. */
  code: number | null;
  /** Whoever has the number said STOP to Twilio: START lets them in again, so the number is not simply no good. */
  out: boolean;
  /** What somebody has to look at: the texts after it would fare no better. */
  problem: { kind: 'blocked' | RetryWhy; message: string } | null;
};

/** What a status callback tells of a text, or why it tells nothing. */
export type TwilioStatus =
  | { kind: 'event'; event: TwilioEvent }
  | { kind: 'ignored'; why: string }
  | { kind: 'malformed' };

const fieldsOf = z.object({
  MessageSid: z.string().regex(/^(?:SM|MM)[0-9a-f]{32}$/i),
  MessageStatus: z.string().min(1).max(40),
  ErrorCode: z
    .string()
    .regex(/^\d{1,6}$/)
    .optional()
    .catch(undefined),
});

/**
 * Reads a status callback. `accepted`, `scheduled` and `sending` say nothing that will not be said again. `queued` and `sent` prove
 * that Twilio has the text, which settles one whose answer was lost.
 */
export function readTwilioStatus(fields: unknown): TwilioStatus {
  const parsed = fieldsOf.safeParse(fields);
  if (!parsed.success) return { kind: 'malformed' };
  const { MessageStatus: status, ErrorCode: code } = parsed.data;
  const details = { provider: 'twilio', status, ...(code && Number(code) !== 0 && { code }) };
  const good = { code: null, out: false, problem: null };
  switch (status) {
    case 'delivered':
    case 'read':
      return { kind: 'event', event: { kind: 'delivered', key: 'delivered', details, ...good } };
    case 'queued':
    case 'sent':
      return { kind: 'event', event: { kind: 'taken', key: 'taken', details, ...good } };
    case 'undelivered':
    case 'failed':
      return { kind: 'event', event: bounced(details) };
    default:
      return { kind: 'ignored', why: `status_${status.replaceAll(/\W/g, '').slice(0, 20)}` };
  }
}

function bounced(details: { provider: string; status: string; code?: string }): TwilioEvent {
  const { code } = details;
  const known = code === undefined ? undefined : twilioCodes[Number(code)];
  const failed = known?.kind === 'failed' ? known : null;
  return {
    kind: 'bounced',
    key: 'bounced',
    details: { ...details, type: failed?.reason ?? 'unreachable', permanent: failed?.number === 'dead' },
    code: code === undefined ? null : Number(code),
    out: failed?.number === 'out',
    problem: code === undefined ? null : problemOf(code, known),
  };
}

function problemOf(code: string, known: (typeof twilioCodes)[number] | undefined): TwilioEvent['problem'] {
  const message = (words: string) => `Twilio (${code}): ${words}`;
  if (known?.kind === 'blocked') return { kind: 'blocked', message: message(known.words) };
  if (known?.kind === 'retry') return { kind: known.why, message: message('Texts could not be handed on in time.') };
  return known?.kind === 'failed' && known.reason === 'filtered'
    ? { kind: 'blocked', message: message('A carrier filtered a text as spam. Look at what it says.') }
    : null;
}
