import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { contacts, customers, locations } from '#db/schema/index.ts';
import { type MadeCompany, makeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { fixture, FIXTURES, importsIn } from '#tests/setup/imports.ts';

const { db } = await createTestDatabase();
const { within, run, check, everything } = importsIn(db);

const owed = async (company: MadeCompany) =>
  (await everything(company)).customers.reduce((sum, c) => sum + c.balance, 0);

const FILES: [file: string, customers: number, invoices: number, owedCents: number, leftOut: number][] = [
  ['quickbooks-online-customer-contact-list', 6, 0, 0, 0],
  ['quickbooks-online-ar-aging-detail', 5, 6, 567575, 0],
  ['quickbooks-online-open-invoices', 4, 5, 567575, 0],
  ['quickbooks-online-invoices-and-received-payments', 3, 3, 428675, 0],
  ['jobber-clients', 4, 0, 0, 0],
  ['jobber-invoices', 5, 6, 528350, 0],
  ['housecall-pro-customers', 5, 0, 0, 0],
  ['housecall-pro-jobs', 5, 5, 413350, 0],
  ['freshbooks-clients', 5, 0, 0, 0],
  ['freshbooks-invoices', 4, 4, 167350, 1],
];

test.each(FILES)(
  'B-18: %s goes in whole, and the same file again changes nothing',
  async (file, people, bills, cents, leftOut) => {
    const company = await makeCompany(db);
    const foreseen = await check(company, fixture(file));
    const first = await run(company, fixture(file));
    expect(first.counts).toEqual(foreseen.counts);
    expect(first.counts).toMatchObject({
      customersAdded: people,
      invoicesAdded: bills,
      rowsLeftOut: leftOut,
      warnings: 0,
    });
    const before = await everything(company);
    expect([before.customers.length, before.invoices.length, await owed(company)]).toEqual([people, bills, cents]);
    const second = await run(company, fixture(file));
    expect(second.counts).toMatchObject({
      rowsIn: 0,
      customersAdded: 0,
      customersUpdated: 0,
      invoicesAdded: 0,
      invoicesUpdated: 0,
      invoicesUnchanged: bills,
      creditsApplied: 0,
      rowsLeftOut: leftOut,
    });
    expect(await everything(company)).toEqual(before);
  },
);

test('B-18: customers of one product and the invoices of it meet; those of another product find the same people', async () => {
  const company = await makeCompany(db);
  await run(company, fixture('jobber-clients'));
  const invoiced = await run(company, fixture('jobber-invoices'));
  // Harbor Pines is not among the clients.
  expect(invoiced.counts).toMatchObject({ customersAdded: 1, invoicesAdded: 6 });
  const quickbooks = await run(company, fixture('quickbooks-online-customer-contact-list'));
  // Teo and the cash customer are new.
  expect(quickbooks.counts).toMatchObject({ customersAdded: 2 });
  const aging = await run(company, fixture('quickbooks-online-ar-aging-detail'));
  // 2041, 2112, 2130 and 2171 are known from Jobber; 2155 and 2174 are not.
  expect(aging.counts).toMatchObject({ customersAdded: 0, invoicesAdded: 2 });
  const names = (await everything(company)).customers.map((c) => c.name);
  expect(new Set(names).size).toBe(names.length);
});

test('B-18: a customer comes with contacts, locations, tags and marks', async () => {
  const company = await makeCompany(db);
  await run(company, fixture('jobber-clients'));
  const all = await within(company, (tx) => tx.select().from(customers).orderBy(customers.id));
  expect(all.map((c) => [c.name, c.firstName, c.type, c.tags, c.doNotContact, c.source, c.externalId])).toEqual([
    ['Wren Castellanos', 'Wren', 'residential', ['VIP', 'Maintenance plan'], false, 'jobber', '70010001'],
    ["O'Rourke & Sons Rentals, LLC", 'Niamh', 'commercial', [], false, 'jobber', '70010002'],
    ['José Peñalba', 'José', 'residential', [], true, 'jobber', '70010003'],
    ['Ingrid Vantongeren', 'Ingrid', 'residential', ['Archived'], true, 'jobber', '70010004'],
  ]);
  const reached = await within(company, (tx) =>
    tx.select().from(contacts).where(eq(contacts.customerId, all[1]!.id)).orderBy(contacts.id),
  );
  expect(reached.map((c) => [c.kind, c.value, c.primary])).toEqual([
    ['email', 'ap@orourke-rentals.example', true],
    ['email', 'niamh@orourke-rentals.example', false],
    ['other', '+18505550110', true],
    ['other', '+18505550111', false],
  ]);
  const places = await within(company, (tx) =>
    tx.select().from(locations).where(eq(locations.customerId, all[1]!.id)).orderBy(locations.id),
  );
  expect(places.map((l) => [l.name, l.line1, l.city, l.state, l.billing])).toEqual([
    ['', 'PO Box 88', 'Gulf Breeze', 'FL', true],
    ['Unit 12 Bayfront', '12 Bayfront Ct', 'Panama City', 'FL', false],
    ['Unit 14 Bayfront', '14 Bayfront Ct', 'Panama City', 'FL', false],
  ]);
});

test('B-18: jobs come with their state, and a finished one opens its invoice', async () => {
  const company = await makeCompany(db);
  await run(company, fixture('housecall-pro-jobs'));
  const file = (await readFile(join(FIXTURES, 'housecall-pro-jobs.csv'), 'utf8')).replace(
    'Scheduled,',
    'Complete unrated,',
  );
  const again = await run(company, file);
  expect(again.counts).toMatchObject({ invoicesUpdated: 1, invoicesUnchanged: 4 });
  const all = await everything(company);
  expect(all.jobs.map((j) => [j.number, j.status])).toEqual([
    ['311', 'completed'],
    ['340', 'completed'],
    ['352', 'completed'],
    ['360', 'completed'],
    ['372-1', 'completed'],
  ]);
  expect(all.invoices.at(-1)).toMatchObject({ status: 'open', balance: 9500 });
});
