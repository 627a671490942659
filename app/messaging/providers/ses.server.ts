import { createHash } from 'node:crypto';

import type { SESClient } from '@aws-sdk/client-ses';

import { Blocked, Retryable, type EmailMessage, type EmailProvider, type Outcome } from '../provider.ts';

export type SesOptions = {
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Elsewhere than Amazon: a test server. */
  endpoint?: string | null;
  configurationSet?: string | null;
  /** How long to wait for an answer before the message counts as unknown. */
  answerTimeoutMs?: number;
};

/** What a new account has (FACTS.md), where the quota can't be asked; a stand-in for Amazon may know no quotas. */
const CAUTIOUS_RATE = 1;
const STAND_IN_RATE = 50;
const QUOTA_TIMEOUT_MS = 3_000;
const QUOTA_TTL_MS = 60_000;
const RETRY_SECONDS = 10;
const THROTTLED_SECONDS = 2;
const DAILY_QUOTA_SECONDS = 15 * 60;

/**
 * Amazon SES by `SendRawEmail`, one recipient a call. SES knows no idempotency key, so the SDK's own retries are off: only
 * what SES certainly refused is thrown as `Retryable`; whatever ends without an answer is unknown.
 */
export function sesProvider(options: SesOptions): EmailProvider {
  let client: Promise<SESClient> | null = null;
  const connected = () => (client ??= connect(options));
  let quota: { rate: number; until: number } | null = null;
  return {
    name: 'ses',
    account: createHash('sha256')
      .update(`ses:${options.region}:${options.accessKeyId}`)
      .digest('base64url')
      .slice(0, 22),
    async rate() {
      if (quota && quota.until > Date.now()) return quota.rate;
      const cautious = options.endpoint ? STAND_IN_RATE : CAUTIOUS_RATE;
      quota = { rate: await askRate(await connected(), cautious), until: Date.now() + QUOTA_TTL_MS };
      return quota.rate;
    },
    async send(message): Promise<Outcome> {
      const { SendRawEmailCommand } = await import('@aws-sdk/client-ses');
      const ses = await connected();
      try {
        const answer = await ses.send(new SendRawEmailCommand(requestOf(message, options)));
        if (!answer.MessageId) return { kind: 'unknown', reason: 'no_answer' };
        return { kind: 'sent', providerId: answer.MessageId };
      } catch (error) {
        return outcomeOf(error);
      }
    },
  };
}

async function connect(options: SesOptions): Promise<SESClient> {
  const { SESClient } = await import('@aws-sdk/client-ses');
  return new SESClient({
    region: options.region,
    credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    ...(options.endpoint ? { endpoint: options.endpoint } : {}),
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: options.answerTimeoutMs ?? 20_000,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: 128, keepAlive: true },
      httpsAgent: { maxSockets: 128, keepAlive: true },
    },
  });
}

function requestOf(message: EmailMessage, options: SesOptions) {
  return {
    Source: message.from,
    Destinations: [message.to],
    RawMessage: { Data: Buffer.from(message.mime, 'latin1') },
    Tags: [{ Name: 'message', Value: message.token }],
    ...(options.configurationSet ? { ConfigurationSetName: options.configurationSet } : {}),
  };
}

async function askRate(client: SESClient, cautious: number): Promise<number> {
  const { GetSendQuotaCommand } = await import('@aws-sdk/client-ses');
  try {
    const { MaxSendRate } = await client.send(new GetSendQuotaCommand({}), {
      abortSignal: AbortSignal.timeout(QUOTA_TIMEOUT_MS),
    });
    return MaxSendRate && MaxSendRate > 0 ? MaxSendRate : cautious;
  } catch {
    // Keys may be allowed to send and nothing else.
    return cautious;
  }
}

/** Refused until somebody acts: the next message would fare no better. */
const BLOCKING = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AccountSendingPausedException',
  'ConfigurationSetDoesNotExist',
  'ConfigurationSetDoesNotExistException',
  'ConfigurationSetSendingPausedException',
  'ExpiredToken',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'MailFromDomainNotVerified',
  'MailFromDomainNotVerifiedException',
  'MissingAuthenticationToken',
  'OptInRequired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

/** The connection was never made, so nothing can have been taken. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * What an error of the SDK means for the message.
 * @throws Retryable, Blocked when SES certainly took nothing
 */
export function outcomeOf(error: unknown): Outcome {
  const { name, message, status, code } = partsOf(error);
  if (BLOCKING.has(name)) throw new Blocked(`Amazon SES refuses: ${message}`);
  if (/quota exceeded/i.test(message) && /daily/i.test(message)) {
    throw new Retryable(message, DAILY_QUOTA_SECONDS, 'quota');
  }
  // The rate falls with it, so that trying again soon is no hammering.
  if (status === 429 || /^(Throttling|ThrottlingException|TooManyRequestsException|LimitExceeded\w*)$/.test(name)) {
    throw new Retryable(message, THROTTLED_SECONDS, 'throttled');
  }
  if (status === 503 || /^ServiceUnavailable/.test(name)) throw new Retryable(message, RETRY_SECONDS);
  if (NEVER_CONNECTED.has(code) || /did not establish a connection/.test(message)) {
    throw new Retryable(`Amazon SES can't be reached: ${code || 'no connection'}`, 2 * RETRY_SECONDS);
  }
  if (name === 'MessageRejected' && /sender|from|not verified/i.test(message) && /not verified/i.test(message)) {
    throw new Blocked(`Amazon SES refuses: ${message}`);
  }
  if (status !== null && status >= 400 && status < 500) return { kind: 'failed', reason: 'rejected' };
  return { kind: 'unknown', reason: 'no_answer' };
}

function partsOf(error: unknown): { name: string; message: string; status: number | null; code: string } {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  if (typeof error !== 'object' || error === null) return { name: '', message: String(error), status: null, code: '' };
  const fields = error as {
    name?: unknown;
    message?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  // An answer that can't be read has a status all the same.
  const status = fields.$metadata?.httpStatusCode ?? null;
  return { name: text(fields.name), message: text(fields.message), status, code: text(fields.code) };
}
