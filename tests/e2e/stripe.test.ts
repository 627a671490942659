import { sql } from 'drizzle-orm';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';

import { encryptSecret } from '#app/company/crypto.server.ts';
import { checkLedger } from '#app/invoicing/ledger/ledger.server.ts';
import { checkPayment } from '#app/invoicing/payments/check.server.ts';
import { processorChooser } from '#app/invoicing/payments/choose-processor.server.ts';
import { invoicePayPath } from '#app/invoicing/payments/pay-tokens.server.ts';
import type { PayDeps } from '#app/invoicing/payments/payments.server.ts';
import { stripeToken } from '#app/invoicing/payments/processors/stripe-token.server.ts';
import { withCompany } from '#db/client.ts';
import { payments } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { ACCOUNTS, CARDS } from '#tests/fakes/stripe-bank.ts';
import { clear } from '#tests/fakes/stripe-moves.ts';
import { HOOK_SECRET, SECRET_KEY, startFakeStripe, tellStripe } from '#tests/fakes/stripe.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { launchBrowser, openPage, PHONE, signIn } from '#tests/setup/browser.ts';

/* From a payment link over Stripe's page and back, with Stripe's webhook before or after; and what the office sees of it. */

const stripe = await startFakeStripe();
afterAll(() => stripe.close());
const app = await startTestApp({ stripeApiBase: stripe.url });
const browser = await launchBrowser();

const deps: PayDeps = {
  db: app.db,
  processorOf: processorChooser(app.db, { secret: app.secret, stripeApiBase: stripe.url }),
  tell: { settled: () => Promise.resolve(), failed: () => Promise.resolve() },
};

/** A company with Stripe, a customer who owes $310 and opens the link on a phone, and somebody in the office. */
async function company(portalHost: string) {
  const { companyId, admin } = await makeCompany(app.db, { portalHost, name: 'Larkfield' });
  const box = encryptSecret(app.secret, JSON.stringify({ secretKey: SECRET_KEY, webhookSecret: HOOK_SECRET }));
  const { invoiceId } = await withCompany(app.db, companyId, async (tx) => {
    await tx.execute(sql`insert into payment_accounts (processor, secrets) values ('stripe', ${box})`);
    const { customerId } = await makeCustomer(tx, { name: 'Ann Ames' });
    return makeInvoice(tx, { customerId, number: 'A-1042', totalCents: 31_000, summary: 'Water heater repair' });
  });
  const phone = await openPage(browser, { viewport: PHONE, javaScript: false });
  const office = await openPage(browser, { baseURL: app.origin });
  await signIn(office.page, app.origin, admin.email, admin.password);
  const paid = () => withCompany(app.db, companyId, (tx) => tx.select().from(payments).orderBy(payments.id));
  return {
    page: phone.page,
    link: app.portal(portalHost) + invoicePayPath(app.secret, companyId, invoiceId),
    paid,
    /** Stripe tells all that happened, the last first; then the jobs run that this adds. */
    tell: async () => {
      for (const event of stripe.events.toReversed()) {
        const { status } = await tellStripe(
          `${app.origin}/webhooks/stripe/${stripeToken(app.secret, companyId)}`,
          event,
        );
        expect(status).toBe(200);
      }
      for (const { id: paymentId } of await paid()) await checkPayment(deps, { companyId, paymentId });
    },
    /** The record of the last payment as the office sees it. */
    expectInOffice: async (state: string) => {
      await office.page.goto(`/payments/${(await paid()).at(-1)!.id}`);
      await office.page.getByRole('heading', { name: 'Payment of $310.00' }).waitFor();
      await office.page.getByText(state, { exact: true }).first().waitFor();
      await office.page.getByRole('link', { name: 'Ann Ames' }).waitFor();
      await office.page.getByRole('link', { name: 'A-1042' }).first().waitFor();
      expect(office.errors()).toEqual([]);
      expect(await withCompany(app.db, companyId, (tx) => checkLedger(tx))).toEqual([]);
    },
  };
}

/** Chooses how to pay, and is led to Stripe's page. */
async function goToStripe(page: Page, method: 'Card' | 'Bank account', number: 'Card number' | 'Account number') {
  await page.getByRole('radio', { name: method }).check();
  await page.getByRole('button', { name: 'Pay $310.00' }).click();
  await page.getByLabel(number).waitFor();
  expect(page.url()).toContain(`${stripe.url}/c/pay/`);
  await page.getByRole('heading', { name: 'Invoice A-1042, Larkfield' }).waitFor();
  await page.getByText('$310.00').waitFor();
}

const thanks = (page: Page) => page.getByRole('heading', { name: 'Thank you. Your payment went through.' }).waitFor();

test('S1-14, S2-14: given up, declined, then paid by card; the payer is back before Stripe’s webhook', async () => {
  const at = await company('cards');
  const { page } = at;
  await page.goto(at.link);
  await goToStripe(page, 'Card', 'Card number');
  await page.getByRole('link', { name: 'Back' }).click();
  await page.getByRole('radio', { name: 'Card' }).waitFor();
  expect(page.url()).toBe(at.link);
  expect(stripe.money()).toEqual({ held: 0, taken: 0, refunded: 0 });

  await goToStripe(page, 'Card', 'Card number');
  await page.getByLabel('Card number').fill(CARDS.declined);
  await page.getByRole('button', { name: 'Pay' }).click();
  await page.getByRole('alert').getByText('Your card was declined.').waitFor();
  await page.getByLabel('Card number').fill(CARDS.good);
  await page.getByRole('button', { name: 'Pay' }).click();
  await thanks(page);
  await page.getByText('Nothing is left to pay.').waitFor();
  await page.getByText('Visa ending in 4242').waitFor();
  await at.expectInOffice('Received');

  await at.tell();
  expect(stripe.money()).toEqual({ held: 0, taken: 31_000, refunded: 0 });
  expect((await at.paid()).map((one) => [one.status, one.failure])).toEqual([
    ['failed', 'given_up'],
    ['succeeded', null],
  ]);
  await page.reload();
  await thanks(page);
  await page.goto(at.link);
  await page.getByText('Thank you. This invoice is paid.').waitFor();
});

test('S3-19: paid by bank account; Stripe’s webhook comes before the payer, and again days later', async () => {
  stripe.reset();
  const at = await company('banks');
  const { page } = at;
  await page.goto(at.link);
  await goToStripe(page, 'Bank account', 'Account number');
  // The phone loses its connection: Stripe has the number, and its answer never arrives.
  await page.request.post(page.url(), { form: { number: ACCOUNTS.good }, maxRedirects: 0 });
  await at.tell();
  await at.expectInOffice('On its way');

  // With a connection again, the page leads back.
  await page.reload();
  await page.getByRole('heading', { name: 'Your bank payment is on its way' }).waitFor();
  await page.goto(at.link);
  await page.getByText('Banks take up to five business days.').waitFor();
  expect(await page.getByRole('button', { name: /^Pay/ }).count()).toBe(0);

  clear(stripe, [...stripe.bank.intents.keys()][0]!);
  await at.tell();
  expect(stripe.money()).toEqual({ held: 0, taken: 31_000, refunded: 0 });
  await at.expectInOffice('Received');
  await page.reload();
  await page.getByText('Thank you. This invoice is paid.').waitFor();
  expect(await at.paid()).toMatchObject([{ status: 'succeeded', method: 'ach' }]);
});
