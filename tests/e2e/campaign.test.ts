import { sql } from 'drizzle-orm';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { withCompany, type Tx } from '#db/client.ts';
import { payments } from '#db/schema/index.ts';
import { makeCompany, makeStaff, TEST_PASSWORD, type MadeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { expectAccessible, launchBrowser, openPage, PHONE, signIn } from '#tests/setup/browser.ts';

const app = await startTestApp({ worker: true });
let browser: Browser;
let hosts = 0;

beforeAll(async () => {
  browser = await launchBrowser();
});

type Office = MadeCompany & {
  people: { customerId: number; invoiceId: number; number: string }[];
  inside: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
};

/** A company of its own: four who owe, one of them without an address. */
async function office(portal = true): Promise<Office> {
  const company = await makeCompany(app.db, { portalHost: portal ? `launch${(hosts += 1)}` : null });
  const inside = <T>(work: (tx: Tx) => Promise<T>) => withCompany(app.db, company.companyId, work);
  const people = await inside(async (tx) => {
    const made = [];
    for (const [name, tag] of [
      ['Ann Ames', 'VIP'],
      ['Bob Bold', 'VIP'],
      ['Cy Young', 'Net 30'],
    ] as const) {
      const { customerId } = await makeCustomer(tx, { name, firstName: name.split(' ')[0], tags: [tag] });
      made.push(await makeInvoice(tx, { customerId, totalCents: 41_850 }));
    }
    const { customerId } = await makeCustomer(tx, { name: 'Dee Dunn', email: null, tags: ['VIP'] });
    await makeInvoice(tx, { customerId });
    return made;
  });
  return { ...company, people, inside };
}

async function open({ admin }: Office, options: Parameters<typeof openPage>[1] = {}) {
  const opened = await openPage(browser, options);
  await signIn(opened.page, app.origin, admin.email, TEST_PASSWORD);
  return opened;
}

/** Creates a campaign by its form and stands at its audience. @returns its address */
async function newCampaign(page: Page, name = 'Overdue 30+'): Promise<string> {
  await page.goto(`${app.origin}/campaigns/new`);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Create campaign' }).click();
  await page.waitForURL(/\/audience$/);
  return page.url().replace(/\/audience$/, '');
}

const saved = (page: Page) =>
  page
    .getByRole('status')
    .filter({ hasText: /^Saved, \d/ })
    .waitFor();
const builderReady = (page: Page) => page.waitForSelector('[data-status="ready"]', { state: 'attached' });
const card = (page: Page) => page.getByRole('complementary', { name: 'Who will get it' });
const step = (page: Page, name: string) => page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name });

test('S0-01 S0-04 B-05 B-08: a campaign from nothing to dollars: audience, email, preview, test, launch, results', async () => {
  const here = await office();
  const { page, errors } = await open(here);

  await page.goto(`${app.origin}/campaigns`);
  await page.getByRole('heading', { name: 'No campaigns yet' }).waitFor();
  await page.getByRole('link', { name: 'New campaign' }).first().click();
  await page.getByLabel('Name').fill('Overdue 30+');
  await page.getByLabel('Overdue notice').check();
  await page.getByRole('button', { name: 'Create campaign' }).click();

  // Audience: the count follows the rules, and what was chosen is there after a reload.
  await card(page).getByText('3 customers').waitFor();
  await card(page).getByText('has no email address').waitFor();
  await page.getByRole('group', { name: 'Has one of these tags' }).getByText('VIP').click();
  await card(page).getByText('2 customers').waitFor();
  await saved(page);
  await page.reload();
  await card(page).getByText('2 customers').waitFor();
  await page.getByRole('link', { name: /^See who/ }).click();
  await page.getByRole('heading', { name: 'Left out: no email address' }).waitFor();
  await page.goBack();

  // Email Sequence: a tag from the menu at the cursor, saved as it is made.
  await step(page, 'Email Sequence').click();
  await builderReady(page);
  const subject = page.getByRole('textbox', { name: 'Subject' });
  await subject.fill('Hello , please pay');
  await subject.evaluate((input: HTMLInputElement) => input.setSelectionRange(6, 6));
  await page.getByRole('button', { name: 'Merge tags for subject' }).click();
  await page.getByRole('menuitem', { name: /^First name/ }).click();
  expect(await subject.inputValue()).toBe('Hello {{ customer.first_name | default: "there" }}, please pay');
  await saved(page);

  // Preview: from recipient to recipient, by the engine that sends.
  await page.getByRole('link', { name: 'Preview' }).click();
  await page.getByText('1 of 2').waitFor();
  await page.getByText('Hello Ann, please pay').waitFor();
  await page.frameLocator('iframe').getByText('Hi Ann,').waitFor();
  await page.getByRole('link', { name: 'Next recipient' }).click();
  await page.getByText('Hello Bob, please pay').waitFor();
  await page.getByRole('link', { name: 'Text only' }).click();
  await page.getByLabel('Text part of the email').getByText('Hi Bob,').waitFor();
  await page.getByRole('searchbox', { name: /Find a recipient/ }).fill('ann');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: /Ann Ames/ }).click();
  await page.getByText('Hello Ann, please pay').waitFor();
  await page.getByRole('button', { name: 'Send a test to me' }).click();
  await page.getByText(`The test is on its way to ${here.admin.email}`).waitFor();

  // Review: it asks once and names the number.
  await step(page, 'Review').click();
  await page.getByRole('heading', { name: 'Everything is ready' }).waitFor();
  await page.getByRole('button', { name: 'Launch to 2 customers' }).click();
  const dialog = page.getByRole('dialog', { name: 'Launch to 2 customers?' });
  await dialog.getByRole('button', { name: 'Launch to 2 customers' }).click();

  // Progress, then results, without a reload.
  await page.waitForURL(/\/campaigns\/\d+$/);
  const campaign = page.url();
  await page.getByText('Sent', { exact: true }).first().waitFor();
  const funnel = page.getByRole('table', { name: /Messages from sent to paid/ });
  await funnel.getByRole('row', { name: /Sent 2 100%/ }).waitFor();
  await funnel.getByRole('row', { name: /Delivered 2/ }).waitFor();
  await page.getByText('$0', { exact: true }).first().waitFor();

  // Read an hour later: who follows a link within seconds of its sending is no person.
  await here.inside((tx) => tx.execute(sql`update messages set sent_at = sent_at - interval '1 hour'`));
  const ann = await annPays(page, here);

  // What came back, on the campaign: dollars of who clicked and paid.
  await page.goto(campaign);
  await page.getByText('collected from 1 invoice, paid in full').waitFor();
  await page
    .locator('div')
    .filter({ hasText: /^Direct\$419$/ })
    .waitFor();
  await page
    .locator('div')
    .filter({ hasText: /^Influenced\$0$/ })
    .waitFor();
  await funnel.getByRole('row', { name: /^Clicked 1/ }).waitFor();
  await page.getByRole('link', { name: 'Every message, by person' }).click();
  await page.getByRole('link', { name: 'Ann Ames', exact: true }).waitFor();

  // And on the payment: which message led to it.
  await page.goto(`${app.origin}/payments`);
  await page.getByRole('link', { name: 'Ann Ames' }).click();
  await page.getByRole('heading', { name: 'Payment of $418.50' }).waitFor();
  const led = page.getByRole('region', { name: 'What led to it' });
  await led.getByText(`Direct · $418.50 on invoice ${ann.number}`).waitFor();
  await led.getByText(/, clicked /).waitFor();
  await led.getByRole('link', { name: 'Email', exact: true }).click();
  await page.getByRole('heading', { name: 'Hello Ann, please pay' }).waitFor();
  await page.goBack();
  await led.getByRole('link', { name: 'Overdue 30+' }).click();
  await page.waitForURL(campaign);
  expect(errors()).toEqual([]);
});

/** A browser that says it is one: a click of one that says it is a program counts as nobody's. */
const CUSTOMERS_PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

/** S0-05, S1-14: Ann finds the email, follows *Pay invoice* on her phone and pays there. @param page of the office, for the Outbox */
async function annPays(page: Page, { people, inside }: Office) {
  const [ann] = people;
  await page.goto(`${app.origin}/outbox`);
  await page.getByRole('link', { name: /^Hello Ann, please pay/ }).click();
  const button = page.frameLocator('iframe').getByRole('link', { name: 'Pay invoice' });
  const link = await button.getAttribute('href');
  expect(link).toMatch(/^http:\/\/company\d+\.go\.localhost/);

  const context = await browser.newContext({ viewport: PHONE, userAgent: CUSTOMERS_PHONE });
  const phone = await context.newPage();
  await phone.goto(link!);
  await phone.waitForURL(/\/pay\/i/);
  await phone.getByRole('heading', { name: `Invoice ${ann!.number}` }).waitFor();
  // Clicks are held for some seconds, until it is clear that they are a person's.
  await app.visits.flush();
  await phone.getByRole('button', { name: 'Pay $418.50', exact: true }).click();
  await phone.waitForURL(/\/sandbox\//);
  await phone.getByRole('radio', { name: /4242/ }).check();
  await phone.getByRole('button', { name: 'Pay $418.50' }).click();
  await phone.waitForURL(/\/done\//);
  await phone.getByRole('heading', { name: 'Thank you. Your payment went through.' }).waitFor();
  await phone.getByText('Nothing is left to pay.').waitFor();
  await context.close();
  expect(await inside((tx) => tx.select().from(payments))).toMatchObject([
    { status: 'succeeded', source: 'invoice_link', amountCents: 41_850, customerId: ann!.customerId },
  ]);
  return ann!;
}

test('B-19: the same job with the keyboard alone', async () => {
  const here = await office();
  const { page, errors } = await open(here);
  await page.goto(`${app.origin}/campaigns/new`);
  /** Tabs on until the focus is on what is meant; a trap or an unreachable control fails. */
  const reach = async (name: RegExp, role: string) => {
    const target = page.getByRole(role as 'button', { name }).first();
    await target.waitFor({ state: 'attached' }); // the box of a chip is as small as a dot
    for (let presses = 0; presses < 120; presses += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab never reached ${role} ${String(name)}`);
  };
  await reach(/^Name$/, 'textbox');
  await page.keyboard.type('By keyboard');
  await reach(/^Friendly reminder$/, 'radio');
  await page.keyboard.press('ArrowDown');
  await reach(/^Create campaign$/, 'button');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/audience$/);
  await reach(/^1 to 30 days$/, 'button');
  await reach(/^All overdue$/, 'button');
  await page.keyboard.press('Enter');
  await reach(/^VIP$/, 'checkbox');
  await page.keyboard.press('Space');
  await card(page).getByText('2 customers').waitFor();
  await saved(page);
  await reach(/Email Sequence/, 'link');
  await page.keyboard.press('Enter');
  await builderReady(page);
  await reach(/^Subject$/, 'textbox');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Pay ');
  await reach(/^Merge tags for subject$/, 'button');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: /^First name/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await page.getByRole('textbox', { name: 'Subject' }).inputValue()).toBe(
    'Pay {{ customer.first_name | default: "there" }}',
  );
  await saved(page);
  await reach(/Review/, 'link');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Everything is ready' }).waitFor();
  await reach(/^Launch to 2 customers$/, 'button');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Launch to 2');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/campaigns\/\d+$/);
  await page.getByText('Sent', { exact: true }).first().waitFor();
  expect(errors()).toEqual([]);
});

test('S0-04: two people in one email: the second is told, and keeps what was written as a copy', async () => {
  const here = await office();
  const ben = await here.inside((tx) => makeStaff(tx, { role: 'marketer', name: 'Ben Ode' }));
  const one = await open(here);
  const address = await newCampaign(one.page);
  const two = await openPage(browser);
  await signIn(two.page, app.origin, ben.email, TEST_PASSWORD);
  for (const { page } of [one, two]) {
    await page.goto(`${address}/email`);
    await builderReady(page);
  }
  await two.page.getByRole('textbox', { name: 'Subject' }).fill('From Ben');
  await saved(two.page);
  await one.page.getByRole('textbox', { name: 'Subject' }).fill('From the administrator');
  const alert = one.page.getByRole('alert');
  await alert.getByText('Ben Ode saved this').waitFor();
  await expectAccessible(one.page);
  await alert.getByRole('button', { name: 'Keep mine as a copy' }).click();
  await one.page.waitForURL((url) => url.pathname.endsWith('/email') && !url.href.startsWith(`${address}/`));
  expect(await one.page.getByRole('textbox', { name: 'Subject' }).inputValue()).toBe('From the administrator');
  await two.page.reload();
  expect(await two.page.getByRole('textbox', { name: 'Subject' }).inputValue()).toBe('From Ben');
  expect([...one.errors(), ...two.errors()]).toEqual([]);
});

test('S0-04: a save that finds no connection says so, waits, and goes through when it is back', async () => {
  const here = await office();
  const { page, context } = await open(here);
  const address = await newCampaign(page);
  await context.setOffline(true);
  await page.getByLabel('Days overdue, at least').fill('2');
  await page.getByRole('alert').getByText('No connection').waitFor();
  // Leaving asks first, by any way out, and staying keeps what was typed.
  const question = page.getByRole('dialog', { name: 'Leave without your last changes?' });
  for (const way of [step(page, 'Review'), page.getByRole('link', { name: 'Customers' }).first()]) {
    await way.click();
    await question.getByRole('button', { name: 'Stay' }).click();
    await question.waitFor({ state: 'detached' });
  }
  expect(await page.getByLabel('Days overdue, at least').inputValue()).toBe('2');
  await context.setOffline(false);
  await saved(page);
  await page.goto(`${address}/audience`);
  expect(await page.getByLabel('Days overdue, at least').inputValue()).toBe('2');
});

test('S0-06 B-10: an unset portal and an unknown tag are errors where one is looking, and nothing can be launched', async () => {
  const here = await office(false);
  const { page, errors } = await open(here);
  const address = await newCampaign(page);
  await page.goto(`${address}/email`);
  await builderReady(page);
  await page.getByText('The Customer Portal is not set up', { exact: true }).first().waitFor();
  await page.getByRole('textbox', { name: 'Subject' }).fill('Pay {{ invoice.nmber }}');
  await page.getByText('Unknown tag invoice.nmber. Did you mean invoice.number?').first().waitFor();
  await saved(page);
  await step(page, 'Review').click();
  await page.getByRole('heading', { name: 'Before launch' }).waitFor();
  await page.getByRole('link', { name: 'Open Customer Portal settings' }).waitFor();
  await page.getByText('Subject: Unknown tag invoice.nmber').waitFor();
  expect(await page.getByRole('button', { name: /^Launch/ }).count()).toBe(0);
  await expectAccessible(page);
  expect(errors()).toEqual([]);
});

test('B-19: every page of a campaign passes axe, on a desk and on a phone', async () => {
  const here = await office();
  const { page, errors } = await open(here);
  const address = await newCampaign(page);
  const draft = ['audience', 'people', 'people?show=no_email', 'email', 'preview', 'preview?view=text', 'review'];
  const visit = async (urls: string[]) => {
    for (const viewport of [{ width: 1440, height: 900 }, PHONE]) {
      await page.setViewportSize(viewport);
      for (const url of urls) {
        await page.goto(url, { waitUntil: 'networkidle' });
        await expectAccessible(page);
      }
    }
  };
  await visit([`${app.origin}/campaigns`, `${app.origin}/campaigns/new`, ...draft.map((name) => `${address}/${name}`)]);
  await page.goto(`${address}/review`);
  await page.getByRole('button', { name: 'Launch to 3 customers' }).click();
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Launch to 3 customers' }).click();
  await page.waitForURL(address);
  await page.getByText('Sent', { exact: true }).first().waitFor();
  await visit([address, `${address}/sent`, `${address}/messages`, `${address}/messages?show=skipped&reason=no_email`]);
  // axe knocks at the email's frame too; that nothing may run there is what its sandbox is for.
  expect(errors().filter((line) => !/^Blocked script execution in 'about:srcdoc'/.test(line))).toEqual([]);
});

test('a dialog appears where it stays: no button moves away between press and release', async () => {
  const here = await office();
  for (const reducedMotion of ['reduce', 'no-preference'] as const) {
    const { page } = await open(here);
    await page.emulateMedia({ reducedMotion });
    const address = await newCampaign(page);
    await page.goto(`${address}/review`, { waitUntil: 'networkidle' });
    const launch = page.getByRole('button', { name: 'Launch to 3 customers' });
    const tops = await launch.evaluate(
      (button) =>
        new Promise<number[]>((done) => {
          const seen: number[] = [];
          const look = () => {
            const dialog = document.querySelector('[role="dialog"]');
            if (dialog) seen.push(dialog.getBoundingClientRect().top);
            if (seen.length < 20) requestAnimationFrame(look);
            else done(seen);
          };
          (button as HTMLElement).click();
          look();
        }),
    );
    expect(new Set(tops).size, `${reducedMotion}: ${tops.join(' ')}`).toBe(1);
  }
});

test('before JavaScript: the audience is chosen, counted and launched by plain forms', async () => {
  const here = await office();
  const { page } = await openPage(browser, { javaScript: false });
  await signIn(page, app.origin, here.admin.email, TEST_PASSWORD);
  await newCampaign(page);
  await page.getByRole('radio', { name: 'One for each invoice' }).check();
  await page.getByRole('button', { name: 'Save and count' }).click();
  await card(page).getByText('3 invoices').waitFor();
  await step(page, 'Email Sequence').click();
  await page.getByLabel('Subject', { exact: true }).fill('Plain {{ invoice.number }}');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  expect(await page.getByLabel('Subject', { exact: true }).inputValue()).toBe('Plain {{ invoice.number }}');
  await step(page, 'Review').click();
  await page.getByRole('button', { name: 'Launch to 3 invoices' }).click();
  // It asks once here too.
  const question = page.getByRole('alert').filter({ hasText: 'Launch to 3 invoices?' });
  await question.getByRole('button', { name: 'Launch to 3 invoices' }).click();
  await page.waitForURL(/\/campaigns\/\d+$/);
  await page.getByRole('link', { name: 'See the email' }).click();
  await page.getByRole('link', { name: 'Next recipient' }).click();
  await page.getByText('Bob Bold').waitFor();
});
