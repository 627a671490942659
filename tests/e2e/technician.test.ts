import { expect, test } from 'vitest';

import { readOnlineSettings } from '#app/invoicing/payments/online-settings.server.ts';
import { withCompany } from '#db/client.ts';
import { makeCompany, makeStaff, TEST_PASSWORD } from '#tests/factories/company.ts';
import { makeCustomer, makeJob, makeLocation } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { noonZone } from '#tests/factories/noon.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { expectAccessible, launchBrowser, openPage, PHONE, signIn, signInByPage } from '#tests/setup/browser.ts';

const app = await startTestApp({ worker: true });
const browser = await launchBrowser();

test('S1-01 to S1-06, S1-12 to S1-15: an administrator turns it on, a technician texts a link that pays the invoice', async () => {
  const company = await makeCompany(app.db, { name: 'Larks Heating', portalHost: 'larksmobile', timeZone: noonZone() });
  const inside = <T>(work: Parameters<typeof withCompany<T>>[2]) => withCompany(app.db, company.companyId, work);
  const made = await inside(async (tx) => {
    const technician = await makeStaff(tx, { role: 'technician', name: 'Marcus Bell' });
    const { customerId } = await makeCustomer(tx, { name: 'Ann Ames', mobile: '+15005552301' });
    const locationId = await makeLocation(tx, { customerId, line1: '12 Oak Street', zip: '', state: '' });
    const jobId = await makeJob(tx, {
      customerId,
      locationId,
      number: 'J-77',
      technician: 'Marcus Bell',
      completedAt: new Date(),
    });
    const invoice = await makeInvoice(tx, { customerId, jobId, number: '4711', totalCents: 31_050 });
    return { technician, invoice };
  });

  const admin = await openPage(browser);
  await signIn(admin.page, app.origin, company.admin.email, TEST_PASSWORD);
  await admin.page.goto(`${app.origin}/settings/invoicing/online-payments`);
  const also = admin.page.getByRole('switch', { name: 'Also enable sending SMS invoice links via Mobile' });
  expect(await also.isDisabled()).toBe(true);
  const preview = admin.page.getByText(/Larks Heating: Here is your link to pay invoice 1042/);
  expect(await preview.count()).toBe(0);
  // By keyboard: a switch's own input is not to be seen.
  await admin.page.locator('#smsInvoiceLinks').press('Space');
  await preview.waitFor();
  await admin.page.locator('#emailFromMobile').press('Space');
  await expect.poll(() => also.isEnabled()).toBe(true);
  await also.press('Space');
  await admin.page.getByRole('link', { name: 'ACH' }).click();
  await admin.page.waitForURL(/tab=ach/);
  await preview.waitFor();
  // Nothing holds yet, and leaving asks.
  expect((await inside(readOnlineSettings)).smsInvoiceLinks).toBe(false);
  await admin.page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Texts' }).click();
  await admin.page.getByRole('button', { name: 'Stay' }).click();
  await admin.page.getByRole('button', { name: 'Save' }).click();
  await admin.page.getByText('Online payments were saved.').waitFor();
  expect(await inside(readOnlineSettings)).toMatchObject({ cards: true, ach: true, smsFromMobile: true });
  await expectAccessible(admin.page);

  const { page, errors } = await openPage(browser, { viewport: PHONE });
  await signInByPage(page, app.origin, made.technician.email, TEST_PASSWORD);
  await page.waitForURL(/\/jobs$/);
  await page.getByRole('link', { name: /Ann Ames/ }).waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: /Ann Ames/ }).click();
  await page.getByRole('heading', { name: 'Job J-77' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: /Invoice 4711/ }).click();
  await page.getByText('Actions', { exact: true }).click();
  await page.getByRole('link', { name: 'Text Invoice' }).click();
  await page.getByRole('heading', { name: 'SMS Text Invoice Link' }).waitFor();
  await page.getByLabel('Use a New Number').check();
  await page.getByLabel('Mobile number').fill('500 555 2302');
  await page.getByLabel(/Save to Location Record/).check();
  await expectAccessible(page);
  // Whatever is tapped is 44 px high at least.
  for (const target of [
    page.getByRole('button', { name: 'Send' }),
    page.getByLabel('Mobile number'),
    page.locator('label', { hasText: 'Save to Location Record' }),
  ]) {
    expect((await target.boundingBox())!.height).toBeGreaterThanOrEqual(44);
  }
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('The payment link was texted to (500) 555-2302.').waitFor();
  expect(errors()).toEqual([]);

  const text = admin.page.getByRole('link', { name: /Here is your link to pay invoice 4711, \$310\.50/ });
  await expect
    .poll(
      async () => {
        await admin.page.goto(`${app.origin}/outbox/texts`);
        return text.count();
      },
      { timeout: 60_000, interval: 500 },
    )
    .toBe(1);
  await text.click();
  const link = await admin.page
    .getByRole('group', { name: /^Texts with/ })
    .getByRole('link', { name: /^http/ })
    .getAttribute('href');
  const customer = await openPage(browser, { viewport: PHONE, javaScript: false });
  const answer = await customer.page.goto(link!);
  expect(new URL(customer.page.url()).host).toMatch(/^larksmobile\.portal\.localhost/);
  expect(answer!.status()).toBe(200);
  // No sign-in stands before it (S1-14).
  expect(new URL(customer.page.url()).pathname).toMatch(/^\/pay\//);
  await customer.page.getByText('$310.50').first().waitFor();
  expect(admin.errors()).toEqual([]);
});
