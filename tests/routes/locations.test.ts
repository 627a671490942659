import { beforeAll, expect, test } from 'vitest';

import { can, roles, type Role } from '#app/company/permissions.ts';
import { listLocations } from '#app/invoicing/customers/customer-record.server.ts';
import { withCompany } from '#db/client.ts';
import { makeCompany, makeStaff, TEST_PASSWORD, type MadeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeJob, makeLocation } from '#tests/factories/customers.ts';
import { startTestApp, type TestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

let app: TestApp;
let company: MadeCompany;
const cookies = {} as Record<Role, string>;
type Ids = { customer: number; location: number };
let ours: Ids;
let theirs: Ids;

const fill = (companyId: number): Promise<Ids> =>
  withCompany(app.db, companyId, async (tx) => {
    const { customerId } = await makeCustomer(tx);
    return { customer: customerId, location: await makeLocation(tx, { customerId, line1: '<b>5</b> Elm Street' }) };
  });

beforeAll(async () => {
  app = await startTestApp();
  company = await makeCompany(app.db);
  ours = await fill(company.companyId);
  theirs = await fill((await makeCompany(app.db)).companyId);
  for (const role of roles) {
    const { email } = await withCompany(app.db, company.companyId, (tx) => makeStaff(tx, { role }));
    cookies[role] = await signInCookie(app.origin, email, TEST_PASSWORD);
  }
});

const get = (path: string, role: Role = 'administrator') => send(app.origin + path, { cookie: cookies[role] });
const post = (path: string, form: Record<string, string> = {}, role: Role = 'administrator') =>
  send(app.origin + path, { form, cookie: cookies[role] });
const typed = { name: 'Shop', line1: '9 Mill Road', city: 'Dalton', state: 'ga', zip: '30720' };

test.each(roles)('B-15: locations ask for the permission: %s', async (role) => {
  const at = `/customers/${ours.customer}/locations`;
  const may = can(role, 'customers.edit');
  expect((await get(`${at}/new`, role)).status).toBe(may ? 200 : 403);
  expect((await get(`${at}/${ours.location}`, role)).status).toBe(may ? 200 : 403);
  const record = await get(`/customers/${ours.customer}`, role);
  expect(record.body.includes(`${at}/${ours.location}`)).toBe(may);
  if (may) return;
  for (const path of ['/new', `/${ours.location}`, `/${ours.location}/delete`])
    expect((await post(at + path, typed, role)).status, path).toBe(403);
});

test('a location is added, changed and deleted by forms, and the record says so', async () => {
  const { customer } = ours;
  const at = `/customers/${customer}/locations`;
  const added = await post(`${at}/new`, typed);
  expect([added.status, added.headers.location]).toEqual([302, `/customers/${customer}?saved=location`]);
  expect((await get(added.headers.location!)).body).toContain('The location was saved.');
  const find = async () =>
    (await withCompany(app.db, company.companyId, (tx) => listLocations(tx, customer))).find((p) => p.name === 'Shop');
  const made = (await find())!;
  expect(made).toMatchObject({ line1: '9 Mill Road', state: 'GA', billing: false });
  expect((await post(`${at}/${made.id}`, { ...typed, line1: '10 Mill Road', billing: 'on' })).status).toBe(302);
  expect(await find()).toMatchObject({ line1: '10 Mill Road', billing: true });
  const gone = await post(`${at}/${made.id}/delete`);
  expect(gone.headers.location).toBe(`/customers/${customer}?saved=removed`);
  expect(await find()).toBeUndefined();
  expect((await post(`${at}/${made.id}/delete`)).status).toBe(404);
});

test('what can’t be saved is told at its field, and what was typed stays', async () => {
  const { customer } = ours;
  const answer = await post(`/customers/${customer}/locations/new`, { city: 'Dalton <i>', zip: 'x'.repeat(101) });
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('Enter the street and number, or a name for the location.');
  expect(answer.body).toContain('Use at most 100 characters.');
  expect(answer.body).toContain('value="Dalton &lt;i&gt;"');
});

test('a location with jobs can’t be deleted, and its page says why', async () => {
  const { customer } = ours;
  const location = await withCompany(app.db, company.companyId, async (tx) => {
    const id = await makeLocation(tx, { customerId: customer, billing: false });
    await makeJob(tx, { customerId: customer, locationId: id });
    return id;
  });
  const at = `/customers/${customer}/locations/${location}`;
  const answer = await post(`${at}/delete`);
  expect([answer.status, answer.headers.location]).toEqual([302, at]);
  const { body } = await get(at);
  expect(body).toContain('This location can’t be deleted, because 1 job is there.');
  expect(body).not.toContain(`action="${at}/delete"`);
});

test('another company’s and another customer’s ids are not found', async () => {
  const neighbor = await withCompany(app.db, company.companyId, (tx) => makeCustomer(tx));
  const wrong = [
    `/customers/${theirs.customer}/locations/new`,
    `/customers/${theirs.customer}/locations/${theirs.location}`,
    `/customers/${ours.customer}/locations/${theirs.location}`,
    `/customers/${neighbor.customerId}/locations/${ours.location}`,
    `/customers/${ours.customer}/locations/0`,
    `/customers/${ours.customer}/locations/x`,
  ];
  for (const path of wrong) {
    expect((await get(path)).status, path).toBe(404);
    expect((await post(path, typed)).status, path).toBe(404);
    if (!path.endsWith('new')) expect((await post(`${path}/delete`)).status, path).toBe(404);
  }
});
