import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One `SendRawEmail` as it really came over the wire. */
export type TakenMail = {
  source: string;
  to: string[];
  mime: string;
  tags: Record<string, string>;
  configurationSet: string | null;
  authorization: string;
  /** Where it was posted to: `/` and what the sender's own endpoint adds, which tells senders apart. */
  path: string;
};

/**
 * What the fake does with a request. `drop` takes the mail and cuts the connection, `hang` takes it and never answers:
 * the sender can't know. Everything else but `ok` takes nothing.
 */
export type SesBehaviour = 'ok' | 'drop' | 'hang' | { status: number; code: string; message: string };

export const throttled: SesBehaviour = { status: 400, code: 'Throttling', message: 'Maximum sending rate exceeded.' };
export const unavailable: SesBehaviour = { status: 503, code: 'ServiceUnavailable', message: 'Try again later.' };

export type FakeSes = {
  url: string;
  /** Every mail that was taken, in order. */
  readonly taken: TakenMail[];
  /** How many `SendRawEmail` requests came, taken or not. */
  requests: number;
  /** How many `GetSendQuota` requests came. */
  quotaRequests: number;
  /** Asked before each request; `ok` by default. */
  behave: (mail: TakenMail, request: number) => SesBehaviour | Promise<SesBehaviour>;
  /** What `GetSendQuota` says; null refuses the question. */
  rate: number | null;
  close: () => Promise<void>;
};

/** Amazon SES's query protocol over real HTTP, with what it really got. */
export async function startFakeSes(): Promise<FakeSes> {
  const fake: FakeSes = {
    url: '',
    taken: [],
    requests: 0,
    quotaRequests: 0,
    behave: () => 'ok',
    rate: 1_000,
    close: () => close(),
  };
  const server = createServer((request, response) => void answer(fake, request, response));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((done) => server.close(() => done()));
  };
  return fake;
}

/** What a worker process needs to send through the fake, quietly. */
export const environmentOf = (ses: FakeSes) => ({
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG',
  SES_ENDPOINT: ses.url,
  LOG_LEVEL: 'error',
  NODE_NO_WARNINGS: '1',
});

async function answer(fake: FakeSes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return; // the sender died before it had said everything
  }
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  if (form.get('Action') === 'GetSendQuota') return quota(fake, response);
  fake.requests++;
  const mail = mailOf(form, request);
  const behaviour = await fake.behave(mail, fake.requests);
  if (behaviour === 'ok' || behaviour === 'drop' || behaviour === 'hang') fake.taken.push(mail);
  if (behaviour === 'hang') return;
  if (behaviour === 'drop') return void response.socket?.destroy();
  if (behaviour === 'ok') {
    const id = `fake-${fake.taken.length}`;
    return send(
      response,
      200,
      `<SendRawEmailResponse ${NS}><SendRawEmailResult><MessageId>${id}</MessageId></SendRawEmailResult></SendRawEmailResponse>`,
    );
  }
  const { status, code, message } = behaviour;
  send(
    response,
    status,
    `<ErrorResponse ${NS}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
  );
}

const NS = 'xmlns="http://ses.amazonaws.com/doc/2010-12-01/"';

function quota(fake: FakeSes, response: ServerResponse): void {
  fake.quotaRequests++;
  if (fake.rate === null) {
    return send(
      response,
      403,
      `<ErrorResponse ${NS}><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not allowed</Message></Error></ErrorResponse>`,
    );
  }
  send(
    response,
    200,
    `<GetSendQuotaResponse ${NS}><GetSendQuotaResult><Max24HourSend>50000</Max24HourSend><MaxSendRate>${fake.rate}</MaxSendRate><SentLast24Hours>0</SentLast24Hours></GetSendQuotaResult></GetSendQuotaResponse>`,
  );
}

function send(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
}

function mailOf(form: URLSearchParams, { headers, url }: IncomingMessage): TakenMail {
  const tags: Record<string, string> = {};
  const to: string[] = [];
  for (let n = 1; form.has(`Tags.member.${n}.Name`); n++) {
    tags[form.get(`Tags.member.${n}.Name`)!] = form.get(`Tags.member.${n}.Value`) ?? '';
  }
  for (let n = 1; form.has(`Destinations.member.${n}`); n++) to.push(form.get(`Destinations.member.${n}`)!);
  return {
    source: form.get('Source') ?? '',
    to,
    mime: Buffer.from(form.get('RawMessage.Data') ?? '', 'base64').toString('latin1'),
    tags,
    configurationSet: form.get('ConfigurationSetName'),
    authorization: headers.authorization ?? '',
    path: url ?? '/',
  };
}
