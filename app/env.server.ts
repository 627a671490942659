import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { z } from 'zod';

import type { LobKeys } from './messaging/providers/choose-mail.server.ts';
import type { TwilioKeys } from './messaging/providers/choose-text.server.ts';
import { isTopicArn } from './messaging/sns-names.ts';

const port = z.coerce.number().int().min(1).max(65535);
const blankAsMissing = (value: unknown) => (value === '' ? undefined : value);
const optional = <T extends z.ZodType>(shape: T) => z.preprocess(blankAsMissing, shape.optional());

const variables = z.object({
  PORT: z.preprocess(blankAsMissing, port.default(3000)),
  DATA_DIR: z.preprocess(blankAsMissing, z.string().default('.data')),
  DATABASE_URL: optional(z.url({ protocol: /^postgres(ql)?$/ })),
  APP_ORIGIN: optional(z.url({ protocol: /^https?$/ })),
  PORTAL_DOMAIN: optional(z.string()),
  LINK_DOMAIN: optional(z.string()),
  APP_SECRET: optional(z.string().min(32)),
  AWS_REGION: optional(z.string()),
  AWS_ACCESS_KEY_ID: optional(z.string()),
  AWS_SECRET_ACCESS_KEY: optional(z.string()),
  SES_ENDPOINT: optional(z.url()),
  SES_TOPIC_ARN: optional(
    z
      .string()
      .refine(isTopicArn, 'This is not the ARN of an SNS topic, such as arn:aws:sns:us-east-1:123456789012:mail'),
  ),
  TWILIO_ACCOUNT_SID: optional(z.string().regex(/^AC[0-9a-f]{32}$/i, 'An account SID is AC and 32 characters')),
  TWILIO_AUTH_TOKEN: optional(z.string()),
  TWILIO_MESSAGING_SERVICE_SID: optional(
    z.string().regex(/^MG[0-9a-f]{32}$/i, 'A service SID is MG and 32 characters'),
  ),
  TWILIO_NUMBER: optional(z.string().regex(/^\+[1-9]\d{7,14}$/, 'Write the number as +15125550100')),
  TWILIO_API_BASE: optional(z.url()),
  LOB_API_KEY: optional(
    z.string().regex(/^(test|live)_[\x21-\x7e]{8,200}$/, 'A secret key of Lob begins with test_ or live_'),
  ),
  LOB_WEBHOOK_SECRET: optional(z.string()),
  LOB_API_BASE: optional(z.url()),
  STRIPE_API_BASE: optional(z.url()),
  METRICS_TOKEN: optional(z.string().min(16)),
  LOG_LEVEL: z.preprocess(blankAsMissing, z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info')),
});

/** What the surroundings say. Read once by a process's entry point; every other module takes options. */
export type Env = {
  port: number;
  dataDir: string;
  /** Null: the embedded PostgreSQL is started. */
  databaseUrl: string | null;
  /** Where the office answers, without a slash at the end. */
  appOrigin: string;
  /** Customers' portals answer at `<host>.<portalDomain>`; with a port where it is not the scheme's own. */
  portalDomain: string;
  /** Short links answer at `<subdomain>.<linkDomain>`. */
  linkDomain: string;
  /** Signs tokens and encrypts stored keys. */
  secret: string;
  /** Amazon SES keys for every company that has none of its own: all or none. */
  ses: { region: string; accessKeyId: string; secretAccessKey: string } | null;
  sesEndpoint: string | null;
  /** The SNS topic to which that account tells what became of messages. */
  sesTopicArn: string | null;
  /** Twilio keys for every company that has none of its own, with a number or a Messaging Service: all or none. */
  twilio: TwilioKeys | null;
  twilioApiBase: string | null;
  /** Lob's keys for every company that has none of its own: both or none. */
  lob: LobKeys | null;
  lobApiBase: string | null;
  /** Stripe's keys are each company's own; this is where Stripe is, in tests. */
  stripeApiBase: string | null;
  /** What `GET /metrics` asks for; null: only this machine may ask. */
  metricsToken: string | null;
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
};

/**
 * Reads the environment.
 * @throws Error with one line that names the variable and what to do
 */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const parsed = variables.safeParse(source);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new Error(`${issue.path.join('.')}: ${issue.message}. Correct it in the environment and start again.`);
  }
  const v = parsed.data;
  const appOrigin = (v.APP_ORIGIN ?? `http://localhost:${v.PORT}`).replace(/\/$/, '');
  const keys = [v.AWS_REGION, v.AWS_ACCESS_KEY_ID, v.AWS_SECRET_ACCESS_KEY];
  if (v.AWS_ACCESS_KEY_ID && keys.some((key) => !key)) {
    throw new Error('Amazon SES needs AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or none of them.');
  }
  const twilio = twilioOf(v);
  const dataDir = resolve(v.DATA_DIR);
  return {
    port: v.PORT,
    dataDir,
    databaseUrl: v.DATABASE_URL ?? null,
    appOrigin,
    portalDomain: v.PORTAL_DOMAIN ?? `portal.localhost:${v.PORT}`,
    linkDomain: v.LINK_DOMAIN ?? `go.localhost:${v.PORT}`,
    secret: v.APP_SECRET ?? ownSecret(dataDir),
    ses: v.AWS_ACCESS_KEY_ID
      ? { region: v.AWS_REGION!, accessKeyId: v.AWS_ACCESS_KEY_ID, secretAccessKey: v.AWS_SECRET_ACCESS_KEY! }
      : null,
    sesEndpoint: v.SES_ENDPOINT ?? null,
    sesTopicArn: v.SES_TOPIC_ARN ?? null,
    twilio,
    twilioApiBase: v.TWILIO_API_BASE?.replace(/\/$/, '') ?? null,
    lob: lobOf(v),
    lobApiBase: v.LOB_API_BASE?.replace(/\/$/, '') ?? null,
    stripeApiBase: v.STRIPE_API_BASE?.replace(/\/$/, '') ?? null,
    metricsToken: v.METRICS_TOKEN ?? null,
    logLevel: v.LOG_LEVEL,
  };
}

function twilioOf(v: z.infer<typeof variables>): TwilioKeys | null {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = v;
  const messagingServiceSid = v.TWILIO_MESSAGING_SERVICE_SID ?? null;
  const number = v.TWILIO_NUMBER ?? null;
  if (!accountSid && !authToken && !messagingServiceSid && !number) return null;
  if (!accountSid || !authToken || (!messagingServiceSid && !number)) {
    throw new Error(
      'Twilio needs TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_MESSAGING_SERVICE_SID or TWILIO_NUMBER, or none of them.',
    );
  }
  return { accountSid, authToken, messagingServiceSid, number };
}

function lobOf(v: z.infer<typeof variables>): LobKeys | null {
  const { LOB_API_KEY: apiKey, LOB_WEBHOOK_SECRET: webhookSecret } = v;
  if (!apiKey && !webhookSecret) return null;
  if (!apiKey || !webhookSecret) throw new Error('Lob needs LOB_API_KEY and LOB_WEBHOOK_SECRET, or none of them.');
  return { apiKey, webhookSecret };
}

/** With no APP_SECRET, one is made at the first start and kept beside the data. */
function ownSecret(dataDir: string): string {
  const path = join(dataDir, 'secret');
  try {
    mkdirSync(dataDir, { recursive: true });
    try {
      writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new Error(`The data folder ${dataDir} can't be written. Set DATA_DIR to a folder that can.`);
  }
}
