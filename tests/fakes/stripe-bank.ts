import { randomBytes } from 'node:crypto';

/** Everything that the fake remembers: what was really held, taken and given back. */
export type FakeIntent = {
  id: string;
  account: string;
  amount: number;
  currency: string;
  customer: string | null;
  method: string | null;
  kind: 'card' | 'us_bank_account';
  manual: boolean;
  status: 'requires_payment_method' | 'requires_action' | 'requires_capture' | 'processing' | 'succeeded' | 'canceled';
  captured: number;
  refunded: number;
  error: FakeError | null;
  metadata: Record<string, string>;
  description: string | null;
  futureUsage: string | null;
  session: string | null;
  charge: string | null;
  created: number;
};

export type FakeError = {
  type: string;
  code: string;
  decline_code?: string;
  network_decline_code?: string;
  message: string;
};

export type FakeMethod = {
  id: string;
  kind: 'card' | 'us_bank_account';
  /** A card's or an account's number: says what happens with it. Change it to change what happens next. */
  number: string;
  customer: string | null;
  expMonth: number;
  expYear: number;
};

export type FakeSession = {
  id: string;
  account: string;
  status: 'open' | 'complete' | 'expired';
  intent: string | null;
  kind: 'card' | 'us_bank_account';
  amount: number;
  currency: string;
  /** What is being bought, and where the page leads. */
  name: string;
  successUrl: string;
  cancelUrl: string;
  customer: string;
  manual: boolean;
  futureUsage: string | null;
  description: string | null;
  metadata: Record<string, string>;
  intentMetadata: Record<string, string>;
  created: number;
  live: boolean;
};

export type FakeRefund = {
  id: string;
  account: string;
  intent: string;
  amount: number;
  status: 'pending' | 'succeeded' | 'failed';
  failure: string | null;
  metadata: Record<string, string>;
};

export type FakeDispute = {
  id: string;
  account: string;
  intent: string;
  amount: number;
  reason: string;
  status: string;
};
export type FakeCustomer = { id: string; account: string; name: string; email: string | null };

export type Bank = {
  customers: Map<string, FakeCustomer>;
  methods: Map<string, FakeMethod>;
  intents: Map<string, FakeIntent>;
  sessions: Map<string, FakeSession>;
  refunds: Map<string, FakeRefund>;
  disputes: Map<string, FakeDispute>;
};

export const emptyBank = (): Bank => ({
  customers: new Map(),
  methods: new Map(),
  intents: new Map(),
  sessions: new Map(),
  refunds: new Map(),
  disputes: new Map(),
});

export const newId = (prefix: string) => `${prefix}_${randomBytes(9).toString('hex')}`;
export const seconds = () => Math.floor(Date.now() / 1000);

const card = (decline: string): FakeError => ({
  type: 'card_error',
  code: decline === 'expired_card' ? 'expired_card' : 'card_declined',
  decline_code: decline,
  message: 'Your card was declined.',
});
const debit = (code: string, network: string): FakeError => ({
  type: 'card_error',
  code,
  network_decline_code: network,
  message: 'The bank account could not be debited.',
});

/** Stripe's own test numbers (its documentation, "Testing"). */
export const CARDS = {
  good: '4242424242424242',
  mastercard: '5555555555554444',
  declined: '4000000000000002',
  insufficient: '4000000000009995',
  expired: '4000000000000069',
  /** Asks its owner each time. */
  asks: '4000002760003184',
} as const;
export const ACCOUNTS = {
  good: '000123456789',
  closed: '000111111113',
  none: '000111111116',
  insufficient: '000222222227',
  unauthorized: '000333333335',
} as const;

const refusals: Readonly<Record<string, FakeError>> = {
  [CARDS.declined]: card('generic_decline'),
  [CARDS.insufficient]: card('insufficient_funds'),
  [CARDS.expired]: card('expired_card'),
  [ACCOUNTS.closed]: debit('account_closed', 'R02'),
  [ACCOUNTS.none]: debit('no_account', 'R03'),
  [ACCOUNTS.insufficient]: debit('insufficient_funds', 'R01'),
  [ACCOUNTS.unauthorized]: debit('debit_not_authorized', 'R10'),
};

/** What a bank says to a number; null is yes. */
export const refusalOf = (number: string): FakeError | null => refusals[number] ?? null;

export const askedOwner: FakeError = {
  type: 'card_error',
  code: 'authentication_required',
  decline_code: 'authentication_required',
  message: 'This transaction requires authentication.',
};

/** A method as Stripe's answers hold it. */
export function methodJson(method: FakeMethod) {
  const last4 = method.number.slice(-4);
  const { id, customer } = method;
  const common = { id, object: 'payment_method', customer, type: method.kind, billing_details: {}, metadata: {} };
  if (method.kind === 'us_bank_account') {
    return { ...common, us_bank_account: { bank_name: 'STRIPE TEST BANK', last4, account_type: 'checking' } };
  }
  const brand = method.number.startsWith('5') ? 'mastercard' : 'visa';
  return { ...common, card: { brand, last4, exp_month: method.expMonth, exp_year: method.expYear, funding: 'credit' } };
}

/** An intent as Stripe's answers hold it. @param expand the fields that are given whole */
export function intentJson(bank: Bank, intent: FakeIntent, expand: ReadonlySet<string> = new Set()) {
  const method = intent.method ? bank.methods.get(intent.method)! : null;
  return {
    id: intent.id,
    object: 'payment_intent',
    amount: intent.amount,
    amount_capturable: intent.status === 'requires_capture' ? intent.amount : 0,
    amount_received: intent.captured,
    capture_method: 'automatic_async',
    cancellation_reason: intent.status === 'canceled' ? 'abandoned' : null,
    client_secret: `${intent.id}_secret`,
    created: intent.created,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    last_payment_error: intent.error && { ...intent.error, ...(method && { payment_method: methodJson(method) }) },
    latest_charge: intent.charge && expand.has('latest_charge') ? chargeJson(bank, intent) : intent.charge,
    livemode: false,
    metadata: intent.metadata,
    // After a failure the method is in the error alone.
    payment_method:
      !method || intent.status === 'requires_payment_method'
        ? null
        : expand.has('payment_method')
          ? methodJson(method)
          : method.id,
    payment_method_types: [intent.kind],
    setup_future_usage: intent.futureUsage,
    status: intent.status,
  };
}

export function chargeJson(bank: Bank, intent: FakeIntent) {
  const method = intent.method ? methodJson(bank.methods.get(intent.method)!) : null;
  return {
    id: intent.charge,
    object: 'charge',
    amount: intent.amount,
    amount_captured: intent.captured,
    amount_refunded: intent.refunded,
    captured: intent.captured > 0,
    currency: intent.currency,
    metadata: intent.metadata,
    payment_intent: intent.id,
    payment_method_details: method && { ...method, id: undefined },
    refunded: intent.captured > 0 && intent.refunded === intent.captured,
  };
}

export const refundJson = (bank: Bank, refund: FakeRefund, expand: ReadonlySet<string> = new Set()) => {
  const intent = bank.intents.get(refund.intent)!;
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amount,
    charge: expand.has('charge') ? chargeJson(bank, intent) : intent.charge,
    currency: intent.currency,
    failure_reason: refund.failure ?? undefined,
    metadata: refund.metadata,
    payment_intent: expand.has('payment_intent') ? intentJson(bank, intent) : refund.intent,
    reason: null,
    status: refund.status,
  };
};

export const disputeJson = (bank: Bank, dispute: FakeDispute, expand: ReadonlySet<string> = new Set()) => {
  const intent = bank.intents.get(dispute.intent)!;
  return {
    id: dispute.id,
    object: 'dispute',
    amount: dispute.amount,
    charge: intent.charge,
    created: intent.created,
    currency: intent.currency,
    metadata: {},
    payment_intent: expand.has('payment_intent') ? intentJson(bank, intent) : dispute.intent,
    reason: dispute.reason,
    status: dispute.status,
  };
};

export function sessionJson(bank: Bank, session: FakeSession, origin: string, expand: ReadonlySet<string> = new Set()) {
  const intent = session.intent ? bank.intents.get(session.intent)! : null;
  const within = new Set([...expand].flatMap((one) => one.replace(/^payment_intent\./, '')));
  const paid = intent?.status === 'succeeded';
  return {
    id: session.id,
    object: 'checkout.session',
    amount_total: session.amount,
    created: session.created,
    currency: session.currency,
    customer: session.customer,
    expires_at: session.created + 86_400,
    livemode: session.live,
    metadata: session.metadata,
    mode: 'payment',
    payment_intent: intent && expand.has('payment_intent') ? intentJson(bank, intent, within) : session.intent,
    payment_method_types: [session.kind],
    payment_status: paid ? 'paid' : 'unpaid',
    status: session.status,
    success_url: session.successUrl,
    url: session.status === 'open' ? `${origin}/c/pay/${session.id}` : null,
  };
}
