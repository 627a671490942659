import { createHash } from 'node:crypto';

import type { SESClient } from '@aws-sdk/client-ses';

import type { EmailMessage, EmailProvider, Outcome } from '../provider.ts';
import { outcomeOf } from './ses-errors.ts';

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

/** What a new account has (Amazon's documentation), where the quota can't be asked; a stand-in for Amazon may know no quotas. */
const CAUTIOUS_RATE = 1;
const STAND_IN_RATE = 50;
const QUOTA_TIMEOUT_MS = 3_000;
const QUOTA_TTL_MS = 60_000;
/** How soon the quota is asked for again where it was not told: SES answers that question once a second for a whole account. */
const QUOTA_AGAIN_MS = 5_000;

/**
 * Amazon SES by `SendRawEmail`, one recipient a call. SES knows no idempotency key, so the SDK's own retries are off: only
 * what SES certainly refused is thrown as `Retryable`; whatever ends without an answer is unknown.
 */
export function sesProvider(options: SesOptions): EmailProvider {
  let client: Promise<SESClient> | null = null;
  const connected = () => (client ??= connect(options));
  let quota: { rate: number; until: number } | null = null;
  let asking: Promise<number> | null = null;
  const ask = async () => {
    const told = await askRate(await connected());
    // What was told last still holds more likely than the least there is.
    const rate = told ?? quota?.rate ?? (options.endpoint ? STAND_IN_RATE : CAUTIOUS_RATE);
    quota = { rate, until: Date.now() + (told === null ? QUOTA_AGAIN_MS : QUOTA_TTL_MS) };
    return rate;
  };
  return {
    name: 'ses',
    account: sesAccount(options),
    async rate() {
      if (quota && quota.until > Date.now()) return quota.rate;
      return (asking ??= ask().finally(() => (asking = null)));
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

/** Names the account to workers and pages without telling its key. */
export const sesAccount = ({ region, accessKeyId }: Pick<SesOptions, 'region' | 'accessKeyId'>) =>
  createHash('sha256').update(`ses:${region}:${accessKeyId}`).digest('base64url').slice(0, 22);

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

/** @returns null where it is not told */
async function askRate(client: SESClient): Promise<number | null> {
  const { GetSendQuotaCommand } = await import('@aws-sdk/client-ses');
  try {
    const { MaxSendRate } = await client.send(new GetSendQuotaCommand({}), {
      abortSignal: AbortSignal.timeout(QUOTA_TIMEOUT_MS),
    });
    return MaxSendRate && MaxSendRate > 0 ? MaxSendRate : null;
  } catch {
    // Keys may be allowed to send and nothing else.
    return null;
  }
}
