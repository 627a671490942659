import { eq, sql } from 'drizzle-orm';
import type { Page } from 'playwright-core';
import PostalMime from 'postal-mime';
import sharp from 'sharp';
import { expect, test } from 'vitest';

import { agreement } from '#app/portal/agreement.ts';
import { acceptAgreement } from '#app/portal/agreement.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { outboxEmails } from '#db/schema/index.ts';
import { makeBusinessUnit, makeCompany, makeStaff } from '#tests/factories/company.ts';
import { makeCustomer, makeJob, makeLocation } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { signInCookie } from '#tests/setup/http.ts';
import { DESKTOP, expectAccessible, launchBrowser, openPage, PHONE, signIn } from '#tests/setup/browser.ts';

const app = await startTestApp({ worker: true });
const browser = await launchBrowser();
const PASSWORD = 'a kettle for the plumber';

/** The newest mail that the sandbox took for an address, once it is there. */
async function mailTo(companyId: number, recipient: string, subject: RegExp) {
  const find = () =>
    withCompany(app.db, companyId, async (tx) => {
      const rows = await tx.select().from(outboxEmails).where(eq(outboxEmails.recipient, recipient));
      return rows.findLast((row) => subject.test(row.subject))?.mime ?? null;
    });
  await expect.poll(find, { timeout: 60_000 }).not.toBeNull();
  return PostalMime.parse((await find())!);
}

/** A company with a portal, and a customer who owes three invoices and has no account yet. */
async function makeDebtor(portalHost: string) {
  const { companyId } = await makeCompany(app.db, { portalHost, name: 'Larkfield Plumbing' });
  return withCompany(app.db, companyId, async (tx: Tx) => {
    const email = `maria@${portalHost}.example`;
    const { customerId } = await makeCustomer(tx, { name: 'Maria Lopez', firstName: 'Maria', email });
    const locationId = await makeLocation(tx, { customerId });
    const of = async (number: string, totalCents: number, summary: string) => {
      const jobId = await makeJob(tx, { customerId, locationId, summary, completedAt: new Date('2026-01-02') });
      await makeInvoice(tx, { customerId, number, totalCents, summary, jobId });
    };
    await of('1042', 31_000, 'Water heater repair');
    await of('1057', 12_450, 'Drain cleared');
    await of('1063', 5_000, 'Faucet replaced');
    return { companyId, customerId, email };
  });
}

/** From the login page to the receipt of two invoices, as a customer does it. @param look sees every page on the way */
async function payForTheFirstTime(
  page: Page,
  debtor: { companyId: number; email: string },
  look: (page: Page) => Promise<void>,
): Promise<void> {
  await page.goto('/');
  await look(page);
  await page.getByRole('link', { name: 'Request an invitation' }).click();
  await page.getByRole('button', { name: 'Send me the link' }).waitFor();
  await look(page);
  await page.getByLabel('Email').fill(` ${debtor.email.toUpperCase()} `);
  await page.getByRole('button', { name: 'Send me the link' }).click();
  await page.getByRole('heading', { name: 'Check your email' }).waitFor();
  await look(page);

  const mail = await mailTo(debtor.companyId, debtor.email, /invitation/);
  expect(mail.html).toContain('(512) 555-0100');
  const link = /href="(http:\/\/\w+\.portal\.localhost:\d+\/confirm\/[\w-]+)"/.exec(mail.html ?? '')![1]!;
  expect(mail.text).toContain(link);
  await page.goto(link);
  await look(page);
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Create password' }).click();
  await page.getByText('Use at least 10 characters.').first().waitFor();
  await look(page);
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create password' }).click();

  await page.getByRole('heading', { name: 'You owe for 3 invoices' }).waitFor();
  await look(page);
  await page.getByRole('link', { name: 'Invoice 1042' }).click();
  await page.getByRole('heading', { name: 'Invoice 1042' }).waitFor();
  await page.getByText('Water heater repair').first().waitFor();
  await look(page);

  // Signed out, the same link leads to the invoice again, over the login page.
  const invoiceAddress = page.url();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await page.goto(invoiceAddress);
  await page.getByLabel('Email').fill(debtor.email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Email and password don’t match.').waitFor();
  await look(page);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Invoice 1042' }).waitFor();
  expect(page.url()).toBe(invoiceAddress);

  await page.getByRole('link', { name: 'Back to your invoices' }).click();
  await page.getByLabel('Select invoice 1063').uncheck();
  await page.getByRole('button', { name: 'Pay selected' }).click();
  await page.getByRole('heading', { name: 'Pay $434.50' }).waitFor();
  await look(page);
  await page.getByRole('button', { name: 'Pay $434.50' }).click();
  // The processor's page: the sandbox has one of its own, without a field for a number.
  await page.getByText('No money is moved.').waitFor();
  await look(page);
  await page.getByRole('radio', { name: /Is declined/ }).check();
  await page.getByRole('button', { name: 'Pay $434.50' }).click();
  await page.getByText('The card was declined. Nothing was charged.').waitFor();
  await look(page);
  await page.getByRole('radio', { name: /Is accepted$/ }).check();
  await page.getByRole('button', { name: 'Pay $434.50' }).click();
  await page.getByRole('heading', { name: 'Thank you. Your payment went through.' }).waitFor();
  await page.getByText('Visa ending in 4242').waitFor();
  await look(page);
}

test('S2-26 to S2-28, S2-18: on a phone without scripts, from the invitation to the mailed receipt', async () => {
  const debtor = await makeDebtor('withoutscripts');
  const options = { viewport: PHONE, javaScript: false, baseURL: app.portal('withoutscripts') };
  const { page, errors } = await openPage(browser, options);
  await payForTheFirstTime(page, debtor, async () => {});
  const receipt = await mailTo(debtor.companyId, debtor.email, /Receipt/);
  expect(receipt.subject).toBe('Receipt from Larkfield Plumbing: $434.50');
  await page.goto('/');
  await page.getByRole('heading', { name: 'You owe for 1 invoice' }).waitFor();
  const [left] = await withCompany(app.db, debtor.companyId, (tx) =>
    tx.execute<{ cents: number }>(sql`select balance_cents as cents from customers where id = ${debtor.customerId}`),
  );
  expect(left!.cents).toBe(5_000);
  expect(errors()).toEqual([]);
});

test('B-19: every customer page passes axe and fits a phone and a desk', async () => {
  const debtor = await makeDebtor('withaxe');
  // axe is a script itself, so this browser runs them; the portal's own pages have none.
  const { page, errors } = await openPage(browser, { viewport: PHONE, baseURL: app.portal('withaxe') });
  await payForTheFirstTime(page, debtor, expectAccessible);
  await page.goto('/no-such-page');
  await expectAccessible(page);
  await page.setViewportSize(DESKTOP);
  await page.goto('/');
  await expectAccessible(page);
  // The rest of what a customer opens, where one invoice is left: a part of it, a payment by bank, what is kept.
  await expect.poll(() => page.locator('[data-total]').textContent()).toContain('$50.00');
  await page.getByLabel('Select invoice 1063').uncheck();
  await expect.poll(() => page.locator('[data-total]').textContent()).toContain('$0.00');
  await page.getByLabel('Select invoice 1063').check();
  await page.getByRole('button', { name: 'Pay selected' }).click();
  await page.getByLabel('Pay another amount').check();
  await page.getByRole('textbox', { name: 'Amount' }).fill('50.01');
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await page.getByText('At most $50.00 can be paid').first().waitFor();
  await expectAccessible(page);
  expect(await page.getByRole('textbox', { name: 'Amount' }).inputValue()).toBe('50.01');
  await page.getByRole('textbox', { name: 'Amount' }).fill('20');
  await page.getByRole('radio', { name: /Bank account/ }).check();
  await page.getByLabel('Save for future payments').check();
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await page.getByRole('button', { name: 'Pay $20.00' }).click();
  await page.getByRole('heading', { name: 'Your bank payment is on its way' }).waitFor();
  for (const path of [page.url(), '/', '/invoices', '/payment-methods']) {
    await page.goto(path);
    await expectAccessible(page);
  }
  await page.goto('/');
  await page.getByRole('link', { name: 'Invoice 1042' }).click();
  await page.getByRole('heading', { name: 'Invoice 1042' }).waitFor();
  await expectAccessible(page);
  expect(errors()).toEqual([]);
});

test('S2-01 to S2-03, S2-09 to S2-13, S0-08: an administrator accepts, sets up and previews the portal', async () => {
  const { companyId, admin } = await makeCompany(app.db, { name: 'Setup Electric' });
  await makeCompany(app.db, { portalHost: 'alreadytaken' });
  await withCompany(app.db, companyId, (tx) => makeBusinessUnit(tx, 'Electrical'));
  const { page, errors } = await openPage(browser, { viewport: DESKTOP });
  await signIn(page, app.origin, admin.email, admin.password);
  await page.goto(`${app.origin}/settings/communications/customer-portal`);
  await page.getByRole('heading', { name: 'Legal Agreement' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.getByText('Select the checkbox to accept the agreement.').first().waitFor();
  await page
    .getByLabel('I agree and accept these terms and consent to Partner’s access to my Fieldpost account and data')
    .check();
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.getByText('The agreement is accepted.').waitFor();
  await expectAccessible(page);

  await page.getByRole('switch', { name: 'Enable Customer Portal' }).focus();
  await page.keyboard.press('Space');
  const preview = page.getByRole('region', { name: 'Preview' });
  await page.getByLabel('Name').fill('Setup <b>Electric</b>');
  await expect.poll(() => preview.textContent()).toContain('Setup <b>Electric</b>');
  await page.getByLabel('Host').fill('alreadytaken');
  await page.getByRole('textbox', { name: 'Email' }).fill('office@setup.example');
  await page.getByRole('textbox', { name: 'Phone' }).fill('12');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('“alreadytaken” is taken by another company.').first().waitFor();
  await page.getByText('Enter a phone number').first().waitFor();
  expect(await page.getByLabel('Host').inputValue()).toBe('alreadytaken');
  await expectAccessible(page);

  await page.getByLabel('Host').fill('setupelectric');
  await page.getByRole('textbox', { name: 'Phone' }).fill('(512) 555-0177');
  const logo = await sharp({ create: { width: 400, height: 100, channels: 3, background: '#1e6b52' } })
    .png()
    .toBuffer();
  await page.locator('input[type=file]').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: logo });
  await preview.locator('img').waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. Customers can use the portal.').waitFor();
  const url = app.portal('setupelectric');
  await page.getByRole('link', { name: url }).waitFor();
  await expectAccessible(page);
  expect(errors().filter((error) => !error.includes('400'))).toEqual([]);

  const visitor = await openPage(browser, { viewport: PHONE, javaScript: false });
  await visitor.page.goto(`${url}/login`);
  const mark = visitor.page.getByRole('img', { name: 'Setup <b>Electric</b>' });
  expect(await mark.evaluate((image: HTMLImageElement) => [image.naturalHeight > 0, image.clientHeight])).toEqual([
    true,
    50,
  ]);
});

test('S2-01: others see that an administrator has to accept; the server refuses them too', async () => {
  const { companyId } = await makeCompany(app.db);
  const office = await withCompany(app.db, companyId, (tx) => makeStaff(tx, { role: 'marketer' }));
  const { page } = await openPage(browser, { viewport: PHONE });
  await signIn(page, app.origin, office.email, office.password);
  await page.goto(`${app.origin}/settings/communications/customer-portal`);
  await page.getByText('An administrator has to accept this first').waitFor();
  expect(await page.getByRole('button', { name: 'Accept' }).count()).toBe(0);
  await expectAccessible(page);
  const address = `${app.origin}/settings/communications/customer-portal/agreement`;
  const answer = await page.request.post(address, {
    headers: { origin: app.origin },
    form: { agree: 'on', version: agreement.version },
  });
  expect(answer.status()).toBe(403);
});

test('S2-11: without scripts, a file that is no image is told at the logo, and what was typed stays', async () => {
  const { companyId, admin } = await makeCompany(app.db);
  const actor = { staffId: admin.staffId, name: admin.name };
  await withCompany(app.db, companyId, (tx) =>
    acceptAgreement(tx, actor, { agreed: true, version: agreement.version }),
  );
  const cookie = await signInCookie(app.origin, admin.email, admin.password);
  const post = async (file: File) => {
    const form = new FormData();
    form.set('name', 'Typed before');
    form.set('phone', '(512) 555-0177');
    form.set('logo', file);
    const address = `${app.origin}/settings/communications/customer-portal`;
    const answer = await fetch(address, {
      method: 'POST',
      body: form,
      headers: { cookie, origin: app.origin },
      redirect: 'manual',
    });
    return { status: answer.status, body: await answer.text() };
  };
  const noImage = await post(new File(['<script>alert(1)</script>'], 'logo.png', { type: 'image/png' }));
  expect(noImage.status).toBe(400);
  expect(noImage.body).toContain('This file is not an image that can be read.');
  expect(noImage.body).toContain('value="Typed before"');
  const tooLarge = await post(new File([new Uint8Array(6 * 1024 * 1024)], 'logo.png', { type: 'image/png' }));
  expect(tooLarge.status).toBe(400);
  expect(tooLarge.body).toContain('This image is larger than 5 MB.');
  expect(tooLarge.body).toContain('value="Typed before"');
  expect((await post(new File([], '', { type: 'application/octet-stream' }))).status).toBe(302);
});
