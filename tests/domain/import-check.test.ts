import { expect, test } from 'vitest';

import { checkImport } from '#app/invoicing/import/check.server.ts';
import {
  badRowsCsv,
  cancelImport,
  listProblems,
  readImport,
  saveChoices,
  startCheck,
  startImport,
} from '#app/invoicing/import/imports.server.ts';
import { runImport } from '#app/invoicing/import/run.server.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { actorOf, bill, HEADER, importsIn, manyBills } from '#tests/setup/imports.ts';

const { db } = await createTestDatabase();
const { within, upload, run, check, everything } = importsIn(db);

test('B-18: a preview tells rows that come in from those left out, and writes nothing', async () => {
  const company = await makeCompany(db);
  const found = await check(company, HEADER + bill(1, '10', '10') + bill(2, 'ten', '10') + bill(3, '10', '10'));
  expect(found.status).toBe('mapping');
  expect(found.counts).toMatchObject({
    rowsIn: 2,
    rowsUnchanged: 0,
    rowsLeftOut: 1,
    invoicesAdded: 2,
    customersAdded: 1,
  });
  expect(found.records.map((record) => record.type === 'invoice' && record.number)).toEqual(['1', '3']);
  expect(found.records.every((record) => record.source.length === 0)).toBe(true);
  expect(found.problems.map((problem) => [problem.line, problem.severity, problem.column])).toEqual([
    [3, 'error', 'Total'],
  ]);
  const all = await everything(company);
  expect(Object.values(all).map((rows) => rows.length)).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

const FILE =
  HEADER + bill(1, '100.00', '100.00') + bill(2, '50.00', '50.00') + bill(3, '70.00', '70.00', 'Sent', 'Bay Co', '');

test('B-18: of a file that was imported before, only what changed is counted as coming in', async () => {
  const company = await makeCompany(db);
  await run(company, FILE);
  expect((await check(company, FILE)).counts).toMatchObject({ rowsIn: 0, rowsUnchanged: 3, rowsLeftOut: 0 });
  const before = await everything(company);
  const next =
    HEADER +
    bill(1, '100.00', '40.00') +
    bill(2, '50.00', '50.00') +
    bill(3, '70.00', '70.00', 'Sent', 'Bay Co', '') +
    bill(4, '10.00', '10.00', 'Sent', 'Cy Dunn', 'cy@mail.example');
  const found = await check(company, next);
  expect(found.counts).toMatchObject({
    rowsIn: 2,
    rowsUnchanged: 2,
    customersAdded: 1,
    invoicesAdded: 1,
    invoicesUpdated: 1,
    invoicesUnchanged: 2,
  });
  expect(await everything(company)).toEqual(before);
  expect((await run(company, next)).counts).toEqual(found.counts);
});

const TYPED = 'Invoice #,Transaction Type,Customer,Date,Amount,Open Balance\n';

test('B-18: a credit without an open invoice is left out with its reason, and makes no customer', async () => {
  const company = await makeCompany(db);
  const file =
    TYPED +
    '1,Invoice,Ann Ames,11/03/2026,100.00,100.00\n' +
    'C1,Credit Memo,Ann Ames,11/04/2026,-30.00,-30.00\n' +
    'C2,Credit Memo,Bay Co,11/04/2026,-20.00,-20.00\n' +
    'C3,Payment,Ann Ames,11/05/2026,-90.00,-90.00\n' +
    'E1,Estimate,Ann Ames,11/05/2026,90.00,90.00\n';
  const found = await check(company, file, { kind: 'receivables' });
  expect(found.counts).toMatchObject({ rowsIn: 3, rowsUnchanged: 0, rowsLeftOut: 2, creditsApplied: 2, warnings: 1 });
  expect(found.problems.map(({ line, severity, reason }) => [line, severity, reason])).toEqual([
    [6, 'error', '“Estimate” is not an invoice, a payment or a credit.'],
    [4, 'error', 'The customer has no open invoice that this credit could be set against.'],
    [5, 'warning', '$20.00 of $90.00 has no open invoice to be set against and stays out.'],
  ]);
  expect(found.records.map((record) => record.line)).toEqual([2, 3, 5]);
  const done = await run(company, file, { kind: 'receivables' });
  expect(done.counts).toEqual(found.counts);
  expect((await everything(company)).customers).toMatchObject([{ name: 'Ann Ames', balance: 0 }]);
  let csv = '';
  const row = await within(company, (tx) => readImport(tx, done.importId));
  for await (const piece of badRowsCsv((work) => within(company, work), done.importId, row!.survey!)) csv += piece;
  expect(csv).toContain('could be set against.,C2,Credit Memo,Bay Co');
  expect((await check(company, file, { kind: 'receivables' })).counts).toMatchObject({ rowsIn: 0, rowsLeftOut: 2 });
});

test('B-18: a credit counts on an invoice that the same file pays off as the import does', async () => {
  const company = await makeCompany(db);
  await run(company, TYPED + '1,Invoice,Ann Ames,11/03/2026,100.00,100.00\n', { kind: 'receivables' });
  const file = `${TYPED}1,Invoice,Ann Ames,11/03/2026,100.00,0.00\nC1,Credit Memo,Ann Ames,11/04/2026,-30.00,-30.00\n`;
  const found = await check(company, file, { kind: 'receivables' });
  expect(found.counts).toMatchObject({ rowsIn: 1, rowsLeftOut: 1, invoicesUpdated: 1, creditsApplied: 0 });
  expect((await run(company, file, { kind: 'receivables' })).counts).toEqual(found.counts);
});

test('B-18: two customers that a row may mean keep all its rows out', async () => {
  const company = await makeCompany(db);
  await run(company, 'Name,Email\nJohn Smith,j1@mail.example\nJohn Smith,j2@mail.example\n');
  const found = await check(
    company,
    'Invoice #,Customer,Item,Item total\n1,John Smith,Filter,10.00\n1,John Smith,Visit,50.00\n2,Jo Roe,Visit,50.00\n',
    { kind: 'invoices', mapping: { 'invoice.number': [0], 'customer.name': [1], 'item.name': [2], 'item.total': [3] } },
  );
  expect(found.counts).toMatchObject({ rowsIn: 1, rowsLeftOut: 2 });
  expect(found.problems.filter((one) => one.severity === 'error').map((one) => one.line)).toEqual([2, 3]);
});

test('B-18: new choices make the check void, and a running check can be canceled', async () => {
  const company = await makeCompany(db);
  const { importId } = await check(company, FILE);
  await within(company, (tx) => saveChoices(tx, importId, {}));
  expect((await within(company, (tx) => readImport(tx, importId)))?.counts).toEqual({});
  await within(company, (tx) => startCheck(tx, company.companyId, importId));
  expect(await within(company, (tx) => startCheck(tx, company.companyId, importId))).toBe(false);
  expect(await within(company, (tx) => startImport(tx, actorOf(company), company.companyId, importId))).toMatchObject({
    ok: false,
  });
  expect(await within(company, (tx) => cancelImport(tx, actorOf(company), importId))).toBe(true);
  expect(await checkImport(db, { companyId: company.companyId, importId })).toBe('skipped');
  expect((await within(company, (tx) => listProblems(tx, importId, null))).rows).toEqual([]);
});

test('B-18: a check that crashes leaves nothing, and the next attempt tells it all once', async () => {
  const company = await makeCompany(db);
  const importId = await upload(company, manyBills(1_200) + bill('x', 'ten', '10'));
  await within(company, (tx) => startCheck(tx, company.companyId, importId));
  const onRows = () => {
    throw new Error('the power went out');
  };
  const ids = { companyId: company.companyId, importId };
  await expect(checkImport(db, ids, { onRows })).rejects.toThrow('the power went out');
  expect((await everything(company)).customers).toEqual([]);
  expect(await checkImport(db, ids)).toBe('done');
  expect(await within(company, (tx) => readImport(tx, importId))).toMatchObject({
    status: 'mapping',
    counts: { rowsIn: 1_200, rowsLeftOut: 1 },
  });
  await within(company, (tx) => startImport(tx, actorOf(company), company.companyId, importId));
  expect(await runImport(db, ids)).toBe('done');
  expect((await within(company, (tx) => listProblems(tx, importId, null))).rows).toHaveLength(1);
});

test('B-18: while a file is checked, an invoice that it changes can be paid', async () => {
  const company = await makeCompany(db);
  await run(company, HEADER + bill(1, '100.00', '100.00'));
  const importId = await upload(company, HEADER + bill(1, '120.00', '120.00') + bill(2, '5.00', '5.00'));
  await within(company, (tx) => startCheck(tx, company.companyId, importId));
  let locked = false;
  const onRows = async () => {
    await within(company, async (tx) => {
      await tx.execute('set local lock_timeout = 500');
      await tx.execute('select id from invoices for update nowait');
      await tx.execute('select id from customers for no key update nowait');
      locked = true;
    });
  };
  expect(await checkImport(db, { companyId: company.companyId, importId }, { onRows })).toBe('done');
  expect(locked).toBe(true);
});
