import { sql } from 'drizzle-orm';

import { decryptSecret } from '#app/company/crypto.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';

import { Blocked, type TextProvider } from '../provider.ts';
import { sandboxTextProvider } from './sandbox.server.ts';
import { twilioAccount, twilioProvider, type TwilioOptions } from './twilio.server.ts';

/** Keys of the environment, for companies that have none of their own. */
export type TwilioKeys = Pick<TwilioOptions, 'accountSid' | 'authToken' | 'messagingServiceSid' | 'number'>;

export type TextOptions = {
  /** Decrypts stored keys. */
  secret: string;
  twilio: TwilioKeys | null;
  /** Elsewhere than Twilio: a test server. */
  twilioApiBase: string | null;
  addresses: { appOrigin: string };
};

type TextOption =
  | 'accountSid'
  | 'messagingServiceSid'
  | 'number'
  | 'perSecond'
  /** `none`, `pending` or `approved`: whether carriers know the business (S1-08). */
  | 'registration'
  | 'registeredOn';

/** What a company chose for its texts. All options may be missing. */
export type TextSettings = {
  provider: 'sandbox' | 'twilio';
  options: Partial<Record<TextOption, string>>;
  secrets: string | null;
};

type Stored = TextSettings & { at: string };

/** The number that the sandbox's texts come from where the company has none: of those kept free for fiction. */
const STAND_IN = '+15005550006';

/**
 * Chooses the provider that carries a company's texts, and keeps it while the company's settings stay the same. With no setting
 * of the company's own, Twilio keys in the environment are used, else the sandbox.
 * @returns a function that gives a company's provider; it throws `Blocked` while texts are not ready to go out
 */
export function textProviders(db: Db, options: TextOptions): (companyId: number) => Promise<TextProvider> {
  const kept = new Map<number, { key: string; provider: TextProvider }>();
  return async (companyId) => {
    const stored = await withCompany(db, companyId, readTextSettings);
    const key = JSON.stringify(stored);
    const known = kept.get(companyId);
    if (known?.key === key) return known.provider;
    const provider =
      providerName(stored, options) === 'sandbox'
        ? sandboxTextProvider(db, companyId, { sender: stored?.options.number || STAND_IN })
        : twilioProvider(twilioOptions(stored, options));
    kept.set(companyId, { key, provider });
    return provider;
  };
}

const providerName = (stored: Pick<TextSettings, 'provider'> | null, { twilio }: Pick<TextOptions, 'twilio'>) =>
  stored ? stored.provider : twilio ? 'twilio' : 'sandbox';

/** Which provider the company's texts go by: `sandbox` means that nothing leaves the house. */
export async function textProviderName(tx: Tx, options: Pick<TextOptions, 'twilio'>): Promise<'sandbox' | 'twilio'> {
  return providerName(await readTextSettings(tx), options);
}

/** The account whose rate and breaker the company's texts are under; null for the sandbox, and for keys that can't be read. */
export async function textAccount(tx: Tx, options: Pick<TextOptions, 'secret' | 'twilio'>): Promise<string | null> {
  const stored = await readTextSettings(tx);
  if (providerName(stored, options) === 'sandbox') return null;
  const keys = keysOf(stored, options);
  return keys && twilioAccount(keys);
}

export type TextsReady = { ok: true; number: string | null } | { ok: false; why: string; to: string };

/** Where texts are set up. */
const SETTINGS = '/settings/texts';

/**
 * Whether texts may go out (S1-08): through Twilio only from a number, and once the business is registered for texts.
 * @returns the number that they come from, or in words what is missing and where it is entered
 */
export async function textsReady(tx: Tx, options: Pick<TextOptions, 'twilio'>): Promise<TextsReady> {
  return readiness(await readTextSettings(tx), options);
}

function readiness(stored: TextSettings | null, options: Pick<TextOptions, 'twilio'>): TextsReady {
  if (providerName(stored, options) === 'sandbox') return { ok: true, number: stored?.options.number || STAND_IN };
  const { number, messagingServiceSid } = senderOf(stored, options);
  if (!number && !messagingServiceSid) {
    return { ok: false, why: 'No default number for texts is set yet.', to: `${SETTINGS}#number` };
  }
  switch (stored?.options.registration) {
    case 'approved':
      return { ok: true, number };
    case 'pending':
      return {
        ok: false,
        why: 'Your registration for texts is not approved yet. Until then carriers refuse your texts.',
        to: `${SETTINGS}#registration`,
      };
    default:
      return {
        ok: false,
        why: 'Your business is not registered for texts yet. Carriers refuse texts from numbers that are not.',
        to: `${SETTINGS}#registration`,
      };
  }
}

/** What texts come from: the company's own choice, else the environment's while its keys are used. */
export function senderOf(
  stored: Pick<TextSettings, 'options' | 'secrets'> | null,
  { twilio }: Pick<TextOptions, 'twilio'>,
): Pick<TwilioKeys, 'messagingServiceSid' | 'number'> {
  const messagingServiceSid = stored?.options.messagingServiceSid || null;
  const number = stored?.options.number || null;
  if (messagingServiceSid || number || stored?.secrets || !twilio) return { messagingServiceSid, number };
  return { messagingServiceSid: twilio.messagingServiceSid, number: twilio.number };
}

export async function readTextSettings(tx: Tx): Promise<Stored | null> {
  const [row] = await tx.execute<Stored>(
    sql`select provider, options, secrets, updated_at as at from channel_settings where channel = 'sms'`,
  );
  return row ?? null;
}

function twilioOptions(stored: Stored | null, options: TextOptions): TwilioOptions {
  const keys = keysOf(stored, options);
  if (!keys) throw new Blocked('The keys of Twilio in Settings can’t be read. Enter them again.');
  const ready = readiness(stored, options);
  if (!ready.ok) throw new Blocked(ready.why);
  const perSecond = Number(stored?.options.perSecond ?? 1);
  return {
    ...keys,
    perSecond: perSecond >= 1 && perSecond <= 100 ? perSecond : 1,
    statusCallback: (token) => `${options.addresses.appOrigin}/webhooks/twilio/status/${token}`,
    base: options.twilioApiBase,
  };
}

/** The company's own keys, else the environment's; with the company's number where it has one. Null when they can't be read. */
export function keysOf(
  stored: Pick<TextSettings, 'options' | 'secrets'> | null,
  options: Pick<TextOptions, 'secret' | 'twilio'>,
): TwilioKeys | null {
  const sender = senderOf(stored, options);
  if (stored?.secrets) {
    const authToken = decryptSecret(options.secret, stored.secrets);
    const accountSid = stored.options.accountSid;
    return authToken && accountSid ? { accountSid, authToken, ...sender } : null;
  }
  return options.twilio && { ...options.twilio, ...sender };
}
