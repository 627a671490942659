import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';

import { decryptSecret } from '#app/company/crypto.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { paymentAccounts } from '#db/schema/index.ts';

import type { PayDeps } from './payments.server.ts';
import type { Processor } from './processor.ts';
import { sandboxProcessor } from './processors/sandbox.server.ts';
import { stripeProcessor } from './processors/stripe.server.ts';

export type ProcessorOptions = {
  /** Decrypts stored keys. */
  secret: string;
  /** Elsewhere than Stripe: a test server. */
  stripeApiBase: string | null;
  /** How long a bank payment takes in the sandbox; some minutes by default. */
  sandboxAchSeconds?: number | undefined;
};

/** A company's payment account (S2-14), with the keys still encrypted. */
export type StoredAccount = Pick<typeof paymentAccounts.$inferSelect, 'processor' | 'options' | 'secrets'>;

const Keys = z.object({ secretKey: z.string().min(1), webhookSecret: z.string().default('') });
/** With Stripe's own name for the account; empty where a restricted key may not ask for it. */
const Account = Keys.extend({ account: z.string().default('') });
const Former = Account.extend({ until: z.iso.datetime() });
const Secrets = Account.extend({ former: z.array(Former).default([]) });

/** Keys of Stripe as a company entered them. `webhookSecret` is empty where none is entered: then no event is believed. */
export type StripeKeys = z.infer<typeof Keys>;

/** With those of accounts that it had before, the oldest first, and until when each was the chosen one, as ISO 8601. */
export type StoredKeys = z.infer<typeof Secrets>;

/**
 * Chooses who moves a company's money, and keeps it while the company's payment account stays the same. With no account set the
 * sandbox stands in.
 * @returns a function that gives a company's processor; null when it takes no payments online, or its keys can't be read (S4-13). With a
 * name and an instant it gives the account that was the chosen one of that name then: what is under way there is asked for with the keys
 * that stay stored.
 */
export function processorChooser(db: Db, options: ProcessorOptions): PayDeps['processorOf'] {
  const kept = new Map<number, { key: string; accounts: Accounts }>();
  return async (companyId, name, begunAt) => {
    const stored = await withCompany(db, companyId, readPaymentAccount);
    const key = JSON.stringify(stored);
    const known = kept.get(companyId);
    const accounts = known?.key === key ? known.accounts : accountsOf(db, companyId, stored, options);
    kept.set(companyId, { key, accounts });
    return accounts(name ?? stored?.processor ?? 'sandbox', begunAt);
  };
}

type Accounts = (name: StoredAccount['processor'], begunAt?: Date) => Processor | null;

/** All accounts that a company has or had; each is built once. */
function accountsOf(db: Db, companyId: number, stored: StoredAccount | null, options: ProcessorOptions): Accounts {
  const sandbox = sandboxProcessor(db, companyId, { achSeconds: options.sandboxAchSeconds });
  const keys = stored && stripeKeysOf(stored, options.secret);
  const since = keys?.former.at(-1)?.until;
  const built = new Map<string, Processor>();
  return (name, begunAt) => {
    if (name === 'none') return null;
    if (name === 'sandbox') return sandbox;
    if (!keys) return null;
    const { secretKey } = keysAt(keys, begunAt);
    const known = built.get(secretKey);
    if (known) return known;
    const made = stripeProcessor({ secretKey, base: options.stripeApiBase, ...(since && { since: new Date(since) }) });
    const processor = { ...made, storedAs: stored.secrets ?? '' };
    built.set(secretKey, processor);
    return processor;
  };
}

/** The keys of the account that was the chosen one at an instant; without one, of the present one. */
const keysAt = (keys: StoredKeys, at: Date | undefined): StripeKeys =>
  (at && keys.former.find((one) => at < new Date(one.until))) ?? keys;

/**
 * Keeps the company's account as it is until the transaction ends, so that what it writes down is of the account that was chosen then.
 * @returns false when the account was changed since the processor was chosen
 */
export async function holdAccount(tx: Tx, { name, storedAs }: Processor): Promise<boolean> {
  // The sandbox is one.
  if (storedAs === undefined) return true;
  const [row] = await tx
    .select({ processor: paymentAccounts.processor, secrets: paymentAccounts.secrets })
    .from(paymentAccounts)
    .for('share');
  return row?.processor === name && row.secrets === storedAs;
}

/** The company's own account, or null when none was ever chosen. */
export async function readPaymentAccount(tx: Tx): Promise<StoredAccount | null> {
  const [row] = await tx
    .select({
      processor: paymentAccounts.processor,
      options: paymentAccounts.options,
      secrets: paymentAccounts.secrets,
    })
    .from(paymentAccounts)
    .where(eq(paymentAccounts.companyId, sql`current_company_id()`));
  return row ?? null;
}

/** The keys of a stored account; null when there are none, or they can't be read. */
export function stripeKeysOf(stored: Pick<StoredAccount, 'secrets'>, secret: string): StoredKeys | null {
  const text = stored.secrets && decryptSecret(secret, stored.secrets);
  if (!text) return null;
  return Secrets.safeParse(JSON.parse(text)).data ?? null;
}
