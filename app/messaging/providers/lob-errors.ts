import type { ReasonCode } from '../reasons.ts';
import { Blocked, Retryable, type Outcome, type RetryWhy } from '../provider.ts';

/**
 * What an error code of Lob means for a postcard (Lob's documentation, "Errors"). No code says that nothing may ever go to an
 * address again: how strict Lob is with addresses is a setting of the account, and a refusal costs nothing.
 */
type Meaning =
  | { kind: 'failed'; reason: ReasonCode }
  | { kind: 'retry'; why: RetryWhy; seconds: number }
  | { kind: 'blocked'; words: string };

const failed = (reason: ReasonCode): Meaning => ({ kind: 'failed', reason });
const blocked = (words: string): Meaning => ({ kind: 'blocked', words });
const retry = (why: RetryWhy, seconds: number): Meaning => ({ kind: 'retry', why, seconds });

const WRONG_KEY = 'The API key is wrong. Enter it again in Settings.';
const NO_MONEY = 'The account can’t be charged. Look into Billing in Lob’s dashboard.';

/** The one table of codes; what stands nowhere here is judged by its HTTP status. */
export const lobCodes: Readonly<Record<string, Meaning>> = {
  // The address.
  address_length_exceeds_limit: failed('address_too_long'),
  failed_deliverability_strictness: failed('undeliverable'),
  invalid_international_feature: failed('bad_address'),
  invalid_country_covid: failed('bad_address'),
  // The card itself.
  file_pages_below_min: failed('render'),
  file_pages_exceed_max: failed('render'),
  file_size_exceeds_limit: failed('render'),
  inconsistent_page_dimensions: failed('render'),
  invalid_file: failed('render'),
  invalid_file_dimensions: failed('render'),
  invalid_image_dpi: failed('render'),
  pdf_encrypted: failed('render'),
  unembedded_fonts: failed('render'),
  // Later. The same key gives the first answer, should there have been one.
  rate_limit_exceeded: retry('throttled', 5),
  conflict: retry('unavailable', 10),
  request_timeout: retry('unavailable', 20),
  service_unavailable: retry('unavailable', 30),
  internal_server_error: retry('unavailable', 30),
  // Nothing more goes out until somebody acts.
  unauthorized: blocked(WRONG_KEY),
  unauthorized_token: blocked(WRONG_KEY),
  invalid_api_key: blocked(WRONG_KEY),
  publishable_key_not_allowed: blocked('This is a publishable key, which can’t order postcards. Enter the secret key.'),
  email_required: blocked('The account’s email address is not verified yet. Verify it in Lob’s dashboard.'),
  payment_method_unverified: blocked(NO_MONEY),
  billing_address_required: blocked('The account has no billing address. Enter it in Lob’s dashboard.'),
  feature_limit_reached: blocked(
    'The account’s plan does not allow this, or no more of it. Look into Lob’s dashboard.',
  ),
  mail_use_type_can_not_be_null: blocked('The account does not say what its mail is for. Ask Lob’s support.'),
  unrecognized_endpoint: blocked('Nothing of Lob answers at the address that is set for it.'),
  unsupported_lob_version: blocked('The account is set to a version of Lob’s API that is not served any more.'),
};

/**
 * What an error of the SDK means for a postcard. Lob gives the first answer again to whoever asks with the same key within a day:
 * so whatever ends without a clear refusal is tried again, and no card stays unknown.
 * @returns `failed` when this one card is refused for good
 * @throws Retryable, Blocked
 */
export function mailOutcomeOf(error: unknown): Outcome {
  const meaning = lobMeaning(error);
  if (meaning.kind === 'failed') return { kind: 'failed', reason: meaning.reason };
  return raise(meaning);
}

export type LobMeaning =
  | { kind: 'failed'; reason: ReasonCode; status: number; code: string }
  | { kind: 'retry'; why: RetryWhy; seconds: number; message: string }
  | { kind: 'blocked'; message: string; status: number; code: string };

/** @throws Retryable, Blocked as the meaning says */
export function raise(meaning: Exclude<LobMeaning, { kind: 'failed' }>): never {
  if (meaning.kind === 'blocked') throw new Blocked(meaning.message);
  throw new Retryable(meaning.message, meaning.seconds, meaning.why);
}

/** An error of the SDK by the table, else by its status. @param now to read `X-Rate-Limit-Reset` by */
export function lobMeaning(error: unknown, now = Date.now()): LobMeaning {
  const { status, code, message, network, waitSeconds } = partsOf(error, now);
  const says = code || String(status ?? '');
  const retryLater = (why: RetryWhy, seconds: number): LobMeaning => ({
    kind: 'retry',
    why,
    seconds: waitSeconds ?? seconds,
    message: status === null ? `Lob can’t be reached: ${network || 'no answer'}` : `Lob refuses (${says}): ${message}`,
  });
  if (status === null) return retryLater('unavailable', 20);
  const known = Object.hasOwn(lobCodes, code) ? lobCodes[code] : undefined;
  if (known?.kind === 'blocked')
    return { kind: 'blocked', message: `Lob refuses (${says}): ${known.words}`, status, code };
  if (known?.kind === 'retry') return retryLater(known.why, known.seconds);
  if (known?.kind === 'failed') return { kind: 'failed', reason: known.reason, status, code };
  if (status === 429) return retryLater('throttled', 5);
  if (status >= 500 || status === 408 || status === 409) return retryLater('unavailable', 30);
  if (status === 402) return { kind: 'blocked', message: `Lob refuses (${says}): ${NO_MONEY}`, status, code };
  // Who asks is refused, not what is asked.
  if (status === 401 || status === 403 || status === 404 || status === 407) {
    return { kind: 'blocked', message: `Lob refuses (${says}): ${message}`, status, code };
  }
  return { kind: 'failed', reason: reasonIn(message), status, code };
}

/** `invalid` and `bad_request` say what is wrong in words only. */
function reasonIn(message: string): ReasonCode {
  if (/\b(front|back|file|pdf|pages?|fonts?|image)\b/i.test(message)) return 'render';
  if (/\bto\b[.[]|address|zip|\b(city|state|recipient)\b/i.test(message)) return 'bad_address';
  return 'rejected';
}

type Parts = {
  /** Null where no answer came. */
  status: number | null;
  code: string;
  message: string;
  /** The error of the connection, as `ECONNRESET`. */
  network: string;
  waitSeconds: number | null;
};

function partsOf(error: unknown, now: number): Parts {
  const fields = recordOf(error);
  const { _response: answer } = fields;
  const response = recordOf(answer);
  const said = recordOf(recordOf(response.data).error);
  const status = [fields.status_code, response.status].find((one) => typeof one === 'number');
  return {
    status: typeof status === 'number' ? status : null,
    code: typeof said.code === 'string' ? said.code.toLowerCase() : '',
    message: typeof fields.message === 'string' ? fields.message.slice(0, 300) : '',
    network: typeof fields.code === 'string' ? fields.code : '',
    waitSeconds: waitOf(recordOf(response.headers), now),
  };
}

const LONGEST_WAIT = 300;

/** How long to wait, in seconds: `Retry-After`, else until the window of the rate begins anew (seconds of Unix time). */
function waitOf(headers: Record<string, unknown>, now: number): number | null {
  const after = numberOf(headers['retry-after']);
  const reset = numberOf(headers['x-rate-limit-reset'] ?? headers['ratelimit-reset']);
  const seconds = after ?? (reset === null ? null : Math.ceil(reset - now / 1000));
  return seconds === null ? null : Math.min(Math.max(seconds, 1), LONGEST_WAIT);
}

const numberOf = (text: unknown): number | null =>
  typeof text === 'string' && /^\d{1,12}$/.test(text.trim()) ? Number(text) : null;

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
