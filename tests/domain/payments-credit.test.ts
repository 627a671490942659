import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { checkLedger, postAll, postEntries } from '#app/invoicing/ledger.server.ts';
import { recordOutsideRefund } from '#app/invoicing/payments-refund.server.ts';
import { customers } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { openTill } from '#tests/factories/paying.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const { companyId } = await makeCompany(db);
const till = openTill(db, companyId);
const { ours, bill, pay, balances } = till;
const clean = async () => expect(await ours((tx) => checkLedger(tx))).toEqual([]);
const creditOf = (customerId: number) =>
  ours(async (tx) => (await tx.select().from(customers).where(eq(customers.id, customerId)))[0]!.creditCents);
const HOUR = 3_600;

test('S2-18: what a payment brings beyond what is owed settles the customer’s other invoices at once', async () => {
  const { request, ids, customerId } = await bill(8_000);
  const { paymentId } = await pay({ ...request, method: 'ach' });
  const other = await till.billFor(customerId, 6_000);
  await ours((tx) => postEntries(tx, ids[0]!, [{ kind: 'credit', amountCents: -5_000, memo: 'Late' }]));
  till.pass(HOUR + 1);
  expect(await till.finish(paymentId)).toMatchObject({ state: 'succeeded' });
  expect(await balances([...ids, ...other.ids])).toEqual([0, 1_000]);
  expect(await creditOf(customerId)).toBe(0);
  await clean();
});

test('what a failed bank payment held back is settled with credit that lies on the account', async () => {
  const { request, ids, customerId } = await bill(8_000);
  const { paymentId } = await pay({ ...request, method: 'ach' }, 'bank-fails');
  await ours((tx) => postAll(tx, [{ accountOf: customerId, entries: [{ kind: 'credit', amountCents: -3_000 }] }]));
  till.pass(HOUR + 1);
  expect(await till.finish(paymentId)).toMatchObject({ state: 'failed' });
  expect(await balances(ids)).toEqual([5_000]);
  expect(await creditOf(customerId)).toBe(0);
  await clean();
});

test('a refund that came back settles what is owed', async () => {
  const { request, customerId } = await bill(8_000);
  const { paymentId } = await pay(request);
  const told = { paymentId, reference: 're_back', amountCents: 3_000 };
  await ours((tx) => recordOutsideRefund(tx, { ...told, status: 'succeeded' }));
  const other = await till.billFor(customerId, 2_000);
  await ours((tx) => recordOutsideRefund(tx, { ...told, status: 'failed', reason: 'account_closed' }));
  expect(await balances(other.ids)).toEqual([0]);
  expect(await creditOf(customerId)).toBe(1_000);
  await clean();
});
