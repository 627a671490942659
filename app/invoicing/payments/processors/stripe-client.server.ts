import type Stripe from 'stripe';

import { ProcessorBlocked } from '../processor-errors.ts';

export type StripeOptions = {
  /** `sk_…`, or a restricted key, `rk_…`. Test keys move no money. */
  secretKey: string;
  /** Elsewhere than Stripe: a test server, such as `http://127.0.0.1:12111`. */
  base?: string | null;
  /** How long nothing may come before a call is given up. */
  answerTimeoutMs?: number;
  /** Since when the account is the chosen one, where another one was before. */
  since?: Date;
};

/**
 * The version of Stripe's API that every call names, whatever the account's own is. The package's types are of one version alone, so
 * that another package does not compile until somebody has read what changed.
 */
const API_VERSION = '2026-10-28.endive';

/** A key of test mode: Stripe plays everything and moves no money. */
export const isTestKey = (secretKey: string) => /^[sr]k_test_/.test(secretKey);

/** What a secret or restricted key looks like. */
export const STRIPE_KEY = /^[sr]k_(test|live)_[A-Za-z0-9_]{8,240}$/;

/**
 * Stripe by its SDK, loaded when it is first needed. The SDK's retries are off, since ours are jobs; what it still does by itself is to
 * send a call once more whose connection was cut, under the same key.
 * @throws ProcessorBlocked when the key can't be one: nothing was asked
 */
export async function connectStripe({ secretKey, base, answerTimeoutMs = 30_000 }: StripeOptions): Promise<Stripe> {
  if (!STRIPE_KEY.test(secretKey)) {
    throw new ProcessorBlocked('The secret key of Stripe can’t be used. Enter it again in Settings, Payment account.');
  }
  const { default: Client } = await import('stripe');
  return new Client(secretKey, {
    apiVersion: API_VERSION,
    maxNetworkRetries: 0,
    timeout: answerTimeoutMs,
    telemetry: false,
    ...(base && placeOf(base)),
  });
}

function placeOf(base: string): { host: string; port: string; protocol: 'http' | 'https' } {
  const { hostname, port, protocol } = new URL(base);
  const secure = protocol === 'https:';
  return { host: hostname, port: port || (secure ? '443' : '80'), protocol: secure ? 'https' : 'http' };
}
