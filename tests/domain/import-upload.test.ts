import postgres from 'postgres';
import { expect, test } from 'vitest';

import {
  badRowsCsv,
  cancelImport,
  readImport,
  saveChoices,
  startImport,
} from '#app/invoicing/import/imports.server.ts';
import { runImport } from '#app/invoicing/import/run.server.ts';
import { storeUpload } from '#app/invoicing/import/upload.server.ts';
import { auditEntries, importChunks, imports } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';
import { actorOf, bytesOf, importsIn } from '#tests/setup/imports.ts';

const { db, url } = await createTestDatabase();
const { within, upload, run, everything } = importsIn(db);

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
    ['import.upload', 'import.start', 'import.cancel', 'import.upload', 'import.start', 'import.run'].map((action) => ({
      action,
    })),
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
