import { z } from 'zod';

import type { EventKind } from './events.server.ts';
import { twilioCodes } from './providers/twilio-errors.ts';

/** What a status callback tells of a text, or why it tells nothing. */
export type TwilioStatus =
  | { kind: 'event'; event: { kind: EventKind; key: string; details: Record<string, unknown>; problem: string | null } }
  | { kind: 'ignored'; why: string }
  | { kind: 'malformed' };

const fieldsOf = z.object({
  MessageSid: z.string().regex(/^(?:SM|MM)[0-9a-f]{32}$/i),
  MessageStatus: z.string().max(40),
  ErrorCode: z
    .string()
    .regex(/^\d{1,6}$/)
    .optional()
    .catch(undefined),
});

/**
 * Reads a status callback. `accepted`, `scheduled`, `queued` and `sending` say nothing that the answer of the call did not say.
 * `sent` proves that Twilio has the text, which settles one whose answer was lost.
 */
export function readTwilioStatus(fields: Readonly<Record<string, string>>): TwilioStatus {
  const parsed = fieldsOf.safeParse(fields);
  if (!parsed.success) return { kind: 'malformed' };
  const { MessageStatus: status, ErrorCode: code } = parsed.data;
  const details = { provider: 'twilio', status, ...(code && { code }) };
  switch (status) {
    case 'delivered':
    case 'read':
      return { kind: 'event', event: { kind: 'delivered', key: 'delivered', details, problem: null } };
    case 'queued':
    case 'sent':
      return { kind: 'event', event: { kind: 'taken', key: 'taken', details, problem: null } };
    case 'undelivered':
    case 'failed': {
      const known = code ? twilioCodes[Number(code)] : undefined;
      const dead = known?.kind === 'failed' && known.number !== undefined;
      const problem = known?.kind === 'blocked' || code === '30007' ? problemOf(code!, known) : null;
      const told = { ...details, type: known?.kind === 'failed' ? known.reason : 'unreachable', permanent: dead };
      return { kind: 'event', event: { kind: 'bounced', key: 'bounced', details: told, problem } };
    }
    default:
      return { kind: 'ignored', why: `status_${status.replaceAll(/\W/g, '').slice(0, 20)}` };
  }
}

/** What somebody has to look at: the texts after it would fare no better. */
function problemOf(code: string, known: (typeof twilioCodes)[number] | undefined): string {
  const words = known?.kind === 'blocked' ? known.words : 'A carrier filtered a text as spam. Look at what it says.';
  return `Twilio (${code}): ${words}`;
}
