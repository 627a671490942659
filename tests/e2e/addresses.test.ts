import { expect, test } from 'vitest';

import { checkAddresses } from '#app/messaging/address-checks.server.ts';
import type { AddressCheck } from '#app/messaging/postal-address.ts';
import { withCompany } from '#db/client.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeLocation } from '#tests/factories/customers.ts';
import { fakeVerifier } from '#tests/fakes/verifier.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { DESKTOP, expectAccessible, launchBrowser, openPage, PHONE, signIn } from '#tests/setup/browser.ts';

const app = await startTestApp();
const browser = await launchBrowser();

const standard = { line1: '204 CORRECTED WAY', line2: '', city: 'CHATTANOOGA', state: 'TN', zip: '37402-1234' };
const streets: Record<string, [string, AddressCheck]> = {
  'Harriet Beaumont-Sutherland': ['1170 Undeliverable Way', { deliverability: 'undeliverable', standard: null }],
  'Luis Ortega': ['204 Misspelled Way', { deliverability: 'deliverable', standard }],
  'Mill Road Apartments LLC': ['88 Mill Road', { deliverability: 'deliverable_missing_unit', standard: null }],
};

test.each([
  ['desktop', DESKTOP],
  ['phone', PHONE],
] as const)(
  'B-12: the office looks at addresses and takes over the Postal Service’s form: %s',
  async (kind, viewport) => {
    const { companyId, admin } = await makeCompany(app.db);
    await withCompany(app.db, companyId, async (tx) => {
      for (const [name, [line1]] of Object.entries(streets)) {
        const { customerId } = await makeCustomer(tx, { name });
        await makeLocation(tx, { customerId, line1 });
      }
    });
    const places = Object.values(streets).map(([line1]) => ({
      line1,
      line2: '',
      city: 'Chattanooga',
      state: 'TN',
      zip: '37402',
    }));
    const answer = (line1: string) => Object.values(streets).find(([street]) => street === line1)![1];
    await checkAddresses(
      app.db,
      companyId,
      places,
      fakeVerifier(({ line1 }) => answer(line1)),
    );

    const { page, errors, context } = await openPage(browser, { viewport, baseURL: app.origin });
    const shot = async (name: string) => {
      if (process.env.SHOTS)
        await page.screenshot({ path: `${process.env.SHOTS}/${name}-${kind}.png`, fullPage: true });
    };
    await signIn(page, app.origin, admin.email, admin.password);
    await page.goto('/customers');
    await page.getByRole('link', { name: 'Addresses to check' }).click();
    await page.getByText('The Postal Service does not deliver there').waitFor();
    await expectAccessible(page);
    await shot('addresses');
    await page.getByRole('button', { name: 'Use this address: Luis Ortega' }).click();
    await page.getByText('The address was written as the Postal Service has it.').waitFor();
    await page.getByText('204 CORRECTED WAY').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Keep as it is: Mill Road Apartments LLC' }).click();
    await page.getByText('The address stays as it was entered.').waitFor();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await page.getByRole('link', { name: 'Harriet' }).first().click();
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByText('Can’t be delivered to').waitFor();
    await expectAccessible(page);
    await shot('record');
    expect(errors()).toEqual([]);
    await context.close();
  },
);
