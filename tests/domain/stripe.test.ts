import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import { ProcessorBlocked, ProcessorUnsure } from '#app/invoicing/payments/processor-errors.ts';
import type { CheckoutRequest, PaymentState, SavedCharge } from '#app/invoicing/payments/processor.ts';
import { declineOf, stripeDeclines, stripeMeaning } from '#app/invoicing/payments/processors/stripe-errors.ts';
import { stripeProcessor } from '#app/invoicing/payments/processors/stripe.server.ts';
import { ACCOUNTS, CARDS, refusalOf } from '#tests/fakes/stripe-bank.ts';
import { clear, giveBack, settleRefund } from '#tests/fakes/stripe-moves.ts';
import { endPages } from '#tests/fakes/stripe-page.ts';
import { makeAccount, SECRET_KEY, startFakeStripe, type StripeBehaviour } from '#tests/fakes/stripe.ts';

const stripe = await startFakeStripe();
afterAll(() => stripe.close());
beforeEach(() => stripe.reset());

const processor = (secretKey = SECRET_KEY, base = stripe.url) =>
  stripeProcessor({ secretKey, base, answerTimeoutMs: 2_000 });

let keys = 0;
const newKey = () => `key-of-a-test-${++keys}`;
const metadata = { companyId: '7', paymentId: '41' };

const newCustomer = async (at = processor()) =>
  (await at.customer({ idempotencyKey: newKey(), name: 'Ann Ames', email: 'ann@example.com' })).reference;

async function checkout(more: Partial<CheckoutRequest> = {}) {
  const request: CheckoutRequest = {
    idempotencyKey: newKey(),
    amountCents: 31_000,
    currency: 'USD',
    method: 'card',
    description: 'Invoice 1042 from Gulf Coast Comfort',
    customerReference: await newCustomer(),
    saveMethod: false,
    returnUrl: 'http://demo.portal.localhost/back',
    cancelUrl: 'http://demo.portal.localhost/given-up',
    metadata,
    ...more,
  };
  return { request, ...(await processor().openCheckout(request)) };
}

/** What a browser does on the page. */
const submit = async (url: string, fields: Record<string, string>) => {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() };
};

async function paid(number: string, more: Partial<CheckoutRequest> = {}) {
  const at = await checkout(more);
  await submit(at.url, { number });
  return { ...at, state: await processor().find({ checkout: at.checkout }) };
}

const referenceOf = (state: PaymentState) => ('reference' in state ? state.reference : '');
const visa = { kind: 'card', brand: 'Visa', last4: '4242', expiry: { month: 12, year: 2031 }, saved: null };
const account = { kind: 'ach', brand: 'STRIPE TEST BANK', last4: '6789', expiry: null, saved: null };

describe('S3-19: the processor’s own page', () => {
  test('says what is asked, and holds a card without taking anything', async () => {
    const at = await checkout();
    expect(at.checkout).toMatch(/^cs_test_/);
    const page = await (await fetch(at.url)).text();
    expect(page).toContain('Invoice 1042 from Gulf Coast Comfort');
    expect(page).toContain('$310.00');
    expect(await processor().find({ checkout: at.checkout })).toEqual({ state: 'open' });
    expect(await submit(at.url, { number: '4242 4242 4242 4242' })).toMatchObject({
      status: 303,
      location: 'http://demo.portal.localhost/back',
    });
    const state = await processor().find({ checkout: at.checkout });
    expect(state).toEqual({
      state: 'authorized',
      reference: expect.stringMatching(/^pi_/),
      amountCents: 31_000,
      method: visa,
    });
    expect(stripe.money()).toEqual({ held: 31_000, taken: 0, refunded: 0 });
    const asked = stripe.requests.find((one) => one.path === '/v1/checkout/sessions')!;
    expect(asked.params).toEqual({
      mode: 'payment',
      allowed_payment_method_types: { 0: 'card' },
      payment_method_options: { card: { capture_method: 'manual' } },
      wallet_options: { link: { display: 'never' } },
      customer: at.request.customerReference,
      line_items: {
        0: {
          quantity: '1',
          price_data: {
            currency: 'usd',
            unit_amount: '31000',
            product_data: { name: 'Invoice 1042 from Gulf Coast Comfort' },
          },
        },
      },
      payment_intent_data: {
        description: 'Invoice 1042 from Gulf Coast Comfort',
        metadata: { fieldpost_company: '7', fieldpost_payment: '41', fieldpost_key: at.request.idempotencyKey },
      },
      adaptive_pricing: { enabled: 'false' },
      metadata: { fieldpost_company: '7', fieldpost_payment: '41', fieldpost_key: at.request.idempotencyKey },
      success_url: 'http://demo.portal.localhost/back',
      cancel_url: 'http://demo.portal.localhost/given-up',
      locale: 'auto',
    });
    expect(asked.key).toBe(at.request.idempotencyKey);
  });

  test('a card that is declined leaves the page open for another one', async () => {
    const at = await checkout();
    expect((await submit(at.url, { number: CARDS.insufficient })).text).toContain('declined');
    expect(await processor().find({ checkout: at.checkout })).toEqual({ state: 'open' });
    await submit(at.url, { number: CARDS.mastercard });
    expect(await processor().find({ checkout: at.checkout })).toMatchObject({
      state: 'authorized',
      method: { brand: 'Mastercard', last4: '4444' },
    });
    expect(stripe.money()).toEqual({ held: 31_000, taken: 0, refunded: 0 });
  });

  test('a bank that asks the card’s owner: denied it stays open, confirmed it is held', async () => {
    const at = await checkout();
    expect((await submit(at.url, { number: CARDS.asks })).text).toContain('Your bank asks');
    expect(await processor().find({ checkout: at.checkout })).toEqual({ state: 'open' });
    expect((await submit(at.url, { bank: 'no' })).text).toContain('did not confirm');
    expect(await processor().find({ checkout: at.checkout })).toEqual({ state: 'open' });
    await submit(at.url, { bank: 'yes' });
    expect(await processor().find({ checkout: at.checkout })).toMatchObject({ state: 'authorized' });
  });

  test('a page that nobody finished, and one that we closed, take nothing; one that was finished stays', async () => {
    const [left, closed] = [await checkout(), await checkout()];
    await processor().closeCheckout(closed.checkout);
    await processor().closeCheckout(closed.checkout);
    expect((await submit(closed.url, { number: CARDS.good })).text).toContain('expired');
    endPages(stripe);
    expect(await processor().find({ checkout: left.checkout })).toEqual({ state: 'expired' });
    expect(await processor().find({ checkout: closed.checkout })).toEqual({ state: 'expired' });
    const done = await paid(CARDS.good);
    await processor().closeCheckout(done.checkout);
    expect(await processor().find({ checkout: done.checkout })).toMatchObject({ state: 'authorized' });
  });

  test('money counts before what the page says of itself', async () => {
    const { checkout: id } = await paid(CARDS.good);
    stripe.bank.sessions.get(id)!.status = 'open';
    expect(await processor().find({ checkout: id })).toMatchObject({ state: 'authorized' });
  });
});

describe('what is held is taken once', () => {
  test('in full, and asked again it is the same', async () => {
    const { state } = await paid(CARDS.good);
    const request = { amountCents: 31_000, idempotencyKey: newKey() };
    const taken = { state: 'succeeded', reference: referenceOf(state), amountCents: 31_000, method: visa };
    expect(await processor().capture(referenceOf(state), request)).toEqual(taken);
    expect(await processor().capture(referenceOf(state), request)).toEqual(taken);
    // Another key too: what was taken is found.
    expect(await processor().capture(referenceOf(state), { ...request, idempotencyKey: newKey() })).toEqual(taken);
    expect(stripe.money()).toEqual({ held: 0, taken: 31_000, refunded: 0 });
  });

  test('in part: the rest is given free', async () => {
    const { state, checkout: id } = await paid(CARDS.good);
    await processor().capture(referenceOf(state), { amountCents: 12_345, idempotencyKey: newKey() });
    expect(await processor().find({ checkout: id })).toMatchObject({ state: 'succeeded', amountCents: 12_345 });
    expect(stripe.money()).toEqual({ held: 0, taken: 12_345, refunded: 0 });
  });

  test('or given free: then nothing can be taken any more', async () => {
    const { state, checkout: id } = await paid(CARDS.good);
    const request = { idempotencyKey: newKey() };
    expect(await processor().release(referenceOf(state), request)).toEqual({ state: 'expired' });
    expect(await processor().release(referenceOf(state), request)).toEqual({ state: 'expired' });
    expect(await processor().find({ checkout: id })).toEqual({ state: 'expired' });
    const late = { amountCents: 31_000, idempotencyKey: newKey() };
    expect(await processor().capture(referenceOf(state), late)).toEqual({ state: 'expired' });
    expect(stripe.money()).toEqual({ held: 0, taken: 0, refunded: 0 });
  });

  test('what was taken meanwhile is not given free', async () => {
    const { state } = await paid(CARDS.good);
    await processor().capture(referenceOf(state), { amountCents: 31_000, idempotencyKey: newKey() });
    expect(await processor().release(referenceOf(state), { idempotencyKey: newKey() })).toMatchObject({
      state: 'succeeded',
    });
    expect(stripe.money().taken).toBe(31_000);
  });

  test('more than is held is refused, and stays held', async () => {
    const { state } = await paid(CARDS.good);
    const more = { amountCents: 31_001, idempotencyKey: newKey() };
    await expect(processor().capture(referenceOf(state), more)).rejects.toBeInstanceOf(ProcessorBlocked);
    expect(stripe.money()).toEqual({ held: 31_000, taken: 0, refunded: 0 });
  });
});

describe('S3-19: a bank account', () => {
  test('is on its way for days, then succeeds', async () => {
    const { state, checkout: id } = await paid(ACCOUNTS.good, { method: 'ach' });
    expect(state).toEqual({ state: 'processing', reference: expect.stringMatching(/^pi_/), method: account });
    expect(stripe.money()).toEqual({ held: 0, taken: 0, refunded: 0 });
    clear(stripe, referenceOf(state));
    expect(await processor().find({ checkout: id })).toMatchObject({ state: 'succeeded', amountCents: 31_000 });
  });

  test.each([
    ['insufficient', 'insufficient_funds'],
    ['closed', 'account_closed'],
    ['none', 'bank_refused'],
    ['unauthorized', 'bank_refused'],
  ] as const)('%s: fails days later as %s', async (number, reason) => {
    const { state, checkout: id } = await paid(ACCOUNTS[number], { method: 'ach' });
    expect(state.state).toBe('processing');
    clear(stripe, referenceOf(state));
    expect(await processor().find({ checkout: id })).toMatchObject({
      state: 'failed',
      reason,
      reference: referenceOf(state),
      method: { kind: 'ach', last4: ACCOUNTS[number].slice(-4) },
    });
    expect(stripe.money().taken).toBe(0);
  });

  test('can’t be stopped once it is on its way: it says so', async () => {
    const { state } = await paid(ACCOUNTS.good, { method: 'ach' });
    expect(await processor().release(referenceOf(state), { idempotencyKey: newKey() })).toMatchObject({
      state: 'processing',
    });
  });
});

/** A method that its owner asked to keep. */
async function kept(number: string, method: 'card' | 'ach' = 'card') {
  const { request, state } = await paid(method === 'card' ? CARDS.good : ACCOUNTS.good, { method, saveMethod: true });
  const methodReference = ('method' in state && state.method?.saved?.methodReference) || '';
  const found = stripe.bank.methods.get(methodReference);
  if (found) found.number = number;
  const charge: SavedCharge = {
    idempotencyKey: newKey(),
    amountCents: 5_000,
    currency: 'USD',
    description: 'Invoice 1043 from Gulf Coast Comfort',
    customerReference: request.customerReference,
    methodReference,
    method,
    metadata: { companyId: '7', paymentId: '42' },
  };
  return { charge, asked: stripe.requests.findLast((one) => one.path === '/v1/checkout/sessions')!.params };
}

describe('S4-11: a method that is kept', () => {
  test('is named once its owner asked for it, and charged at once', async () => {
    const { charge, asked } = await kept(CARDS.good);
    expect(charge.methodReference).toMatch(/^pm_/);
    expect(asked).toMatchObject({
      payment_intent_data: { setup_future_usage: 'on_session' },
      payment_method_data: { allow_redisplay: 'limited' },
    });
    const state = await processor().chargeSaved(charge);
    expect(state).toMatchObject({ state: 'succeeded', amountCents: 5_000, method: { brand: 'Visa', saved: null } });
    expect(await processor().chargeSaved(charge)).toEqual(state);
    expect(stripe.money()).toEqual({ held: 31_000, taken: 5_000, refunded: 0 });
  });

  test('an account is debited by its mandate, and takes days', async () => {
    const { charge, asked } = await kept(ACCOUNTS.good, 'ach');
    expect(asked).toMatchObject({ payment_intent_data: { setup_future_usage: 'off_session' } });
    const state = await processor().chargeSaved(charge);
    expect(state).toMatchObject({ state: 'processing', method: { kind: 'ach' } });
    expect(stripe.requests.at(-1)!.params).toMatchObject({ off_session: 'true' });
  });

  test('where the bank asks its owner, nothing is taken', async () => {
    const { charge } = await kept(CARDS.asks);
    expect(await processor().chargeSaved(charge)).toEqual({ state: 'needs_payer' });
    expect(await processor().find({ idempotencyKey: charge.idempotencyKey })).toMatchObject({
      state: 'failed',
      reason: 'authentication_failed',
    });
    expect(stripe.money().taken).toBe(0);
  });

  test.each([
    [CARDS.declined, 'declined'],
    [CARDS.insufficient, 'insufficient_funds'],
    [CARDS.expired, 'expired_card'],
  ])('%s is declined as %s, also when asked again', async (number, reason) => {
    const { charge } = await kept(number);
    const refused = await processor().chargeSaved(charge);
    expect(refused).toMatchObject({ state: 'failed', reason, method: { brand: 'Visa', last4: number.slice(-4) } });
    expect(referenceOf(refused as PaymentState)).toMatch(/^pi_/);
    expect(await processor().chargeSaved(charge)).toEqual(refused);
    expect(await processor().find({ idempotencyKey: charge.idempotencyKey })).toMatchObject({
      state: 'failed',
      reason,
      reference: referenceOf(refused as PaymentState),
    });
    expect(stripe.money().taken).toBe(0);
  });

  test('one that was removed is forgotten, and can’t be charged', async () => {
    const { charge } = await kept(CARDS.good);
    await processor().forget(charge.methodReference);
    await processor().forget(charge.methodReference);
    await processor().forget('pm_of_nobody');
    expect(await processor().chargeSaved(charge)).toEqual({
      state: 'failed',
      reason: 'declined',
      reference: '',
      method: null,
    });
  });
});

describe('an answer that was lost', () => {
  const losses = ['drop', 'hang', 'reset', 'gateway', { status: 500 }, { status: 429 }, { status: 409 }] as const;

  test.each(losses)('%o: opening the page again finds the same page', async (loss) => {
    const customerReference = await newCustomer();
    const request = { idempotencyKey: newKey(), customerReference };
    stripe.behave = () => loss;
    await expect(checkout(request)).rejects.toBeInstanceOf(ProcessorUnsure);
    stripe.behave = () => 'ok';
    const first = await checkout(request);
    expect((await checkout(request)).checkout).toBe(first.checkout);
    expect(stripe.bank.sessions.size).toBe(1);
  });

  test.each(losses)('%o: what was held is taken once', async (loss) => {
    const { state } = await paid(CARDS.good);
    const request = { amountCents: 31_000, idempotencyKey: newKey() };
    stripe.behave = () => loss;
    await expect(processor().capture(referenceOf(state), request)).rejects.toBeInstanceOf(ProcessorUnsure);
    stripe.behave = () => 'ok';
    expect(await processor().capture(referenceOf(state), request)).toMatchObject({ state: 'succeeded' });
    expect(stripe.money()).toEqual({ held: 0, taken: 31_000, refunded: 0 });
  });

  test.each(['drop', 'hang'] as const)('%s: a saved card that was charged is found by its key', async (loss) => {
    const { charge } = await kept(CARDS.good);
    stripe.behave = () => loss;
    await expect(processor().chargeSaved(charge)).rejects.toBeInstanceOf(ProcessorUnsure);
    stripe.behave = () => 'ok';
    const found = { state: 'succeeded', amountCents: 5_000 };
    expect(await processor().find({ idempotencyKey: charge.idempotencyKey })).toMatchObject(found);
    expect(stripe.requests.some((one) => one.path.endsWith('/search'))).toBe(false);
    expect(await processor().chargeSaved(charge)).toMatchObject(found);
    expect(stripe.money().taken).toBe(5_000);
  });

  test('days later it is found by search, and among many by paging', async () => {
    const { charge } = await kept(CARDS.good);
    await processor().chargeSaved(charge);
    const made = [...stripe.bank.intents.values()].at(-1)!;
    made.created -= 3 * 86_400;
    expect(await processor().find({ idempotencyKey: charge.idempotencyKey })).toMatchObject({ state: 'succeeded' });
    expect(stripe.requests.some((one) => one.path.endsWith('/search'))).toBe(true);
    made.created += 3 * 86_400;
    for (let n = 0; n < 150; n++) stripe.bank.intents.set(`pi_${n}`, { ...made, id: `pi_${n}`, metadata: {} });
    stripe.requests.length = 0;
    expect(await processor().find({ idempotencyKey: charge.idempotencyKey })).toMatchObject({ reference: made.id });
    expect(stripe.requests.map((one) => one.path)).toEqual([
      '/v1/payment_intents',
      '/v1/payment_intents',
      `/v1/payment_intents/${made.id}`,
    ]);
  });

  test('what Stripe never heard of took nothing', async () => {
    const { charge } = await kept(CARDS.good);
    stripe.behave = () => 'reset';
    await expect(processor().chargeSaved(charge)).rejects.toBeInstanceOf(ProcessorUnsure);
    await expect(processor().find({ idempotencyKey: charge.idempotencyKey })).rejects.toBeInstanceOf(ProcessorUnsure);
    stripe.behave = () => 'ok';
    expect(await processor().find({ idempotencyKey: charge.idempotencyKey })).toEqual({ state: 'expired' });
    expect(await processor().find({ idempotencyKey: "x' OR metadata['a']:'b" })).toEqual({ state: 'expired' });
  });

  test('the same key for something else is refused, and not taken for an answer', async () => {
    const { charge } = await kept(CARDS.good);
    await processor().chargeSaved(charge);
    await expect(processor().chargeSaved({ ...charge, amountCents: 6_000 })).rejects.toBeInstanceOf(ProcessorUnsure);
    expect(stripe.money().taken).toBe(5_000);
  });

  test('a customer is made once for a key and a name', async () => {
    const request = { idempotencyKey: newKey(), name: 'Ann Ames', email: null };
    const { reference } = await processor().customer(request);
    expect(await processor().customer(request)).toEqual({ reference });
    expect(await processor().customer({ ...request, name: 'Ann Bell' })).not.toEqual({ reference });
  });
});

describe('B-17: money given back', () => {
  test('a card at once, an account after days, each once for its key', async () => {
    const card = await paid(CARDS.good);
    await processor().capture(referenceOf(card.state), { amountCents: 31_000, idempotencyKey: newKey() });
    const request = { idempotencyKey: newKey(), reference: referenceOf(card.state), amountCents: 10_000 };
    const given = await processor().refund(request);
    expect(given).toEqual({ state: 'succeeded', reference: expect.stringMatching(/^re_/) });
    expect(await processor().refund(request)).toEqual(given);
    expect(stripe.money()).toEqual({ held: 0, taken: 31_000, refunded: 10_000 });
    const bank = await paid(ACCOUNTS.good, { method: 'ach' });
    clear(stripe, referenceOf(bank.state));
    const slow = await processor().refund({ ...request, idempotencyKey: newKey(), reference: referenceOf(bank.state) });
    expect(slow.state).toBe('pending');
    const { reference } = slow as { reference: string };
    settleRefund(stripe, reference);
    expect(await processor().findRefund({ reference })).toEqual({ state: 'succeeded', reference });
  });

  test('an answer that was lost does not give it back twice', async () => {
    const { state } = await paid(CARDS.good);
    await processor().capture(referenceOf(state), { amountCents: 31_000, idempotencyKey: newKey() });
    const request = { idempotencyKey: newKey(), reference: referenceOf(state), amountCents: 31_000 };
    stripe.behave = () => 'drop';
    await expect(processor().refund(request)).rejects.toBeInstanceOf(ProcessorUnsure);
    stripe.behave = () => 'ok';
    expect(await processor().refund(request)).toMatchObject({ state: 'succeeded' });
    expect(stripe.money().refunded).toBe(31_000);
  });

  for (const cents of [10_000, 31_000]) {
    test(`${cents} cents, asked for again when Stripe has forgotten the key, are given back once`, async () => {
      const { state } = await paid(CARDS.good);
      const reference = referenceOf(state);
      await processor().capture(reference, { amountCents: 31_000, idempotencyKey: newKey() });
      const request = { idempotencyKey: newKey(), reference, amountCents: cents };
      stripe.behave = ({ method }) => (method === 'POST' ? 'drop' : 'ok');
      await expect(processor().refund(request)).rejects.toBeInstanceOf(ProcessorUnsure);
      stripe.behave = () => 'ok';
      stripe.forgetKeys();
      const [made] = stripe.bank.refunds.keys();
      expect(await processor().refund(request)).toEqual({ state: 'succeeded', reference: made });
      expect(stripe.money().refunded).toBe(cents);
    });
  }

  test('one is found behind a hundred others, and while another call makes it', async () => {
    const { state } = await paid(CARDS.good);
    const reference = referenceOf(state);
    await processor().capture(reference, { amountCents: 31_000, idempotencyKey: newKey() });
    const request = { idempotencyKey: newKey(), reference, amountCents: 10_000 };
    const first = await processor().refund(request);
    const intent = stripe.bank.intents.get(reference)!;
    for (let n = 0; n < 100; n++) giveBack(stripe, intent, 1, {});
    stripe.forgetKeys();
    expect(await processor().refund(request)).toEqual(first);
    expect(stripe.money().refunded).toBe(10_100);
    const rest = { idempotencyKey: newKey(), reference, amountCents: 20_900 };
    // It arrives between our look and our call.
    stripe.behave = ({ method, path }) => {
      if (method === 'POST' && path === '/v1/refunds')
        giveBack(stripe, intent, 20_900, { fieldpost_key: rest.idempotencyKey });
      return 'ok';
    };
    expect(await processor().refund(rest)).toMatchObject({ state: 'succeeded' });
    expect(stripe.money().refunded).toBe(31_000);
  });

  test('what can’t be given back says why', async () => {
    const { state } = await paid(CARDS.good);
    await processor().capture(referenceOf(state), { amountCents: 31_000, idempotencyKey: newKey() });
    const give = (amountCents: number) =>
      processor().refund({ idempotencyKey: newKey(), reference: referenceOf(state), amountCents });
    expect(await give(31_001)).toMatchObject({ state: 'failed', reason: expect.stringContaining('greater than') });
    const given = await give(31_000);
    expect(await give(1)).toEqual({
      state: 'unclear',
      reason: expect.stringContaining('all of this payment was given back, but not by this refund'),
    });
    const { reference } = given as { reference: string };
    settleRefund(stripe, reference, 'expired_or_canceled_card');
    expect(await processor().findRefund({ reference })).toEqual({
      state: 'failed',
      reason: 'The card has expired or was canceled.',
      reference,
    });
  });
});

describe('S2-14: what is wrong with the account is told in words', () => {
  const blocked = async (behaviour: StripeBehaviour) => {
    stripe.behave = ({ path }) => (path.startsWith('/v1/checkout') ? behaviour : 'ok');
    return checkout().catch((error: unknown) => (error instanceof ProcessorBlocked ? error.message : String(error)));
  };

  test('a wrong key, one that is none, and one that may not', async () => {
    const wrong = processor('sk_test_of_nobody_0123456789');
    await expect(wrong.find({ checkout: 'cs_1' })).rejects.toThrow(/does not know the secret key/);
    await expect(wrong.find({ checkout: 'cs_1' })).rejects.toBeInstanceOf(ProcessorBlocked);
    await expect(processor('pk_test_0123456789').find({ checkout: 'cs_1' })).rejects.toBeInstanceOf(ProcessorBlocked);
    expect(stripe.requests.every((one) => one.path === '/v1/checkout/sessions/cs_1')).toBe(true);
    expect(stripe.requests).toHaveLength(2);
    stripe.lacking.set(SECRET_KEY, new Map([['sessions', 'rak_checkout_session_write']]));
    await expect(checkout()).rejects.toThrow(/lacks the permission rak_checkout_session_write/);
  });

  test('what is not turned on, and a key that was replaced', async () => {
    expect(await blocked({ status: 401, code: 'api_key_expired' })).toContain('was replaced');
    expect(await blocked({ status: 400, code: 'testmode_charges_only' })).toContain('test payments only');
    expect(await blocked({ status: 400, code: 'x', message: 'No.' })).toBe('Stripe refuses (x): No.');
    stripe.keys.set('sk_test_cards_only_0123', makeAccount({ methods: new Set(['card']) }));
    const at = processor('sk_test_cards_only_0123');
    const customerReference = await newCustomer(at);
    const { request } = await (async () => {
      stripe.behave = () => 'ok';
      return checkout();
    })();
    await expect(at.openCheckout({ ...request, customerReference, method: 'ach' })).rejects.toThrow(
      /No valid payment method types/,
    );
  });

  test('another account knows nothing of our payments', async () => {
    const { checkout: id } = await paid(CARDS.good);
    stripe.keys.set('sk_live_other_0123456789', makeAccount({ live: true }));
    const other = processor('sk_live_other_0123456789');
    expect([processor().test, other.test]).toEqual([true, false]);
    await expect(other.find({ checkout: id })).rejects.toThrow(/No such checkout.session/);
  });

  test('nobody there', async () => {
    const nobody = processor(SECRET_KEY, 'http://127.0.0.1:1');
    await expect(nobody.find({ checkout: 'cs_1' })).rejects.toThrow(/can’t be reached/);
  });
});

test('every code has its reason, and what is not known is one of the method', () => {
  for (const [code, reason] of Object.entries(stripeDeclines)) {
    expect(declineOf({ code: 'card_declined', decline_code: code }, 'card')).toBe(reason);
    expect(declineOf({ code }, 'ach')).toBe(reason);
    expect(declineOf({ code: 'new_one', network_decline_code: code }, 'ach')).toBe(reason);
  }
  expect(declineOf({ code: 'card_declined', decline_code: 'do_not_honor' }, 'card')).toBe('declined');
  expect(declineOf({ code: 'constructor' }, 'ach')).toBe('bank_refused');
  expect(refusalOf(CARDS.good)).toBeNull();
  expect(stripeMeaning(new Error('x'))).toMatchObject({ kind: 'unsure' });
  expect(stripeMeaning(undefined)).toMatchObject({ kind: 'unsure' });
});
