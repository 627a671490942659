import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { checkLedger, postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { checkPayment, nextCheck } from '#app/invoicing/payments/check.server.ts';
import { settleLeft, sweepPayments } from '#app/invoicing/payments/sweep.server.ts';
import type { Processor } from '#app/invoicing/payments/processor.ts';
import { voidInvoice } from '#app/invoicing/ledger/void.server.ts';
import { payments } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { formFor, newKey, openTill } from '#tests/factories/paying.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const { companyId } = await makeCompany(db);
/** Calls of the processor that fall: before they reach it, or after. */
const falls = new Map<keyof Processor, 'before' | 'after'>();
const calls: [string, unknown][] = [];
const till = openTill(db, companyId, {
  processor: (sandbox) =>
    Object.fromEntries(
      Object.entries(sandbox).map(([name, call]) => [
        name,
        typeof call !== 'function'
          ? call
          : async (...args: unknown[]) => {
              calls.push([name, args.at(-1)]);
              const when = falls.get(name as keyof Processor);
              if (when === 'before') throw new Error('the process fell');
              const answer: unknown = await (call as (...all: unknown[]) => unknown)(...args);
              if (when === 'after') throw new Error('the answer was lost');
              return answer;
            },
      ]),
    ) as Processor,
});
const { ours, bill, start, begin, choose, finish, pay, payment, paymentsOf, balances, taken, deps } = till;
const office = { staffId: null, name: 'Office' };
const clean = async () => expect(await ours((tx) => checkLedger(tx))).toEqual([]);
const age = (minutes: number, paymentId: number) =>
  ours((tx) =>
    tx
      .update(payments)
      .set({ createdAt: sql`now() - make_interval(mins => ${minutes})` })
      .where(eq(payments.id, paymentId)),
  );
const check = (paymentId: number) => checkPayment(deps, { companyId, paymentId });

test('the same form sent twice at once or later is one payment with one page', async () => {
  const { request, customerId } = await bill(5_000);
  const results = await Promise.all(Array.from({ length: 5 }, () => start(request)));
  const pages = results.map((one) => (one.ok && one.kind === 'checkout' ? one.url : one));
  expect(new Set(pages).size).toBe(1);
  expect(await start(request)).toEqual(results[0]);
  expect(await paymentsOf(customerId)).toHaveLength(1);
  const { id } = (await paymentsOf(customerId))[0]!;
  await choose(id, 'good');
  const finished = await Promise.all(Array.from({ length: 5 }, () => finish(id)));
  expect(finished.every((one) => one?.state === 'succeeded' || one?.state === 'unsure')).toBe(true);
  expect(await start(request)).toEqual({ ok: true, kind: 'done', paymentId: id });
  expect(await taken(customerId)).toBe(5_000);
  await clean();
});

test('a form that the back button brings again, filled in anew, is another payment, and the page of the first is closed', async () => {
  const { request, ids, customerId } = await bill(5_000);
  const first = await begin(request);
  const part = { pays: { invoices: [{ invoiceId: ids[0]!, amountCents: 2_000 }] }, expectedCents: 2_000 };
  const second = await begin({ ...request, ...part });
  expect(second).not.toBe(first);
  expect(await payment(first)).toMatchObject({ status: 'failed', failure: 'given_up' });
  await choose(second, 'good');
  await finish(second);
  // Once it is paid, the form finds it, whatever it says.
  expect(await start({ ...request, ...part, expectedCents: 3_000 })).toMatchObject({ kind: 'done', paymentId: second });
  expect(await taken(customerId)).toBe(2_000);
  await clean();
});

test('two tabs: the page of the older is closed; where both were finished, the second takes nothing', async () => {
  const { request, customerId } = await bill(5_000);
  const older = await begin(request);
  const newer = await begin({ ...request, idempotencyKey: newKey() });
  expect(await payment(older)).toMatchObject({ status: 'failed', failure: 'given_up' });
  expect(await choose(older, 'good')).toMatchObject({ kind: 'leave' });
  expect(await finish(older)).toMatchObject({ state: 'failed', reason: 'given_up' });
  await choose(newer, 'good');
  expect(await finish(newer)).toMatchObject({ state: 'succeeded' });

  const race = await bill(9_000);
  const one = await begin(race.request);
  await choose(one, 'good'); // held by the bank, and its payer did not come back yet
  const two = await begin({ ...race.request, idempotencyKey: newKey() });
  // Closing the older page found it finished, and took it.
  expect(await payment(one)).toMatchObject({ status: 'succeeded' });
  await choose(two, 'good');
  expect(await finish(two)).toMatchObject({ state: 'failed', reason: 'settled' });
  expect(await taken(race.customerId)).toBe(9_000);
  expect(await taken(customerId)).toBe(5_000);
  await clean();
});

test('paid by check, credited or voided between start and finish: less is taken, or nothing', async () => {
  const credited = await bill(5_000, 7_000);
  const less = await begin(credited.request);
  await choose(less, 'good');
  await ours((tx) => postEntries(tx, credited.ids[0]!, [{ kind: 'credit', amountCents: -4_000 }]));
  expect(await finish(less)).toMatchObject({ state: 'succeeded' });
  expect(await payment(less)).toMatchObject({ amountCents: 8_000 });
  expect(await balances(credited.ids)).toEqual([0, 0]);

  const paid = await bill(5_000);
  const late = await begin(paid.request);
  await choose(late, 'good');
  await ours((tx) => postEntries(tx, paid.ids[0]!, [{ kind: 'payment', amountCents: -5_000 }]));
  expect(await finish(late)).toMatchObject({ state: 'failed', reason: 'settled' });

  // Less than a processor takes is left: it is not asked to.
  for (const [left, became] of [
    [99, { state: 'failed', reason: 'settled' }],
    [100, { state: 'succeeded' }],
  ] as const) {
    const least = await bill(5_000);
    const held = await begin(least.request);
    await choose(held, 'good');
    await ours((tx) => postEntries(tx, least.ids[0]!, [{ kind: 'payment', amountCents: left - 5_000 }]));
    expect(await finish(held)).toMatchObject(became);
    expect(await balances(least.ids)).toEqual([left === 100 ? 0 : left]);
    expect(await till.taken(least.customerId)).toBe(left === 100 ? 100 : 0);
  }

  const voided = await bill(5_000);
  const gone = await begin(voided.request);
  await choose(gone, 'good');
  await ours((tx) => voidInvoice(tx, office, voided.ids[0]!, { reason: 'Wrong house', move: false }));
  expect(await finish(gone)).toMatchObject({ state: 'failed', reason: 'voided' });
  expect((await till.taken(paid.customerId)) + (await till.taken(voided.customerId))).toBe(0);
  await clean();
});

test('a capture that is not answered stays pending, holds its part, and is asked for again with the same key', async () => {
  for (const when of ['before', 'after'] as const) {
    const { request, ids, customerId } = await bill(5_000);
    const id = await begin(request);
    await choose(id, 'good');
    falls.set('capture', when);
    expect(await finish(id)).toEqual({ state: 'unsure', paymentId: id });
    expect(await payment(id)).toMatchObject({ status: 'pending' });
    await clean();
    expect(await start({ ...request, idempotencyKey: newKey() })).toEqual({ ok: false, reason: 'busy' });
    // Another 40.00 are nobody else's to pay either: the office voids nothing under it.
    expect(await ours((tx) => voidInvoice(tx, office, ids[0]!, { reason: 'x', move: true }))).toMatchObject({
      ok: false,
    });
    falls.clear();
    expect(await check(id)).toBe('succeeded');
    expect(await check(id)).toBe('succeeded');
    const keys = calls
      .filter(([name]) => name === 'capture')
      .map(([, asked]) => (asked as { idempotencyKey: string }).idempotencyKey);
    expect(new Set(keys.filter((key) => key.startsWith(request.idempotencyKey))).size).toBe(1);
    expect(await taken(customerId)).toBe(5_000);
    expect(await balances(ids)).toEqual([0]);
  }
  await clean();
});

test('a page that could not be opened charges nothing, and the same form opens it after all', async () => {
  for (const when of ['before', 'after'] as const) {
    const { request, customerId } = await bill(5_000);
    falls.set('openCheckout', when);
    expect(await start(request)).toEqual({ ok: false, reason: 'unavailable' });
    falls.clear();
    expect(await start(request)).toMatchObject({ ok: true, kind: 'checkout' });
    expect(await paymentsOf(customerId)).toHaveLength(1);
  }
  // Left alone, it is given up.
  const { request, customerId } = await bill(5_000);
  falls.set('openCheckout', 'before');
  await start(request);
  falls.clear();
  const [left] = await paymentsOf(customerId);
  expect(await check(left!.id)).toBe('open');
  await age(3, left!.id);
  expect(await check(left!.id)).toBe('failed');
  expect(await payment(left!.id)).toMatchObject({ failure: 'given_up' });
});

test('a page that nobody finished is given up when it ends, and nothing was held for it', async () => {
  const { request } = await bill(5_000);
  const id = await begin(request);
  expect(await check(id)).toBe('open');
  till.pass(25 * 3600);
  expect(await check(id)).toBe('failed');
  till.pass(-25 * 3600);
  expect(await payment(id)).toMatchObject({ failure: 'given_up' });
});

test('a receipt that cannot be written undoes the settling, and the next look makes up for it', async () => {
  const { request, ids } = await bill(5_000);
  const id = await begin(request);
  await choose(id, 'good');
  const { settled } = deps.tell;
  deps.tell.settled = () => Promise.reject(new Error('no receipt'));
  await expect(finish(id)).rejects.toThrow('no receipt');
  expect(await balances(ids)).toEqual([5_000]);
  deps.tell.settled = settled;
  expect(await finish(id)).toMatchObject({ state: 'succeeded' });
  expect(await balances(ids)).toEqual([0]);
  await clean();
});

test('the sweep finishes what a crash left held, once, and one that cannot be recorded holds up no other', async () => {
  const [one, two] = [await bill(5_000), await bill(7_000)];
  const ids = [await begin(one.request), await begin(two.request)];
  falls.set('capture', 'before');
  for (const id of ids) {
    await choose(id, 'good');
    await finish(id);
  }
  falls.clear();
  expect(await settleLeft(deps, companyId)).toEqual({ succeeded: 0, failed: 0, waiting: 0 });
  for (const id of ids) await age(3, id);
  const { settled } = deps.tell;
  deps.tell.settled = (_, { id }) => (id === ids[0] ? Promise.reject(new Error('no receipt')) : Promise.resolve());
  await expect(sweepPayments(deps)).rejects.toThrow('no receipt');
  expect(await payment(ids[1]!)).toMatchObject({ status: 'succeeded' });
  deps.tell.settled = settled;
  const both = await Promise.all([settleLeft(deps, companyId), settleLeft(deps, companyId)]);
  expect(both.some((left) => left.succeeded === 1)).toBe(true);
  expect(await taken(one.customerId)).toBe(5_000);
  await clean();
});

test('another company’s payment is not there, and one of an account that is gone is left or given up', async () => {
  const { request } = await bill(5_000);
  const id = await begin(request);
  const stranger = await makeCompany(db);
  const theirs = openTill(db, stranger.companyId);
  expect(await theirs.finish(id)).toBeNull();
  const other = openTill(db, companyId, { processor: (sandbox) => ({ ...sandbox, name: 'stripe' }) });
  expect(await other.finish(id)).toMatchObject({ state: 'failed', reason: 'interrupted' });
  await ours((tx) =>
    tx.update(payments).set({ processor: 'stripe', status: 'open', failure: null }).where(eq(payments.id, id)),
  );
  expect(await finish(id)).toEqual({ state: 'unsure', paymentId: id });
});

test('checks come at growing delays, in the end once a day', () => {
  const minutes = [0, 5, 30, 600, 3000].map((age) => nextCheck(age * 60_000) / 60_000);
  expect(minutes).toEqual([2, 2, 10, 60, 1440]);
});

test('each key charges once, however the answers are lost', async () => {
  const { customerId, ids } = await bill(6_000);
  const request = formFor(companyId, customerId, ids, [6_000]);
  for (const name of ['openCheckout', 'find', 'capture'] as const) {
    falls.set(name, 'after');
    await start(request);
    const [open] = await paymentsOf(customerId);
    if (open!.checkout) await choose(open!.id, 'good');
    await finish(open!.id);
    falls.clear();
  }
  const [only, ...others] = await paymentsOf(customerId);
  expect(await pay({ ...request }).catch(() => null)).toMatchObject({ state: 'succeeded', paymentId: only!.id });
  expect(others).toEqual([]);
  expect(await taken(customerId)).toBe(6_000);
  await clean();
});
