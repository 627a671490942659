import { beforeAll, expect, test } from 'vitest';

import { can, roles, type Role } from '#app/company/permissions.ts';
import { readLocation } from '#app/invoicing/customers/locations.server.ts';
import { checkAddresses } from '#app/messaging/address-checks.server.ts';
import type { AddressCheck } from '#app/messaging/postal-address.ts';
import { withCompany } from '#db/client.ts';
import { makeCompany, makeStaff, TEST_PASSWORD } from '#tests/factories/company.ts';
import { makeCustomer, makeLocation } from '#tests/factories/customers.ts';
import { fakeVerifier } from '#tests/fakes/verifier.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const app = await startTestApp();
const { companyId } = await makeCompany(app.db);
const cookies = {} as Record<Role, string>;
const other = { line1: '2 CORRECTED WAY', line2: '', city: 'CHATTANOOGA', state: 'TN', zip: '37402-1234' };

beforeAll(async () => {
  for (const role of roles) {
    const { email } = await withCompany(app.db, companyId, (tx) => makeStaff(tx, { role }));
    cookies[role] = await signInCookie(app.origin, email, TEST_PASSWORD);
  }
});

const get = (path: string, role: Role = 'office') => send(app.origin + path, { cookie: cookies[role] });
const post = (path: string, form: Record<string, string> = {}, role: Role = 'office') =>
  send(app.origin + path, { form, cookie: cookies[role] });
const words = (body: string) => body.slice(0, body.indexOf('window.__remixContext')).replaceAll('<!-- -->', '');

/** A customer at a street, looked up with this answer unless it is null. */
async function customerAt(line1: string, check: AddressCheck | null, company = companyId) {
  const at = { line1, line2: '', city: 'Chattanooga', state: 'TN', zip: '37402' };
  const ids = await withCompany(app.db, company, async (tx) => {
    const { customerId } = await makeCustomer(tx, { name: `Ann of ${line1}` });
    return { customerId, locationId: await makeLocation(tx, { customerId, ...at }) };
  });
  if (check)
    await checkAddresses(
      app.db,
      company,
      [at],
      fakeVerifier(() => check),
    );
  const path = `/customers/${ids.customerId}/locations/${ids.locationId}`;
  const read = () => withCompany(app.db, company, (tx) => readLocation(tx, ids.customerId, ids.locationId));
  return { ...ids, path, read };
}

test('B-12: with nothing looked up, the page says what it is for', async () => {
  const page = words((await get('/addresses')).body);
  expect(page).toContain('No address was looked up yet');
  expect(words((await get('/customers')).body)).not.toContain('href="/addresses"');
});

test('B-12: the page names what is wrong in words; one click writes the Postal Service’s form and leads back', async () => {
  await customerAt('1 Nowhere Way', { deliverability: 'undeliverable', standard: null });
  const wrong = await customerAt('2 Misspelled Way', { deliverability: 'deliverable', standard: other });
  const page = words((await get('/addresses')).body);
  expect(page).toContain('The Postal Service does not deliver there');
  expect(page).toContain('2 CORRECTED WAY, CHATTANOOGA, TN 37402-1234');
  expect(page).toContain('2 addresses');
  expect(words((await get('/customers')).body)).toContain('href="/addresses"');
  const filtered = '/addresses?trouble=writing';
  expect(words((await get(filtered)).body)).not.toContain('1 Nowhere Way');
  const used = await post(`${wrong.path}/standard`, { back: filtered });
  expect([used.status, used.headers.location]).toEqual([302, '/addresses?trouble=writing&done=used']);
  expect(await wrong.read()).toMatchObject(other);
  const after = words((await get(used.headers.location!)).body);
  expect(after).toContain('The address was written as the Postal Service has it.');
  expect(after).toContain('No address matches');
  const again = await post(`${wrong.path}/standard`);
  expect(again.status).toBe(400);
  expect(words(again.body)).toContain('was changed or looked up anew meanwhile');
});

test('B-12: an address is kept as it is; one that nobody delivers to is not; the way back stays in the house', async () => {
  const cosmetic = await customerAt('5 Misspelled Way', { deliverability: 'deliverable', standard: other });
  const kept = await post(`${cosmetic.path}/keep`, { back: 'https://elsewhere.example/' });
  expect([kept.status, kept.headers.location]).toEqual([302, '/?done=kept']);
  expect(words((await get('/addresses')).body)).not.toContain('5 Misspelled Way');
  const nowhere = await customerAt('6 Nowhere Way', { deliverability: 'undeliverable', standard: null });
  const refused = await post(`${nowhere.path}/keep`);
  expect(refused.status).toBe(400);
  expect(words(refused.body)).toContain('Nobody delivers to this address');
});

test('B-12: the record shows each location’s check, and looks one up through the company’s provider', async () => {
  const nowhere = await customerAt('7 Nowhere Way', { deliverability: 'undeliverable', standard: null });
  expect(words((await get(`/customers/${nowhere.customerId}`)).body)).toContain('Can’t be delivered to');
  const fresh = await customerAt('8 Good Street', null);
  expect(words((await get(`/customers/${fresh.customerId}`)).body)).toContain('Check address');
  const checked = await post(`${fresh.path}/check`);
  expect([checked.status, checked.headers.location]).toEqual([302, `/customers/${fresh.customerId}`]);
  expect(words((await get(`/customers/${fresh.customerId}`)).body)).toContain('Checked: deliverable');
});

test.each(roles)('B-15: writing and looking up addresses ask for the permission: %s', async (role) => {
  const { path } = await customerAt(`9 ${role} Way`, { deliverability: 'deliverable', standard: other });
  const may = can(role, 'customers.edit');
  const list = await get(`/addresses?q=${role}`, role);
  expect(list.status).toBe(can(role, 'customers.read') ? 200 : 403);
  expect(words(list.body).includes(`${path}/standard`)).toBe(may);
  for (const verb of ['standard', 'keep', 'check']) {
    expect((await post(`${path}/${verb}`, {}, role)).status === 403, verb).toBe(!may);
  }
});

test('B-12: another company’s address can’t be changed, and opening a button’s address changes nothing', async () => {
  const { companyId: elsewhere } = await makeCompany(app.db);
  const foreign = await customerAt('2 Misspelled Way', { deliverability: 'deliverable', standard: other }, elsewhere);
  expect((await post(`${foreign.path}/standard`)).status).toBe(400);
  expect((await post(`${foreign.path}/check`)).status).toBe(404);
  expect(await foreign.read()).toMatchObject({ line1: '2 Misspelled Way' });
  for (const verb of ['standard', 'keep', 'check']) {
    expect(words((await get(`${foreign.path}/${verb}`)).body)).toContain('Nothing was changed');
    expect((await get(`${foreign.path}/${verb}`, 'viewer')).status).toBe(403);
  }
});
