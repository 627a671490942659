import { Blocked, Retryable, type Outcome } from '../provider.ts';

/** What Amazon SES refuses with, and what that means for the message (SES API reference, "Common errors", `SendRawEmail`). */

const RETRY_SECONDS = 10;
const THROTTLED_SECONDS = 2;
const DAILY_QUOTA_SECONDS = 15 * 60;

/** Refused until somebody acts: the next message would fare no better. */
const BLOCKING = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AccountSendingPausedException',
  'AuthFailure',
  'ConfigurationSetDoesNotExist',
  'ConfigurationSetDoesNotExistException',
  'ConfigurationSetSendingPausedException',
  'ExpiredToken',
  'ExpiredTokenException',
  'FromEmailAddressNotVerifiedException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidAction',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MailFromDomainNotVerified',
  'MailFromDomainNotVerifiedException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'OptInRequired',
  // The clock of this machine is wrong.
  'RequestExpired',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

const THROTTLING =
  /^(Throttling|ThrottlingException|ThrottledException|RequestThrottled\w*|TooManyRequests\w*|LimitExceeded\w*|SlowDown)$/;

/** The connection was never made, so nothing can have been taken. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * What an error of the SDK means for the message. Whatever ends without a clear refusal (a cut connection, no answer in time,
 * 500, 502, 504) leaves it unknown.
 * @returns `failed` when this one message is refused for good, with a code of app/messaging/reasons.ts
 * @throws Retryable, Blocked when SES certainly took nothing
 */
export function outcomeOf(error: unknown): Outcome {
  const { name, message, status, code } = partsOf(error);
  if (BLOCKING.has(name)) throw new Blocked(`Amazon SES refuses: ${message}`);
  if (/quota exceeded/i.test(message) && /daily/i.test(message)) {
    throw new Retryable(message, DAILY_QUOTA_SECONDS, 'quota');
  }
  // The rate falls with it, so that trying again soon is no hammering.
  if (status === 429 || THROTTLING.test(name)) throw new Retryable(message, THROTTLED_SECONDS, 'throttled');
  if (status === 503 || /^ServiceUnavailable/.test(name)) throw new Retryable(message, RETRY_SECONDS);
  if (NEVER_CONNECTED.has(code) || /did not establish a connection/.test(message)) {
    throw new Retryable(`Amazon SES can't be reached: ${code || 'no connection'}`, 2 * RETRY_SECONDS);
  }
  if (name === 'MessageRejected' && /not verified|sending (is )?(paused|suspended)/i.test(message)) {
    throw new Blocked(`Amazon SES refuses: ${message}`);
  }
  // Who asks is refused, not what is asked.
  if (status === 401 || status === 403 || status === 404) throw new Blocked(`Amazon SES refuses: ${message || name}`);
  if (name === 'InvalidParameterValue' && /address|domain|@/i.test(message)) {
    return { kind: 'failed', reason: 'bad_address' };
  }
  // 408 says that the request did not come whole in time, which the first of two answers may say of a whole one.
  if (status !== null && status >= 400 && status < 500 && status !== 408) return { kind: 'failed', reason: 'rejected' };
  return { kind: 'unknown', reason: 'no_answer' };
}

function partsOf(error: unknown): { name: string; message: string; status: number | null; code: string } {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  if (typeof error !== 'object' || error === null) return { name: '', message: String(error), status: null, code: '' };
  const fields = error as {
    name?: unknown;
    message?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  // An answer that can't be read has a status all the same.
  const status = fields.$metadata?.httpStatusCode ?? null;
  return { name: text(fields.name), message: text(fields.message), status, code: text(fields.code) };
}
