import type { ReasonCode } from '../reasons.ts';
import { Blocked, Retryable, type Outcome, type RetryWhy } from '../provider.ts';

/**
 * What a Twilio error code means (Twilio's error and warning dictionary): for a message that it refuses, and for one that it
 * took and tells of later. `dead` numbers get no more texts, `out` ones asked their carrier for none.
 */
type Meaning =
  | { kind: 'failed'; reason: ReasonCode; number?: 'dead' | 'out' }
  | { kind: 'retry'; why: RetryWhy; seconds: number }
  | { kind: 'blocked'; words: string };

const failed = (reason: ReasonCode, number?: 'dead' | 'out'): Meaning => ({
  kind: 'failed',
  reason,
  ...(number && { number }),
});
const blocked = (words: string): Meaning => ({ kind: 'blocked', words });
const retry = (why: RetryWhy, seconds: number): Meaning => ({ kind: 'retry', why, seconds });

const UNREGISTERED =
  'The number is not registered for texts to US numbers (A2P 10DLC). Register it in Twilio’s console.';

/** The one table of codes; what stands nowhere here is judged by its HTTP status. */
export const twilioCodes: Readonly<Record<number, Meaning>> = {
  // Numbers that take no texts.
  21211: failed('bad_address'),
  21214: failed('unreachable', 'dead'),
  21217: failed('bad_address'),
  21265: failed('landline', 'dead'),
  21408: failed('rejected'),
  21610: failed('opted_out', 'out'),
  21612: failed('unreachable'),
  21614: failed('landline', 'dead'),
  21617: failed('too_long'),
  30003: failed('unreachable'),
  30004: failed('opted_out', 'out'),
  30005: failed('unreachable', 'dead'),
  30006: failed('landline', 'dead'),
  30007: failed('filtered'),
  30008: failed('unreachable'),
  30036: failed('expired'),
  // Later.
  20429: retry('throttled', 5),
  21611: retry('throttled', 60),
  30001: retry('throttled', 60),
  20500: retry('unavailable', 30),
  20503: retry('unavailable', 30),
  63038: retry('quota', 15 * 60),
  // Nothing more goes out until somebody acts.
  20003: blocked('The account SID or auth token is wrong.'),
  20005: blocked('The account is not active.'),
  20006: blocked('Access to the account is denied.'),
  20008: blocked('These are test credentials: they send nothing.'),
  20404: blocked('There is no such account.'),
  21212: blocked('The number that texts come from is not valid.'),
  21603: blocked('No number to send from is set.'),
  21606: blocked('The number that texts come from is not one of this account, or can’t send texts.'),
  21608: blocked('This is a trial account: it texts numbers that it has verified only.'),
  21659: blocked('The number that texts come from is not one of this account.'),
  21660: blocked('The number that texts come from belongs to another account.'),
  21703: blocked('The Messaging Service has no number.'),
  21704: blocked('The Messaging Service has no number that could send this.'),
  21705: blocked('There is no such Messaging Service.'),
  30002: blocked('The account is suspended.'),
  30032: blocked('The toll-free number is not verified yet.'),
  30034: blocked(UNREGISTERED),
  90010: blocked('The account is not active.'),
};

/** The connection was never made, so nothing can have been taken. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * What an error of the SDK means for the message. Twilio knows no idempotency key: whatever ends without a clear refusal (a cut
 * connection, no answer in time, 500, 502, 504) leaves it unknown.
 * @returns `failed` when this one message is refused for good
 * @throws Retryable, Blocked when Twilio certainly took nothing
 */
export function textOutcomeOf(error: unknown): Outcome {
  const { code, status, message, network } = partsOf(error);
  const known = code === null ? undefined : twilioCodes[code];
  if (known?.kind === 'blocked') throw new Blocked(`Twilio refuses (${code}): ${known.words}`);
  if (known?.kind === 'retry') throw new Retryable(`Twilio refuses (${code}): ${message}`, known.seconds, known.why);
  if (known?.kind === 'failed') return { kind: 'failed', reason: known.reason, ...suppressOf(known) };
  if (NEVER_CONNECTED.has(network)) throw new Retryable(`Twilio can’t be reached: ${network}`, 20);
  if (status === 429) throw new Retryable(message, 5, 'throttled');
  if (status === 503) throw new Retryable(message, 30);
  if (status === 401 || status === 403 || status === 404) throw new Blocked(`Twilio refuses: ${message}`);
  if (status !== null && status >= 400 && status < 500 && status !== 408) return { kind: 'failed', reason: 'rejected' };
  return { kind: 'unknown', reason: 'no_answer' };
}

const suppressOf = (known: Extract<Meaning, { kind: 'failed' }>) =>
  known.number ? { suppress: known.number === 'out' ? ('unsubscribed' as const) : ('bounced' as const) } : {};

function partsOf(error: unknown): { code: number | null; status: number | null; message: string; network: string } {
  const fields = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  return {
    code: typeof fields.code === 'number' ? fields.code : null,
    status: typeof fields.status === 'number' ? fields.status : null,
    message: typeof fields.message === 'string' ? fields.message.slice(0, 300) : '',
    network: typeof fields.code === 'string' ? fields.code : '',
  };
}
