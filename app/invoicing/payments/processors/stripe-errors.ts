import { ProcessorBlocked, ProcessorUnsure } from '../processor-errors.ts';
import type { DeclineReason, PayMethod } from '../processor.ts';

/**
 * What a code says about a payment that did not go through: error codes, issuers' decline codes, and the return codes of bank
 * payments, which Stripe passes on as `network_decline_code` (Stripe's documentation, "Error codes", "Decline codes", "ACH Direct
 * Debit"; Nacha's return codes). The one table; what stands nowhere here is `declined` for a card and `bank_refused` for an account.
 */
export const stripeDeclines: Readonly<Record<string, DeclineReason>> = {
  insufficient_funds: 'insufficient_funds',
  R01: 'insufficient_funds',
  R09: 'insufficient_funds',
  expired_card: 'expired_card',
  invalid_expiry_month: 'expired_card',
  invalid_expiry_year: 'expired_card',
  authentication_required: 'authentication_failed',
  authentication_failure: 'authentication_failed',
  authentication_not_handled: 'authentication_failed',
  mobile_device_authentication_required: 'authentication_failed',
  payment_intent_action_required: 'authentication_failed',
  payment_intent_authentication_failure: 'authentication_failed',
  three_d_secure_authentication_not_supported: 'authentication_failed',
  account_closed: 'account_closed',
  R02: 'account_closed',
  bank_account_declined: 'bank_refused',
  bank_account_restricted: 'bank_refused',
  bank_account_unusable: 'bank_refused',
  bank_account_unverified: 'bank_refused',
  bank_account_verification_failed: 'bank_refused',
  bank_ownership_changed: 'bank_refused',
  debit_not_authorized: 'bank_refused',
  no_account: 'bank_refused',
  payment_method_bank_account_blocked: 'bank_refused',
  payment_method_microdeposit_failed: 'bank_refused',
  R03: 'bank_refused',
  R04: 'bank_refused',
  R05: 'bank_refused',
  R07: 'bank_refused',
  R08: 'bank_refused',
  R10: 'bank_refused',
  R11: 'bank_refused',
  R16: 'bank_refused',
  R20: 'bank_refused',
  R29: 'bank_refused',
};

/** Codes by which Stripe says that the card's owner is asked by the bank. */
const ASKS_PAYER = new Set([
  'authentication_required',
  'authentication_not_handled',
  'payment_intent_action_required',
  'mobile_device_authentication_required',
]);

type Codes = {
  code?: string | null;
  decline_code?: string | null;
  network_decline_code?: string | null;
};

/** Why a payment did not go through. @param method a code that is not known reads differently for cards and accounts */
export function declineOf({ code, decline_code: decline, network_decline_code: network }: Codes, method: PayMethod) {
  for (const one of [decline, code, network]) {
    if (one && Object.hasOwn(stripeDeclines, one)) return stripeDeclines[one]!;
  }
  return method === 'ach' ? 'bank_refused' : 'declined';
}

const DASHBOARD = 'in Stripe’s dashboard';

/** Codes of an account, not of a payment: nothing goes on until somebody acts. */
const blockedCodes: Readonly<Record<string, string>> = {
  api_key_expired:
    'The secret key is not valid any more: it was replaced. Enter the new one in Settings, Payment account.',
  platform_api_key_expired: 'The secret key is not valid any more. Enter the new one in Settings, Payment account.',
  secret_key_required: 'This is a publishable key. Enter the secret key in Settings, Payment account.',
  testmode_charges_only: `The account takes test payments only so far. Finish setting it up ${DASHBOARD}.`,
  account_invalid: 'The key may not act for this account. Enter it again in Settings, Payment account.',
  capability_not_active: `The account can’t take this way of paying yet. Turn it on ${DASHBOARD}, under Payment methods.`,
  payment_method_unactivated: `The account can’t take this way of paying yet. Turn it on ${DASHBOARD}, under Payment methods.`,
  livemode_mismatch:
    'A test key meets what a live key made, or the other way around. Look into Settings, Payment account.',
};

const WRONG_KEY = 'Stripe does not know the secret key. Enter it again in Settings, Payment account.';

/** What an error of the SDK means for what was asked. */
export type StripeMeaning =
  /** A bank or card network said no: final. */
  | { kind: 'declined'; codes: Codes; asksPayer: boolean; intent: unknown; method: unknown }
  /** What was asked can't be done with this payment, method or refund: final, and nothing was done. */
  | { kind: 'refused'; code: string; param: string; message: string }
  | { kind: 'blocked'; message: string }
  /** Nobody knows whether it was done. */
  | { kind: 'unsure'; message: string };

/**
 * An error of the SDK by its status and code. No answer, 409 (the same key is being worked on), 429 and 5xx say nothing of what was
 * asked; the answer to the same key tells later.
 */
export function stripeMeaning(error: unknown): StripeMeaning {
  const at = recordOf(error);
  const status = typeof at.statusCode === 'number' ? at.statusCode : null;
  const code = textOf(at.code);
  const message = textOf(at.message).slice(0, 300);
  if (status === null) return { kind: 'unsure', message: `Stripe can’t be reached: ${message || 'no answer'}` };
  if (status === 409 || status === 429 || status >= 500 || code === 'rate_limit' || code === 'lock_timeout') {
    return { kind: 'unsure', message: `Stripe gives no answer (${code || status}).` };
  }
  if (Object.hasOwn(blockedCodes, code)) return { kind: 'blocked', message: blockedCodes[code]! };
  if (status === 401) return { kind: 'blocked', message: WRONG_KEY };
  if (status === 403) return { kind: 'blocked', message: lacking(message) };
  if (status === 402) {
    const codes = {
      code,
      decline_code: textOf(at.decline_code),
      network_decline_code: textOf(at.network_decline_code),
    };
    const asksPayer = ASKS_PAYER.has(code) || ASKS_PAYER.has(codes.decline_code);
    return { kind: 'declined', codes, asksPayer, intent: at.payment_intent, method: at.payment_method };
  }
  // Ours to repair: the key was used for something else. What that did is found by other means.
  if (textOf(at.rawType) === 'idempotency_error')
    return { kind: 'unsure', message: `Stripe refuses the key: ${message}` };
  return { kind: 'refused', code, param: textOf(at.param), message };
}

/** @throws ProcessorBlocked, ProcessorUnsure as the meaning says; what is refused without a meaning of its own blocks */
export function raise(meaning: StripeMeaning): never {
  if (meaning.kind === 'unsure') throw new ProcessorUnsure(meaning.message);
  if (meaning.kind === 'blocked') throw new ProcessorBlocked(meaning.message);
  if (meaning.kind === 'refused') {
    throw new ProcessorBlocked(`Stripe refuses (${meaning.code || 'invalid request'}): ${meaning.message}`);
  }
  throw new ProcessorBlocked(`Stripe refuses (${meaning.codes.decline_code || meaning.codes.code || 'declined'}).`);
}

/** A restricted key lacks something. Stripe names it, and a part of the key, which is nobody's to read here. */
function lacking(message: string): string {
  const permission = /'(rak_\w+)'/.exec(message)?.[1];
  return permission
    ? `The restricted key may not do this: it lacks the permission ${permission}. Add it ${DASHBOARD}, under API keys.`
    : `The key may not do this. Look at its permissions ${DASHBOARD}, under API keys.`;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
