import { createHash } from 'node:crypto';
import type Stripe from 'stripe';

import { ProcessorUnsure } from '../processor-errors.ts';
import type { CheckoutRequest, PaymentState, Processor, RefundAnswer, RefundState, SavedCharge } from '../processor.ts';
import { connectStripe, isTestKey, type StripeOptions } from './stripe-client.server.ts';
import { declineOf, raise, stripeMeaning } from './stripe-errors.ts';
import { METADATA } from './stripe-events.ts';
import {
  ALL_GIVEN_BACK,
  refundRefusals,
  shownOf,
  SHOWN,
  stateOfIntent,
  stateOfRefund,
  stateOfSession,
} from './stripe-state.ts';

/**
 * Stripe, with its own page (Checkout) for cards and bank accounts (S2-14). Every call that could move money carries our stored key:
 * for 24 hours Stripe answers a repeated call with the first answer, so it may be asked again without harm. A repeat must say the same
 * as the first call did, which is why nothing here depends on the clock. A refund may be asked for again later than that: it is looked
 * for first.
 */
export function stripeProcessor(options: StripeOptions): Processor {
  let client: Promise<Stripe> | null = null;
  const stripe = () => (client ??= connectStripe(options));
  return {
    name: 'stripe',
    test: isTestKey(options.secretKey),
    since: options.since,
    customer: async (request) => customer(await stripe(), request),
    openCheckout: async (request) => openCheckout(await stripe(), request),
    closeCheckout: async (checkout) => closeCheckout(await stripe(), checkout),
    find: async (payment) => {
      if ('reference' in payment) return lookUp(await stripe(), payment.reference);
      return 'checkout' in payment
        ? findCheckout(await stripe(), payment.checkout)
        : findCharge(await stripe(), payment.idempotencyKey);
    },
    capture: async (reference, request) => capture(await stripe(), reference, request),
    release: async (reference, request) => release(await stripe(), reference, request),
    chargeSaved: async (request) => chargeSaved(await stripe(), request),
    refund: async (request) => refund(await stripe(), request),
    findRefund: async (refund) => findRefund(await stripe(), refund),
    forget: async (methodReference) => forget(await stripe(), methodReference),
  };
}

const metadataOf = (metadata: { companyId: string; paymentId: string }, key: string) => ({
  [METADATA.company]: metadata.companyId,
  [METADATA.payment]: metadata.paymentId,
  [METADATA.key]: key,
});

/** @throws ProcessorBlocked, ProcessorUnsure for whatever is no answer */
async function asked<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    return raise(stripeMeaning(error));
  }
}

async function customer(
  stripe: Stripe,
  { idempotencyKey, name, email }: { idempotencyKey: string; name: string; email: string | null },
): Promise<{ reference: string }> {
  const params = { name: name.slice(0, 256), ...(email && { email: email.slice(0, 512) }) };
  // A name that changed between two calls would be another request under the same key, which Stripe refuses.
  const said = createHash('sha256').update(JSON.stringify(params)).digest('base64url').slice(0, 12);
  const made = await asked(stripe.customers.create(params, { idempotencyKey: `${idempotencyKey}:${said}` }));
  return { reference: made.id };
}

async function openCheckout(stripe: Stripe, request: CheckoutRequest): Promise<{ checkout: string; url: string }> {
  const metadata = metadataOf(request.metadata, request.idempotencyKey);
  const card = request.method === 'card';
  const session = await asked(
    stripe.checkout.sessions.create(
      {
        mode: 'payment',
        allowed_payment_method_types: [card ? 'card' : 'us_bank_account'],
        payment_method_options: card
          ? // Held, and taken once it is known what is still owed.
            { card: { capture_method: 'manual' } }
          : // Small deposits would keep an invoice waiting for ten days on a payer who has gone home.
            { us_bank_account: { verification_method: 'instant' } },
        ...(card && { wallet_options: { link: { display: 'never' } } }),
        customer: request.customerReference,
        line_items: [
          {
            quantity: 1,
            price_data: {
              currency: request.currency.toLowerCase(),
              unit_amount: request.amountCents,
              product_data: { name: request.description.slice(0, 250) },
            },
          },
        ],
        payment_intent_data: {
          description: request.description.slice(0, 1000),
          metadata,
          // A card is charged again only while its owner is at our page; an account's mandate must allow for later.
          ...(request.saveMethod && { setup_future_usage: card ? 'on_session' : 'off_session' }),
        },
        // Whoever opens a payment link later is not shown what another person saved.
        ...(request.saveMethod && { payment_method_data: { allow_redisplay: 'limited' } }),
        // Everybody pays in the invoice's own currency.
        adaptive_pricing: { enabled: false },
        metadata,
        success_url: request.returnUrl,
        cancel_url: request.cancelUrl,
        locale: 'auto',
      },
      { idempotencyKey: request.idempotencyKey },
    ),
  );
  if (!session.url) throw new ProcessorUnsure('Stripe answers without a page.');
  return { checkout: session.id, url: session.url };
}

/** One that was finished, or has ended by itself, is refused, and stays as it is. */
async function closeCheckout(stripe: Stripe, checkout: string): Promise<void> {
  try {
    await stripe.checkout.sessions.expire(checkout);
  } catch (error) {
    const meaning = stripeMeaning(error);
    if (meaning.kind !== 'refused') raise(meaning);
  }
}

async function findCheckout(stripe: Stripe, checkout: string): Promise<PaymentState> {
  const expand = ['payment_intent', ...SHOWN.map((one) => `payment_intent.${one}`)];
  return stateOfSession(await asked(stripe.checkout.sessions.retrieve(checkout, { expand })));
}

/** Stripe's search knows a payment after a minute, and late on a bad day; its list knows it at once. */
const LISTED_SECONDS = 3600;
const MOST_LISTED = 1000;

/**
 * A saved method that was charged under a key: in the list of the last hour, else by search over metadata.
 * @returns `expired` when Stripe has never heard of it: then nothing was taken
 */
async function findCharge(stripe: Stripe, key: string): Promise<PaymentState> {
  const id = (await inList(stripe, key)) ?? (await bySearch(stripe, key));
  return id === null ? { state: 'expired' } : lookUp(stripe, id);
}

async function inList(stripe: Stripe, key: string): Promise<string | null> {
  const created = { gte: Math.floor(Date.now() / 1000) - LISTED_SECONDS };
  let seen = 0;
  let after: string | undefined;
  while (seen < MOST_LISTED) {
    const page = await asked(
      stripe.paymentIntents.list({ created, limit: 100, ...(after && { starting_after: after }) }),
    );
    const found = page.data.find((one) => one.metadata[METADATA.key] === key);
    if (found) return found.id;
    if (!page.has_more) return null;
    seen += page.data.length;
    after = page.data.at(-1)?.id;
  }
  throw new ProcessorUnsure('Stripe lists too many payments to find one among them.');
}

async function bySearch(stripe: Stripe, key: string): Promise<string | null> {
  // Only signs that mean nothing in a search.
  if (!/^[\w:-]{1,255}$/.test(key)) return null;
  const query = `metadata['${METADATA.key}']:'${key}'`;
  const { data } = await asked(stripe.paymentIntents.search({ query, limit: 1 }));
  return data[0]?.metadata[METADATA.key] === key ? data[0].id : null;
}

const lookUp = async (stripe: Stripe, reference: string): Promise<PaymentState> =>
  stateOfIntent(await asked(stripe.paymentIntents.retrieve(reference, { expand: SHOWN })));

async function capture(
  stripe: Stripe,
  reference: string,
  { amountCents, idempotencyKey }: { amountCents: number; idempotencyKey: string },
): Promise<PaymentState> {
  return acting(stripe, reference, (intents) =>
    intents.capture(reference, { amount_to_capture: amountCents, expand: SHOWN }, { idempotencyKey }),
  );
}

async function release(
  stripe: Stripe,
  reference: string,
  { idempotencyKey }: { idempotencyKey: string },
): Promise<PaymentState> {
  return acting(stripe, reference, (intents) =>
    intents.cancel(reference, { cancellation_reason: 'abandoned', expand: SHOWN }, { idempotencyKey }),
  );
}

/**
 * Does something with a payment that goes one way only. Stripe refuses what does not fit its state any more: taken or canceled
 * before, the hold has run out. Then its state is the answer.
 * @throws the refusal where the payment still stands as it was
 */
async function acting(
  stripe: Stripe,
  reference: string,
  act: (intents: Stripe['paymentIntents']) => Promise<Stripe.PaymentIntent>,
): Promise<PaymentState> {
  try {
    return stateOfIntent(await act(stripe.paymentIntents));
  } catch (error) {
    const meaning = stripeMeaning(error);
    if (meaning.kind !== 'refused' && meaning.kind !== 'declined') raise(meaning);
    const now = await lookUp(stripe, reference);
    return now.state === 'authorized' ? raise(meaning) : now;
  }
}

async function chargeSaved(stripe: Stripe, request: SavedCharge): Promise<PaymentState | { state: 'needs_payer' }> {
  const card = request.method === 'card';
  try {
    const intent = await stripe.paymentIntents.create(
      {
        amount: request.amountCents,
        currency: request.currency.toLowerCase(),
        customer: request.customerReference,
        payment_method: request.methodReference,
        allowed_payment_method_types: [card ? 'card' : 'us_bank_account'],
        capture_method: 'automatic',
        confirm: true,
        // A card's owner is here and can go on to a page of Stripe's; an account is debited by the mandate that was given.
        ...(card ? { error_on_requires_action: true } : { off_session: true }),
        description: request.description.slice(0, 1000),
        metadata: metadataOf(request.metadata, request.idempotencyKey),
        expand: SHOWN,
      },
      { idempotencyKey: request.idempotencyKey },
    );
    return stateOfIntent(intent);
  } catch (error) {
    return refusedCharge(error, request);
  }
}

/** What is final of an error of a charge. @throws for the rest */
function refusedCharge(error: unknown, { method }: SavedCharge): PaymentState | { state: 'needs_payer' } {
  const meaning = stripeMeaning(error);
  if (meaning.kind === 'declined') {
    if (meaning.asksPayer) return { state: 'needs_payer' };
    const shown = shownOf(meaning.method ?? {});
    return {
      state: 'failed',
      reason: declineOf(meaning.codes, method),
      reference: idOf(meaning.intent),
      method: shown,
    };
  }
  // The method, or its customer, is not there any more: it was removed in Stripe's dashboard.
  const gone = meaning.kind === 'refused' && /^(payment_method|customer)\b/.test(meaning.param);
  if (gone || (meaning.kind === 'refused' && meaning.code.startsWith('payment_method_'))) {
    return { state: 'failed', reason: method === 'ach' ? 'bank_refused' : 'declined', reference: '', method: null };
  }
  return raise(meaning);
}

async function refund(
  stripe: Stripe,
  { idempotencyKey, reference, amountCents }: { idempotencyKey: string; reference: string; amountCents: number },
): Promise<RefundAnswer> {
  const before = await refundUnder(stripe, reference, idempotencyKey);
  if (before) return before;
  try {
    const made = await stripe.refunds.create(
      { payment_intent: reference, amount: amountCents, metadata: { [METADATA.key]: idempotencyKey } },
      { idempotencyKey },
    );
    return stateOfRefund(made);
  } catch (error) {
    const meaning = stripeMeaning(error);
    if (meaning.kind !== 'refused' && meaning.kind !== 'declined') raise(meaning);
    const code = meaning.kind === 'refused' ? meaning.code : (meaning.codes.code ?? '');
    const message = meaning.kind === 'refused' ? meaning.message : '';
    // The payment is another account's: nothing can be said of it here.
    if (code === 'resource_missing') raise(meaning);
    if (code === 'charge_already_refunded') {
      // Another call of ours may have given it back just now.
      return (await refundUnder(stripe, reference, idempotencyKey)) ?? { state: 'unclear', reason: ALL_GIVEN_BACK };
    }
    const reason = refundRefusals[code] ?? `Stripe refuses it${message && `: ${message}`}`;
    return { state: 'failed', reason, reference: '' };
  }
}

async function findRefund(
  stripe: Stripe,
  refund: { reference: string } | { payment: string; idempotencyKey: string },
): Promise<RefundState | { state: 'never' }> {
  if ('reference' in refund) return stateOfRefund(await asked(stripe.refunds.retrieve(refund.reference)));
  const found = await refundUnder(stripe, refund.payment, refund.idempotencyKey);
  if (found) return found;
  // An account that does not know the payment can't say what became of it.
  await lookUp(stripe, refund.payment);
  return { state: 'never' };
}

/** The refund of a payment that was made under a key: Stripe lists all of a payment's refunds, the newest first, from the first moment. */
async function refundUnder(stripe: Stripe, reference: string, key: string): Promise<RefundState | null> {
  let after: string | undefined;
  for (;;) {
    const page = await asked(
      stripe.refunds.list({ payment_intent: reference, limit: 100, ...(after && { starting_after: after }) }),
    );
    const found = page.data.find((one) => one.metadata?.[METADATA.key] === key);
    if (found) return stateOfRefund(found);
    after = page.data.at(-1)?.id;
    if (!page.has_more || !after) return null;
  }
}

/** One that is not there any more is forgotten already. */
async function forget(stripe: Stripe, methodReference: string): Promise<void> {
  try {
    await stripe.paymentMethods.detach(methodReference);
  } catch (error) {
    const meaning = stripeMeaning(error);
    if (meaning.kind !== 'refused') raise(meaning);
  }
}

const idOf = (value: unknown): string => {
  const id = typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : value;
  return typeof id === 'string' ? id : '';
};
