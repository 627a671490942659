import { beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';

import { withCompany } from '#db/client.ts';
import { makeCompany, TEST_PASSWORD, type MadeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { startTestApp, type TestApp } from '#tests/setup/app.ts';
import { DESKTOP, expectAccessible, launchBrowser, openPage, PHONE, signIn } from '#tests/setup/browser.ts';

let app: TestApp;
let browser: Browser;
let company: MadeCompany;

beforeAll(async () => {
  app = await startTestApp();
  browser = await launchBrowser();
  company = await makeCompany(app.db, { portalHost: 'making' });
  await withCompany(app.db, company.companyId, (tx) => makeCustomer(tx, { name: 'Maria Lopez' }));
});

test('an invoice with two items is made, issued, and stands in statement and aging', async () => {
  const { page, errors } = await openPage(browser, { viewport: DESKTOP });
  await signIn(page, app.origin, company.admin.email, TEST_PASSWORD);
  await page.goto(`${app.origin}/invoices`);
  await page.getByRole('link', { name: 'New invoice' }).click();
  await page.getByRole('link', { name: 'Maria Lopez' }).click();
  const item = (n: number) => page.getByRole('listitem', { name: `Item ${n}` });
  await item(1).getByLabel('Description').fill('Water heater');
  await item(1).getByLabel('Price').fill('1280');
  await item(1).getByLabel('Tax %').fill('8.25');
  await page.getByRole('button', { name: 'Add item' }).click();
  await item(2).getByLabel('Description').fill('Labor');
  await item(2).getByLabel('Quantity').fill('2.5');
  await item(2).getByLabel('Price').fill('95');
  await item(2).getByLabel('Tax %').fill('');
  await page.getByText('$1,623.10').waitFor();
  await expectAccessible(page);
  await page.getByLabel('Number').fill('');
  await page.getByRole('button', { name: 'Issue invoice' }).click();
  await page.getByRole('alert').getByText('Enter a number.').waitFor();
  expect(await item(2).getByLabel('Description').inputValue()).toBe('Labor');
  await page.getByLabel('Number').fill('E-1');
  await page.getByRole('button', { name: 'Issue invoice' }).click();
  await page.getByText('The invoice was issued').waitFor();
  await page.getByRole('heading', { name: 'Invoice E-1' }).waitFor();
  await page.getByText('$1,623.10').first().waitFor();

  await page.goto(`${app.origin}/reports/aging`);
  await expectAccessible(page);
  await page.getByRole('link', { name: '$1,623.10' }).first().click();
  await page.getByRole('link', { name: 'E-1' }).waitFor();
  await page.setViewportSize(PHONE);
  const customer = await page.getByRole('link', { name: 'Maria Lopez' }).getAttribute('href');
  await page.goto(`${app.origin}${customer}/invoices`);
  await page.getByRole('link', { name: 'Statement' }).click();
  await page.getByRole('heading', { name: 'Statement', exact: true }).waitFor();
  await page.getByText('Invoice E-1').waitFor();
  await expectAccessible(page);
  expect(errors()).toEqual([]);
});
