import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import { encryptSecret } from '#app/company/crypto.server.ts';
import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { readStripeEvent } from '#app/invoicing/payments/processors/stripe-events.ts';
import { readStripeToken, stripeToken } from '#app/invoicing/payments/processors/stripe-token.server.ts';
import { connect, withCompany, type Db, type Tx } from '#db/client.ts';
import { payments } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice, makePayment } from '#tests/factories/invoices.ts';
import { SECRET } from '#tests/fakes/sending.ts';
import { intentJson } from '#tests/fakes/stripe-bank.ts';
import { closeDispute, dispute, giveBack, newIntent, settleRefund, take } from '#tests/fakes/stripe-moves.ts';
import {
  eventOf,
  HOOK_SECRET,
  makeAccount,
  SECRET_KEY,
  startFakeStripe,
  tellStripe,
  type Tampered,
} from '#tests/fakes/stripe.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { keepLog, serveWebhooks } from '#tests/setup/webhooks.ts';

const { db, url } = await createTestDatabase();
const owner = postgres(url, { max: 1, onnotice: () => {} });
afterAll(() => owner.end());
const stripe = await startFakeStripe();
afterAll(() => stripe.close());

const { lines, log, logged } = keepLog();
beforeEach(() => stripe.reset());

const serve = async (at: Db = db) =>
  (await serveWebhooks({ db: at, stripeApiBase: stripe.url, webhooks: { log } })).appOrigin;
const origin = await serve();
const hookOf = (companyId: number, at = origin) => `${at}/webhooks/stripe/${stripeToken(SECRET, companyId)}`;

type Start = { status?: 'open' | 'pending' | 'succeeded'; keys?: object | null; account?: string; reference?: boolean };

/** A company with Stripe's keys and one payment of $310 for one invoice, as both sides know it. */
async function company({
  status = 'succeeded',
  keys,
  account = SECRET_KEY,
  reference = status !== 'open',
}: Start = {}) {
  const { companyId } = await makeCompany(db);
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const secrets = keys === undefined ? { secretKey: account, webhookSecret: HOOK_SECRET } : keys;
  const box = secrets && encryptSecret(SECRET, JSON.stringify(secrets));
  const intent = newIntent(stripe, {
    account: stripe.keys.get(account)!.id,
    amount: 31_000,
    currency: 'usd',
    customer: null,
    kind: 'card',
    manual: false,
    metadata: {},
    description: null,
    futureUsage: null,
    session: null,
  });
  if (status === 'succeeded') take(stripe, intent, 31_000);
  const made = await tx(async (t) => {
    await t.execute(sql`insert into payment_accounts (processor, secrets) values ('stripe', ${box})`);
    const { customerId } = await makeCustomer(t);
    const { invoiceId } = await makeInvoice(t, { customerId, totalCents: 31_000 });
    const paymentId = await makePayment(t, {
      customerId,
      amountCents: 31_000,
      method: 'card',
      status,
      processor: 'stripe',
      source: 'portal',
      ...(reference && { reference: intent.id }),
      allocations: [{ invoiceId, amountCents: 31_000 }],
    });
    if (status === 'succeeded') {
      await postEntries(t, invoiceId, [{ kind: 'payment', amountCents: -31_000, paymentId }]);
    }
    return { customerId, invoiceId, paymentId };
  });
  intent.metadata = { fieldpost_company: String(companyId), fieldpost_payment: String(made.paymentId) };
  const tell = (event: object, as?: Tampered) => tellStripe(hookOf(companyId), event, as);
  return { companyId, tx, intent, tell, ...made };
}
type Company = Awaited<ReturnType<typeof company>>;

const intentEvent = ({ intent }: Company, type = 'payment_intent.succeeded') =>
  eventOf(type, intentJson(stripe.bank, intent));

/** Everything that the webhook could have changed. */
async function told({ companyId, tx, paymentId }: Company) {
  const payload = JSON.stringify({ companyId, paymentId });
  const checks = await owner<{ n: number }[]>`
    select count(*)::int as n from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = 'payment.check' and j.payload::jsonb = ${payload}::text::jsonb`;
  return tx(async (t) => {
    const list = async (query: ReturnType<typeof sql>) => (await t.execute<{ is: string }>(query)).map((row) => row.is);
    return {
      checks: checks[0]!.n,
      events: (await list(sql`select count(*)::text as is from processor_events`))[0],
      payment: (await list(sql`select status || ' ' || refunded_cents as is from payments where id = ${paymentId}`))[0],
      refunds: await list(sql`select amount_cents || ' ' || status as is from refunds order by id`),
      disputes: await list(sql`select amount_cents || ' ' || status || ' ' || reason as is from disputes order by id`),
    };
  });
}
const nothing = { checks: 0, events: '0', payment: 'succeeded 0', refunds: [], disputes: [] };

describe('B-17: what becomes of payments', () => {
  test('an event has the payment asked for, once, and says nothing of money by itself', async () => {
    const at = await company({ status: 'open' });
    const event = intentEvent(at);
    for (let n = 0; n < 3; n++) expect(await at.tell(event)).toEqual({ status: 200, body: 'Taken.\n' });
    expect(logged()).toEqual(['taken', 'repeated', 'repeated']);
    // Though the event says that it succeeded.
    expect(await told(at)).toEqual({ ...nothing, payment: 'open 0', checks: 1, events: '1' });
    await at.tell(intentEvent(at, 'payment_intent.payment_failed'));
    expect(await told(at)).toEqual({ ...nothing, payment: 'open 0', checks: 1, events: '2' });
  });

  test('a page’s event names the payment by our metadata before its reference is known', async () => {
    const at = await company({ status: 'open' });
    const session = {
      id: 'cs_test_1',
      object: 'checkout.session',
      metadata: at.intent.metadata,
      payment_intent: at.intent.id,
    };
    await at.tell(eventOf('checkout.session.completed', session));
    expect(await told(at)).toMatchObject({ checks: 1, events: '1' });
  });

  test('told at once by many, it is one', async () => {
    const at = await company({ status: 'pending' });
    const event = intentEvent(at);
    const answers = await Promise.all(Array.from({ length: 8 }, () => at.tell(event)));
    expect(new Set(answers.map((one) => one.status))).toEqual(new Set([200]));
    expect(await told(at)).toMatchObject({ checks: 1, events: '1' });
  });

  test('what was given back in Stripe’s dashboard is recorded once, by what Stripe says when asked', async () => {
    const at = await company();
    const refund = giveBack(stripe, at.intent, 10_000, {});
    const event = eventOf('refund.created', { ...refund, object: 'refund', amount: 31_000, status: 'succeeded' });
    await at.tell(event);
    await at.tell(event);
    // The same again, as the charge tells it.
    await at.tell(eventOf('charge.refunded', { id: 'ch_1', payment_intent: at.intent.id, metadata: {} }));
    expect(await told(at)).toEqual({
      ...nothing,
      payment: 'succeeded 10000',
      refunds: ['10000 succeeded'],
      events: '2',
    });
  });

  test('one that is on its way, then fails; told late and in any order it ends the same', async () => {
    const at = await company();
    at.intent.kind = 'us_bank_account';
    const refund = giveBack(stripe, at.intent, 10_000, {});
    await at.tell(eventOf('refund.created', { ...refund, object: 'refund' }));
    expect(await told(at)).toMatchObject({ refunds: ['10000 pending'], payment: 'succeeded 0' });
    settleRefund(stripe, refund.id, 'expired_or_canceled_card');
    for (const type of ['refund.failed', 'refund.updated'])
      await at.tell(eventOf(type, { ...refund, object: 'refund' }));
    expect(await told(at)).toMatchObject({ refunds: ['10000 failed'], payment: 'succeeded 0' });
  });

  test('what was only held and given free is no refund', async () => {
    const at = await company();
    const refund = giveBack(stripe, at.intent, 10_000, {});
    at.intent.captured = 0;
    await at.tell(eventOf('refund.created', { ...refund, object: 'refund' }));
    expect(await told(at)).toEqual(nothing);
  });

  test('a dispute is opened and closed, forward only', async () => {
    const at = await company();
    const id = dispute(stripe, at.intent.id, 'product_not_received');
    const opened = eventOf('charge.dispute.created', { id, payment_intent: at.intent.id });
    await at.tell(opened);
    expect(await told(at)).toMatchObject({ disputes: ['31000 open product_not_received'] });
    closeDispute(stripe, id, 'won');
    await at.tell(eventOf('charge.dispute.closed', { id, payment_intent: at.intent.id }));
    // Late, and told once more.
    await at.tell(eventOf('charge.dispute.updated', { id, payment_intent: at.intent.id }));
    await at.tell(opened);
    expect(await told(at)).toMatchObject({ disputes: ['31000 won product_not_received'], events: '3' });
  });

  test('before its payment has arrived, it is told again later, and the payment is asked for', async () => {
    const at = await company({ status: 'pending' });
    take(stripe, at.intent, 31_000);
    const refund = giveBack(stripe, at.intent, 5_000, {});
    const event = eventOf('refund.created', { ...refund, object: 'refund' });
    expect((await at.tell(event)).status).toBe(503);
    expect(await told(at)).toEqual({ ...nothing, payment: 'pending 0', checks: 1 });
    await at.tx((t) => t.update(payments).set({ status: 'succeeded' }));
    expect((await at.tell(event)).status).toBe(200);
    expect(await told(at)).toMatchObject({ refunds: ['5000 succeeded'], events: '1' });
  });
});

describe('who may tell', () => {
  test('forged, stale, oversized and malformed events are refused and logged, and nothing is stored', async () => {
    const at = await company({ status: 'pending' });
    const event = intentEvent(at);
    const text = JSON.stringify(event);
    const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1000) - seconds;
    const cases: [Tampered & { event?: object }, number, string][] = [
      [{ secrets: ['whsec_of_another'] }, 400, 'signature'],
      [{ secrets: [] }, 400, 'signature'],
      [{ signature: null }, 400, 'signature'],
      [{ signature: '' }, 400, 'signature'],
      [{ signature: 't=1,v1=00' }, 400, 'signature'],
      [{ body: text.replace('31000', '31001') }, 400, 'signature'],
      [{ body: `${text} ` }, 400, 'signature'],
      [{ body: '' }, 400, 'signature'],
      [{ timestamp: secondsAgo(320) }, 400, 'signature'],
      [{ event: { ...event, id: 'x' } }, 400, 'malformed'],
      [{ event: { id: 'evt_1', type: 'x', data: {} } }, 400, 'malformed'],
      [{ event: [] }, 400, 'malformed'],
      [{ body: 'x'.repeat(270_000) }, 413, 'too_long'],
    ];
    for (const [{ event: other, ...as }, status, why] of cases) {
      lines.length = 0;
      expect((await at.tell(other ?? event, as)).status, why).toBe(status);
      expect(logged()).toEqual([why]);
      expect(lines.join('')).not.toContain(at.intent.id);
    }
    expect(await told(at)).toEqual({ ...nothing, payment: 'pending 0' });
  });

  test('while one secret takes over from another, one signature of two is enough', async () => {
    const at = await company({ status: 'pending' });
    expect((await at.tell(intentEvent(at), { secrets: ['whsec_newer', HOOK_SECRET] })).status).toBe(200);
    expect((await at.tell(intentEvent(at), { timestamp: Math.floor(Date.now() / 1000) - 280 })).status).toBe(200);
    expect(await told(at)).toMatchObject({ events: '2' });
  });

  test('an address that was not made here, and a company without keys: nothing is there', async () => {
    const at = await company({ keys: { secretKey: SECRET_KEY, webhookSecret: '' } });
    const none = await company({ keys: null });
    expect((await at.tell(intentEvent(at))).status).toBe(404);
    expect((await none.tell(intentEvent(none))).status).toBe(404);
    const token = stripeToken(SECRET, at.companyId);
    for (const other of [`${token}x`, token.replace('-', '1-'), stripeToken('another', at.companyId), 'x']) {
      expect((await tellStripe(`${origin}/webhooks/stripe/${other}`, intentEvent(at))).status).toBe(404);
    }
    expect([readStripeToken(SECRET, token), readStripeToken(SECRET, '')]).toEqual([at.companyId, null]);
    expect((await fetch(hookOf(at.companyId))).status).toBe(405);
  });

  test('one company’s secret opens nothing of another, nor does another’s payment by name', async () => {
    const [ours, theirs] = [await company({ status: 'pending' }), await company({ status: 'pending' })];
    // Signed well, at our own address, about a payment of theirs.
    expect((await ours.tell(intentEvent(theirs))).status).toBe(200);
    const claimed = { id: 'pi_claimed', metadata: { ...ours.intent.metadata, fieldpost_payment: '999999' } };
    expect((await ours.tell(eventOf('payment_intent.succeeded', claimed))).status).toBe(200);
    expect(logged()).toEqual(['unknown', 'unknown']);
    const wrongly = {
      id: 'pi_other',
      metadata: { ...ours.intent.metadata, fieldpost_company: String(theirs.companyId) },
    };
    expect((await ours.tell(eventOf('payment_intent.succeeded', wrongly))).status).toBe(200);
    for (const at of [ours, theirs]) expect(await told(at)).toEqual({ ...nothing, payment: 'pending 0' });
  });

  test('what is not ours, or says nothing of payments, is taken and changes nothing', async () => {
    const at = await company();
    stripe.keys.set('sk_test_of_another_0123', makeAccount());
    const other = await company({ account: 'sk_test_of_another_0123' });
    const foreign = giveBack(stripe, other.intent, 100, {});
    for (const event of [
      eventOf('customer.created', { id: 'cus_1' }),
      eventOf('constructor', { id: 'x_1' }),
      eventOf('refund.created', { id: foreign.id, payment_intent: other.intent.id }),
      eventOf('charge.dispute.created', { id: 'du_of_nobody' }),
      eventOf('charge.refunded', { id: 'ch_1', payment_intent: null }),
    ]) {
      expect((await at.tell(event)).status).toBe(200);
    }
    expect(await told(at)).toEqual(nothing);
    expect(readStripeEvent({ id: 'evt_1', type: 'refund.created', data: { object: { id: '../x' } } })).toBeNull();
  });

  test('also while the company has gone back to the sandbox: payments are under way for days', async () => {
    const at = await company({ status: 'pending' });
    await at.tx((t) => t.execute(sql`update payment_accounts set processor = 'none'`));
    expect((await at.tell(intentEvent(at))).status).toBe(200);
    expect(await told(at)).toMatchObject({ checks: 1 });
  });

  test('Stripe or the database away: 503, and the log says what failed without anybody’s data', async () => {
    const at = await company();
    const refund = giveBack(stripe, at.intent, 100, {});
    stripe.behave = () => ({ status: 503 });
    expect((await at.tell(eventOf('refund.created', { ...refund, object: 'refund' }))).status).toBe(503);
    const away = connect('postgres://nobody@127.0.0.1:1/none', { max: 1 });
    const there = await serve(away.db);
    expect((await tellStripe(hookOf(at.companyId, there), intentEvent(at))).status).toBe(503);
    expect(lines.join('')).toContain('webhook failed');
    expect(lines.join('')).not.toContain(at.intent.id);
    await away.close();
    expect(await told(at)).toEqual(nothing);
  });
});
