import type { Browser, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { isSuppressed } from '#app/consent/unsubscribe.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCompany, TEST_PASSWORD } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { noonZone } from '#tests/factories/noon.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { clickThrough, expectPagesAccessible, launchBrowser, openPage, signIn } from '#tests/setup/browser.ts';

const app = await startTestApp({ worker: true });
let browser: Browser;
let hosts = 0;

beforeAll(async () => {
  browser = await launchBrowser();
});

/** A company with a portal, where it is about noon: two customers with mobile numbers owe, and one without. */
async function office() {
  const company = await makeCompany(app.db, { portalHost: `texts${(hosts += 1)}`, timeZone: noonZone() });
  const inside = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, company.companyId, work);
  const people = await inside(async (tx) => {
    const made = [];
    for (const [name, mobile] of [
      ['Ann Ames', `+1500555${2000 + hosts * 10}`],
      ['Bob Bold', `+1500555${2001 + hosts * 10}`],
      ['Cy Young', null],
    ] as const) {
      const { customerId } = await makeCustomer(tx, { name, firstName: name.split(' ')[0], mobile });
      made.push({ ...(await makeInvoice(tx, { customerId })), customerId, mobile });
    }
    return made;
  });
  const { page, errors } = await openPage(browser);
  await signIn(page, app.origin, company.admin.email, TEST_PASSWORD);
  return { ...company, inside, people, page, errors };
}

async function newTextCampaign(page: Page): Promise<string> {
  await page.goto(`${app.origin}/campaigns/new`);
  await page.getByLabel('Name').fill('Text reminder');
  await page.getByRole('radio', { name: 'Friendly text' }).check();
  await page.getByRole('button', { name: 'Create campaign' }).click();
  await page.waitForURL(/\/audience$/);
  return page.url().replace(/\/audience$/, '');
}

const message = (page: Page) => page.getByRole('textbox', { name: 'Automated Text Message Content' });
const saved = (page: Page) =>
  page
    .getByRole('status')
    .filter({ hasText: /^Saved, \d/ })
    .waitFor();

test('S0-01 S0-10 S0-11 B-05 B-08 B-11: a campaign by text from nothing to an answer', async () => {
  const { page, errors, inside, people } = await office();
  const address = await newTextCampaign(page);
  await page.getByText('2 customers').first().waitFor();
  await page.getByText('has no mobile number').waitFor();

  await page.getByRole('link', { name: 'Next' }).click();
  await page.waitForURL(/\/text$/);
  await message(page).fill(
    'Hi {{ customer.first_name }}, pay {{ links.pay_invoice }} or see www.larkfield.example/how',
  );
  await page
    .getByText(/· 1 part · GSM-7/)
    .first()
    .waitFor();
  const stops = page.getByRole('switch', { name: 'Stop when they answer' });
  await expect.poll(() => stops.isChecked()).toBe(true);
  await stops.press('Space');
  await saved(page);

  await page.getByRole('link', { name: 'Preview', exact: true }).click();
  const phone = page.getByRole('group', { name: /^Texts with/ });
  await phone.getByText(/Hi Ann, pay http.* or see http.*\nReply STOP to opt out\./).waitFor();
  await page.getByLabel('Your mobile number').fill('not a number');
  await page.getByRole('button', { name: 'Send a test to me' }).click();
  await page.getByText('Enter a mobile number such as').waitFor();
  expect(await page.getByLabel('Your mobile number').inputValue()).toBe('not a number');

  await page.getByRole('link', { name: 'Review' }).click();
  await page.getByText('2 parts. The longest text, to').waitFor();
  await page.getByText('Nothing in the sandbox; about').waitFor();
  await page.getByText('It goes on for customers who answer').waitFor();
  await page.getByRole('button', { name: 'Launch to 2 customers' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Launch to 2 customers' }).click();
  await page.waitForURL(address);
  await page.getByRole('row', { name: /Delivered 2/ }).waitFor();

  // As the customer: the link is followed, and the text answered.
  await page.goto(`${app.origin}/outbox/texts`);
  await page.getByRole('link', { name: /Hi Ann/ }).click();
  const link = page.getByRole('group', { name: /^Texts with/ }).getByRole('link', { name: /^http/ });
  await link.nth(1).waitFor();
  expect(await link.count()).toBe(2);
  const tab = page.context().waitForEvent('page');
  await link.first().click();
  await (await tab).waitForURL(/^http:\/\/texts\d+\.portal\.localhost/);
  await page.getByLabel('Answer as this customer').fill('Can I pay on Friday?');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('list', { name: 'On the customer’s phone' }).getByText('Can I pay on Friday?').waitFor();

  await page.goto(`${app.origin}/inbox`);
  const menu = page.getByRole('navigation', { name: 'Main' });
  await menu.getByRole('link', { name: 'Inbox , 1 conversation not read yet' }).waitFor();
  await page.getByRole('link', { name: /Ann Ames/ }).click();
  await menu.getByRole('link', { name: 'Inbox', exact: true }).waitFor();
  await page.getByLabel('Your reply').fill('Friday is fine.');
  await page.getByRole('button', { name: 'Send reply' }).click();
  await page
    .getByRole('list', { name: /^Texts with/ })
    .getByText('Friday is fine.')
    .waitFor();
  await expect.poll(() => page.getByLabel('Your reply').inputValue()).toBe('');

  // The other one wants no more.
  await page.goto(`${app.origin}/outbox/texts`);
  await page.getByRole('link', { name: /Hi Bob/ }).click();
  await page.getByLabel('Answer as this customer').fill('pls stop');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('you will get no more texts from us').waitFor();
  expect(await inside((tx) => isSuppressed(tx, people[1]!.mobile!, 'reminders'))).toBe('unsubscribed');
  await page.goto(`${app.origin}/customers/${people[1]!.customerId}/texts`);
  await page
    .getByRole('list', { name: /^Texts with/ })
    .getByText('Asked for no more texts')
    .waitFor();
  expect(await page.getByRole('button', { name: 'Send text' }).count()).toBe(0);
  await page.goto(`${app.origin}/customers/${people[1]!.customerId}/consent`);
  await page.getByText('Their words: “pls stop”').waitFor();
  expect(errors()).toEqual([]);
});

test('B-19: the pages of texts pass axe and fit, on a desk and on a phone', async () => {
  const { page, errors, people } = await office();
  const address = await newTextCampaign(page);
  const visit = (urls: string[]) => expectPagesAccessible(page, urls);
  await visit([`${app.origin}/inbox`, ...['text', 'preview', 'review'].map((name) => `${address}/${name}`)]);
  await page.goto(`${address}/review`);
  await page.getByRole('button', { name: 'Launch to 2 customers' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Launch to 2 customers' }).click();
  await page.waitForURL(address);
  await page.getByRole('row', { name: /Delivered 2/ }).waitFor();
  await page.goto(`${app.origin}/outbox/texts`);
  await page.getByRole('link', { name: /Hi Ann/ }).click();
  const text = page.url();
  await page.getByLabel('Answer as this customer').fill('Who is it?');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('Who is it?').waitFor();
  const customer = `${app.origin}/customers/${people[0]!.customerId}`;
  await visit([
    address,
    `${address}/sent`,
    `${app.origin}/outbox/texts`,
    text,
    `${app.origin}/inbox`,
    `${app.origin}/inbox/${people[0]!.mobile!.slice(1)}`,
    `${customer}/texts`,
    `${customer}/consent`,
    `${app.origin}/settings/sending-rules`,
  ]);
  expect(errors()).toEqual([]);
});

test('S0-10: before JavaScript a text is written, saved and kept by a plain form', async () => {
  const { admin } = await office();
  const { page } = await openPage(browser, { javaScript: false });
  await signIn(page, app.origin, admin.email, TEST_PASSWORD);
  const address = await newTextCampaign(page);
  await page.goto(`${address}/text`);
  await page.locator('textarea[name=text]').fill('Pay at {{ links.pay_invoice }}');
  await clickThrough(page, page.getByRole('button', { name: 'Save', exact: true }));
  expect(await page.locator('textarea[name=text]').inputValue()).toBe('Pay at {{ links.pay_invoice }}');
  await page.locator('textarea[name=text]').fill('x'.repeat(1_700));
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('A text can have 1,600 characters at most.').first().waitFor();
  expect(await page.locator('textarea[name=text]').inputValue()).toHaveLength(1_700);
});
