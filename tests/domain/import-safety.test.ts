import { expect, test } from 'vitest';

import {
  cancelImport,
  listImports,
  listProblems,
  readImport,
  reopenImport,
  saveChoices,
  startImport,
} from '#app/invoicing/import/imports.server.ts';
import { runImport } from '#app/invoicing/import/run.server.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { actorOf, importsIn, manyBills } from '#tests/setup/imports.ts';

const { db } = await createTestDatabase();
const { within, upload, everything } = importsIn(db);

test('B-18: a crash half-way leaves nothing behind, and the next attempt brings all in once', async () => {
  const company = await makeCompany(db);
  const importId = await upload(company, manyBills(1_700));
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
  expect([nothing.customers, nothing.contacts, nothing.invoices, nothing.entries].map((rows) => rows.length)).toEqual([
    0, 0, 0, 0,
  ]);
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
  const importId = await upload(company, manyBills(600));
  await within(company, (tx) => startImport(tx, actorOf(company), company.companyId, importId));
  const onRows = () => {
    throw new Error('no');
  };
  await expect(runImport(db, { companyId: company.companyId, importId }, { last: true, onRows })).rejects.toThrow('no');
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
  const importId = await upload(company, manyBills(1_100));
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
  const ids = [await upload(company, manyBills(700)), await upload(company, manyBills(700))];
  for (const id of ids) await within(company, (tx) => startImport(tx, actorOf(company), company.companyId, id));
  await Promise.all(ids.map((importId) => runImport(db, { companyId: company.companyId, importId })));
  const all = await everything(company);
  expect([all.customers.length, all.invoices.length, all.entries.length]).toEqual([700, 700, 700]);
  const counts = await within(company, async (tx) => (await listImports(tx, null)).rows.map((row) => row.counts));
  expect(new Set(counts.map((c) => c.invoicesAdded))).toEqual(new Set([0, 700]));
});

test('B-18: one job run by two workers at once runs once', async () => {
  const company = await makeCompany(db);
  const importId = await upload(company, manyBills(700));
  await within(company, (tx) => startImport(tx, actorOf(company), company.companyId, importId));
  const results = await Promise.all([0, 1].map(() => runImport(db, { companyId: company.companyId, importId })));
  expect(results.toSorted()).toEqual(['done', 'skipped']);
  expect((await everything(company)).invoices).toHaveLength(700);
});

test('B-18: another company can neither see, start, cancel nor run an import', async () => {
  const [mine, other] = [await makeCompany(db), await makeCompany(db)];
  const importId = await upload(mine, manyBills(3));
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
