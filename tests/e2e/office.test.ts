import { beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';

import { withCompany } from '#db/client.ts';
import { attributions, messages, outboxEmails } from '#db/schema/index.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeCompany, TEST_PASSWORD, type MadeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeJob, makeLocation, makeMembership } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { startTestApp, type TestApp } from '#tests/setup/app.ts';
import {
  clickThrough,
  expectAccessible,
  expectPagesAccessible,
  launchBrowser,
  openPage,
  signIn,
  signInByPage,
} from '#tests/setup/browser.ts';

let app: TestApp;
let browser: Browser;
let company: MadeCompany;
let ids: { customer: number; location: number; invoice: number; email: number };

beforeAll(async () => {
  app = await startTestApp();
  browser = await launchBrowser();
  company = await makeCompany(app.db);
  ids = await withCompany(app.db, company.companyId, async (tx) => {
    for (let n = 0; n < 60; n++) await makeInvoice(tx, { totalCents: 1000 + n });
    const { customerId } = await makeCustomer(tx, { name: 'Maria Lopez', tags: ['VIP'], mobile: '+18505550101' });
    const locationId = await makeLocation(tx, { customerId });
    const jobId = await makeJob(tx, { customerId, locationId });
    await makeMembership(tx, { customerId });
    const { invoiceId, paymentId } = await makeInvoice(tx, {
      customerId,
      jobId,
      locationId,
      number: 'INV-77',
      paidCents: 2500,
      paidAt: new Date(),
    });
    const campaign = await makeCampaign(tx, { name: 'March reminder', status: 'sent' });
    const sent = {
      ...campaign,
      customerId,
      invoiceId,
      state: 'sent' as const,
      sentAt: new Date(),
      openedAt: new Date(),
    };
    const { messageId } = await makeMessage(tx, sent);
    await tx
      .insert(attributions)
      .values({ paymentId: paymentId!, invoiceId, ...campaign, messageId, kind: 'direct', amountCents: 2500 });
    const [test] = await tx
      .insert(messages)
      .values({ kind: 'test', address: 'c@mail.example' })
      .returning({ id: messages.id });
    const mime =
      'From: a@larks.example\r\nTo: c@mail.example\r\nSubject: Pay us\r\nContent-Type: text/html\r\n\r\n' +
      `<html lang="en"><head><title>Pay us</title></head><body><a href="${app.origin}/healthz">Pay here</a></body></html>`;
    const [email] = await tx
      .insert(outboxEmails)
      .values({ messageId: test!.id, sender: 'a@larks.example', recipient: 'c@mail.example', subject: 'Pay us', mime })
      .returning({ id: outboxEmails.id });
    return { customer: customerId, location: locationId, invoice: invoiceId, email: email!.id };
  });
});

async function office() {
  const opened = await openPage(browser, { baseURL: app.origin });
  await signIn(opened.page, app.origin, company.admin.email, TEST_PASSWORD);
  return opened;
}

describe('B-19: every page passes axe and fits', () => {
  const paths = () => [
    '/',
    '/customers',
    '/customers?q=nobody-like-this',
    '/customers/new',
    `/customers/${ids.customer}`,
    `/customers/${ids.customer}/jobs`,
    `/customers/${ids.customer}/invoices`,
    `/customers/${ids.customer}/messages`,
    `/customers/${ids.customer}/edit`,
    `/customers/${ids.customer}/contacts/new`,
    '/invoices?age=31%2B',
    `/invoices/${ids.invoice}`,
    '/outbox',
    `/outbox/${ids.email}`,
    `/outbox/${ids.email}/headers`,
    `/outbox/${ids.email}/source`,
    '/settings',
    '/settings/company',
    '/settings/people',
    '/settings/audit-log',
    '/settings/sending',
    '/settings/sending-rules',
    '/settings/texts',
    '/settings/postcards',
    `/customers/${ids.customer}/locations/new`,
    `/customers/${ids.customer}/locations/${ids.location}`,
  ];

  test('on a desk and on a phone', async () => {
    const { page, errors, context } = await office();
    await expectPagesAccessible(page, paths());
    expect(errors()).toEqual([]);
    await context.close();
  });

  test('dark', async () => {
    const { page, context } = await office();
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    for (const path of [
      '/',
      '/invoices',
      `/invoices/${ids.invoice}`,
      `/customers/${ids.customer}`,
      '/settings/people',
    ]) {
      await page.goto(path);
      await expectAccessible(page);
    }
    await context.close();
  });
});

const tabTo = async (page: Page, name: RegExp, most = 60) => {
  for (let n = 0; n < most; n++) {
    await page.keyboard.press('Tab');
    const label = await page.evaluate(() => {
      const at = document.activeElement;
      const by = at?.getAttribute('aria-labelledby');
      return `${at?.getAttribute('aria-label') ?? ''} ${by ? (document.getElementById(by)?.textContent ?? '') : ''} ${at?.textContent ?? ''}`;
    });
    if (name.test(label)) return;
  }
  throw new Error(`No control named ${name} within ${most} tabs`);
};

test('by keyboard alone: a customer is searched for, opened, and gets another email', async () => {
  const { page, errors, context } = await openPage(browser, { baseURL: app.origin });
  await signInByPage(page, app.origin, company.admin.email, TEST_PASSWORD);
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
  // Opened anew, it listens to its keys for certain.
  await page.goto('/');
  await page.keyboard.press('/');
  await page.keyboard.type('lopez');
  await page.getByRole('option', { name: /Maria Lopez/, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Maria Lopez' }).waitFor();
  await tabTo(page, /Add contact/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Add contact' }).waitFor();
  await page.getByLabel('Email or phone number').focus();
  await page.keyboard.type('not an address');
  await page.keyboard.press('Enter');
  const summary = page.getByRole('alert');
  await summary.getByText('Enter an email address such as').waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('alert');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id || location.hash)).toMatch(/value/);
  await page.getByLabel('Email or phone number').focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('maria.work@mail.example');
  await page.keyboard.press('Enter');
  await page.getByText('The contact was saved.').waitFor();
  await page.getByRole('table', { name: 'Contacts' }).getByText('maria.work@mail.example').first().waitFor();
  await tabTo(page, /Do not contact/);
  await page.keyboard.press('Space');
  await page.getByRole('switch', { name: 'Do not contact', checked: true }).waitFor();
  await page.keyboard.press('Space');
  await page.getByRole('switch', { name: 'Do not contact', checked: false }).waitFor();
  expect(errors()).toEqual([]);
  await context.close();
});

test('a list is filtered, sorted and paged; the whole row opens the record and Back returns to the same list', async () => {
  const { page, errors, context } = await office();
  await page.goto('/invoices');
  await page.locator('summary', { hasText: 'Age' }).click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'More than 90 days overdue' }).click();
  await page.waitForURL(/age=90/);
  await page.getByRole('link', { name: 'Balance' }).click();
  // The address is there before its page: what leads on from the right page is waited for.
  const next = page.getByRole('link', { name: 'Next' });
  await expect.poll(() => next.getAttribute('href')).toMatch(/sort=-amount/);
  await next.click();
  await page.getByRole('link', { name: 'Previous' }).click();
  await page.waitForURL(/before=/);
  await expect.poll(() => page.getByRole('status').innerText()).toMatch(/^61 invoices, \$/);
  const list = page.url();
  await page.locator('tbody tr').first().locator('td').nth(1).click();
  await page.waitForURL(/\/invoices\/\d+$/);
  await page.getByRole('heading', { level: 1, name: /^Invoice / }).waitFor();
  await page.goBack();
  await page.waitForURL(list);
  await page.getByRole('searchbox', { name: 'Number, customer or work' }).fill('INV-77');
  await page.waitForURL(/q=INV-77/);
  await page.getByRole('link', { name: 'INV-77' }).waitFor();
  expect(errors()).toEqual([]);
  await context.close();
});

test('B-01: an invoice is marked as disputed and promised, and says that no reminder goes out', async () => {
  const { page, errors, context } = await office();
  await page.goto(`/invoices/${ids.invoice}`);
  await page.getByRole('table', { name: 'History' }).getByText('Brought back by March reminder').first().waitFor();
  await page.getByRole('switch', { name: 'Disputed' }).click();
  await page.getByText('No reminder goes out while it is disputed.').waitFor();
  await page.getByRole('switch', { name: 'Disputed', checked: true }).click();
  await page.getByText('Campaigns may remind of this invoice.').waitFor();
  const day = `${new Date().getFullYear() + 1}-06-15`;
  await page.getByLabel('Promised for').fill(day);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/No reminder goes out until Jun 15/).waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByText('Campaigns may remind of this invoice.').waitFor();
  expect(errors()).toEqual([]);
  await context.close();
});

test('the Outbox shows an email as its customer sees it, and its links open a tab of their own', async () => {
  const { page, context } = await office();
  await page.goto(`/outbox/${ids.email}`);
  const opened = context.waitForEvent('page');
  await page.frameLocator('iframe').getByRole('link', { name: 'Pay here' }).click();
  const tab = await opened;
  await tab.waitForURL(/healthz/);
  expect(page.url()).toContain('/outbox/');
  await page.getByRole('link', { name: 'Phone' }).click();
  await page.waitForURL(/width=phone/);
  await expect.poll(async () => (await page.locator('iframe').boundingBox())?.width ?? 1000).toBeLessThanOrEqual(375);
  await context.close();
});

test('without JavaScript: search, a switch and a form still work', async () => {
  const { page, context } = await openPage(browser, { javaScript: false, baseURL: app.origin });
  await signIn(page, app.origin, company.admin.email, TEST_PASSWORD);
  await page.goto('/customers');
  // The look needs no script either.
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(251, 250, 247)');
  await page.getByPlaceholder('Name, email, phone or address').fill('lopez');
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  await page.locator('summary', { hasText: 'Tag' }).click();
  await clickThrough(page, page.getByRole('link', { name: 'VIP' }));
  await page.getByRole('link', { name: 'Maria Lopez' }).click();
  await page.getByRole('switch', { name: 'Do not contact', checked: false }).click();
  await page.getByRole('switch', { name: 'Do not contact', checked: true }).click();
  await page.getByRole('switch', { name: 'Do not contact', checked: false }).waitFor();
  await page.getByRole('link', { name: 'Edit', exact: true }).first().click();
  await page.getByLabel('Tags').fill('VIP, gate code');
  await page.getByRole('button', { name: 'Save customer' }).click();
  await page.getByText('The customer was saved.').waitFor();
  await context.close();
});
