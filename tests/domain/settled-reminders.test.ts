import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';

import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { connect, withCompany, type Tx } from '#db/client.ts';
import { makePayment } from '#tests/factories/invoices.ts';
import {
  counterDifferences,
  launchAndExpand,
  overdueInvoices,
  sendingCompany,
  statesOf,
} from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();
// The app's role sees nothing of what others wait for.
const owner = postgres(url, { max: 1 });
afterAll(() => owner.end());

async function pay(tx: Tx, invoice: { invoiceId: number; customerId: number }): Promise<void> {
  const paymentId = await makePayment(tx, { customerId: invoice.customerId, amountCents: 10_000 });
  const [row] = await tx.execute<{ cents: number }>(
    sql`select balance_cents as cents from invoices where id = ${invoice.invoiceId}`,
  );
  await postEntries(tx, invoice.invoiceId, [{ kind: 'payment', amountCents: -row!.cents, paymentId }]);
}

const mark = (tx: Tx, invoiceId: number, state: string) =>
  tx.execute(sql`update messages set state = ${state} where invoice_id = ${invoiceId}`);

test('B-01: what is planned is skipped in the transaction that settles the invoice, and with it undone', async () => {
  const companyId = await sendingCompany(db);
  const invoices = await withCompany(db, companyId, (tx) => overdueInvoices(tx, 2));
  const { campaignId, stepId } = await launchAndExpand(db, companyId);
  await expect(
    withCompany(db, companyId, async (tx) => {
      await pay(tx, invoices[0]!);
      throw new Error('the payment comes to nothing');
    }),
  ).rejects.toThrow('comes to nothing');
  expect(await statesOf(db, companyId, campaignId)).toEqual(['planned', 'planned']);
  await withCompany(db, companyId, (tx) => pay(tx, invoices[0]!));
  expect((await statesOf(db, companyId, campaignId)).toSorted()).toEqual(['planned', 'skipped:paid']);
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('B-01: a voided invoice ends its reminders the same way, with its own reason', async () => {
  const companyId = await sendingCompany(db);
  const invoices = await withCompany(db, companyId, (tx) => overdueInvoices(tx, 1));
  const { campaignId } = await launchAndExpand(db, companyId);
  await withCompany(db, companyId, (tx) =>
    tx.execute(sql`update invoices set status = 'void' where id = ${invoices[0]!.invoiceId}`),
  );
  expect(await statesOf(db, companyId, campaignId)).toEqual(['skipped:void']);
});

test('B-01: a payment stands only once what was being handed over is recorded', async () => {
  const companyId = await sendingCompany(db);
  const [invoice] = await withCompany(db, companyId, (tx) => overdueInvoices(tx, 1));
  const { campaignId } = await launchAndExpand(db, companyId);
  await withCompany(db, companyId, (tx) => mark(tx, invoice!.invoiceId, 'attempting'));
  let paid = false;
  const payment = withCompany(db, companyId, (tx) => pay(tx, invoice!)).then(() => (paid = true));
  // The payment waits in the database; nobody is held up by it.
  await waiting();
  expect(paid).toBe(false);
  await withCompany(db, companyId, (tx) => mark(tx, invoice!.invoiceId, 'sent'));
  await payment;
  expect(await statesOf(db, companyId, campaignId)).toEqual(['sent']);
});

test('B-01: a window that holds one of two messages of a payment is not waited for with the other in hand', async () => {
  const companyId = await sendingCompany(db);
  const invoices = await withCompany(db, companyId, (tx) => overdueInvoices(tx, 2));
  const { campaignId } = await launchAndExpand(db, companyId);
  const other = connect(url, { max: 1 });
  const [first, second] = invoices;
  // A window that marked the first and is about to mark the second, as the gate does in one statement.
  const window = withCompany(other.db, companyId, async (tx) => {
    await mark(tx, first!.invoiceId, 'attempting');
    const settling = withCompany(db, companyId, async (t) => {
      await t.execute(sql`
        update invoices set status = 'void' where id in (${first!.invoiceId}, ${second!.invoiceId})`);
    });
    await waiting();
    await mark(tx, second!.invoiceId, 'attempting');
    return { settling };
  });
  const { settling } = await window;
  await withCompany(other.db, companyId, (tx) =>
    tx.execute(sql`update messages set state = 'sent' where state = 'attempting'`),
  );
  await settling;
  expect(await statesOf(db, companyId, campaignId)).toEqual(['sent', 'sent']);
  await other.close();
});

/** Until a settling transaction sleeps in the database. */
async function waiting(): Promise<void> {
  for (;;) {
    const [row] = await owner<{ n: number }[]>`
      select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`;
    if (row!.n > 0) return;
  }
}
