import {
  askedOwner,
  CARDS,
  chargeJson,
  disputeJson,
  intentJson,
  newId,
  refundJson,
  refusalOf,
  seconds,
  sessionJson,
  type Bank,
  type FakeIntent,
  type FakeMethod,
  type FakeRefund,
  type FakeSession,
} from './stripe-bank.ts';

/** What moves money at the fake, and what it tells of it. */
export type Teller = { bank: Bank; origin: () => string; tell: (type: string, object: object) => void };

type IntentStart = Pick<FakeIntent, 'account' | 'amount' | 'currency' | 'customer' | 'kind' | 'manual'> &
  Pick<FakeIntent, 'metadata' | 'description' | 'futureUsage' | 'session'>;

export function newIntent({ bank }: Teller, start: IntentStart): FakeIntent {
  const intent: FakeIntent = {
    ...start,
    id: newId('pi'),
    method: null,
    status: 'requires_payment_method',
    captured: 0,
    refunded: 0,
    error: null,
    charge: null,
    created: seconds(),
  };
  bank.intents.set(intent.id, intent);
  return intent;
}

export function newMethod({ bank }: Teller, kind: FakeMethod['kind'], number: string): FakeMethod {
  const method: FakeMethod = { id: newId('pm'), kind, number, customer: null, expMonth: 12, expYear: 2031 };
  bank.methods.set(method.id, method);
  return method;
}

/** Asks the bank. @param authenticated whether the card's owner was asked */
export function confirm(at: Teller, intent: FakeIntent, method: FakeMethod, authenticated: boolean): void {
  intent.method = method.id;
  const refusal = method.kind === 'card' ? refusalOf(method.number) : null;
  if (refusal || (method.number === CARDS.asks && !authenticated)) return fail(at, intent, refusal ?? askedOwner);
  intent.error = null;
  intent.charge = newId('ch');
  if (intent.futureUsage && intent.customer) method.customer = intent.customer;
  if (method.kind === 'us_bank_account') {
    intent.status = 'processing';
    at.tell('payment_intent.processing', intentJson(at.bank, intent));
  } else if (intent.manual) {
    intent.status = 'requires_capture';
    at.tell('payment_intent.amount_capturable_updated', intentJson(at.bank, intent));
  } else {
    take(at, intent, intent.amount);
  }
}

export function fail(at: Teller, intent: FakeIntent, error: NonNullable<FakeIntent['error']>): void {
  intent.status = 'requires_payment_method';
  intent.error = error;
  at.tell('payment_intent.payment_failed', intentJson(at.bank, intent));
}

/** Money is really taken. */
export function take(at: Teller, intent: FakeIntent, cents: number): void {
  intent.status = 'succeeded';
  intent.captured = cents;
  at.tell('payment_intent.succeeded', intentJson(at.bank, intent));
}

export function cancel(at: Teller, intent: FakeIntent): void {
  intent.status = 'canceled';
  at.tell('payment_intent.canceled', intentJson(at.bank, intent));
}

/** Days later: what the payer's bank says to a bank payment. */
export function clear(at: Teller, id: string): void {
  const intent = at.bank.intents.get(id)!;
  if (intent.status !== 'processing') throw new Error(`The fake can't clear what is ${intent.status}.`);
  const refusal = refusalOf(at.bank.methods.get(intent.method!)!.number);
  if (refusal) fail(at, intent, refusal);
  else take(at, intent, intent.amount);
  const session = intent.session ? at.bank.sessions.get(intent.session)! : null;
  const became = refusal ? 'failed' : 'succeeded';
  if (session) at.tell(`checkout.session.async_payment_${became}`, sessionJson(at.bank, session, at.origin()));
}

/** Somebody finishes the page. @returns what the page says where it goes on */
export function pay(
  at: Teller,
  session: FakeSession,
  number: string,
  authenticated: boolean,
): 'done' | 'ask' | 'declined' {
  const intent =
    (session.intent ? at.bank.intents.get(session.intent) : undefined) ??
    newIntent(at, {
      account: session.account,
      amount: session.amount,
      currency: session.currency,
      customer: session.customer,
      kind: session.kind,
      manual: session.manual,
      metadata: session.intentMetadata,
      description: session.description,
      futureUsage: session.futureUsage,
      session: session.id,
    });
  session.intent = intent.id;
  if (number === CARDS.asks && !authenticated) return 'ask';
  confirm(at, intent, newMethod(at, session.kind, number), authenticated);
  if (intent.error) return 'declined';
  session.status = 'complete';
  at.tell('checkout.session.completed', sessionJson(at.bank, session, at.origin()));
  return 'done';
}

/** The owner did not confirm at the bank. */
export function denied(at: Teller, session: FakeSession): void {
  const intent = at.bank.intents.get(session.intent!)!;
  fail(at, intent, {
    type: 'invalid_request_error',
    code: 'payment_intent_authentication_failure',
    message: 'The provided payment method has failed authentication.',
  });
}

export function expire(at: Teller, session: FakeSession): void {
  session.status = 'expired';
  at.tell('checkout.session.expired', sessionJson(at.bank, session, at.origin()));
}

/** Money is given back; from a bank account it takes days. */
export function giveBack(at: Teller, intent: FakeIntent, amount: number, metadata: Record<string, string>): FakeRefund {
  const status = intent.kind === 'us_bank_account' ? 'pending' : 'succeeded';
  const refund: FakeRefund = {
    id: newId('re'),
    account: intent.account,
    intent: intent.id,
    amount,
    status,
    failure: null,
    metadata,
  };
  at.bank.refunds.set(refund.id, refund);
  intent.refunded += amount;
  at.tell('refund.created', refundJson(at.bank, refund));
  at.tell('charge.refunded', chargeJson(at.bank, intent));
  return refund;
}

/** What became of a refund that was on its way. */
export function settleRefund(at: Teller, id: string, failure: string | null = null): void {
  const refund = at.bank.refunds.get(id)!;
  refund.status = failure ? 'failed' : 'succeeded';
  refund.failure = failure;
  if (failure) at.bank.intents.get(refund.intent)!.refunded -= refund.amount;
  at.tell(failure ? 'refund.failed' : 'refund.updated', refundJson(at.bank, refund));
}

/** The payer asks the bank for the money. @returns the dispute's id */
export function dispute(at: Teller, intentId: string, reason = 'fraudulent'): string {
  const intent = at.bank.intents.get(intentId)!;
  const { account, captured: amount } = intent;
  const made = { id: newId('du'), account, intent: intentId, amount, reason, status: 'needs_response' };
  at.bank.disputes.set(made.id, made);
  at.tell('charge.dispute.created', disputeJson(at.bank, made));
  return made.id;
}

export function closeDispute(at: Teller, id: string, status: 'won' | 'lost'): void {
  const found = at.bank.disputes.get(id)!;
  found.status = status;
  at.tell('charge.dispute.closed', disputeJson(at.bank, found));
}
