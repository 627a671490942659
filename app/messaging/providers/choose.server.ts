import { sql } from 'drizzle-orm';

import { decryptSecret } from '#app/company/crypto.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';

import type { EmailProvider } from '../provider.ts';
import { Blocked } from '../provider.ts';
import { sandboxProvider } from './sandbox.server.ts';
import { sesAccount, sesProvider, type SesOptions } from './ses.server.ts';

export type ProviderOptions = {
  /** Decrypts stored keys. */
  secret: string;
  /** Keys from the environment, for companies that have none of their own. */
  ses: { region: string; accessKeyId: string; secretAccessKey: string } | null;
  sesEndpoint: string | null;
};

type Stored = { provider: 'sandbox' | 'ses'; options: Record<string, string>; secrets: string | null; at: string };

/**
 * Chooses the provider that carries a company's email, and keeps it while the company's settings stay the same. With no
 * setting of the company's own, SES keys in the environment are used, else the sandbox.
 * @returns a function that gives a company's provider; it throws `Blocked` when the stored keys can't be used
 */
export function emailProviders(db: Db, options: ProviderOptions): (companyId: number) => Promise<EmailProvider> {
  const kept = new Map<number, { key: string; provider: EmailProvider }>();
  return async (companyId) => {
    const stored = await withCompany(db, companyId, readEmailChannel);
    const key = JSON.stringify(stored);
    const known = kept.get(companyId);
    if (known?.key === key) return known.provider;
    const provider = build(db, companyId, stored, options);
    kept.set(companyId, { key, provider });
    return provider;
  };
}

/** Which provider the company's email goes by: `sandbox` means that nothing leaves the house. */
export async function emailProviderName(tx: Tx, options: Pick<ProviderOptions, 'ses'>): Promise<'sandbox' | 'ses'> {
  const stored = await readEmailChannel(tx);
  return stored?.provider ?? (options.ses ? 'ses' : 'sandbox');
}

/** The account whose rate and breaker the company's email is under; null for the sandbox, and for keys that can't be read. */
export async function emailAccount(tx: Tx, options: Pick<ProviderOptions, 'secret' | 'ses'>): Promise<string | null> {
  const stored = await readEmailChannel(tx);
  if (stored?.provider === 'sandbox' || (!stored && !options.ses)) return null;
  try {
    return sesAccount(sesKeys(stored, options));
  } catch {
    return null;
  }
}

async function readEmailChannel(tx: Tx): Promise<Stored | null> {
  const [row] = await tx.execute<Stored>(
    sql`select provider, options, secrets, updated_at as at from channel_settings where channel = 'email'`,
  );
  return row ?? null;
}

function build(db: Db, companyId: number, stored: Stored | null, options: ProviderOptions): EmailProvider {
  if (stored?.provider === 'sandbox' || (!stored && !options.ses)) return sandboxProvider(db, companyId);
  return sesProvider({ ...sesKeys(stored, options), endpoint: options.sesEndpoint });
}

function sesKeys(stored: Stored | null, options: Pick<ProviderOptions, 'secret' | 'ses'>): SesOptions {
  const configurationSet = stored?.options.configurationSet || null;
  if (stored?.secrets) {
    const keys = readSecrets(decryptSecret(options.secret, stored.secrets));
    const region = stored.options.region;
    if (!keys || !region) throw new Blocked('The keys of Amazon SES in Settings can’t be read. Enter them again.');
    return { ...keys, region, configurationSet };
  }
  if (!options.ses) throw new Blocked('Amazon SES has no keys yet. Enter them in Settings.');
  return { ...options.ses, configurationSet };
}

function readSecrets(json: string | null): { accessKeyId: string; secretAccessKey: string } | null {
  if (!json) return null;
  const { accessKeyId, secretAccessKey } = JSON.parse(json) as { accessKeyId?: string; secretAccessKey?: string };
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null;
}
