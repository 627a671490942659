import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { checkLedger, postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { checkPayment } from '#app/invoicing/payments/check.server.ts';
import { listMethods, removeMethod } from '#app/invoicing/payments/methods.server.ts';
import { tellPayer } from '#app/portal/receipts.server.ts';
import { auditEntries, customers, invoices, messageContents, messages } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { formFor, linkForm, newKey, openTill, type Bill } from '#tests/factories/paying.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const { companyId } = await makeCompany(db, { portalHost: 'banked', name: 'Banked' });
const addresses = { appOrigin: 'http://office.test', portalDomain: 'p.test', linkDomain: 'l.test' };
const till = openTill(db, companyId, { tell: tellPayer(addresses, 'a-secret-for-tests-only-0123456789abcdef') });
const { ours, bill, start, begin, choose, finish, pay, payment, balances, deps } = till;
const clean = async () => expect(await ours((tx) => checkLedger(tx))).toEqual([]);
const HOUR = 3_600;

const mailTo = (address: string) =>
  ours((tx) =>
    tx
      .select({ kind: messages.kind, channel: messages.channel, text: messageContents.text })
      .from(messages)
      .innerJoin(messageContents, eq(messageContents.messageId, messages.id))
      .where(eq(messages.address, address))
      .orderBy(messages.id),
  );
const pendingOf = (id: number) =>
  ours(async (tx) => (await tx.select().from(invoices).where(eq(invoices.id, id)))[0]!.pendingCents);

test('S3-19: a bank payment is on its way, holds its part back, and arrives later, told by its own job', async () => {
  const { request, ids } = await bill(8_000);
  const form = { ...request, method: 'ach' as const, receiptTo: 'later@mail.example' };
  const { paymentId } = await pay(form);
  expect(await payment(paymentId)).toMatchObject({ status: 'pending', cardLast4: '6789' });
  expect(await pendingOf(ids[0]!)).toBe(8_000);
  expect(await balances(ids)).toEqual([8_000]);
  expect(await start({ ...request, idempotencyKey: newKey() })).toEqual({ ok: false, reason: 'busy' });
  expect(await checkPayment(deps, { companyId, paymentId })).toBe('processing');
  expect(await mailTo('later@mail.example')).toEqual([]);
  till.pass(HOUR + 1);
  expect(await checkPayment(deps, { companyId, paymentId })).toBe('succeeded');
  expect([await balances(ids), await pendingOf(ids[0]!)]).toEqual([[0], 0]);
  expect(await mailTo('later@mail.example')).toMatchObject([{ kind: 'receipt' }]);
  await clean();
});

test('a bank payment that fails days later frees its part, and its payer and the trail hear of it', async () => {
  const { request, ids, jobIds } = await bill(8_000);
  const form = { ...request, method: 'ach' as const, receiptTo: 'fails@mail.example' };
  const { paymentId, state } = await pay(form, 'bank-fails');
  expect(state).toBe('processing');
  till.pass(HOUR + 1);
  expect(await finish(paymentId)).toEqual({ state: 'failed', paymentId, reason: 'insufficient_funds' });
  expect(await finish(paymentId)).toMatchObject({ state: 'failed' });
  expect([await balances(ids), await pendingOf(ids[0]!)]).toEqual([[8_000], 0]);
  const mail = await mailTo('fails@mail.example');
  expect(mail).toMatchObject([{ kind: 'payment_failed' }]);
  expect(mail[0]!.text).toMatch(/\$80\.00.*too little money.*owed again/s);
  const trail = await ours((tx) => tx.select().from(auditEntries).where(eq(auditEntries.action, 'payment.failed')));
  expect(trail).toMatchObject([{ subjectType: 'job', subjectId: jobIds[0], details: { amountCents: 8_000 } }]);
  // Paid again with a card.
  expect(await pay({ ...request, idempotencyKey: newKey() })).toMatchObject({ state: 'succeeded' });
  await clean();
});

test('a closed account is refused on the page; nothing is under way', async () => {
  const { request } = await bill(8_000);
  const paymentId = await begin({ ...request, method: 'ach' });
  expect(await choose(paymentId, 'bank-closed')).toMatchObject({ kind: 'page', page: { declined: 'account_closed' } });
  expect(await choose(paymentId, 'good')).toEqual({ kind: 'unknown' }); // a card, on the page of a bank payment
  expect(await finish(paymentId)).toMatchObject({ state: 'open' });
});

test('a bank payment for what was paid meanwhile is stopped; one that cannot be stopped becomes credit', async () => {
  const { request, ids, customerId } = await bill(8_000);
  const stopped = await begin({ ...request, method: 'ach' });
  await choose(stopped, 'bank-good');
  await ours((tx) => postEntries(tx, ids[0]!, [{ kind: 'payment', amountCents: -8_000 }]));
  expect(await finish(stopped)).toMatchObject({ state: 'failed', reason: 'settled' });
  till.pass(HOUR + 1);
  expect(await finish(stopped)).toMatchObject({ state: 'failed' });

  const other = await bill(8_000);
  const stubborn = openTill(db, companyId, {
    processor: (sandbox) => ({
      ...sandbox,
      release: (reference) => sandbox.find({ checkout: reference }),
    }),
  });
  const unstoppable = await stubborn.begin({ ...other.request, method: 'ach' });
  await stubborn.choose(unstoppable, 'bank-good');
  await ours((tx) => postEntries(tx, other.ids[0]!, [{ kind: 'payment', amountCents: -5_000 }]));
  expect(await stubborn.finish(unstoppable)).toMatchObject({ state: 'processing' });
  expect(await pendingOf(other.ids[0]!)).toBe(3_000);
  stubborn.pass(HOUR + 1);
  expect(await stubborn.finish(unstoppable)).toMatchObject({ state: 'succeeded' });
  const [customer] = await ours((tx) => tx.select().from(customers).where(eq(customers.id, other.customerId)));
  expect(customer).toMatchObject({ balanceCents: 0, creditCents: 5_000 });
  expect(await till.taken(customerId)).toBe(0);
  await clean();
});

/** Another invoice of the same customer. */
async function more(first: Bill, cents: number) {
  const { ids } = await till.billFor(first.customerId, cents);
  return { ids, request: formFor(companyId, first.customerId, ids, [cents]) };
}
const methodsOf = (customerId: number) => ours((tx) => listMethods(tx, customerId, till.sandbox));

test('S4-11, S3-19: a card is kept when its payer asks, charged later without a page, and forgotten', async () => {
  const first = await bill(5_000);
  await pay({ ...first.request, saveMethod: true });
  const [method, ...others] = await methodsOf(first.customerId);
  expect(others).toEqual([]);
  expect(method).toMatchObject({ kind: 'card', brand: 'Visa', last4: '4242', expiry: { month: 12, year: 2034 } });

  const second = await more(first, 7_000);
  const charge = { ...second.request, savedMethodId: method!.id };
  const results = await Promise.all([start(charge), start(charge), start(charge)]);
  expect(new Set(results.map((one) => one.ok && one.kind)).size).toBe(1);
  expect(await balances(second.ids)).toEqual([0]);
  expect(await till.taken(first.customerId)).toBe(12_000);

  // Nobody else's, and not without signing in.
  const stranger = await bill(5_000);
  expect(await start({ ...stranger.request, savedMethodId: method!.id })).toEqual({ ok: false, reason: 'missing' });
  const third = await more(first, 3_000);
  const bySaved = { ...third.request, savedMethodId: method!.id };
  for (const source of ['customer_link', 'invoice_link'] as const) {
    expect(await start({ ...bySaved, source })).toEqual({ ok: false, reason: 'missing' });
  }
  expect(await start({ ...bySaved, method: 'ach' })).toEqual({ ok: false, reason: 'missing' });
  const remove = (customerId: number) => removeMethod(deps, { companyId, customerId, methodId: method!.id });
  expect(await remove(stranger.customerId)).toEqual({ ok: false, reason: 'missing' });
  expect(await remove(first.customerId)).toEqual({ ok: true });
  expect(await methodsOf(first.customerId)).toEqual([]);
  expect(await start(bySaved)).toEqual({ ok: false, reason: 'missing' });
  await clean();
});

test('S3-19: a saved method that is declined or whose bank asks takes nothing; a saved bank account takes days', async () => {
  for (const [account, refusal] of [
    ['later', { reason: 'declined', declined: 'declined' }],
    ['confirm', { reason: 'needs_payer' }],
  ] as const) {
    const first = await bill(5_000);
    const id = await begin({ ...first.request, saveMethod: true });
    await choose(id, account);
    if (account === 'confirm') await till.act(id, { kind: 'confirm', yes: true });
    await finish(id);
    const [method] = await methodsOf(first.customerId);
    const second = await more(first, 7_000);
    const form = { ...second.request, savedMethodId: method!.id };
    expect(await start(form)).toEqual({ ok: false, ...refusal });
    expect(await start(form)).toEqual({ ok: false, ...refusal });
    expect([await balances(second.ids), await pendingOf(second.ids[0]!)]).toEqual([[7_000], 0]);
  }
  const bank = await bill(5_000);
  const { paymentId } = await pay({ ...bank.request, method: 'ach', saveMethod: true });
  till.pass(HOUR + 1);
  await finish(paymentId);
  const [account] = await methodsOf(bank.customerId);
  expect(account).toMatchObject({ kind: 'ach', brand: 'Test Bank', last4: '6789', expiry: null });
  const again = await more(bank, 6_000);
  const charged = await start({ ...again.request, method: 'ach', savedMethodId: account!.id });
  if (!charged.ok) throw new Error(charged.reason);
  expect(await finish(charged.paymentId)).toMatchObject({ state: 'processing' });
  till.pass(HOUR + 1);
  expect(await finish(charged.paymentId)).toMatchObject({ state: 'succeeded' });
  await clean();
});

test('B-17: the receipt goes by email or by text, with the tip as a line of its own; to nobody where nothing was given', async () => {
  const { customerId } = await bill(10_000);
  await pay({ ...linkForm(companyId, customerId, 10_000, 2_000), receiptTo: '+15125550177' });
  const texts = await mailTo('+15125550177');
  expect(texts).toMatchObject([{ kind: 'receipt', channel: 'sms' }]);
  expect(texts[0]!.text).toMatch(
    /^Banked: We received \$120\.00 for invoice \w+\. Thank you\. Includes a tip of \$20\.00\./,
  );
  const second = await bill(10_000);
  await pay({ ...second.request, source: 'invoice_link', receiptTo: 'tip@mail.example' });
  const [mail] = await mailTo('tip@mail.example');
  expect(mail!.text).toMatch(/https:\/\/banked\.p\.test\/pay\/i[\w-]+\/done\/p[\w-]+/);
  const count = () => ours(async (tx) => (await tx.select().from(messages)).length);
  const before = await count();
  const third = await bill(10_000);
  await pay(third.request);
  expect(await count()).toBe(before);
});
