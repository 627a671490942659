import { sql } from 'drizzle-orm';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { withCompany, type Tx } from '#db/client.ts';
import { companyProfiles } from '#db/schema/index.ts';
import { makeCompany, TEST_PASSWORD } from '#tests/factories/company.ts';
import { makeCustomer, makeLocation } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { clickThrough, expectPagesAccessible, launchBrowser, openPage, signIn } from '#tests/setup/browser.ts';

const app = await startTestApp({ worker: true });
let browser: Browser;
let hosts = 0;

beforeAll(async () => {
  browser = await launchBrowser();
});

/** A company with a portal and an address: two customers who owe can be mailed, one lives where mail never comes, one nowhere. */
async function office() {
  const company = await makeCompany(app.db, { portalHost: `cards${(hosts += 1)}` });
  const inside = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, company.companyId, work);
  const people = await inside(async (tx) => {
    await tx
      .insert(companyProfiles)
      .values({ postalAddress: '1 Main St\nAustin TX 78701' })
      .onConflictDoUpdate({ target: companyProfiles.companyId, set: { postalAddress: '1 Main St\nAustin TX 78701' } });
    const made = [];
    for (const [name, line1] of [
      ['Ann Ames', '12 Oak Street'],
      ['Bob Bold', '14 Oak Street'],
      ['Cy Young', '1 Undeliverable Way'],
      ['Di Vine', null],
    ] as const) {
      const { customerId } = await makeCustomer(tx, { name, firstName: name.split(' ')[0] });
      if (line1) await makeLocation(tx, { customerId, line1 });
      made.push({ ...(await makeInvoice(tx, { customerId })), customerId });
    }
    return made;
  });
  const { page, errors } = await openPage(browser);
  await signIn(page, app.origin, company.admin.email, TEST_PASSWORD);
  return { ...company, inside, people, page, errors };
}

async function newPostcards(page: Page): Promise<string> {
  await page.goto(`${app.origin}/campaigns/new`);
  await page.getByLabel('Name').fill('Postcard reminder');
  await page.getByRole('group', { name: 'By mail' }).getByRole('radio', { name: 'Friendly postcard' }).check();
  await page.getByRole('button', { name: 'Create campaign' }).click();
  await page.waitForURL(/\/audience$/);
  return page.url().replace(/\/audience$/, '');
}

const saved = (page: Page) =>
  page
    .getByRole('status')
    .filter({ hasText: /^Saved, \d/ })
    .waitFor();

/** Has the addresses looked up and launches to whoever mail can reach. */
async function launch(page: Page, address: string): Promise<void> {
  await page.goto(`${address}/review`);
  await page.getByRole('button', { name: /^Check \d address/ }).click();
  await page.getByRole('button', { name: 'Launch to 2 customers' }).waitFor();
  await page.getByRole('button', { name: 'Launch to 2 customers' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Launch to 2 customers' }).click();
  await page.waitForURL(address);
  await page.getByRole('row', { name: /At the printer 2/ }).waitFor();
}

test('S0-14 S0-15 S0-16 B-05 B-08 B-12: a campaign by mail from nothing to a scan', async () => {
  const { page, errors, people, inside } = await office();
  const address = await newPostcards(page);
  await page.getByText('has no postal address').waitFor();

  await page.getByRole('link', { name: 'Next' }).click();
  await page.waitForURL(/\/postcard$/);
  await page.getByRole('heading', { name: 'Back' }).waitFor();
  await page.getByRole('textbox', { name: 'Headline', exact: true }).fill('Your invoice is open');
  await saved(page);

  await page.getByRole('link', { name: 'Preview', exact: true }).click();
  const card = page.getByRole('group', { name: 'Postcard' });
  await card.getByRole('img', { name: /Your invoice is open/ }).waitFor();
  await card.getByRole('button', { name: 'Turn over' }).click();
  await card.getByRole('img', { name: /Hi Ann.*12 OAK STREET/s }).waitFor();
  const proof = await page.getByRole('link', { name: 'Proof as PDF' }).getAttribute('href');
  const pdf = await page.request.get(new URL(proof!, page.url()).href);
  expect([pdf.status(), (await pdf.body()).subarray(0, 5).toString()]).toEqual([200, '%PDF-']);

  await page.getByRole('link', { name: 'Review' }).click();
  await page.getByText('3 addresses are not checked yet').waitFor();
  await page.getByText(/Nothing in the sandbox; about \$/).waitFor();
  await page.getByText('two business days to print').waitFor();
  expect(await page.getByRole('button', { name: /^Launch to/ }).count()).toBe(0);
  await launch(page, address);
  await page.getByText('Mail can’t reach it').waitFor();

  // As the customer: the card is turned over, and its code followed.
  await page.goto(`${app.origin}/outbox/postcards`);
  await page.getByRole('link', { name: /Ann Ames/ }).click();
  await page.getByRole('button', { name: 'Turn over' }).click();
  await page.getByRole('img', { name: /Hi Ann/ }).waitFor();
  const code = page.getByRole('link', { name: /^http:\/\/\S+\.go\.localhost/ });
  const other = await page.context().newPage();
  await other.goto((await code.getAttribute('href'))!);
  await other.waitForURL(/^http:\/\/cards\d+\.portal\.localhost/);
  await other.close();

  await page.getByRole('link', { name: 'what became of it' }).click();
  await page.getByText('The printer has it since').waitFor();

  // Whoever pays before the card is printed gets none.
  await inside(async (tx) => {
    await tx.execute(sql`update invoices set status = 'paid', balance_cents = 0 where id = ${people[1]!.invoiceId}`);
    await tx.execute(sql`
      select add_job('invoice.settled', ${JSON.stringify({ companyId: await companyOf(tx), invoiceId: people[1]!.invoiceId })}::json, 10, null, null, null, 0)`);
  });
  await page.goto(address);
  await page.getByRole('link', { name: '1 taken back before print' }).waitFor();
  await page.getByRole('row', { name: /At the printer 1/ }).waitFor();
  expect(errors()).toEqual([]);
});

const companyOf = async (tx: Tx) => (await tx.execute<{ id: number }>(sql`select current_company_id() as id`))[0]!.id;

test('B-19: the pages of postcards pass axe and fit, on a desk and on a phone', async () => {
  const { page, errors, people } = await office();
  const address = await newPostcards(page);
  const visit = (urls: string[]) => expectPagesAccessible(page, urls);
  await visit(['postcard', 'preview', 'review'].map((name) => `${address}/${name}`));
  await launch(page, address);
  await page.goto(`${app.origin}/outbox/postcards`);
  await page.getByRole('link', { name: /Ann Ames/ }).click();
  await page.getByText('what became of it').waitFor();
  await visit([
    address,
    `${address}/sent`,
    `${app.origin}/outbox/postcards`,
    page.url(),
    `${app.origin}/addresses`,
    `${app.origin}/settings/postcards`,
    `${app.origin}/customers/${people[0]!.customerId}/consent`,
  ]);
  expect(errors()).toEqual([]);
});

test('S0-14: before JavaScript a postcard is written, saved and kept by a plain form', async () => {
  const { admin } = await office();
  const { page } = await openPage(browser, { javaScript: false });
  await signIn(page, app.origin, admin.email, TEST_PASSWORD);
  const address = await newPostcards(page);
  await page.goto(`${address}/postcard`);
  const body = page.locator('textarea[name="back.body"]');
  await body.fill('Pay at {{ links.pay_invoice }}');
  await clickThrough(page, page.getByRole('button', { name: 'Save', exact: true }));
  expect(await body.inputValue()).toBe('Pay at {{ links.pay_invoice }}');
  await body.fill('x'.repeat(2_100));
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page
    .getByText(/Use 2,000 characters at most/)
    .first()
    .waitFor();
});
