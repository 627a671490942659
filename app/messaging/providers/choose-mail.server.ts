import { sql } from 'drizzle-orm';
import { z } from 'zod';

import { decryptSecret } from '#app/company/crypto.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';

import { Blocked, type MailProvider } from '../provider.ts';
import { isTestKey, lobAccount, lobProvider } from './lob.server.ts';
import { sandboxMailProvider } from './sandbox-mail.server.ts';

/** Keys of Lob: of the environment, for companies that have none of their own, or a company's. */
export type LobKeys = {
  apiKey: string;
  /** Signs what Lob tells; empty where none is entered, and then nothing is believed. */
  webhookSecret: string;
};

export type MailOptions = {
  /** Decrypts stored keys. */
  secret: string;
  lob: LobKeys | null;
  /** Elsewhere than Lob: a test server. */
  lobApiBase: string | null;
};

type MailOption =
  /** The last four signs of the API key, and `test` for one that prints nothing. */
  | 'keyEnding'
  | 'keyMode'
  | 'hasWebhookSecret'
  /** One line a line; empty is the company's postal address. */
  | 'returnAddress';

/** What a company chose for its postcards. All options may be missing. */
export type MailSettings = {
  provider: 'sandbox' | 'lob';
  options: Partial<Record<MailOption, string>>;
  secrets: string | null;
};

type Stored = MailSettings & { at: string };

/** Where postcards are set up. */
const SETTINGS = '/settings/postcards';

/**
 * Chooses the provider that prints a company's postcards, and keeps it while the company's settings stay the same. With no setting
 * of the company's own, Lob's keys in the environment are used, else the sandbox.
 * @returns a function that gives a company's provider; it throws `Blocked` while postcards are not ready to go out
 */
export function mailProviders(db: Db, options: MailOptions): (companyId: number) => Promise<MailProvider> {
  const kept = new Map<number, { key: string; provider: MailProvider }>();
  return async (companyId) => {
    const stored = await withCompany(db, companyId, readMailSettings);
    const key = JSON.stringify(stored);
    const known = kept.get(companyId);
    if (known?.key === key) return known.provider;
    const provider =
      providerName(stored, options) === 'sandbox'
        ? sandboxMailProvider(db, companyId)
        : lobProvider({ apiKey: usableKey(stored, options), base: options.lobApiBase });
    kept.set(companyId, { key, provider });
    return provider;
  };
}

const providerName = (stored: Pick<MailSettings, 'provider'> | null, { lob }: Pick<MailOptions, 'lob'>) =>
  stored ? stored.provider : lob ? 'lob' : 'sandbox';

function usableKey(stored: Stored | null, options: Pick<MailOptions, 'secret' | 'lob'>): string {
  const keys = lobKeysOf(stored, options);
  if (!keys) throw new Blocked('The keys of Lob in Settings can’t be read. Enter them again.');
  return keys.apiKey;
}

/** Which provider the company's postcards go by: `sandbox` means that nothing is printed. */
export async function mailProviderName(tx: Tx, options: Pick<MailOptions, 'lob'>): Promise<'sandbox' | 'lob'> {
  return providerName(await readMailSettings(tx), options);
}

/** The account whose rate and breaker the company's postcards are under; null for the sandbox, and for keys that can't be read. */
export async function mailAccount(tx: Tx, options: Pick<MailOptions, 'secret' | 'lob'>): Promise<string | null> {
  const stored = await readMailSettings(tx);
  if (providerName(stored, options) === 'sandbox') return null;
  const keys = lobKeysOf(stored, options);
  return keys && lobAccount(keys.apiKey);
}

export type MailReady =
  /** `prints`: real cards come of it, and cost money; not in the sandbox, and not with a key of Lob's test environment. */
  { ok: true; provider: 'sandbox' | 'lob'; prints: boolean } | { ok: false; why: string; to: string };

/**
 * Whether postcards may go out: through Lob only with a key, and with an address that those come back to which can't be delivered.
 * @returns in words what is missing, and where it is entered
 */
export async function mailReady(tx: Tx, options: Pick<MailOptions, 'secret' | 'lob'>): Promise<MailReady> {
  const stored = await readMailSettings(tx);
  if (providerName(stored, options) === 'sandbox') return { ok: true, provider: 'sandbox', prints: false };
  const keys = lobKeysOf(stored, options);
  if (!keys) return { ok: false, why: 'No API key of Lob is set, or it can’t be read.', to: `${SETTINGS}#apiKey` };
  if ((await readReturnAddress(tx)).length < 2) {
    return { ok: false, why: 'No return address for postcards is set yet.', to: `${SETTINGS}#returnAddress` };
  }
  return { ok: true, provider: 'lob', prints: !isTestKey(keys.apiKey) };
}

/**
 * Where a postcard comes back to: the company's name, and below it what Settings, Postcards say, else the company's postal address.
 * @returns one line each, as they are printed; the name alone where no address is set
 */
export async function readReturnAddress(tx: Tx): Promise<string[]> {
  const [row] = await tx.execute<{ name: string; address: string }>(sql`
    select c.name, coalesce(nullif(s.options ->> 'returnAddress', ''), p.postal_address, '') as address
      from companies c left join company_profiles p on true
           left join channel_settings s on s.channel = 'mail' where c.id = current_company_id()`);
  if (!row) return [];
  const lines = linesOf(row.address);
  return lines[0]?.toLowerCase() === row.name.trim().toLowerCase() ? lines : [row.name.trim(), ...lines];
}

/** The lines of an address as it was typed, without empty ones. */
export const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
    .filter(Boolean);

export async function readMailSettings(tx: Tx): Promise<Stored | null> {
  const [row] = await tx.execute<Stored>(
    sql`select provider, options, secrets, updated_at as at from channel_settings where channel = 'mail'`,
  );
  return row ?? null;
}

const Secrets = z.object({ apiKey: z.string().min(1), webhookSecret: z.string() });

/** The company's own keys, else the environment's. Null when there are none, or they can't be read. */
export function lobKeysOf(
  stored: Pick<MailSettings, 'secrets'> | null,
  options: Pick<MailOptions, 'secret' | 'lob'>,
): LobKeys | null {
  if (!stored?.secrets) return options.lob;
  const text = decryptSecret(options.secret, stored.secrets);
  if (text === null) return null;
  return Secrets.safeParse(JSON.parse(text)).data ?? null;
}
