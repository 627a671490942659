import {
  intentJson,
  methodJson,
  newId,
  refundJson,
  disputeJson,
  seconds,
  sessionJson,
  type FakeIntent,
  type FakeSession,
} from './stripe-bank.ts';
import { cancel, confirm, expire, giveBack, newIntent, take, type Teller } from './stripe-moves.ts';

export type Reply = { status: number; json: object };
/** A form, its brackets resolved: `a[b][0]=c` is `{ a: { b: { 0: 'c' } } }`. */
export type Params = { [name: string]: string | Params };

export type FakeAccount = {
  id: string;
  name: string;
  live: boolean;
  chargesEnabled: boolean;
  /** Ways of paying that are turned on. */
  methods: Set<string>;
};

export type Asked = { method: string; path: string; params: Params; account: FakeAccount };

export const refusal = (
  status: number,
  error: { type?: string; code?: string; message: string; param?: string },
): Reply => ({
  status,
  json: { error: { type: 'invalid_request_error', ...error } },
});
const invalid = (message: string, param: string, code = 'parameter_invalid_string') =>
  refusal(400, { code, message, param });
const missing = (what: string, id: string, param = 'id') =>
  refusal(404, { code: 'resource_missing', message: `No such ${what}: '${id}'`, param });
const ok = (json: object): Reply => ({ status: 200, json });

const text = (value: string | Params | undefined): string => (typeof value === 'string' ? value : '');
const part = (value: string | Params | undefined): Params => (typeof value === 'object' ? value : {});
const words = (value: Params): Record<string, string> =>
  Object.fromEntries(Object.entries(value).map(([name, one]) => [name, text(one)]));
const expands = (params: Params) => new Set(Object.values(part(params.expand)).map(text));

/** What each call may say; anything else is refused, as Stripe does. */
const known: Readonly<Record<string, readonly string[]>> = {
  'POST customers': ['name', 'email', 'metadata'],
  'POST checkout/sessions':
    'mode allowed_payment_method_types payment_method_options wallet_options customer line_items payment_intent_data payment_method_data adaptive_pricing metadata success_url cancel_url locale expires_at'.split(
      ' ',
    ),
  'POST payment_intents':
    'amount currency customer payment_method allowed_payment_method_types capture_method confirm error_on_requires_action off_session description metadata'.split(
      ' ',
    ),
  'POST payment_intents/:id/capture': ['amount_to_capture'],
  'POST payment_intents/:id/cancel': ['cancellation_reason'],
  'POST refunds': ['payment_intent', 'amount', 'metadata'],
};

/** Answers one call of the API. */
export function serve(at: Teller, asked: Asked): Reply {
  const [, , ...rest] = asked.path.split('/');
  const nested = rest[0] === 'checkout' ? 1 : 0;
  const noun = rest.slice(0, 1 + nested).join('/');
  const [id = '', verb = ''] = rest.slice(1 + nested);
  const search = noun === 'payment_intents' && id === 'search';
  const call = `${asked.method} ${noun}${search ? '/search' : id && '/:id'}${verb && `/${verb}`}`;
  const names = known[call];
  const odd = names && Object.keys(asked.params).find((name) => name !== 'expand' && !names.includes(name));
  if (odd)
    return refusal(400, { code: 'parameter_unknown', message: `Received unknown parameter: ${odd}`, param: odd });
  const served = calls[call];
  if (!served) return refusal(404, { message: `Unrecognized request URL (${asked.method}: ${asked.path}).` });
  return served(at, asked, id);
}

type Call = (at: Teller, asked: Asked, id: string) => Reply;

/** Only what belongs to the account that asks is there. */
const own = <T extends { account: string }>(one: T | undefined, { account }: Asked): T | undefined =>
  one?.account === account.id ? one : undefined;

const withIntent =
  (act: (at: Teller, asked: Asked, intent: FakeIntent) => Reply): Call =>
  (at, asked, id) => {
    const intent = own(at.bank.intents.get(id), asked);
    return intent ? act(at, asked, intent) : missing('payment_intent', id, 'intent');
  };

const withSession =
  (act: (at: Teller, asked: Asked, session: FakeSession) => Reply): Call =>
  (at, asked, id) => {
    const session = own(at.bank.sessions.get(id), asked);
    return session ? act(at, asked, session) : missing('checkout.session', id, 'session');
  };

const unexpected = (intent: FakeIntent, verb: string) =>
  refusal(400, {
    code: 'payment_intent_unexpected_state',
    message: `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`,
  });

const listOf = (data: object[], url: string, more = false) => ok({ object: 'list', data, has_more: more, url });

const calls: Readonly<Record<string, Call>> = {
  'GET account': (_at, { account }) =>
    ok({
      id: account.id,
      object: 'account',
      business_profile: { name: account.name },
      capabilities: {
        card_payments: account.methods.has('card') ? 'active' : 'inactive',
        us_bank_account_ach_payments: account.methods.has('us_bank_account') ? 'active' : 'inactive',
      },
      charges_enabled: account.chargesEnabled,
      country: 'US',
      settings: { dashboard: { display_name: account.name } },
    }),
  'POST customers': ({ bank }, { params, account }) => {
    const made = { id: newId('cus'), account: account.id, name: text(params.name), email: text(params.email) || null };
    bank.customers.set(made.id, made);
    return ok({ object: 'customer', ...made });
  },
  'GET customers/:id': ({ bank }, asked, id) => {
    const found = own(bank.customers.get(id), asked);
    return found ? ok({ object: 'customer', ...found }) : missing('customer', id);
  },
  'POST checkout/sessions': createSession,
  'GET checkout/sessions/:id': withSession((at, { params }, session) =>
    ok(sessionJson(at.bank, session, at.origin(), expands(params))),
  ),
  'GET checkout/sessions': () => listOf([], '/v1/checkout/sessions'),
  'POST checkout/sessions/:id/expire': withSession((at, _asked, session) => {
    if (session.status !== 'open')
      return refusal(400, { message: 'Only Checkout Sessions with a status in ["open"] can be expired.' });
    expire(at, session);
    return ok(sessionJson(at.bank, session, at.origin()));
  }),
  'POST payment_intents': charge,
  'GET payment_intents/:id': withIntent((at, { params }, intent) => ok(intentJson(at.bank, intent, expands(params)))),
  'GET payment_intents': (at, asked) => {
    const since = Number(text(part(asked.params.created).gte) || 0);
    const all = [...at.bank.intents.values()].filter((one) => own(one, asked) && one.created >= since).toReversed();
    const after = all.findIndex((one) => one.id === text(asked.params.starting_after)) + 1;
    const data = all.slice(after, after + Number(text(asked.params.limit) || 10));
    return ok({
      object: 'list',
      data: data.map((one) => intentJson(at.bank, one)),
      has_more: all.length > after + data.length,
      url: '/v1/payment_intents',
    });
  },
  'GET payment_intents/search': (at, asked) => {
    const wanted = /^metadata\['(\w+)'\]:'([^']*)'$/.exec(text(asked.params.query));
    if (!wanted) return invalid('We were unable to parse your search query.', 'query');
    // A minute passes before a search knows of a payment.
    const found = [...at.bank.intents.values()].filter(
      (one) => own(one, asked) && one.created < seconds() - 60 && one.metadata[wanted[1]!] === wanted[2],
    );
    const data = found.map((one) => intentJson(at.bank, one));
    return ok({ object: 'search_result', data, has_more: false, next_page: null, url: '/v1/payment_intents/search' });
  },
  'POST payment_intents/:id/capture': withIntent((at, { params }, intent) => {
    if (intent.status !== 'requires_capture') return unexpected(intent, 'capture');
    const cents = Number(text(params.amount_to_capture) || intent.amount);
    if (!(cents > 0 && cents <= intent.amount))
      return invalid('The amount is more than can be captured.', 'amount_to_capture');
    take(at, intent, cents);
    return ok(intentJson(at.bank, intent, expands(params)));
  }),
  'POST payment_intents/:id/cancel': withIntent((at, { params }, intent) => {
    // Of a Checkout's payments only those that are held.
    const may = intent.session === null ? ['requires_payment_method', 'requires_capture'] : ['requires_capture'];
    if (!may.includes(intent.status)) return unexpected(intent, 'cancel');
    cancel(at, intent);
    return ok(intentJson(at.bank, intent, expands(params)));
  }),
  'POST refunds': (at, asked) => {
    const { params } = asked;
    const intent = own(at.bank.intents.get(text(params.payment_intent)), asked);
    if (!intent) return missing('payment_intent', text(params.payment_intent), 'payment_intent');
    const cents = Number(text(params.amount));
    if (intent.status !== 'succeeded')
      return refusal(400, { message: 'This PaymentIntent does not have a successful charge to refund.' });
    if (intent.refunded >= intent.captured) {
      return refusal(400, {
        code: 'charge_already_refunded',
        message: `Charge ${intent.charge} has already been refunded.`,
      });
    }
    if (cents > intent.captured - intent.refunded)
      return invalid('Refund amount is greater than unrefunded amount on charge', 'amount');
    return ok(refundJson(at.bank, giveBack(at, intent, cents, words(part(params.metadata)))));
  },
  'GET refunds': ({ bank }, asked) => {
    const of = text(asked.params.payment_intent);
    const expand = new Set([...expands(asked.params)].map((one) => one.replace(/^data\./, '')));
    const all = [...bank.refunds.values()].filter((one) => own(one, asked) && one.intent === of).toReversed();
    const after = all.findIndex((one) => one.id === text(asked.params.starting_after)) + 1;
    const data = all.slice(after, after + Number(text(asked.params.limit) || 10));
    return listOf(
      data.map((one) => refundJson(bank, one, expand)),
      '/v1/refunds',
      all.length > after + data.length,
    );
  },
  'GET refunds/:id': (at, asked, id) => {
    const found = own(at.bank.refunds.get(id), asked);
    return found ? ok(refundJson(at.bank, found, expands(asked.params))) : missing('refund', id);
  },
  'GET disputes/:id': (at, asked, id) => {
    const found = own(at.bank.disputes.get(id), asked);
    return found ? ok(disputeJson(at.bank, found, expands(asked.params))) : missing('dispute', id);
  },
  'GET customers': () => listOf([], '/v1/customers'),
  'POST payment_methods/:id/detach': ({ bank }, asked, id) => {
    const method = bank.methods.get(id);
    const owner = method?.customer ? bank.customers.get(method.customer) : undefined;
    if (!method || (owner && !own(owner, asked))) return missing('PaymentMethod', id, 'payment_method');
    if (!method.customer)
      return refusal(400, { message: 'The payment method you provided is not attached to a customer.' });
    method.customer = null;
    return ok(methodJson(method));
  },
};

function createSession(at: Teller, asked: Asked): Reply {
  const { params, account } = asked;
  const item = part(part(params.line_items)['0']);
  const price = part(item.price_data);
  const amount = Number(text(price.unit_amount));
  const intent = part(params.payment_intent_data);
  const kind = text(part(params.allowed_payment_method_types)['0']);
  if (text(params.mode) !== 'payment') return invalid('Missing required param: mode.', 'mode', 'parameter_missing');
  for (const name of ['success_url', 'cancel_url']) {
    if (!URL.canParse(text(params[name]))) return invalid('Not a valid URL', name, 'url_invalid');
  }
  if (!Number.isSafeInteger(amount) || amount < 50) {
    return invalid(
      'The Checkout Session’s total amount must convert to at least 50 cents.',
      'line_items',
      'amount_too_small',
    );
  }
  if ((kind !== 'card' && kind !== 'us_bank_account') || !account.methods.has(kind)) {
    return refusal(400, { message: 'No valid payment method types for this Checkout Session.' });
  }
  const customer = own(at.bank.customers.get(text(params.customer)), asked);
  if (!customer)
    return refusal(400, {
      code: 'resource_missing',
      message: `No such customer: '${text(params.customer)}'`,
      param: 'customer',
    });
  const capture = text(part(part(params.payment_method_options).card).capture_method);
  const session: FakeSession = {
    id: newId(account.live ? 'cs_live' : 'cs_test'),
    account: account.id,
    status: 'open',
    intent: null,
    kind,
    amount,
    currency: text(price.currency),
    name: text(part(price.product_data).name),
    successUrl: text(params.success_url),
    cancelUrl: text(params.cancel_url),
    customer: customer.id,
    manual: capture === 'manual',
    futureUsage: text(intent.setup_future_usage) || null,
    description: text(intent.description) || null,
    metadata: words(part(params.metadata)),
    intentMetadata: words(part(intent.metadata)),
    created: seconds(),
    live: account.live,
  };
  at.bank.sessions.set(session.id, session);
  return ok(sessionJson(at.bank, session, at.origin()));
}

/** A saved method is charged at once. */
function charge(at: Teller, asked: Asked): Reply {
  const { params, account } = asked;
  const method = at.bank.methods.get(text(params.payment_method));
  const customer = own(at.bank.customers.get(text(params.customer)), asked);
  if (!customer) return missing('customer', text(params.customer), 'customer');
  if (!method || method.customer !== customer.id) {
    const message = `No such PaymentMethod: '${text(params.payment_method)}'`;
    return refusal(400, { code: 'resource_missing', message, param: 'payment_method' });
  }
  if (text(params.confirm) !== 'true') return invalid('The fake charges at once.', 'confirm');
  const kind = text(part(params.allowed_payment_method_types)['0']);
  if (kind !== method.kind) return invalid('The payment method is not allowed.', 'payment_method');
  const intent = newIntent(at, {
    account: account.id,
    amount: Number(text(params.amount)),
    currency: text(params.currency),
    customer: customer.id,
    kind: method.kind,
    manual: text(params.capture_method) === 'manual',
    metadata: words(part(params.metadata)),
    description: text(params.description) || null,
    futureUsage: null,
    session: null,
  });
  confirm(at, intent, method, false);
  if (!intent.error) return ok(intentJson(at.bank, intent, expands(params)));
  const error = { ...intent.error, payment_intent: intentJson(at.bank, intent), payment_method: methodJson(method) };
  return { status: 402, json: { error } };
}
