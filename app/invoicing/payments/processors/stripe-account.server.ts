import type Stripe from 'stripe';

import { connectStripe, type StripeOptions } from './stripe-client.server.ts';
import { raise, stripeMeaning } from './stripe-errors.ts';

/** What Stripe says of an account. Null where a restricted key may not ask. */
export type StripeAccount = {
  /** Stripe's own name for it. */
  id: string | null;
  name: string | null;
  country: string | null;
  chargesEnabled: boolean | null;
  cards: boolean | null;
  ach: boolean | null;
};

export type StripeCheck =
  | { ok: true; account: StripeAccount }
  /** `unsure`: Stripe gave no answer, and the key may be good. */
  | { ok: false; why: string; unsure: boolean };

const notAsked: StripeAccount = { id: null, name: null, country: null, chargesEnabled: null, cards: null, ach: null };

/**
 * Asks Stripe whose key this is, and what the account can take. A restricted key may not be allowed to ask for its account; then what it
 * is needed for is tried instead, as far as reading goes. Nothing is changed at Stripe.
 */
export async function checkStripe(options: StripeOptions): Promise<StripeCheck> {
  try {
    const stripe = await connectStripe(options);
    const account = await ownAccount(stripe);
    if (account) return { ok: true, account };
    await stripe.customers.list({ limit: 1 });
    await stripe.checkout.sessions.list({ limit: 1 });
    await stripe.paymentIntents.list({ limit: 1 });
    await stripe.refunds.list({ limit: 1 });
    return { ok: true, account: notAsked };
  } catch (error) {
    return whyNot(error);
  }
}

/** Null where the key may not ask. */
async function ownAccount(stripe: Stripe): Promise<StripeAccount | null> {
  let account: Stripe.Account;
  try {
    account = await stripe.accounts.retrieveCurrent();
  } catch (error) {
    if ((error as { statusCode?: unknown }).statusCode === 403) return null;
    throw error;
  }
  const { capabilities, settings } = account;
  return {
    id: account.id,
    name: settings?.dashboard.display_name || account.business_profile?.name || null,
    country: account.country ?? null,
    chargesEnabled: account.charges_enabled,
    cards: capabilities?.card_payments === 'active',
    ach: capabilities?.us_bank_account_ach_payments === 'active',
  };
}

function whyNot(error: unknown): StripeCheck {
  try {
    return raise(stripeMeaning(error));
  } catch (told) {
    const { message, name } = told as Error;
    return { ok: false, why: message, unsure: name === 'ProcessorUnsure' };
  }
}

/**
 * Whether an account knows a customer that was made with another key: then it is the same account still. Test mode and live mode are two.
 * @throws ProcessorBlocked, ProcessorUnsure when it can't be asked
 */
export async function knowsCustomer(options: StripeOptions, reference: string): Promise<boolean> {
  const stripe = await connectStripe(options);
  try {
    await stripe.customers.retrieve(reference);
    return true;
  } catch (error) {
    const meaning = stripeMeaning(error);
    return meaning.kind === 'refused' ? false : raise(meaning);
  }
}
