import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { checkLedger } from '#app/invoicing/ledger/ledger.server.ts';
import { withCompany } from '#db/client.ts';
import { invoices, payments } from '#db/schema/index.ts';
import { makeCompany, TEST_PASSWORD } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { startTestApp } from '#tests/setup/app.ts';
import {
  expectAccessible,
  expectPagesAccessible,
  launchBrowser,
  openPage,
  PHONE,
  signIn,
} from '#tests/setup/browser.ts';

test('S2-18: on a phone, one check is recorded over two invoices, and what is left is kept as credit', async () => {
  const app = await startTestApp();
  const browser = await launchBrowser();
  const company = await makeCompany(app.db);
  const at = await withCompany(app.db, company.companyId, async (tx) => {
    const { customerId } = await makeCustomer(tx, { name: 'Maria Lopez' });
    const a = await makeInvoice(tx, { customerId, number: 'A-1', dueOn: '2026-02-01', totalCents: 5_000 });
    const b = await makeInvoice(tx, { customerId, number: 'B-2', dueOn: '2026-03-01', totalCents: 4_000 });
    return { customerId, a: a.invoiceId, b: b.invoiceId };
  });
  const { page, errors } = await openPage(browser, { viewport: PHONE, baseURL: app.origin });
  await signIn(page, app.origin, company.admin.email, TEST_PASSWORD);

  // From one of the invoices, over its menu, to the payment over several.
  await page.goto(`/invoices/${at.b}`);
  await page.getByText('Actions', { exact: true }).click();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Record payment' }).click();
  await page.getByRole('link', { name: 'record it for the customer' }).click();
  // The page before has fields of the same names.
  await page.getByRole('button', { name: 'Fill in, oldest first' }).waitFor();
  await page.getByLabel('Amount received').fill('$100.00');
  await page.getByLabel('Check number or note').fill('1042');
  await page.getByRole('button', { name: 'Fill in, oldest first' }).click();
  await expect.poll(() => page.getByLabel(/^Invoice A-1/).inputValue()).toBe('50.00');
  await expect.poll(() => page.getByLabel(/^Invoice B-2/).inputValue()).toBe('40.00');
  await expect.poll(() => page.getByLabel('Check number or note').inputValue()).toBe('1042');
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Record payment' }).click();
  await page.getByRole('alert').getByText('$10.00 go to no invoice').waitFor();
  await page.getByLabel('Keep what is left on the account').check();
  await page.getByRole('button', { name: 'Record payment' }).click();
  await page.getByText('The payment was recorded.').waitFor();
  await page.getByRole('heading', { name: 'Payment of $100.00' }).waitFor();
  await expectAccessible(page);

  // The back button and a second click: the form is the same, so nothing is recorded again.
  await page.goBack();
  await page.getByLabel('Amount received').waitFor();
  await page.goto(`/customers/${at.customerId}/billing`);
  await page.getByText('Nothing is owed.').waitFor();
  await expectAccessible(page);
  await page.goto('/payments?q=1042');
  await page.getByText('1 payment, $100.00 received').waitFor();
  await expectAccessible(page);
  await expectPagesAccessible(page, [
    '/payments',
    `/customers/${at.customerId}/billing`,
    `/invoices/${at.a}/void`,
    `/customers/${at.customerId}/credit`,
  ]);
  await withCompany(app.db, company.companyId, async (tx) => {
    const settled = await tx.select().from(invoices).where(eq(invoices.status, 'paid'));
    expect(settled.map((invoice) => invoice.balanceCents)).toEqual([0, 0]);
    expect((await tx.select().from(payments)).map((payment) => payment.amountCents)).toEqual([10_000]);
    expect(await checkLedger(tx)).toEqual([]);
  });
  expect(errors()).toEqual([]);
});
