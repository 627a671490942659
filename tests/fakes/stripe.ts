import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { refusal, serve, type FakeAccount, type Params, type Reply } from './stripe-api.ts';
import { emptyBank, newId, seconds, type Bank } from './stripe-bank.ts';
import type { Teller } from './stripe-moves.ts';
import { answerPage } from './stripe-page.ts';

export type StripeRequest = {
  method: string;
  path: string;
  params: Params;
  key: string | null;
  /** From 1. */ number: number;
};

/**
 * What the fake does with a request. `drop` does what is asked and cuts the connection, `hang` does it and never answers. `reset` cuts
 * the connection and does nothing; `gateway` is a 502 of something in between. A refusal does nothing and answers as Stripe does.
 */
export type StripeBehaviour = 'ok' | 'drop' | 'hang' | 'reset' | 'gateway' | StripeRefusal;
export type StripeRefusal = { status: number; type?: string; code?: string; decline_code?: string; message?: string };

export const SECRET_KEY = 'sk_test_51FakeFakeFake0123456789';
export const HOOK_SECRET = 'whsec_0123456789abcdef0123456789abcdef';

export type FakeStripe = Teller & {
  url: string;
  bank: Bank;
  readonly requests: StripeRequest[];
  /** Keys that are known, and whose account they open; others are refused with 401. */
  readonly keys: Map<string, FakeAccount>;
  /** What each key lacks: the first word of a path, and the permission that Stripe names. */
  readonly lacking: Map<string, Map<string, string>>;
  /** What was told, in order: see `tellStripe`. */
  readonly events: StripeEvent[];
  /** Asked before each call that the API would serve; `ok` by default. */
  behave: (request: StripeRequest) => StripeBehaviour;
  /** What is really held and what was really taken and given back, in cents. */
  money: () => { held: number; taken: number; refunded: number };
  /** A day goes by: which idempotency keys were used is forgotten. */
  forgetKeys: () => void;
  /** All is forgotten but the keys. */
  reset: () => void;
  close: () => Promise<void>;
};

export const makeAccount = (more: Partial<FakeAccount> = {}): FakeAccount => ({
  id: newId('acct'),
  name: 'Gulf Coast Comfort',
  live: false,
  chargesEnabled: true,
  methods: new Set(['card', 'us_bank_account']),
  ...more,
});

/** Stripe over real HTTP, with a page of its own, and with what it really took. */
export async function startFakeStripe(): Promise<FakeStripe> {
  const server = createServer((request, response) => void answer(fake, remembered, request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const remembered = new Map<string, Remembered>();
  const events: StripeEvent[] = [];
  const fake: FakeStripe = {
    url,
    origin: () => url,
    bank: emptyBank(),
    requests: [],
    keys: new Map([[SECRET_KEY, makeAccount()]]),
    lacking: new Map(),
    events,
    tell: (type, object) => void events.push(eventOf(type, object)),
    behave: () => 'ok',
    money: () => {
      const all = [...fake.bank.intents.values()];
      const sum = (of: (one: (typeof all)[number]) => number) => all.reduce((total, one) => total + of(one), 0);
      return {
        held: sum((one) => (one.status === 'requires_capture' ? one.amount : 0)),
        taken: sum((one) => one.captured),
        refunded: sum((one) => one.refunded),
      };
    },
    forgetKeys: () => remembered.clear(),
    reset: () => {
      for (const map of Object.values(fake.bank)) map.clear();
      remembered.clear();
      fake.lacking.clear();
      fake.requests.length = 0;
      events.length = 0;
      fake.behave = () => 'ok';
    },
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((done) => server.close(() => done()));
    },
  };
  return fake;
}

type Remembered = { said: string; reply: Reply };

async function answer(
  fake: FakeStripe,
  remembered: Map<string, Remembered>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let body = '';
  try {
    for await (const chunk of request) body += String(chunk);
  } catch {
    return; // the sender died before it had said everything
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', fake.url);
  const { method = 'GET' } = request;
  const page = /^\/c\/pay\/(\w+)$/.exec(pathname)?.[1];
  if (page) return answerPage(fake, page, method === 'POST' ? new URLSearchParams(body) : null, request, response);

  const params = nested(method === 'GET' ? searchParams : new URLSearchParams(body));
  const header = request.headers['idempotency-key'];
  const key = typeof header === 'string' && method === 'POST' ? header : null;
  const asked: StripeRequest = { method, path: pathname, params, key, number: fake.requests.length + 1 };
  fake.requests.push(asked);
  const secretKey = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  const account = fake.keys.get(secretKey);
  const reply = (one: Reply, headers: Record<string, string> = {}) => send(response, one, headers);
  if (!account) return reply(refusal(401, { message: `Invalid API Key provided: ${secretKey.slice(0, 8)}****` }));
  if (!request.headers['stripe-version']?.includes('2026-10-28')) {
    return reply(refusal(400, { message: 'The fake speaks one version.' }));
  }
  const permission = fake.lacking.get(secretKey)?.get(pathname.split('/').at(pathname.includes('checkout') ? 3 : 2)!);
  if (permission) {
    const message = `The provided key 'rk_test_***' does not have the required permissions for this endpoint on account '${account.id}'. Having the '${permission}' permission would allow this request to continue.`;
    return reply(refusal(403, { message }));
  }
  const behaviour = fake.behave(asked);
  if (behaviour === 'reset') return void response.socket?.destroy();
  if (behaviour === 'gateway') return void response.writeHead(502).end('<html>Bad Gateway</html>');
  if (typeof behaviour === 'object') {
    const { status, message = 'Refused', ...error } = behaviour;
    return reply(refusal(status, { ...error, message }));
  }
  const said = JSON.stringify([method, pathname, params]);
  const before = key === null ? undefined : remembered.get(`${account.id} ${key}`);
  if (before && before.said !== said) {
    const message = 'Keys for idempotent requests can only be used with the same parameters they were first used with.';
    return reply(refusal(400, { type: 'idempotency_error', message }));
  }
  const given = before?.reply ?? serve(fake, { method, path: pathname, params, account });
  // What was not even begun is not remembered.
  const begun = given.status === 200 || given.status === 402;
  if (key !== null && begun) remembered.set(`${account.id} ${key}`, { said, reply: structuredClone(given) });
  if (behaviour === 'hang') return;
  if (behaviour === 'drop') return void response.socket?.destroy();
  reply(given, before && { 'idempotent-replayed': 'true' });
}

function send(response: ServerResponse, { status, json }: Reply, headers: Record<string, string>): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'request-id': newId('req'), ...headers })
    .end(JSON.stringify(json));
}

function nested(fields: URLSearchParams): Params {
  const params: Params = {};
  for (const [name, value] of fields) {
    const path = name.split(/[[\]]+/).filter(Boolean);
    let at = params;
    for (const step of path.slice(0, -1)) {
      const next = at[step];
      at = typeof next === 'object' ? next : (at[step] = {});
    }
    at[path.at(-1)!] = value;
  }
  return params;
}

export type StripeEvent = {
  id: string;
  object: 'event';
  type: string;
  created: number;
  livemode: boolean;
  data: { object: object };
};

/** An event as Stripe posts it. */
export const eventOf = (type: string, object: object, id = newId('evt')): StripeEvent => ({
  id,
  object: 'event',
  type,
  created: seconds(),
  livemode: false,
  data: { object: structuredClone(object) },
});

/** How a post may differ from what Stripe would send. */
export type Tampered = {
  /** The secrets that sign it: two while one takes over from the other. */
  secrets?: string[];
  /** Seconds of Unix time that are signed. */
  timestamp?: number;
  /** What is posted in place of what was signed. */
  body?: string;
  signature?: string | null;
};

/** Posts a signed event to us, as Stripe does. @param address the whole address of the webhook */
export async function tellStripe(
  address: string,
  event: object,
  as: Tampered = {},
): Promise<{ status: number; body: string }> {
  const text = JSON.stringify(event);
  const timestamp = as.timestamp ?? seconds();
  // By the words of Stripe's documentation: hex of HMAC-SHA256 over the timestamp, a dot and the body.
  const signed = (as.secrets ?? [HOOK_SECRET]).map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${timestamp}.${text}`).digest('hex')}`,
  );
  const signature = as.signature === undefined ? [`t=${timestamp}`, ...signed].join(',') : as.signature;
  const response = await fetch(address, {
    method: 'POST',
    body: as.body ?? text,
    headers: { 'content-type': 'application/json', ...(signature !== null && { 'stripe-signature': signature }) },
  });
  return { status: response.status, body: await response.text() };
}
