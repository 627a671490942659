import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { recordVisits } from '#app/links/clicks.server.ts';
import { mintLinks } from '#app/links/mint.server.ts';
import { recordEvents } from '#app/messaging/events.server.ts';
import { withCompany } from '#db/client.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeCompany, TEST_PASSWORD } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { startTestApp } from '#tests/setup/app.ts';
import {
  DESKTOP,
  expectAccessible,
  expectPagesAccessible,
  launchBrowser,
  openPage,
  PHONE,
  signIn,
} from '#tests/setup/browser.ts';

const app = await startTestApp();
const browser = await launchBrowser();
const company = await makeCompany(app.db);
const { companyId } = company;
const sentAt = new Date(Date.now() - 7_200_000);

const ids = await withCompany(app.db, companyId, async (tx) => {
  const campaign = await makeCampaign(tx, { name: 'March reminder', status: 'sent', launchedAt: sentAt });
  const { customerId, email } = await makeCustomer(tx, { name: 'Alia Conley' });
  const { invoiceId } = await makeInvoice(tx, { customerId, number: 'INV-7' });
  const message = {
    ...campaign,
    customerId,
    invoiceId,
    address: email!,
    state: 'sent' as const,
    sentAt,
    attemptedAt: sentAt,
  };
  const { messageId } = await makeMessage(tx, {
    ...message,
    createdAt: sentAt,
    provider: 'sandbox',
    providerId: 'sandbox-7',
  });
  const codes = await mintLinks(
    tx,
    [{ key: 'l1', kind: 'pay_invoice', url: null }],
    [{ messageId, customerId, invoiceId }],
  );
  await recordEvents(tx, [
    { messageId, kind: 'delivered', dedupeKey: 'd', details: {}, at: new Date(sentAt.getTime() + 1_000) },
  ]);
  const code = codes.get(messageId)!.l1!;
  const visit = { companyId, messageId, method: 'GET', purpose: undefined, ip: '203.0.113.7' };
  const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36';
  await recordVisits(tx, [
    { ...visit, code: null, at: sentAt.getTime() + 2_000, userAgent: chrome },
    { ...visit, code, at: sentAt.getTime() + 600_000, userAgent: chrome },
  ]);
  const left = await makeCustomer(tx, { name: 'Ed Fox' });
  await makeInvoice(tx, { customerId: left.customerId, number: 'INV-8', dueOn: '2030-01-01', createdAt: new Date(0) });
  await makeInvoice(tx, { customerId: left.customerId, number: 'INV-9', status: 'paid', createdAt: new Date(0) });
  const skipped = await makeCustomer(tx, { name: 'Gia Holt', email: null });
  const theirs = await makeInvoice(tx, { customerId: skipped.customerId, number: 'INV-10' });
  const none = { customerId: skipped.customerId, invoiceId: theirs.invoiceId, address: '', state: 'skipped' as const };
  const { messageId: skippedId } = await makeMessage(tx, { ...campaign, ...none, reason: 'no_email' });
  await tx.execute(sql`update campaign_steps set sent = 1, delivered = 1, clicked = 1, opened = 1, skipped = 1`);
  return {
    ...campaign,
    customerId,
    messageId,
    leftId: left.customerId,
    skippedId,
    skippedCustomer: skipped.customerId,
  };
});

async function office() {
  const opened = await openPage(browser, { baseURL: app.origin });
  await signIn(opened.page, app.origin, company.admin.email, TEST_PASSWORD);
  return opened;
}

test('B-19: the pages about messages pass axe and fit, on a desk and on a phone', async () => {
  const { page, errors } = await office();
  await expectPagesAccessible(page, [
    `/messages/${ids.messageId}`,
    `/messages/${ids.skippedId}`,
    `/campaigns/${ids.campaignId}/customers/${ids.customerId}`,
    `/campaigns/${ids.campaignId}/customers/${ids.leftId}`,
    `/campaigns/${ids.campaignId}/messages?q=fox`,
    `/customers/${ids.customerId}/messages`,
    `/customers/${ids.customerId}/consent`,
    `/customers/${ids.skippedCustomer}/consent`,
  ]);
  await page.goto(`/customers/${ids.customerId}/consent`);
  await page.getByText('They asked for no more messages').click();
  await page.getByRole('button', { name: 'Mark as unsubscribed' }).waitFor();
  for (const viewport of [DESKTOP, PHONE]) {
    await page.setViewportSize(viewport);
    await expectAccessible(page);
  }
  expect(errors()).toEqual([]);
});

test('B-04: from the campaign to a message’s history, to why, and to somebody who got none', async () => {
  const { page, errors } = await office();
  await page.goto(`/campaigns/${ids.campaignId}/messages`);
  await page.getByRole('link', { name: 'Alia Conley', exact: true }).click();
  const story = page.getByRole('list', { name: 'What happened' });
  await story.getByText('Opened by a mail scanner, not counted').waitFor();
  await story.getByText('Clicked the link to the payment page of invoice INV-7').waitFor();
  await page.getByRole('link', { name: 'Did they get it?' }).click();
  await page.getByText(/^Alia Conley got it on .* and followed a link in it\.$/).waitFor();
  await page.getByRole('link', { name: 'March reminder' }).click();
  await page.getByRole('searchbox', { name: /Find a customer/ }).fill('fox');
  await page.getByRole('link', { name: 'Why not? Ed Fox' }).click();
  await page
    .getByText(
      /^Ed Fox did not get it: invoice INV-8 was due in .*, and the audience asks for at least 1 day overdue\.$/,
    )
    .waitFor();
  await page
    .getByRole('table', { name: /What the audience asks for/ })
    .getByRole('row', { name: /At least 1 day overdue .* No/ })
    .waitFor();
  expect(errors()).toEqual([]);
});

test('B-13: the office writes down that somebody wants no more mail, and it stands in the history', async () => {
  const { page, errors } = await office();
  await page.goto(`/customers/${ids.customerId}/messages`);
  await page.getByRole('combobox', { name: 'Campaign' }).selectOption({ label: 'March reminder' });
  await page.getByRole('button', { name: 'Say why' }).click();
  await page.getByRole('heading', { name: 'Did Alia Conley get it?' }).waitFor();
  await page.goto(`/customers/${ids.customerId}`);
  await page.getByRole('link', { name: 'Consent', exact: true }).click();
  await page.getByText('They asked for no more messages').click();
  await page.getByRole('radio', { name: 'Invoice reminders' }).check();
  await page.getByRole('textbox', { name: 'How they asked' }).fill('Called on Monday.');
  await page.getByRole('button', { name: 'Mark as unsubscribed' }).click();
  await page.getByText('Written down. Nothing of that kind goes there any more.').waitFor();
  await page.getByText('Opted out of invoice reminders').waitFor();
  await page.getByText(/Called on Monday\./).waitFor();
  await expectAccessible(page);
  expect(errors()).toEqual([]);
});
