import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { withCompany } from '#db/client.ts';
import { customers, invoices } from '#db/schema/index.ts';
import { makeCompany, makeStaff } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { DESKTOP, expectAccessible, launchBrowser, openPage, PHONE, signIn } from '#tests/setup/browser.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const app = await startTestApp({ worker: true });
const browser = await launchBrowser();

const FIXTURES = join(import.meta.dirname, '../fixtures/imports');
const shots = process.env.SCREENSHOTS;

const sizes = [
  ['desktop', DESKTOP],
  ['phone', PHONE],
] as const;

test.each(sizes)(
  'B-18: a file is uploaded, mapped, previewed and imported at %s width, and each page passes axe',
  async (name, viewport) => {
    const company = await makeCompany(app.db, { name: 'Gulf Breeze Plumbing & Air' });
    const { page, errors } = await openPage(browser, { viewport });
    const shot = async (step: string) => {
      await expectAccessible(page);
      if (shots) await page.screenshot({ path: join(shots, `import-${name}-${step}.png`), fullPage: true });
    };
    await signIn(page, app.origin, company.admin.email, company.admin.password);
    await page.goto(`${app.origin}/imports`);
    await page.getByText('No imports yet').waitFor();
    await shot('1-empty');

    await page.getByLabel('CSV file').setInputFiles({
      name: 'report.xlsx',
      mimeType: 'text/csv',
      buffer: Buffer.from('PK\x03\x04 xl/workbook.xml', 'latin1'),
    });
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByRole('alert').getByText('This is an Excel workbook. Save it as CSV and import that.').waitFor();
    await shot('2-refused');

    const file = (await readFile(join(FIXTURES, 'jobber-invoices.csv'), 'utf8')).replace('"May 02, 2026"', 'someday');
    await page
      .getByLabel('CSV file')
      .setInputFiles({ name: 'jobber-invoices.csv', mimeType: 'text/csv', buffer: Buffer.from(file) });
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByText('From Jobber: Invoices, 6 rows.').waitFor();
    expect(await page.getByLabel('Client name becomes').inputValue()).toBe('customer.name');
    await shot('3-columns');

    await page.getByLabel('Invoice # becomes').selectOption('');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('alert').getByText('Choose the column with the Invoice number.').waitFor();
    expect(await page.getByLabel('Invoice # becomes').inputValue()).toBe('');
    await shot('4-missing');

    await page.getByLabel('Invoice # becomes').selectOption('invoice.number');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('heading', { name: 'The first 5 records' }).waitFor();
    await page.getByText('“someday” is not a date.').waitFor();
    await shot('5-preview');

    await page.getByRole('button', { name: 'Import 5 rows' }).click();
    await page.getByText('The file is imported.').waitFor();
    await page.getByText('Invoices added').waitFor();
    await shot('6-result');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download the 1 row left out' }).click();
    const csv = await readFile(await (await download).path(), 'utf8');
    expect(csv).toContain('someday');
    expect(csv.split('\r\n')).toHaveLength(3);

    await page.goto(`${app.origin}/imports`);
    await page.getByRole('link', { name: 'jobber-invoices.csv' }).waitFor();
    await shot('7-history');
    const rows = await withCompany(app.db, company.companyId, (tx) => tx.select().from(invoices));
    expect(rows).toHaveLength(5);
    expect(errors()).toEqual([]);
  },
);

test('B-18: a large upload shows how much is sent, can be stopped, and two clicks send it once', async () => {
  const company = await makeCompany(app.db);
  const { page, context, errors } = await openPage(browser);
  await signIn(page, app.origin, company.admin.email, company.admin.password);
  await page.goto(`${app.origin}/imports`);
  const row = `Ann Ames,ann@mail.example,${'x'.repeat(1000)}\n`;
  const file = {
    name: 'large.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`Name,Email,Notes\n${row.repeat(3000)}`),
  };
  const client = await context.newCDPSession(page);
  const throttle = (uploadThroughput: number) =>
    client.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput,
    });
  await throttle(100 * 1024);
  await page.getByLabel('CSV file').setInputFiles(file);
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.getByText(/^\d\.\d of 2\.9 MB uploaded · [1-9]\d?%$/).waitFor();
  await expectAccessible(page);
  if (shots) await page.screenshot({ path: join(shots, 'import-desktop-upload.png') });
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('MB uploaded').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Upload' }).waitFor();
  await throttle(-1);
  const posts: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(new URL(request.url()).pathname);
  });
  // What was chosen is chosen still.
  await page.getByRole('button', { name: 'Upload' }).dblclick();
  await page.waitForURL(/\/imports\/\d+$/);
  expect(posts).toEqual(['/imports/upload']);
  await page.goto(`${app.origin}/imports`);
  await page.getByRole('link', { name: 'large.csv' }).waitFor();
  expect(await page.getByRole('link', { name: 'large.csv' }).count()).toBe(1);
  expect(errors()).toEqual([]);
});

test('B-18: while it runs, the page shows how far it is, also after a reload', async () => {
  const company = await makeCompany(app.db);
  const { page, errors } = await openPage(browser);
  await signIn(page, app.origin, company.admin.email, company.admin.password);
  await page.goto(`${app.origin}/imports`);
  const [early, late] = await withCompany(app.db, company.companyId, async (tx) => [
    await makeCustomer(tx, { name: 'Customer 2500', email: 'c2500@mail.example' }),
    await makeCustomer(tx, { name: 'Customer 4500', email: 'c4500@mail.example' }),
  ]);
  /** Holds a customer's row: the import waits where their invoice comes. @returns what lets it go on */
  const hold = async (customerId: number) => {
    let [held, letGo] = [() => {}, () => {}];
    const holding = new Promise<void>((done) => (held = done));
    const released = new Promise<void>((done) => (letGo = done));
    const ended = withCompany(app.db, company.companyId, async (tx) => {
      await tx.execute(sql`select from customers where id = ${customerId} for update`);
      held();
      await released;
    });
    await holding;
    return async () => {
      letGo();
      await ended;
    };
  };
  const rows = Array.from({ length: 6_000 }, (_, i) => `${i},Customer ${i},c${i}@mail.example,11/03/2026,10.00`).join(
    '\n',
  );
  await page.getByLabel('CSV file').setInputFiles({
    name: 'many.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`Invoice #,Customer,Email,Invoice Date,Total\n${rows}\n`),
  });
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.getByText('6,000 rows').waitFor();
  await page.getByRole('button', { name: 'Preview' }).click();
  const start = page.getByRole('button', { name: 'Import 6,000 rows' });
  await start.waitFor();
  const [goOn, end] = [await hold(early.customerId), await hold(late.customerId)];
  await start.click();
  await page.getByRole('heading', { name: 'Importing' }).waitFor();
  // How far it is, is written twice a second at most: by now what comes next is.
  const seen = performance.now();
  await expect.poll(() => performance.now() - seen).toBeGreaterThan(1_000);
  await goOn();
  const progress = page.getByText(/^[1-9][\d,]* of 6,000 rows read$/);
  await progress.waitFor();
  if (shots) await page.screenshot({ path: join(shots, 'import-desktop-progress.png') });
  await page.reload();
  await progress.waitFor();
  await end();
  await page.getByText('The file is imported.').waitFor();
  expect(errors()).toEqual([]);
});

test('B-18: before JavaScript all of it works as plain forms', async () => {
  const company = await makeCompany(app.db);
  const { page } = await openPage(browser, { javaScript: false });
  await signIn(page, app.origin, company.admin.email, company.admin.password);
  await page.goto(`${app.origin}/imports`);
  await page.getByLabel('CSV file').setInputFiles(join(FIXTURES, 'quickbooks-online-customer-contact-list.csv'));
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.getByText('From QuickBooks Online: Customers, 7 rows.').waitFor();
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('button', { name: 'Import 7 rows' }).click();
  await page.getByText('The file is imported.').waitFor();
  const rows = await withCompany(app.db, company.companyId, (tx) => tx.select().from(customers));
  expect(rows).toHaveLength(6);
});

test('B-18: another kind of file starts the columns anew', async () => {
  const company = await makeCompany(app.db);
  const { page } = await openPage(browser);
  await signIn(page, app.origin, company.admin.email, company.admin.password);
  await page.goto(`${app.origin}/imports`);
  await page.getByLabel('CSV file').setInputFiles({
    name: 'list.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('Name,Email,Type\nAnn Ames,ann@mail.example,Homeowner\n'),
  });
  await page.getByRole('button', { name: 'Upload' }).click();
  expect(await page.getByLabel('Type becomes').inputValue()).toBe('customer.type');
  await page.getByLabel('What the file holds').selectOption('invoices');
  await page.waitForFunction(
    () => (document.querySelector('[name="column-2"]') as HTMLSelectElement).value === 'invoice.type',
  );
  await page.getByRole('button', { name: 'Cancel import' }).click();
  await page.getByRole('cell', { name: 'Nothing was imported.' }).waitFor();
});

test('B-18: without the permission, and for another company, there is nothing to see', async () => {
  const [mine, other] = [await makeCompany(app.db), await makeCompany(app.db)];
  const viewer = await withCompany(app.db, mine.companyId, (tx) => makeStaff(tx, { role: 'viewer' }));
  const asViewer = await signInCookie(app.origin, viewer.email, viewer.password);
  expect((await send(`${app.origin}/imports`, { cookie: asViewer })).status).toBe(403);
  expect((await send(`${app.origin}/imports`, { cookie: asViewer, form: { x: '1' } })).status).toBe(403);
  const { page, context } = await openPage(browser);
  await signIn(page, app.origin, mine.admin.email, mine.admin.password);
  await page.goto(`${app.origin}/imports`);
  await page.getByLabel('CSV file').setInputFiles(join(FIXTURES, 'freshbooks-clients.csv'));
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.waitForURL(/\/imports\/\d+/);
  const path = new URL(page.url()).pathname;
  await context.close();
  const asOther = await signInCookie(app.origin, other.admin.email, other.admin.password);
  for (const address of [path, `${path}/left-out`])
    expect((await send(app.origin + address, { cookie: asOther })).status, address).toBe(404);
  for (const verb of ['', '/start', '/cancel', '/reopen']) {
    expect((await send(app.origin + path + verb, { cookie: asOther, form: { kind: 'customers' } })).status, verb).toBe(
      404,
    );
  }
  expect((await send(`${app.origin}/imports/0`, { cookie: asOther })).status).toBe(404);
});
