import { expect, test } from 'vitest';

import { payments } from '#db/schema/index.ts';
import { withCompany } from '#db/client.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { expectAccessible, launchBrowser, openPage, PHONE, signIn } from '#tests/setup/browser.ts';

const app = await startTestApp();
const browser = await launchBrowser();

test('S4-01 to S4-10: the office copies a link, and its customer pays with a tip on a phone, without JavaScript', async () => {
  const { companyId, admin } = await makeCompany(app.db, { portalHost: 'kitchen', name: 'Larkfield' });
  const customerId = await withCompany(app.db, companyId, async (tx) => {
    const customer = await makeCustomer(tx, { name: 'Ann Ames', firstName: 'Ann', mobile: '+14235550142' });
    await makeInvoice(tx, { customerId: customer.customerId, totalCents: 31_000, summary: 'Water heater repair' });
    return customer.customerId;
  });

  // The office.
  const office = await openPage(browser, { baseURL: app.origin });
  await office.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.origin });
  await signIn(office.page, app.origin, admin.email, admin.password);
  await office.page.goto(`/customers/${customerId}/billing`);
  const section = office.page.getByRole('region', { name: 'Payment Link' });
  await section.getByRole('button', { name: 'Generate Link' }).click();
  const address = section.getByLabel('Address');
  await address.waitFor();
  const first = await address.inputValue();
  // S4-14: asked once, then there is a new one.
  await section.getByRole('button', { name: 'Replace the payment link' }).click();
  const question = office.page.getByRole('dialog').getByRole('button', { name: 'Generate Link' });
  await question.waitFor();
  await expectAccessible(office.page);
  await question.click();
  await office.page.waitForFunction(
    (old) => document.querySelector<HTMLInputElement>('#payment-link')?.value !== old,
    first,
  );
  // It says so for a second: whoever looks must look before.
  await Promise.all([
    section.getByRole('button', { name: 'Copied' }).waitFor(),
    section.getByRole('button', { name: 'Copy' }).click(),
  ]);
  const link = await office.page.evaluate(() => navigator.clipboard.readText());
  expect(link).toBe(await address.inputValue());
  expect(link).toMatch(/\/pay\/c/);
  expect(office.errors()).toEqual([]);

  // The customer, in a kitchen.
  const phone = await openPage(browser, { viewport: PHONE, javaScript: false });
  const { page } = phone;
  const gone = await page.goto(first);
  expect(gone?.status()).toBe(404);
  await page.goto(link);
  await page.getByText('View recent charges').click();
  await page.getByText('Water heater repair').waitFor();
  await expectAccessibleWithout(link);
  expect(await page.getByRole('radio', { name: 'No tip' }).isChecked()).toBe(true);
  await page.getByRole('button', { name: 'Pay $310.00', exact: true }).waitFor();
  await page.getByRole('radio', { name: '20%' }).check();
  await page.getByRole('button', { name: 'Pay $372.00', exact: true }).click();

  await page.waitForURL(/\/sandbox\//);
  await page.getByText('$372.00').first().waitFor();
  await page.getByRole('radio', { name: /4242/ }).check();
  await page.getByRole('button', { name: 'Pay $372.00' }).click();
  await page.waitForURL(/\/done\//);
  await page.getByRole('heading', { name: 'Thank you. Your payment went through.' }).waitFor();
  await page.getByText('Nothing is left to pay.').waitFor();
  await expectAccessibleWithout(page.url());
  const rows = await withCompany(app.db, companyId, (tx) => tx.select().from(payments));
  expect(rows).toMatchObject([{ status: 'succeeded', amountCents: 37_200, tipCents: 6_200 }]);
});

/** axe is a script: it looks at the same page, at the same size, in a browser that runs scripts. */
async function expectAccessibleWithout(url: string): Promise<void> {
  const context = await browser.newContext({ viewport: PHONE });
  const page = await context.newPage();
  await page.goto(url);
  for (const summary of await page.locator('summary').all()) await summary.click();
  await expectAccessible(page);
  await context.close();
}
