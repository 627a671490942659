import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One postcard as it really came over the wire. */
export type TakenCard = {
  id: string;
  /** The API key that ordered it. */
  account: string;
  key: string | null;
  /** Every field of the form but the files, by name. */
  form: Record<string, string>;
  front: { name: string; bytes: Buffer };
  back: { name: string; bytes: Buffer };
  /** Lob prints it already: it can't be taken back. */
  inProduction: boolean;
  deleted: boolean;
};

export type LobRequest = {
  method: string;
  path: string;
  query: URLSearchParams;
  form: Record<string, string>;
  /** Which one it is, from 1. */
  number: number;
};

/**
 * What the fake does with a request. `drop` does what is asked and cuts the connection, `hang` does it and never answers. `reset` cuts
 * the connection and does nothing; `gateway` is a 502 of something in between. Everything else but `ok` does nothing and answers as
 * Lob does.
 */
export type LobBehaviour = 'ok' | 'drop' | 'hang' | 'reset' | 'gateway' | LobRefusal;
export type LobRefusal = { status: number; code?: string; message?: string; headers?: Record<string, string> };

export const API_KEY = 'test_0123456789abcdef0123456789abcdef012';
export const WEBHOOK_SECRET = 'whs_0123456789abcdef';

/** The keys of an environment that prints through the fake. */
export const lobKeys = { apiKey: API_KEY, webhookSecret: WEBHOOK_SECRET };

export type FakeLob = {
  url: string;
  /** Every postcard that was taken, in order; one that was asked for twice stands here once. */
  readonly taken: TakenCard[];
  readonly requests: LobRequest[];
  /** Keys that are known; others are refused with 401. */
  readonly keys: Set<string>;
  /** Asked before each request that Lob would serve; `ok` by default. */
  behave: (request: LobRequest) => LobBehaviour | Promise<LobBehaviour>;
  /** What the verification says, where it is not what Lob says of a good address. */
  verified: (form: Record<string, string>) => object;
  close: () => Promise<void>;
};

/** Lob's postcards and US verifications over real HTTP, with what they really got. */
export async function startFakeLob(): Promise<FakeLob> {
  const server = createServer((request, response) => void answer(fake, request, response));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const fake: FakeLob = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: [],
    requests: [],
    keys: new Set([API_KEY]),
    behave: () => 'ok',
    verified: goodAddress,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((done) => server.close(() => done()));
    },
  };
  return fake;
}

type Body = { form: Record<string, string>; files: Record<string, { name: string; bytes: Buffer }> };
type Reply = { status: number; json: object };

async function answer(fake: FakeLob, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return; // the sender died before it had said everything
  }
  const url = new URL(request.url ?? '/', 'http://lob');
  const { form, files } = await read(request, Buffer.concat(chunks));
  const { method = 'GET' } = request;
  const number = fake.requests.length + 1;
  const asked: LobRequest = { method, path: url.pathname, query: url.searchParams, form, number };
  fake.requests.push(asked);
  const [user, password] = Buffer.from(request.headers.authorization?.replace(/^Basic /, '') ?? '', 'base64')
    .toString()
    .split(':');
  if (!user || !fake.keys.has(user) || password !== '') {
    return send(response, refusal({ status: 401, code: 'invalid_api_key', message: 'Your API key is not valid.' }));
  }
  const behaviour = await fake.behave(asked);
  if (behaviour === 'reset') return void response.socket?.destroy();
  if (behaviour === 'gateway') return void response.writeHead(502).end('<html>Bad Gateway</html>');
  if (typeof behaviour === 'object') return send(response, refusal(behaviour), behaviour.headers);
  const key = request.headers['idempotency-key'];
  const reply = serve(fake, asked, { form, files }, user, typeof key === 'string' ? key : null);
  if (behaviour === 'hang') return;
  if (behaviour === 'drop') return void response.socket?.destroy();
  send(response, reply);
}

function serve(fake: FakeLob, asked: LobRequest, body: Body, account: string, key: string | null): Reply {
  const { method, path, query } = asked;
  const id = /^\/v1\/postcards\/(\w+)$/.exec(path)?.[1];
  if (method === 'POST' && path === '/v1/postcards') return order(fake, body, account, key);
  if (method === 'GET' && path === '/v1/postcards') return list(fake, query, account);
  if (method === 'DELETE' && id) return remove(fake, id, account);
  if (method === 'POST' && path === '/v1/us_verifications') {
    const { primary_line: line, zip_code: zip, city, state } = body.form;
    if (!line || (!zip && (!city || !state))) return invalid('primary_line is required or address is required');
    if (zip && !/^\d{5}(-?\d{4})?$/.test(zip)) return invalid('zip_code must be in a valid zip or zip+4 format');
    return { status: 200, json: fake.verified(body.form) };
  }
  return refusal({ status: 404, code: 'unrecognized_endpoint', message: `No such endpoint: ${path}` });
}

function order(fake: FakeLob, { form, files }: Body, account: string, key: string | null): Reply {
  const before = key === null ? undefined : fake.taken.find((one) => one.key === key && one.account === account);
  if (before) return { status: 200, json: cardOf(before) };
  const wrong = wrongOrder(form, files, key);
  if (wrong) return wrong;
  const card: TakenCard = {
    id: `psc_${randomBytes(8).toString('hex')}`,
    account,
    key,
    form,
    front: files.front!,
    back: files.back!,
    inProduction: false,
    deleted: false,
  };
  fake.taken.push(card);
  return { status: 200, json: cardOf(card) };
}

const FIELDS =
  /^(description|to\[(name|company|address_(line1|line2|city|state|zip|country))\]|size|mail_type|use_type|send_date|metadata\[\w{1,40}\])$/;

/** What Lob refuses by itself. */
function wrongOrder(form: Body['form'], files: Body['files'], key: string | null): Reply | null {
  const unknown = Object.keys(form).find((name) => !FIELDS.test(name));
  if (unknown) return invalid(`${unknown} is not allowed`);
  if (key !== null && key.length > 256) return invalid('Idempotency-Key is too long');
  const at = (name: string) => form[`to[${name}]`] ?? '';
  if (!at('name') && !at('company')) return invalid('to.name or to.company is required');
  if (at('name').length > 40 || at('company').length > 40) return invalid('to.name must be at most 40 characters');
  for (const name of ['address_line1', 'address_city']) if (!at(name)) return invalid(`to.${name} is required`);
  if (!/^[A-Za-z]{2}$/.test(at('address_state')))
    return invalid('to.address_state must be a 2 letter state short-name');
  if (!/^\d{5}(-\d{4})?$/.test(at('address_zip'))) return invalid('to.address_zip must be in a valid zip format');
  if (at('address_line1').length + at('address_line2').length > 50) {
    const message = 'The sum of to.address_line1 and to.address_line2 cannot surpass 50 characters.';
    return refusal({ status: 422, code: 'address_length_exceeds_limit', message });
  }
  if (!['4x6', '6x9', '6x11'].includes(form.size ?? '4x6')) return invalid('size must be one of 4x6, 6x9, 6x11');
  if (!['marketing', 'operational'].includes(form.use_type ?? '')) {
    return refusal({ status: 422, code: 'mail_use_type_can_not_be_null', message: 'use_type is required' });
  }
  if (form.mail_type === 'usps_standard' && form.size === '4x6') return invalid('mail_type is not offered for 4x6');
  const metadata = Object.entries(form).filter(([name]) => name.startsWith('metadata'));
  if (metadata.some(([, value]) => value.length > 500 || /["\\]/.test(value))) return invalid('metadata is not valid');
  if (form.send_date !== undefined) {
    const days = (Date.parse(form.send_date) - Date.now()) / 86_400_000;
    if (!(days > 0 && days <= 180)) return invalid('send_date must be in the future and within 180 days');
  }
  for (const side of ['front', 'back']) {
    const file = files[side];
    if (!file) return invalid(`${side} is required`);
    if (file.bytes.length > 5_000_000) {
      return refusal({ status: 422, code: 'file_size_exceeds_limit', message: `${side} file is too large` });
    }
    if (file.bytes.subarray(0, 5).toString() !== '%PDF-') {
      return refusal({ status: 422, code: 'invalid_file', message: `${side} is not a valid file` });
    }
  }
  return null;
}

function list(fake: FakeLob, query: URLSearchParams, account: string): Reply {
  const wanted = [...query].filter(([name]) => name.startsWith('metadata['));
  const data = fake.taken
    .filter((one) => one.account === account && !one.deleted)
    .filter((one) => wanted.every(([name, value]) => one.form[name] === value))
    .toReversed()
    .slice(0, Number(query.get('limit') ?? 10));
  return { status: 200, json: { data: data.map(cardOf), object: 'list', count: data.length } };
}

function remove(fake: FakeLob, id: string, account: string): Reply {
  const card = fake.taken.find((one) => one.id === id && one.account === account && !one.deleted);
  if (!card) return refusal({ status: 404, code: 'not_found', message: 'postcard not found' });
  if (card.inProduction) {
    return refusal({ status: 422, code: 'not_deletable', message: 'postcard is already in production' });
  }
  card.deleted = true;
  return { status: 200, json: { id, deleted: true } };
}

const invalid = (message: string): Reply => refusal({ status: 422, code: 'invalid', message });

const refusal = ({ status, code, message = 'Refused' }: LobRefusal): Reply => ({
  status,
  json: code === undefined ? {} : { error: { message, status_code: status, code } },
});

function send(response: ServerResponse, { status, json }: Reply, headers: Record<string, string> = {}): void {
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'x-rate-limit-limit': '150',
      'x-rate-limit-remaining': '149',
      ...headers,
    })
    .end(JSON.stringify(json));
}

async function read(request: IncomingMessage, bytes: Buffer): Promise<Body> {
  const body: Body = { form: {}, files: {} };
  const type = request.headers['content-type'];
  if (!type || bytes.length === 0) return body;
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  for (const [name, value] of form) {
    if (typeof value === 'string') body.form[name] = value;
    else body.files[name] = { name: value.name, bytes: Buffer.from(await value.arrayBuffer()) };
  }
  return body;
}

/** A postcard as Lob's answers and events hold it. */
export function cardOf({ id, form }: Pick<TakenCard, 'id' | 'form'>) {
  const now = new Date().toISOString();
  const metadata = Object.fromEntries(
    Object.entries(form).flatMap(([name, value]) => {
      const key = /^metadata\[(\w+)\]$/.exec(name)?.[1];
      return key ? [[key, value]] : [];
    }),
  );
  return {
    id,
    description: form.description ?? null,
    metadata,
    to: { id: 'adr_0123456789abcdef', name: form['to[name]'] ?? null, object: 'address' },
    url: `https://lob-assets.com/postcards/${id}.pdf?version=v1`,
    carrier: 'USPS',
    size: form.size ?? '4x6',
    mail_type: form.mail_type ?? 'usps_first_class',
    use_type: form.use_type ?? null,
    tracking_events: [],
    date_created: now,
    date_modified: now,
    send_date: form.send_date ?? now,
    object: 'postcard',
  };
}

/** What a verification of a good address answers. */
export function goodAddress(form: Record<string, string>, changes: Record<string, unknown> = {}) {
  return {
    id: 'us_ver_0123456789abc',
    recipient: '',
    primary_line: (form.primary_line ?? '').toUpperCase(),
    secondary_line: (form.secondary_line ?? '').toUpperCase(),
    urbanization: '',
    last_line: `${(form.city ?? '').toUpperCase()} ${form.state} ${form.zip_code}-1702`,
    deliverability: 'deliverable',
    components: {
      city: (form.city ?? '').toUpperCase(),
      state: form.state ?? '',
      zip_code: (form.zip_code ?? '').slice(0, 5),
      zip_code_plus_4: '1702',
    },
    object: 'us_verification',
    ...changes,
  };
}

/** An event as Lob posts it, about a postcard. */
export function eventOf(
  card: Pick<TakenCard, 'id' | 'form'>,
  type: string,
  more: { id?: string; at?: Date; body?: object } = {},
) {
  return {
    id: more.id ?? `evt_${randomBytes(8).toString('hex')}`,
    body: more.body ?? cardOf(card),
    reference_id: card.id,
    event_type: { id: `postcard.${type}`, enabled_for_test: true, resource: 'postcards', object: 'event_type' },
    date_created: (more.at ?? new Date()).toISOString(),
    object: 'event',
  };
}

/** How a post may differ from what Lob would send. */
export type Tampered = {
  secret?: string;
  /** The header, and what is signed: milliseconds by default. */
  timestamp?: string;
  /** What is posted in place of what was signed. */
  body?: string;
  signature?: string | null;
  type?: string;
};

/** Posts a signed event to us, as Lob does. @param origin where the office answers */
export async function tell(
  origin: string,
  event: object,
  as: Tampered = {},
): Promise<{ status: number; body: string }> {
  const text = JSON.stringify(event);
  const timestamp = as.timestamp ?? String(Date.now());
  // By the words of Lob's documentation: hex of HMAC-SHA256 over the timestamp, a dot and the body.
  const signature =
    as.signature === undefined
      ? createHmac('sha256', as.secret ?? WEBHOOK_SECRET)
          .update(`${timestamp}.${text}`)
          .digest('hex')
      : as.signature;
  const response = await fetch(`${origin}/webhooks/lob`, {
    method: 'POST',
    body: as.body ?? text,
    headers: {
      'content-type': as.type ?? 'application/json',
      'lob-signature-timestamp': timestamp,
      ...(signature !== null && { 'lob-signature': signature }),
    },
  });
  return { status: response.status, body: await response.text() };
}
