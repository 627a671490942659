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

const Secrets = z.object({ secretKey: z.string().min(1), webhookSecret: z.string().default('') });

/** Keys of Stripe as a company entered them. `webhookSecret` is empty where none is entered: then no event is believed. */
export type StripeKeys = z.infer<typeof Secrets>;

/**
 * Chooses who moves a company's money, and keeps it while the company's payment account stays the same. With no account set the
 * sandbox stands in.
 * @returns a function that gives a company's processor; null when it takes no payments online, or its keys can't be read (S4-13). With a
 * name it gives that one, whichever is chosen: what is under way there is asked for with the keys that stay stored.
 */
export function processorChooser(db: Db, options: ProcessorOptions): PayDeps['processorOf'] {
  const kept = new Map<string, { key: string; processor: Processor | null }>();
  return async (companyId, name) => {
    const stored = await withCompany(db, companyId, readPaymentAccount);
    const wanted = name ?? stored?.processor ?? 'sandbox';
    const place = `${companyId} ${wanted}`;
    const key = JSON.stringify(stored);
    const known = kept.get(place);
    if (known?.key === key) return known.processor;
    const processor = build(db, companyId, wanted, stored, options);
    kept.set(place, { key, processor });
    return processor;
  };
}

function build(
  db: Db,
  companyId: number,
  name: StoredAccount['processor'],
  stored: StoredAccount | null,
  options: ProcessorOptions,
): Processor | null {
  if (name === 'none') return null;
  if (name === 'sandbox') return sandboxProcessor(db, companyId, { achSeconds: options.sandboxAchSeconds });
  const keys = stored && stripeKeysOf(stored, options.secret);
  return keys && stripeProcessor({ secretKey: keys.secretKey, base: options.stripeApiBase });
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
export function stripeKeysOf(stored: Pick<StoredAccount, 'secrets'>, secret: string): StripeKeys | null {
  const text = stored.secrets && decryptSecret(secret, stored.secrets);
  if (!text) return null;
  return Secrets.safeParse(JSON.parse(text)).data ?? null;
}
