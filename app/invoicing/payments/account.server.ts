import { and, eq, isNull, sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { encryptSecret } from '#app/company/crypto.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { paymentAccounts, paymentMethods, processorCustomers } from '#db/schema/index.ts';

import {
  readPaymentAccount,
  stripeKeysOf,
  type StoredAccount,
  type StoredKeys,
  type StripeKeys,
} from './choose-processor.server.ts';
import {
  paymentProcessors,
  type ConnectedAccount,
  type PaymentAccount,
  type PaymentAccountErrors,
  type PaymentAccountForm,
  type PaymentProcessor,
} from './account.ts';
import { askLeftRefunds } from './refund.server.ts';
import { checkStripe, knowsCustomer, type StripeAccount } from './processors/stripe-account.server.ts';
import { isTestKey, STRIPE_KEY } from './processors/stripe-client.server.ts';

/** Where a company's payment account is, and what opens it. */
export type AccountAt = {
  db: Db;
  companyId: number;
  /** Encrypts stored keys. */
  secret: string;
  /** Elsewhere than Stripe: a test server. */
  base: string | null;
};

/** The payment account as far as a person may see it. The keys themselves never leave the database again. */
export async function readAccountShown(tx: Tx): Promise<PaymentAccount> {
  const stored = await readPaymentAccount(tx);
  const options = stored?.options ?? {};
  return {
    processor: stored?.processor ?? 'sandbox',
    hasKey: Boolean(stored?.secrets),
    keyEnding: options.keyEnding ?? '',
    isTest: options.keyMode === 'test',
    hasWebhookSecret: Boolean(options.webhookEnding),
    webhookEnding: options.webhookEnding ?? '',
    connected: options.checkedAt ? connectedOf(options) : null,
    checkedAt: options.checkedAt || null,
  };
}

/**
 * Chooses who moves the company's money (S2-14), and stores Stripe's keys encrypted. A new key is tried at Stripe first. Where it is of
 * another account, or of the other mode, the old one stays stored for what was begun there: pages, payments, refunds, kept methods.
 * @returns field errors in words; nothing is written then
 */
export async function changePaymentAccount(
  at: AccountAt,
  actor: Actor,
  form: PaymentAccountForm,
): Promise<{ ok: true } | { ok: false; errors: PaymentAccountErrors }> {
  const refuse = (errors: PaymentAccountErrors) => ({ ok: false, errors }) as const;
  const processor = paymentProcessors.find((one) => one === form.processor);
  if (!processor) return refuse({ processor: 'Choose who takes payments.' });
  const before = await withCompany(at.db, at.companyId, readPaymentAccount);
  const had = before && stripeKeysOf(before, at.secret);
  // Where another one is chosen, Stripe's keys stay for the next time, and for what is under way.
  const typed = processor === 'stripe' ? form : { secretKey: '', webhookSecret: '' };
  const entered = { secretKey: typed.secretKey.trim(), webhookSecret: typed.webhookSecret.trim() };
  const errors = processor === 'stripe' ? keyErrors(entered, had) : {};
  if (Object.keys(errors).length > 0) return refuse(errors);

  const asked =
    entered.secretKey && entered.secretKey !== had?.secretKey ? await tryKey(at, entered.secretKey, had) : null;
  if (asked?.ok === false) return refuse({ secretKey: asked.why });
  const moved = asked !== null && !asked.same;
  const keys = keysOf(entered, had, moved);
  const account = asked?.account.id ?? (moved ? '' : (had?.account ?? ''));
  return withCompany(at.db, at.companyId, async (tx) => {
    if (!(await isStill(tx, before))) {
      return refuse({ processor: 'Somebody changed the payment account meanwhile. Look at it, then save again.' });
    }
    const leaves = before?.processor ?? 'sandbox';
    if (form.anyway !== 'on' && (leaves !== processor || moved)) {
      const warning = await warningOf(tx, { processor, moved });
      if (warning) return refuse({ anyway: warning });
    }
    await store(tx, {
      processor,
      options: optionsOf(before, keys, asked?.account ?? null),
      keys: keys && { ...keys, account, former: renewed(await formerOf(tx, had, moved), account, keys.secretKey) },
      secret: at.secret,
    });
    if (moved) await forgetCustomers(tx, had);
    await recordAudit(
      tx,
      actor,
      'payment_account.update',
      { type: 'payment_account', id: null },
      {
        processor,
        keys: entered.secretKey ? 'changed' : 'kept',
        signingSecret: entered.webhookSecret ? 'changed' : keys?.webhookSecret ? 'kept' : 'none',
        ...(moved && { otherAccount: true }),
      },
    );
    return { ok: true } as const;
  });
}

/**
 * Asks Stripe with the key that is saved, and keeps what it says of the account. Refunds that wait for an answer are asked for once more.
 * @returns in words what is wrong, or null when all is well
 */
export async function checkPaymentAccount(at: AccountAt, actor: Actor): Promise<string | null> {
  const keys = await withCompany(at.db, at.companyId, async (tx) => {
    await recordAudit(tx, actor, 'payment_account.check', { type: 'payment_account', id: null });
    const stored = await readPaymentAccount(tx);
    return stored && stripeKeysOf(stored, at.secret);
  });
  if (!keys) return 'Save a secret key first.';
  const check = await checkStripe({ secretKey: keys.secretKey, base: at.base });
  if (!check.ok) return check.why;
  const said = JSON.stringify(optionsOfAccount(check.account));
  await withCompany(at.db, at.companyId, async (tx) => {
    await tx.execute(sql`update payment_accounts set options = options || ${said}::jsonb`);
    await askLeftRefunds(tx, at.companyId, true);
  });
  return null;
}

function keyErrors({ secretKey, webhookSecret }: StripeKeys, had: StripeKeys | null): PaymentAccountErrors {
  const found: PaymentAccountErrors = {};
  if (/^pk_/.test(secretKey)) {
    found.secretKey =
      'This is a publishable key, which can’t take payments. Enter the secret key, or a restricted key.';
  } else if (secretKey && !STRIPE_KEY.test(secretKey)) {
    found.secretKey = 'A secret key begins with sk_live_ or sk_test_, a restricted key with rk_live_ or rk_test_.';
  } else if (!secretKey && !had) {
    found.secretKey = 'Enter the secret key.';
  }
  if (webhookSecret && !/^whsec_[\x21-\x7e]{8,200}$/.test(webhookSecret)) {
    found.webhookSecret = 'A signing secret of Stripe begins with whsec_ and has no spaces.';
  }
  return found;
}

type Tried = { ok: false; why: string } | { ok: true; account: StripeAccount; same: boolean };

/** Whose a new key is: the same account's as before when it knows a customer that was made with the old one. */
async function tryKey({ db, companyId, base }: AccountAt, secretKey: string, had: StripeKeys | null): Promise<Tried> {
  const check = await checkStripe({ secretKey, base });
  if (!check.ok)
    return { ok: false, why: check.unsure ? `${check.why} Nothing was saved: try again in a moment.` : check.why };
  const { account } = check;
  if (had && isTestKey(had.secretKey) !== isTestKey(secretKey)) return { ok: true, account, same: false };
  const [made] = await withCompany(db, companyId, (tx) =>
    tx
      .select({ reference: processorCustomers.reference })
      .from(processorCustomers)
      .where(eq(processorCustomers.processor, 'stripe'))
      .limit(1),
  );
  try {
    return { ok: true, account, same: !made || (await knowsCustomer({ secretKey, base }, made.reference)) };
  } catch (error) {
    return { ok: false, why: (error as Error).message };
  }
}

/** The keys from now on; null when they stay as they are. Another account signs with another secret. */
function keysOf(entered: StripeKeys, had: StripeKeys | null, moved: boolean): StripeKeys | null {
  if (!entered.secretKey && !entered.webhookSecret) return null;
  const webhookSecret = entered.webhookSecret || (moved ? '' : (had?.webhookSecret ?? ''));
  return { secretKey: entered.secretKey || had!.secretKey, webhookSecret };
}

function optionsOf(before: StoredAccount | null, keys: StripeKeys | null, account: ConnectedAccount | null) {
  return {
    ...before?.options,
    ...(keys && {
      keyEnding: keys.secretKey.slice(-4),
      keyMode: isTestKey(keys.secretKey) ? 'test' : 'live',
      webhookEnding: keys.webhookSecret.slice(-4),
    }),
    ...(account && optionsOfAccount(account)),
  };
}

const yesOrNo = (value: boolean | null) => (value === null ? '' : value ? 'yes' : 'no');
const isYes = (text: string | undefined) => (text ? text === 'yes' : null);

const optionsOfAccount = (account: ConnectedAccount): Record<string, string> => ({
  name: account.name ?? '',
  country: account.country ?? '',
  charges: yesOrNo(account.chargesEnabled),
  cards: yesOrNo(account.cards),
  ach: yesOrNo(account.ach),
  checkedAt: new Date().toISOString(),
});

const connectedOf = (options: Record<string, string>): ConnectedAccount => ({
  name: options.name || null,
  country: options.country || null,
  chargesEnabled: isYes(options.charges),
  cards: isYes(options.cards),
  ach: isYes(options.ach),
});

async function store(
  tx: Tx,
  account: { processor: PaymentProcessor; options: Record<string, string>; keys: StoredKeys | null; secret: string },
): Promise<void> {
  const { processor, options, keys, secret } = account;
  const fields = {
    processor,
    options,
    ...(keys && { secrets: encryptSecret(secret, JSON.stringify(keys)) }),
    updatedAt: new Date(),
  };
  await tx
    .insert(paymentAccounts)
    .values(fields)
    .onConflictDoUpdate({ target: [paymentAccounts.companyId], set: fields });
}

/** Locks the account, and says whether it is as it was read: what is saved is founded on that, and Stripe was asked in between. */
async function isStill(tx: Tx, before: StoredAccount | null): Promise<boolean> {
  // A row to lock is there also the first time.
  await tx.insert(paymentAccounts).values({ processor: 'sandbox', options: {} }).onConflictDoNothing();
  const [now] = await tx
    .select({ processor: paymentAccounts.processor, secrets: paymentAccounts.secrets })
    .from(paymentAccounts)
    .for('update');
  return now!.processor === (before?.processor ?? 'sandbox') && now!.secrets === (before?.secrets ?? null);
}

/** The new account knows none of them. Where the old key can't be read, their cards can't be removed there either. */
async function forgetCustomers(tx: Tx, had: StoredKeys | null): Promise<void> {
  await tx.delete(processorCustomers).where(eq(processorCustomers.processor, 'stripe'));
  if (had) return;
  await tx
    .update(paymentMethods)
    .set({ removedAt: new Date() })
    .where(and(eq(paymentMethods.processor, 'stripe'), isNull(paymentMethods.removedAt)));
}

/** An account that a company comes back to is asked with its new key also for what began there earlier. */
const renewed = (former: StoredKeys['former'], account: string, secretKey: string): StoredKeys['former'] =>
  former.map((one) => (account !== '' && one.account === account ? { ...one, secretKey } : one));

/** So many accounts of before are remembered; nobody changes theirs so often while something is under way. */
const MOST_FORMER = 5;

/** The accounts of before, with the one that is left now. What begins from this moment on begins at the new one. */
async function formerOf(tx: Tx, had: StoredKeys | null, moved: boolean): Promise<StoredKeys['former']> {
  if (!had || !moved) return had?.former ?? [];
  const [now] = await tx.execute<{ at: string }>(
    sql`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`,
  );
  const { former, ...left } = had;
  return [...former, { ...left, until: now!.at }].slice(-MOST_FORMER);
}

/**
 * Payments and refunds that accounts still have in hand which are not the chosen one after the change, in words; Stripe's too when another
 * account of Stripe takes the place of the old one, whatever was chosen before. Pages that nobody finished count for a day: so long they
 * can be paid.
 */
async function warningOf(tx: Tx, to: { processor: PaymentProcessor; moved: boolean }): Promise<string | null> {
  const left = sql`(p.processor in ('sandbox', 'stripe') and (p.processor <> ${to.processor} or (p.processor = 'stripe' and ${to.moved})))`;
  const [row] = await tx.execute<{ payments: number; refunds: number; stripe: boolean }>(sql`
    with under_way as (
      select p.processor, 'payment' as what from payments p
       where ${left} and (p.status = 'pending' or (p.status = 'open' and p.created_at > now() - interval '1 day'))
      union all
      select p.processor, 'refund' from refunds r join payments p on p.id = r.payment_id
       where ${left} and r.status = 'pending')
    select count(*) filter (where what = 'payment')::int as payments, count(*) filter (where what = 'refund')::int as refunds,
           coalesce(bool_or(processor = 'stripe'), false) as stripe
      from under_way`);
  const { payments = 0, refunds = 0, stripe = false } = row ?? {};
  if (payments + refunds === 0) return null;
  const counted = [many(payments, 'payment'), many(refunds, 'refund')].filter(Boolean).join(' and ');
  const isOne = payments + refunds === 1;
  const [is, it] = isOne ? ['is', 'it'] : ['are', 'them'];
  return `${counted} ${is} still under way through ${stripe ? 'the Stripe account' : 'the sandbox'}. ${whatFollows(to, stripe, it)} Wait until ${isOne ? 'it is' : 'they are'} done, or check the box to change it anyway.`;
}

/** What becomes of what is under way when the account is changed all the same. */
function whatFollows(to: { processor: PaymentProcessor }, stripe: boolean, it: string): string {
  if (stripe) return `Its key stays stored, and Stripe is asked for ${it} as long as that key is valid.`;
  if (to.processor === 'stripe') return `Payments of the sandbox that are not done by then count for nothing.`;
  return `The sandbox is asked for ${it} after the change too.`;
}

const many = (count: number, noun: string) => (count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`);
