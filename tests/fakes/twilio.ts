import { createHmac, randomBytes } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One text as it really came over the wire. */
export type TakenText = {
  sid: string;
  account: string;
  to: string;
  from: string | null;
  messagingServiceSid: string | null;
  body: string;
  statusCallback: string;
  validityPeriod: number | null;
  /** Every field of the form, by name. */
  form: Record<string, string>;
  authorization: string;
};

/**
 * What the fake does with a request. `drop` takes the text and cuts the connection, `hang` takes it and never answers: the sender
 * can't know. `reset` cuts the connection and takes nothing; `gateway` is a 503 of something in between. Everything else but `ok`
 * takes nothing and answers as Twilio does.
 */
export type TwilioBehaviour = 'ok' | 'drop' | 'hang' | 'reset' | 'gateway' | TwilioRefusal;
export type TwilioRefusal = { status: number; code?: number; message?: string };

export const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
export const AUTH_TOKEN = 'f0e1d2c3b4a5968778695a4b3c2d1e0f';
export const SERVICE = `MG${'fedcba9876543210'.repeat(2)}`;
export const NUMBER = '+15005550006';

/** The keys of an environment that sends through the fake. */
export const twilioKeys = { accountSid: ACCOUNT, authToken: AUTH_TOKEN, messagingServiceSid: null, number: NUMBER };

export type Status = 'queued' | 'sending' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'read' | 'canceled';
export type Posted = { status: number; type: string; body: string };

export type FakeTwilio = {
  url: string;
  /** Every text that was taken, in order. */
  readonly taken: TakenText[];
  /** How many requests came, taken or not. */
  requests: number;
  /** Auth tokens by account; others are refused with 401. */
  readonly accounts: Map<string, string>;
  /** Asked before each request that Twilio would take; `ok` by default. */
  behave: (text: TakenText, request: number) => TwilioBehaviour | Promise<TwilioBehaviour>;
  close: () => Promise<void>;
};

/** Twilio's Messages resource over real HTTP, with what it really got. */
export async function startFakeTwilio(): Promise<FakeTwilio> {
  const server = createServer((request, response) => void answer(fake, request, response));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const fake: FakeTwilio = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: [],
    requests: 0,
    accounts: new Map([[ACCOUNT, AUTH_TOKEN]]),
    behave: () => 'ok',
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((done) => server.close(() => done()));
    },
  };
  return fake;
}

async function answer(fake: FakeTwilio, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return; // the sender died before it had said everything
  }
  fake.requests++;
  const accountSid = /^\/2010-04-01\/Accounts\/(AC[0-9a-f]{32})\/Messages\.json$/i.exec(request.url ?? '')?.[1];
  if (request.method !== 'POST' || !accountSid) {
    return refuse(response, {
      status: 404,
      code: 20404,
      message: `The requested resource ${request.url} was not found`,
    });
  }
  const authorization = request.headers.authorization ?? '';
  const token = fake.accounts.get(accountSid);
  if (!token || authorization !== `Basic ${Buffer.from(`${accountSid}:${token}`).toString('base64')}`) {
    return refuse(response, { status: 401, code: 20003, message: 'Authenticate' });
  }
  const text = textOf(new URLSearchParams(Buffer.concat(chunks).toString()), accountSid, authorization);
  const refusal = wrong(text);
  if (refusal) return refuse(response, refusal);
  const behaviour = await fake.behave(text, fake.requests);
  if (behaviour === 'ok' || behaviour === 'drop' || behaviour === 'hang') fake.taken.push(text);
  if (behaviour === 'hang') return;
  if (behaviour === 'drop' || behaviour === 'reset') return void response.socket?.destroy();
  if (behaviour === 'gateway') return void response.writeHead(503).end('upstream connect error');
  if (behaviour === 'ok') return send(response, 201, created(text));
  refuse(response, behaviour);
}

/** What Twilio refuses by itself. */
function wrong({ to, from, messagingServiceSid, body, statusCallback, form }: TakenText): TwilioRefusal | null {
  const refusal = (code: number, message: string) => ({ status: 400, code, message });
  if (!to) return refusal(21604, "A 'To' phone number is required.");
  if (!from && !messagingServiceSid) return refusal(21603, "A 'From' phone number is required.");
  if (!/^\+[1-9]\d{7,14}$/.test(to)) return refusal(21211, `Invalid 'To' Phone Number: ${to.slice(0, -4)}XXXX`);
  if (!body) return refusal(21602, 'Message body is required.');
  if (body.length > 1600) return refusal(21617, 'The concatenated message body exceeds the 1600 character limit');
  if (statusCallback && (!URL.canParse(statusCallback) || new URL(statusCallback).hostname.includes('_'))) {
    return refusal(21609, `The StatusCallback URL ${statusCallback} is not a valid URL.`);
  }
  const validity = form.ValidityPeriod;
  if (validity !== undefined && !(/^\d+$/.test(validity) && Number(validity) >= 1 && Number(validity) <= 36_000)) {
    return refusal(21624, 'Invalid validity period value');
  }
  return null;
}

function refuse(response: ServerResponse, { status, code, message }: TwilioRefusal): void {
  const body = { code, message: message ?? 'Refused', more_info: `https://www.twilio.com/docs/errors/${code}`, status };
  send(response, status, body);
}

function send(response: ServerResponse, status: number, json: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}

function textOf(form: URLSearchParams, account: string, authorization: string): TakenText {
  return {
    sid: newSid(),
    account,
    to: form.get('To') ?? '',
    from: form.get('From'),
    messagingServiceSid: form.get('MessagingServiceSid'),
    body: form.get('Body') ?? '',
    statusCallback: form.get('StatusCallback') ?? '',
    validityPeriod: form.has('ValidityPeriod') ? Number(form.get('ValidityPeriod')) : null,
    form: Object.fromEntries(form),
    authorization,
  };
}

export const newSid = (): string => `SM${randomBytes(16).toString('hex')}`;

function created(text: TakenText) {
  const now = new Date().toUTCString();
  const uri = `/2010-04-01/Accounts/${text.account}/Messages/${text.sid}`;
  return {
    account_sid: text.account,
    api_version: '2010-04-01',
    body: text.body,
    date_created: now,
    date_sent: null,
    date_updated: now,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: text.from,
    messaging_service_sid: text.messagingServiceSid,
    num_media: '0',
    num_segments: text.messagingServiceSid ? '0' : '1',
    price: null,
    price_unit: 'USD',
    sid: text.sid,
    status: text.messagingServiceSid ? 'accepted' : 'queued',
    subresource_uris: { media: `${uri}/Media.json` },
    to: text.to,
    uri: `${uri}.json`,
  };
}

/** How a post may differ from what Twilio would send. */
export type Tampered = {
  authToken?: string;
  /** What the signature is over, where it is not the address that is posted to. */
  signedUrl?: string;
  /** Added or changed after it was signed. */
  change?: Record<string, string>;
  signature?: string | null;
  type?: string;
  /** The server's port on this machine, where the address names another one. */
  port?: number;
};

/** Posts a signed form to us, as Twilio does. */
export function post(url: string, params: Record<string, string>, as: Tampered = {}): Promise<Posted> {
  const signature =
    as.signature === undefined ? sign(as.authToken ?? AUTH_TOKEN, as.signedUrl ?? url, params) : as.signature;
  const bytes = Buffer.from(new URLSearchParams({ ...params, ...as.change }).toString());
  const at = new URL(url);
  return new Promise((done, failed) => {
    const req = httpRequest(
      {
        host: '127.0.0.1',
        port: as.port ?? at.port,
        path: at.pathname + at.search,
        method: 'POST',
        headers: {
          host: at.host,
          'content-type': as.type ?? 'application/x-www-form-urlencoded; charset=utf-8',
          'content-length': bytes.length,
          'user-agent': 'TwilioProxy/1.1',
          'i-twilio-idempotency-token': randomBytes(16).toString('hex'),
          ...(signature !== null && { 'x-twilio-signature': signature }),
        },
      },
      (res) => {
        let body = '';
        res.on('data', (chunk: Buffer) => (body += chunk.toString()));
        res.on('end', () => done({ status: res.statusCode ?? 0, type: res.headers['content-type'] ?? '', body }));
      },
    );
    req.on('error', failed);
    req.end(bytes);
  });
}

/** By the words of Twilio's documentation, not by its SDK: the address, then each name and value in the order of the names. */
export function sign(authToken: string, url: string, params: Record<string, string>): string {
  const names = Object.keys(params).toSorted((a, b) => (a < b ? -1 : Number(a > b)));
  const text = url + names.map((name) => name + params[name]).join('');
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64');
}

/** What a status callback about a text holds. */
export function statusParams(text: Pick<TakenText, 'sid' | 'account' | 'to'>, status: Status, code?: number) {
  return {
    AccountSid: text.account,
    ApiVersion: '2010-04-01',
    From: NUMBER,
    MessageSid: text.sid,
    MessageStatus: status,
    SmsSid: text.sid,
    SmsStatus: status,
    To: text.to,
    ...(code !== undefined && { ErrorCode: String(code) }),
  };
}

/** Tells what became of a text, where the text said that it wants to be told. */
export function tell(
  text: Pick<TakenText, 'sid' | 'account' | 'to' | 'statusCallback'>,
  status: Status,
  options: Tampered & { code?: number } = {},
): Promise<Posted> {
  const { code, ...as } = options;
  return post(text.statusCallback, statusParams(text, status, code), as);
}

export type Said = {
  sid?: string;
  from: string;
  to?: string;
  body: string;
  accountSid?: string;
  messagingServiceSid?: string;
  optOutType?: 'STOP' | 'START' | 'HELP';
  media?: number;
};

/** What a text that came in holds. */
export function inboundParams(said: Said) {
  const sid = said.sid ?? newSid();
  return {
    AccountSid: said.accountSid ?? ACCOUNT,
    ApiVersion: '2010-04-01',
    Body: said.body,
    From: said.from,
    FromCity: 'AUSTIN',
    FromCountry: 'US',
    FromState: 'TX',
    FromZip: '78701',
    MessageSid: sid,
    NumMedia: String(said.media ?? 0),
    NumSegments: '1',
    SmsMessageSid: sid,
    SmsSid: sid,
    SmsStatus: 'received',
    To: said.to ?? NUMBER,
    ToCountry: 'US',
    ...(said.messagingServiceSid && { MessagingServiceSid: said.messagingServiceSid }),
    ...(said.optOutType && { OptOutType: said.optOutType }),
  };
}

/** Sends us a text that somebody wrote. @param origin where the office answers */
export const say = (origin: string, said: Said, as: Tampered = {}): Promise<Posted> =>
  post(`${origin}/webhooks/twilio/inbound`, inboundParams(said), as);
