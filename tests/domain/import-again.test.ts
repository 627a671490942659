import { expect, test } from 'vitest';

import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { contacts, customers, invoices, payments } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { bill, HEADER, importsIn } from '#tests/setup/imports.ts';

const { db } = await createTestDatabase();
const { within, run, everything } = importsIn(db);

test('B-18: a smaller balance adds a payment, a larger one a charge; nothing is rewritten', async () => {
  const company = await makeCompany(db);
  await run(company, HEADER + bill(1, '100.00', '100.00') + bill(2, '50.00', '50.00') + bill(3, '70.00', '70.00'));
  const before = await everything(company);
  const next = await run(
    company,
    HEADER + bill(1, '100.00', '40.00') + bill(2, '50.00', '0.00', 'Paid') + bill(3, '90.00', '90.00'),
  );
  expect(next.counts).toMatchObject({ invoicesUpdated: 3, customersAdded: 0 });
  const after = await everything(company);
  expect(after.entries.slice(0, before.entries.length)).toEqual(before.entries);
  expect(after.entries.slice(before.entries.length).toSorted((a, b) => a.cents - b.cents)).toEqual([
    { kind: 'payment', cents: -6000 },
    { kind: 'payment', cents: -5000 },
    { kind: 'charge', cents: 2000 },
  ]);
  expect(after.invoices.map((i) => [i.number, i.status, i.balance])).toEqual([
    ['1', 'open', 4000],
    ['2', 'paid', 0],
    ['3', 'open', 9000],
  ]);
  expect(new Set(after.payments.map((p) => p.cents))).toEqual(new Set([5000, 6000]));
  expect(
    (
      await run(
        company,
        HEADER + bill(1, '100.00', '40.00') + bill(2, '50.00', '0.00', 'Paid') + bill(3, '90.00', '90.00'),
      )
    ).counts,
  ).toMatchObject({ invoicesUpdated: 0, invoicesUnchanged: 3 });
});

test('B-18: an invoice that was paid here is not opened again by a file that does not know it', async () => {
  const company = await makeCompany(db);
  const file = HEADER + bill(1, '100.00', '100.00');
  await run(company, file);
  await within(company, async (tx) => {
    const [invoice] = await tx.select().from(invoices);
    const [payment] = await tx
      .insert(payments)
      .values({
        customerId: invoice!.customerId,
        amountCents: 10000,
        method: 'card',
        status: 'succeeded',
        processor: 'sandbox',
        idempotencyKey: 'k'.repeat(20),
      })
      .returning();
    await postEntries(tx, invoice!.id, [{ kind: 'payment', amountCents: -10000, paymentId: payment!.id }]);
  });
  expect((await run(company, file)).counts).toMatchObject({ invoicesUnchanged: 1, warnings: 0 });
  expect((await run(company, HEADER + bill(1, '100.00', '0.00', 'Paid'))).counts).toMatchObject({
    invoicesUnchanged: 1,
  });
  const odd = await run(company, HEADER + bill(1, '100.00', '30.00'));
  expect(odd.problems.map((p) => [p.severity, p.line])).toEqual([['warning', 2]]);
  expect((await everything(company)).invoices).toMatchObject([{ status: 'paid', balance: 0 }]);
});

test('B-18: void, draft and zero invoices', async () => {
  const company = await makeCompany(db);
  await run(
    company,
    HEADER +
      bill(1, '100.00', '100.00', 'Void') +
      bill(2, '80.00', '80.00', 'Draft') +
      bill(3, '0.00', '0.00') +
      bill(4, '60.00', '60.00'),
  );
  expect((await everything(company)).invoices.map((i) => [i.status, i.balance])).toEqual([
    ['void', 0],
    ['draft', 8000],
    ['paid', 0],
    ['open', 6000],
  ]);
  await run(
    company,
    HEADER + bill(1, '100.00', '100.00') + bill(2, '80.00', '80.00') + bill(4, '60.00', '60.00', 'Void'),
  );
  expect((await everything(company)).invoices.map((i) => [i.status, i.balance])).toEqual([
    ['open', 10000],
    ['open', 8000],
    ['paid', 0],
    ['void', 0],
  ]);
});

test('B-18: two customers of one name or one email stay two', async () => {
  const company = await makeCompany(db);
  const file =
    'Name,Email,Phone\nJohn Smith,j1@mail.example,850-555-0101\nJohn Smith,j2@mail.example,850-555-0102\nJane Roe,j2@mail.example,\nCash customer,,\n';
  expect((await run(company, file)).counts).toMatchObject({ customersAdded: 4 });
  expect((await run(company, file)).counts).toMatchObject({
    customersAdded: 0,
    customersUpdated: 0,
    customersUnchanged: 4,
  });
  const told = await run(
    company,
    HEADER + bill(1, '5', '5', 'Sent', 'John Smith', '') + bill(2, '5', '5', 'Sent', 'SMITH, JOHN', 'j2@mail.example'),
  );
  expect(told.counts).toMatchObject({ invoicesAdded: 1, rowsLeftOut: 1, customersAdded: 0 });
  expect(told.problems[0]?.reason).toContain('2 customers are named John Smith');
});

test('B-18: what the office typed is only added to, what came from the product is renewed by it', async () => {
  const company = await makeCompany(db);
  await within(company, async (tx) => {
    const [row] = await tx
      .insert(customers)
      .values({ name: 'Ann Ames', firstName: 'Annie', notes: 'Knows the owner', tags: ['vip'] })
      .returning();
    await tx.insert(contacts).values({ customerId: row!.id, kind: 'email', value: 'ann@mail.example', primary: true });
  });
  const file = (first: string) =>
    `Customer ID,Name,First Name,Email,Phone,Notes,Tags\n7,Ann Ames,${first},ann@mail.example,850-555-0101,Net 30,VIP\n`;
  expect((await run(company, file('Anna'))).counts).toMatchObject({ customersAdded: 0, customersUpdated: 1 });
  const [ann] = await within(company, (tx) => tx.select().from(customers));
  expect(ann).toMatchObject({
    firstName: 'Annie',
    notes: 'Knows the owner',
    tags: ['vip'],
    source: 'csv',
    externalId: '7',
  });
  await run(company, file('Hannah'));
  expect((await within(company, (tx) => tx.select().from(customers)))[0]).toMatchObject({ firstName: 'Hannah' });
});
