import { expect, test } from 'vitest';

import { withCompany } from '#db/client.ts';
import { makeCompany, makeStaff } from '#tests/factories/company.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { DESKTOP, expectAccessible, launchBrowser, openPage, PHONE, signIn } from '#tests/setup/browser.ts';

const app = await startTestApp();
const browser = await launchBrowser();
const PATH = '/settings/marketing/subdomain';

async function companyCalled(linkHost: string | null) {
  const { companyId, admin } = await makeCompany(app.db, { name: 'Larkfield Plumbing', linkHost });
  const viewer = await withCompany(app.db, companyId, (tx) => makeStaff(tx, { role: 'marketer' }));
  return { companyId, admin, viewer };
}

test.each([
  ['desktop', DESKTOP, true],
  ['phone', PHONE, true],
  ['phone without scripts', PHONE, false],
] as const)('S0-12: an administrator changes the subdomain: %s', async (kind, viewport, javaScript) => {
  const old = `lark${kind.replaceAll(' ', '')}`;
  const taken = `taken${kind.replaceAll(' ', '')}`;
  await companyCalled(taken);
  const { admin } = await companyCalled(old);
  const { page, errors, context } = await openPage(browser, { viewport, javaScript, baseURL: app.origin });
  const look = async () => {
    if (javaScript) await expectAccessible(page);
  };
  await signIn(page, app.origin, admin.email, admin.password);
  await page.goto('/settings');
  await page.getByRole('link', { name: 'Subdomain Management' }).click();
  await page.getByText(`${app.links(old)}/k7m2pqw4dr`).waitFor();
  await look();

  const field = page.getByLabel('Subdomain', { exact: true });
  await field.fill('Lark Field');
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await page
    .getByRole('alert')
    .getByText(/without spaces/)
    .waitFor();
  expect(await field.inputValue()).toBe('Lark Field');
  await field.fill(taken);
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await page
    .getByRole('alert')
    .getByText(/is taken by another company/)
    .waitFor();
  await look();

  await field.fill(`${old}new`);
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await page.getByText(`Change the subdomain to ${old}new?`).waitFor();
  await page.getByText(`Links already sent under ${old} go on working`).waitFor();
  await look();
  await page.getByRole('button', { name: 'Change subdomain' }).click();
  await page.getByText(`New links begin with ${old}new.`).waitFor();
  await page.getByText(`${app.links(`${old}new`)}/k7m2pqw4dr`).waitFor();
  await page.getByRole('region', { name: 'Earlier names' }).getByText(`${old}.go.`).waitFor();
  await look();

  await page.goto('/settings/audit-log');
  await page.getByText('Changed the subdomain of short links').first().waitFor();
  expect(errors()).toEqual([]);
  await context.close();
});

test('S0-12: who may not edit settings sees the subdomain and no form; before the first message there may be none', async () => {
  const { viewer, admin } = await companyCalled(null);
  const { page, errors, context } = await openPage(browser, { baseURL: app.origin });
  await signIn(page, app.origin, viewer.email, viewer.password);
  await page.goto(PATH);
  await page.getByText('There is none yet.').waitFor();
  expect(await page.getByRole('button', { name: 'Change', exact: true }).count()).toBe(0);
  await page.getByText('An administrator changes it.').waitFor();
  await expectAccessible(page);
  await context.clearCookies();
  await signIn(page, app.origin, admin.email, admin.password);
  await page.goto(PATH);
  await page.getByLabel('Subdomain', { exact: true }).fill('brandnewlark');
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await page.getByRole('button', { name: 'Change subdomain' }).click();
  await page.getByText(`${app.links('brandnewlark')}/k7m2pqw4dr`).waitFor();
  expect(errors()).toEqual([]);
  await context.close();
});
