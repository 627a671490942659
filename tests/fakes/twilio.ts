import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One text as it really came over the wire. */
export type TakenText = {
  sid: string;
  to: string;
  from: string | null;
  messagingServiceSid: string | null;
  body: string;
  statusCallback: string;
  validityPeriod: number | null;
  account: string;
  authorization: string;
};

/** `drop` takes the text and cuts the connection, `hang` takes it and never answers. Everything else but `ok` takes nothing. */
export type TwilioBehaviour = 'ok' | 'drop' | 'hang' | { status: number; code?: number; message?: string };

export type FakeTwilio = {
  url: string;
  readonly taken: TakenText[];
  requests: number;
  behave: (text: TakenText, request: number) => TwilioBehaviour;
  close: () => Promise<void>;
};

export const ACCOUNT = `AC${'0'.repeat(32)}`;
export const AUTH_TOKEN = 'an-auth-token-of-twilio-for-tests';
export const twilioKeys = {
  accountSid: ACCOUNT,
  authToken: AUTH_TOKEN,
  messagingServiceSid: null,
  number: '+15005550006',
};

/** Twilio's REST API for texts over real HTTP, with what it really got. */
export async function startFakeTwilio(): Promise<FakeTwilio> {
  const fake: FakeTwilio = { url: '', taken: [], requests: 0, behave: () => 'ok', close: () => close() };
  const server = createServer((request, response) => void answer(fake, request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((done) => server.close(() => done()));
  };
  return fake;
}

async function answer(fake: FakeTwilio, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return;
  }
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  const account = /^\/2010-04-01\/Accounts\/(\w+)\/Messages\.json$/.exec(request.url ?? '')?.[1];
  if (!account || request.method !== 'POST') return json(response, 404, { code: 20404, message: 'Not found' });
  fake.requests++;
  const text = textOf(form, account, request, fake.requests);
  const expected = `Basic ${Buffer.from(`${account}:${AUTH_TOKEN}`).toString('base64')}`;
  if (text.authorization !== expected) return json(response, 401, { code: 20003, message: 'Authenticate' });
  const behaviour = fake.behave(text, fake.requests);
  if (behaviour === 'ok' || behaviour === 'drop' || behaviour === 'hang') fake.taken.push(text);
  if (behaviour === 'hang') return;
  if (behaviour === 'drop') return void response.socket?.destroy();
  if (behaviour === 'ok') return json(response, 201, { sid: text.sid, status: 'queued', to: text.to, body: text.body });
  json(response, behaviour.status, { ...behaviour, more_info: 'https://www.twilio.com/docs/errors' });
}

function textOf(form: URLSearchParams, account: string, { headers }: IncomingMessage, request: number): TakenText {
  const validity = form.get('ValidityPeriod');
  return {
    sid: `SM${request.toString(16).padStart(32, '0')}`,
    to: form.get('To') ?? '',
    from: form.get('From'),
    messagingServiceSid: form.get('MessagingServiceSid'),
    body: form.get('Body') ?? '',
    statusCallback: form.get('StatusCallback') ?? '',
    validityPeriod: validity === null ? null : Number(validity),
    account,
    authorization: headers.authorization ?? '',
  };
}

const json = (response: ServerResponse, status: number, body: object) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/**
 * Posts to a webhook as Twilio does: a form, signed over the address and the sorted fields with the account's auth token.
 * @param options.signedUrl what is signed in place of the address
 */
export function postAsTwilio(
  url: string,
  fields: Record<string, string>,
  options: { authToken?: string; signedUrl?: string; signature?: string } = {},
): Promise<Response> {
  const signed = Object.keys(fields)
    .toSorted()
    .map((name) => name + fields[name]!)
    .join('');
  const signature = createHmac('sha1', options.authToken ?? AUTH_TOKEN)
    .update((options.signedUrl ?? url) + signed)
    .digest('base64');
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': options.signature ?? signature,
    },
    body: new URLSearchParams(fields),
  });
}
