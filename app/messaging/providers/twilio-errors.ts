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

const INACTIVE = 'The account is not active: it may be out of funds, or suspended. Look into Twilio’s console.';
const SENDER = 'The number that texts come from is not one of this account, or can’t send texts.';

/** The one table of codes; what stands nowhere here is judged by its HTTP status. */
export const twilioCodes: Readonly<Record<number, Meaning>> = {
  // Numbers that take no texts.
  21211: failed('bad_number', 'dead'),
  21214: failed('unreachable', 'dead'),
  21217: failed('bad_number', 'dead'),
  21265: failed('bad_number', 'dead'),
  21408: failed('country'),
  21610: failed('opted_out', 'out'),
  21612: failed('unreachable'),
  21614: failed('landline', 'dead'),
  21635: failed('landline', 'dead'),
  21602: failed('render'),
  21605: failed('too_long'),
  21617: failed('too_long'),
  21619: failed('render'),
  30003: failed('unreachable'),
  30004: failed('filtered'),
  30005: failed('bad_number', 'dead'),
  30006: failed('landline', 'dead'),
  30007: failed('filtered'),
  30008: failed('unreachable'),
  30017: failed('unreachable'),
  30019: failed('too_long'),
  30036: failed('expired'),
  // Later.
  20429: retry('throttled', 2),
  21611: retry('throttled', 60),
  30001: retry('throttled', 60),
  30022: retry('throttled', 60),
  20503: retry('unavailable', 30),
  21730: retry('unavailable', 60),
  30023: retry('quota', 15 * 60),
  30027: retry('quota', 15 * 60),
  63038: retry('quota', 15 * 60),
  // Nothing more goes out until somebody acts.
  20003: blocked('The account SID or auth token is wrong.'),
  10001: blocked(INACTIVE),
  20005: blocked(INACTIVE),
  20006: blocked('Access to the account is denied.'),
  20008: blocked('These are test credentials: they send nothing.'),
  20404: blocked('There is no such account.'),
  21212: blocked('The number that texts come from is not valid.'),
  21603: blocked('No number to send from is set.'),
  21601: blocked(SENDER),
  21606: blocked(SENDER),
  21608: blocked('This is a trial account: it texts numbers that it has verified only.'),
  21659: blocked('The number that texts come from is not one of this account.'),
  21660: blocked('The number that texts come from belongs to another account.'),
  21609: blocked(
    'Twilio can’t use this server’s address for its callbacks. It must be reachable from outside, without an underscore in its name.',
  ),
  21661: blocked(SENDER),
  21701: blocked('There is no such Messaging Service.'),
  21703: blocked('The Messaging Service has no number.'),
  21704: blocked('The Messaging Service has no number that could send this.'),
  21705: blocked('There is no such Messaging Service.'),
  30002: blocked(INACTIVE),
  30018: blocked(UNREGISTERED),
  30024: blocked(UNREGISTERED),
  30032: blocked('The toll-free number is not verified yet.'),
  30034: blocked(UNREGISTERED),
  30035: blocked(UNREGISTERED),
  30037: blocked('Outgoing texts are turned off for this account. Ask Twilio why.'),
  90010: blocked(INACTIVE),
};

/** The connection was never made, so nothing can have been taken. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * What an error of the SDK means for the message. Twilio knows no idempotency key: whatever ends without a clear refusal (a cut
 * connection, no answer in time, 500, 502, 504) leaves it unknown. Of a 500 Twilio says itself that sending again may text twice
 * (error 20500). A 503 is a refusal where Twilio's own code stands in it; without one something in between may have cut a call that
 * was under way.
 * @returns `failed` when this one message is refused for good
 * @throws Retryable, Blocked when Twilio certainly took nothing
 */
export function textOutcomeOf(error: unknown): Outcome {
  const { code, status, message, network } = partsOf(error);
  if (NEVER_CONNECTED.has(network)) throw new Retryable(`Twilio can’t be reached: ${network}`, 20);
  const isRefusal = status !== null && status >= 400 && status < 500 && status !== 408;
  if (!isRefusal && !(status === 503 && code !== null)) return { kind: 'unknown', reason: 'no_answer' };
  const known = code === null ? undefined : twilioCodes[code];
  if (known?.kind === 'blocked') throw new Blocked(`Twilio refuses (${code}): ${known.words}`);
  if (known?.kind === 'retry') throw new Retryable(`Twilio refuses (${code}): ${message}`, known.seconds, known.why);
  if (known?.kind === 'failed') return { kind: 'failed', reason: known.reason, ...suppressOf(known) };
  if (status === 429) throw new Retryable(message, 2, 'throttled');
  if (status === 503) throw new Retryable(message, 30);
  // Who asks is refused, not what is asked.
  if (status === 401 || status === 403 || status === 404 || status === 407)
    throw new Blocked(`Twilio refuses: ${message}`);
  return { kind: 'failed', reason: 'rejected' };
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
