import type Stripe from 'stripe';

import type { MethodShown, PaymentState, PayMethod, RefundState } from '../processor.ts';
import { declineOf } from './stripe-errors.ts';

/** What is asked along with a payment, so that its card or account can be shown. */
export const SHOWN = ['latest_charge', 'payment_method'];

/** Names that Stripe spells otherwise than people do. */
const brands: Readonly<Record<string, string>> = {
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  eftpos_au: 'Eftpos',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};

/** What Stripe's payment intent says, as our port tells it. @param intent with `SHOWN` expanded */
export function stateOfIntent(intent: Stripe.PaymentIntent): PaymentState {
  const reference = intent.id;
  const method = methodOf(intent) ?? unknownMethod(intent);
  switch (intent.status) {
    case 'requires_capture':
      return { state: 'authorized', reference, amountCents: intent.amount_capturable, method };
    case 'succeeded':
      return { state: 'succeeded', reference, amountCents: intent.amount_received, method };
    case 'processing':
    // An account whose owner must still tell the amounts of two small deposits.
    case 'requires_action':
      return { state: 'processing', reference, method };
    case 'canceled':
      return { state: 'expired' };
    default: {
      const error = intent.last_payment_error;
      if (!error) return { state: 'open' };
      return { state: 'failed', reason: declineOf(error, method.kind), reference, method: methodOf(intent) };
    }
  }
}

/** What became of a page. @param session with its payment intent, and `SHOWN` of that, expanded */
export function stateOfSession(session: Stripe.Checkout.Session): PaymentState {
  const intent = typeof session.payment_intent === 'object' ? session.payment_intent : null;
  const taken = ['requires_capture', 'processing', 'succeeded'];
  // Money counts first: a page that says "open" a moment too long must not hide it.
  if (intent && (session.status === 'complete' || taken.includes(intent.status))) return stateOfIntent(intent);
  // A card that was declined on an open page can be followed by another one.
  return { state: session.status === 'expired' ? 'expired' : 'open' };
}

/** Brand, last four, expiry: all that is kept. */
function methodOf(intent: Stripe.PaymentIntent): MethodShown | null {
  const error = intent.last_payment_error;
  const method = [intent.payment_method, error?.payment_method].find((one) => typeof one === 'object' && one !== null);
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  const shown = method ? shownOf(method) : null;
  const details = charge?.payment_method_details;
  if (!shown) return details ? shownOf({ card: details.card, us_bank_account: details.us_bank_account }) : null;
  const kept = Boolean(intent.setup_future_usage && method?.customer);
  return { ...shown, saved: kept && method ? { methodReference: method.id } : null };
}

type Details = {
  card?: { brand?: string | null; last4?: string | null; exp_month?: number; exp_year?: number } | null;
  us_bank_account?: { bank_name?: string | null; last4?: string | null } | null;
};

/** What is shown of a card or account; null for anything else. */
export function shownOf({ card, us_bank_account: account }: Details): MethodShown | null {
  if (card) {
    const { brand, last4, exp_month: month, exp_year: year } = card;
    const name = brand ? (brands[brand] ?? 'Card') : 'Card';
    return {
      kind: 'card',
      brand: name,
      last4: last4 ?? '',
      expiry: month && year ? { month, year } : null,
      saved: null,
    };
  }
  if (!account) return null;
  return {
    kind: 'ach',
    brand: account.bank_name ?? 'Bank account',
    last4: account.last4 ?? '',
    expiry: null,
    saved: null,
  };
}

function unknownMethod(intent: Stripe.PaymentIntent): MethodShown {
  const kind: PayMethod = intent.payment_method_types?.includes('us_bank_account') ? 'ach' : 'card';
  return { kind, brand: kind === 'ach' ? 'Bank account' : 'Card', last4: '', expiry: null, saved: null };
}

/** Why money could not be given back, in words for the office. */
const refundFailures: Readonly<Record<string, string>> = {
  lost_or_stolen_card: 'The card was reported lost or stolen.',
  expired_or_canceled_card: 'The card has expired or was canceled.',
  charge_for_pending_refund_disputed: 'The payer disputes the payment at the bank.',
  insufficient_funds: 'The balance at Stripe is too low.',
  declined: 'The bank does not take it back.',
  merchant_request: 'It was canceled in Stripe’s dashboard.',
};

/** What became of a refund. `requires_action`: Stripe waits for the payer's details. */
export function stateOfRefund(refund: Stripe.Refund): RefundState {
  const reference = refund.id;
  if (refund.status === 'succeeded') return { state: 'succeeded', reference };
  if (refund.status !== 'failed' && refund.status !== 'canceled') return { state: 'pending', reference };
  const reason = refundFailures[refund.failure_reason ?? ''] ?? 'The bank could not take it back.';
  return { state: 'failed', reason, reference };
}

/** What Stripe says of a payment of which nothing is left, where that was not given back by us. */
export const ALL_GIVEN_BACK =
  'Stripe says that all of this payment was given back, but not by this refund. Look at it in Stripe’s dashboard.';

/** What Stripe answers to a refund that it does not make at all. */
export const refundRefusals: Readonly<Record<string, string>> = {
  charge_disputed: 'The payer disputes the payment at the bank: what is given back is decided there.',
  refund_disputed_payment: 'The payer disputes the payment at the bank: what is given back is decided there.',
  charge_not_refundable: 'Stripe can’t give this payment back any more.',
  balance_insufficient: 'The balance at Stripe is too low.',
  insufficient_funds: 'The balance at Stripe is too low.',
};
