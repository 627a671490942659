import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { eq } from 'drizzle-orm';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';

import {
  badRowsCsv,
  cancelImport,
  listImports,
  listProblems,
  previewImport,
  readImport,
  reopenImport,
  saveChoices,
  startImport,
} from '#app/invoicing/import/imports.server.ts';
import type { Choices } from '#app/invoicing/import/plan.ts';
import { runImport } from '#app/invoicing/import/run.server.ts';
import { storeUpload } from '#app/invoicing/import/upload.server.ts';
import { checkLedger, postEntries } from '#app/invoicing/ledger.server.ts';
import { type Tx, withCompany } from '#db/client.ts';
import {
  auditEntries,
  contacts,
  customers,
  importChunks,
  imports,
  invoices,
  jobs,
  ledgerEntries,
  locations,
  payments,
} from '#db/schema/index.ts';
import { type MadeCompany, makeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();

const FIXTURES = join(import.meta.dirname, '../fixtures/imports');
const actorOf = (company: MadeCompany) => ({ staffId: company.admin.staffId, name: company.admin.name });
const within = <T>(company: MadeCompany, work: (tx: Tx) => Promise<T>) => withCompany(db, company.companyId, work);

async function* bytesOf(content: string | Buffer): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}

async function upload(company: MadeCompany, content: string | Buffer | AsyncIterable<Uint8Array>, name = 'file.csv') {
  const bytes = typeof content === 'string' || Buffer.isBuffer(content) ? bytesOf(content) : content;
  const result = await storeUpload(db, company.companyId, actorOf(company), name, bytes);
  if (!result.ok) throw new Error(result.error);
  return result.importId;
}

async function run(company: MadeCompany, content: string | AsyncIterable<Uint8Array>, choices: Choices = {}) {
  const importId = await upload(company, content);
  await within(company, async (tx) => {
    await saveChoices(tx, importId, choices);
    expect(await startImport(tx, actorOf(company), company.companyId, importId)).toEqual({ ok: true });
  });
  expect(await runImport(db, { companyId: company.companyId, importId })).toBe('done');
  const row = await within(company, (tx) => readImport(tx, importId));
  const problems = await within(company, (tx) => listProblems(tx, importId, null));
  expect(await within(company, checkLedger)).toEqual([]);
  return { importId, counts: row!.counts, problems: problems.rows };
}

const fixture = (name: string) => createReadStream(join(FIXTURES, `${name}.csv`), { highWaterMark: 50 });

/** All that imports write, without ids and times. */
async function everything(company: MadeCompany) {
  return within(company, async (tx) => ({
    customers: await tx
      .select({
        name: customers.name,
        tags: customers.tags,
        notes: customers.notes,
        balance: customers.balanceCents,
        updated: customers.updatedAt,
      })
      .from(customers)
      .orderBy(customers.id),
    contacts: await tx
      .select({ value: contacts.value, kind: contacts.kind, primary: contacts.primary })
      .from(contacts)
      .orderBy(contacts.id),
    locations: await tx
      .select({ name: locations.name, line1: locations.line1, billing: locations.billing })
      .from(locations)
      .orderBy(locations.id),
    invoices: await tx
      .select({
        number: invoices.number,
        status: invoices.status,
        balance: invoices.balanceCents,
        updated: invoices.updatedAt,
      })
      .from(invoices)
      .orderBy(invoices.id),
    entries: await tx
      .select({ kind: ledgerEntries.kind, cents: ledgerEntries.amountCents })
      .from(ledgerEntries)
      .orderBy(ledgerEntries.id),
    jobs: await tx.select({ number: jobs.number, status: jobs.status }).from(jobs).orderBy(jobs.id),
    payments: await tx.select({ cents: payments.amountCents }).from(payments).orderBy(payments.id),
  }));
}

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

describe('B-18: the files of other products, end to end', () => {
  test.each(FILES)(
    'B-18: %s goes in whole, and the same file again changes nothing',
    async (file, people, bills, cents, leftOut) => {
      const company = await makeCompany(db);
      const first = await run(company, fixture(file));
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
});

const HEADER = 'Invoice #,Customer,Email,Invoice Date,Due Date,Total,Balance,Status\n';
const bill = (
  number: number | string,
  total: string,
  balance: string,
  status = 'Sent',
  name = 'Ann Ames',
  email = 'ann@mail.example',
) => `${number},"${name}",${email},11/03/2026,12/03/2026,${total},${balance},${status}\n`;

describe('B-18: what changed since the last import', () => {
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
      HEADER +
        bill(1, '5', '5', 'Sent', 'John Smith', '') +
        bill(2, '5', '5', 'Sent', 'SMITH, JOHN', 'j2@mail.example'),
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
      await tx
        .insert(contacts)
        .values({ customerId: row!.id, kind: 'email', value: 'ann@mail.example', primary: true });
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
});

describe('B-18: safe from crashes, doubles and other companies', () => {
  const many = (count: number) =>
    HEADER +
    Array.from({ length: count }, (_, i) =>
      bill(i, '10.00', '10.00', 'Sent', `Customer ${i}`, `c${i}@mail.example`),
    ).join('');

  test('B-18: a crash half-way leaves nothing behind, and the next attempt brings all in once', async () => {
    const company = await makeCompany(db);
    const importId = await upload(company, many(1_700));
    await within(company, (tx) => startImport(tx, actorOf(company), company.companyId, importId));
    const crash = runImport(
      db,
      { companyId: company.companyId, importId },
      {
        onRows: (rows) => {
          if (rows >= 1_000) throw new Error('the power went out');
        },
      },
    );
    await expect(crash).rejects.toThrow('the power went out');
    const nothing = await everything(company);
    expect([nothing.customers, nothing.contacts, nothing.invoices, nothing.entries].map((rows) => rows.length)).toEqual(
      [0, 0, 0, 0],
    );
    expect(await within(company, (tx) => readImport(tx, importId))).toMatchObject({ status: 'running' });
    expect(await runImport(db, { companyId: company.companyId, importId })).toBe('done');
    expect(await within(company, (tx) => readImport(tx, importId))).toMatchObject({
      status: 'done',
      rowsDone: 1_700,
      counts: { invoicesAdded: 1_700 },
    });
    expect(await runImport(db, { companyId: company.companyId, importId })).toBe('skipped');
    expect((await everything(company)).invoices).toHaveLength(1_700);
  });

  test('B-18: a failure on the last attempt is told, and the import can be tried again', async () => {
    const company = await makeCompany(db);
    const importId = await upload(company, many(600));
    await within(company, (tx) => startImport(tx, actorOf(company), company.companyId, importId));
    const onRows = () => {
      throw new Error('no');
    };
    await expect(runImport(db, { companyId: company.companyId, importId }, { last: true, onRows })).rejects.toThrow(
      'no',
    );
    expect(await within(company, (tx) => readImport(tx, importId))).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('Nothing was imported'),
    });
    expect(await within(company, (tx) => reopenImport(tx, importId))).toBe(true);
    await within(company, (tx) => startImport(tx, actorOf(company), company.companyId, importId));
    expect(await runImport(db, { companyId: company.companyId, importId })).toBe('done');
  });

  test('B-18: while it runs, others see how far it is and nothing of what it writes', async () => {
    const company = await makeCompany(db);
    const importId = await upload(company, many(1_100));
    await within(company, (tx) => startImport(tx, actorOf(company), company.companyId, importId));
    const seen: unknown[] = [];
    await runImport(
      db,
      { companyId: company.companyId, importId },
      {
        onRows: async () => {
          const row = await within(company, (tx) => readImport(tx, importId));
          seen.push([row?.status, (await everything(company)).invoices.length]);
        },
      },
    );
    expect(seen.length).toBeGreaterThan(1);
    expect(new Set(seen.map(String))).toEqual(new Set(['running,0']));
  });

  test('B-18: two imports of the same people at once come one after the other, and nobody is doubled', async () => {
    const company = await makeCompany(db);
    const ids = [await upload(company, many(700)), await upload(company, many(700))];
    for (const id of ids) await within(company, (tx) => startImport(tx, actorOf(company), company.companyId, id));
    await Promise.all(ids.map((importId) => runImport(db, { companyId: company.companyId, importId })));
    const all = await everything(company);
    expect([all.customers.length, all.invoices.length, all.entries.length]).toEqual([700, 700, 700]);
    const counts = await within(company, async (tx) => (await listImports(tx, null)).rows.map((row) => row.counts));
    expect(new Set(counts.map((c) => c.invoicesAdded))).toEqual(new Set([0, 700]));
  });

  test('B-18: one job run by two workers at once runs once', async () => {
    const company = await makeCompany(db);
    const importId = await upload(company, many(700));
    await within(company, (tx) => startImport(tx, actorOf(company), company.companyId, importId));
    const results = await Promise.all([0, 1].map(() => runImport(db, { companyId: company.companyId, importId })));
    expect(results.toSorted()).toEqual(['done', 'skipped']);
    expect((await everything(company)).invoices).toHaveLength(700);
  });

  test('B-18: another company can neither see, start, cancel nor run an import', async () => {
    const [mine, other] = [await makeCompany(db), await makeCompany(db)];
    const importId = await upload(mine, many(3));
    await within(other, async (tx) => {
      expect(await readImport(tx, importId)).toBeNull();
      expect(await startImport(tx, actorOf(other), other.companyId, importId)).toBeNull();
      expect(await cancelImport(tx, actorOf(other), importId)).toBe(false);
      expect(await saveChoices(tx, importId, {})).toBe(false);
      expect((await listImports(tx, null)).rows).toEqual([]);
      expect((await listProblems(tx, importId, null)).rows).toEqual([]);
    });
    expect(await runImport(db, { companyId: other.companyId, importId })).toBe('skipped');
  });
});

describe('B-18: upload, mapping, cancel', () => {
  test('B-18: long texts are cut between characters, not through an emoji', async () => {
    const company = await makeCompany(db);
    const long = (length: number) => `${'x'.repeat(length - 1)}\u{1f527} and more`;
    const rows = [80, 200, 500, 1000, 10_000].map(
      (length, n) => `Ann ${n},INV-${n},10.00,06/01/2026,"${long(length)}","${long(length)}"`,
    );
    const file = `Customer,Invoice #,Amount,Due date,Summary,Line items\n${rows.join('\n')}\n`;
    const result = await storeUpload(db, company.companyId, actorOf(company), `${long(200)}.csv`, bytesOf(file));
    expect(result.ok).toBe(true);
    expect((await run(company, file)).counts).toMatchObject({ invoicesAdded: 5 });
  });

  test('B-18: what is no CSV file is refused and leaves nothing', async () => {
    const company = await makeCompany(db);
    const refused = async (content: Buffer) =>
      storeUpload(db, company.companyId, actorOf(company), 'x.csv', bytesOf(content));
    expect(await refused(Buffer.from('PK\x03\x04 xl/workbook.xml', 'latin1'))).toEqual({
      ok: false,
      error: 'This is an Excel workbook. Save it as CSV and import that.',
    });
    expect(await refused(Buffer.alloc(0))).toMatchObject({ ok: false });
    async function* line() {
      yield Buffer.from('Name,Email\n"');
      for (let i = 0; i < 160; i++) yield Buffer.alloc(64 * 1024, 'x');
    }
    expect(await storeUpload(db, company.companyId, actorOf(company), 'x.csv', line())).toMatchObject({
      ok: false,
      error: expect.stringContaining('longer than 1,000,000 characters'),
    });
    async function* huge() {
      for (let i = 0; i < 101; i++) yield Buffer.alloc(1024 * 1024, 'a,b\n');
    }
    expect(await storeUpload(db, company.companyId, actorOf(company), 'x.csv', huge())).toMatchObject({
      ok: false,
      error: expect.stringContaining('larger than 100 MB'),
    });
    await within(company, async (tx) => {
      expect(await tx.select().from(imports)).toEqual([]);
      expect(await tx.select({ position: importChunks.position }).from(importChunks)).toEqual([]);
    });
  });

  test('B-18: an upload that breaks off leaves nothing', async () => {
    const company = await makeCompany(db);
    async function* broken() {
      yield Buffer.from('Name,Email\n');
      throw new Error('connection lost');
    }
    await expect(storeUpload(db, company.companyId, actorOf(company), 'x.csv', broken())).rejects.toThrow(
      'connection lost',
    );
    expect(await within(company, (tx) => tx.select().from(imports))).toEqual([]);
  });

  test('B-18: a file name brings no path and no control characters along', async () => {
    const company = await makeCompany(db);
    const importId = await upload(company, 'Name,Email\nAnn,ann@mail.example\n', '../../etc/pass\u0000wd.csv');
    expect(await within(company, (tx) => readImport(tx, importId))).toMatchObject({
      fileName: 'passwd.csv',
      status: 'mapping',
      rowsTotal: 1,
    });
  });

  test('B-18: preview shows records and problems, and writes nothing', async () => {
    const company = await makeCompany(db);
    const importId = await upload(company, HEADER + bill(1, '10', '10') + bill(2, 'ten', '10') + bill(3, '10', '10'));
    const row = await within(company, (tx) => readImport(tx, importId));
    const preview = await previewImport(db, company.companyId, importId, row!.survey!, {}, 20);
    expect(preview.records.map((r) => r.type === 'invoice' && r.number)).toEqual(['1', '3']);
    expect(preview.problems.map((p) => [p.line, p.column])).toEqual([[3, 'Total']]);
    expect((await everything(company)).customers).toEqual([]);
  });

  test('B-18: without a needed column it does not start, and says which; mapped by hand it does', async () => {
    const company = await makeCompany(db);
    const importId = await upload(company, 'Foo,Bar,Baz\n1,Ann Ames,10.00\n2,Bay Co,=1+1\n');
    const start = () => within(company, (tx) => startImport(tx, actorOf(company), company.companyId, importId));
    expect(await start()).toMatchObject({ ok: false, errors: [expect.stringContaining('customer’s name')] });
    await within(company, (tx) =>
      saveChoices(tx, importId, {
        kind: 'invoices',
        mapping: { 'invoice.number': [0], 'customer.name': [1], 'invoice.total': [2] },
      }),
    );
    expect(await start()).toEqual({ ok: true });
    expect(await start()).toEqual({ ok: true });
    await runImport(db, { companyId: company.companyId, importId });
    const row = await within(company, (tx) => readImport(tx, importId));
    let csv = '';
    for await (const piece of badRowsCsv((work) => within(company, work), importId, row!.survey!)) csv += piece;
    expect(csv).toBe(
      "\ufeffLine,Reason,Foo,Bar,Baz\r\n3,“=1+1” is not an amount. Write it like 1,234.50.,2,Bay Co,'=1+1\r\n".replace(
        '“=1+1” is not an amount. Write it like 1,234.50.',
        '"“=1+1” is not an amount. Write it like 1,234.50."',
      ),
    );
  });

  test('B-18: canceling before it runs throws the file away; afterwards it is too late', async () => {
    const company = await makeCompany(db);
    const importId = await upload(company, 'Name,Email\nAnn,ann@mail.example\n');
    await within(company, (tx) => startImport(tx, actorOf(company), company.companyId, importId));
    expect(await within(company, (tx) => cancelImport(tx, actorOf(company), importId))).toBe(true);
    expect(await runImport(db, { companyId: company.companyId, importId })).toBe('skipped');
    expect(await within(company, (tx) => tx.select().from(importChunks))).toEqual([]);
    const done = await run(company, 'Name,Email\nAnn,ann@mail.example\n');
    expect(await within(company, (tx) => cancelImport(tx, actorOf(company), done.importId))).toBe(false);
    expect(
      await within(company, (tx) =>
        tx.select({ action: auditEntries.action }).from(auditEntries).orderBy(auditEntries.id),
      ),
    ).toEqual(
      ['import.upload', 'import.start', 'import.cancel', 'import.upload', 'import.start', 'import.run'].map(
        (action) => ({ action }),
      ),
    );
  });

  test('B-18: scripts, formulas and odd letters are kept as text', async () => {
    const company = await makeCompany(db);
    await run(
      company,
      'Name,Email,Notes\n"<script>alert(1)</script>",a@b.example,"=HYPERLINK(""x"")"\n\u0000Zoë 😀,z@b.example,@x\n',
    );
    expect((await everything(company)).customers.map((c) => [c.name, c.notes])).toEqual([
      ['<script>alert(1)</script>', '=HYPERLINK("x")'],
      ['Zoë 😀', '@x'],
    ]);
  });

  test('B-18: the job stands in the queue in the same transaction', async () => {
    const company = await makeCompany(db);
    const importId = await upload(company, 'Name,Email\nAnn,ann@mail.example\n');
    await within(company, (tx) => startImport(tx, actorOf(company), company.companyId, importId));
    expect(await within(company, (tx) => readImport(tx, importId))).toMatchObject({ status: 'queued' });
    const admin = postgres(url, { max: 1 });
    const queued = await admin`
      select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
       where t.identifier = 'import.run' and (j.payload ->> 'importId')::bigint = ${importId}
         and (j.payload ->> 'companyId')::bigint = ${company.companyId}`;
    await admin.end();
    expect(queued).toHaveLength(1);
  });
});
