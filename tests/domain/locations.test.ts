import fc from 'fast-check';
import { expect, test } from 'vitest';

import { pageAudit } from '#app/company/audit-log.server.ts';
import type { Actor } from '#app/company/audit.server.ts';
import { listLocations } from '#app/invoicing/customers/customer-record.server.ts';
import { readLocationForm, type LocationForm } from '#app/invoicing/customers/location-form.ts';
import {
  addLocation,
  deleteLocation,
  readLocation,
  updateLocation,
} from '#app/invoicing/customers/locations.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCompany, type MadeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeJob, makeLocation } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const actorOf = ({ admin }: MadeCompany): Actor => ({ staffId: admin.staffId, name: admin.name });
const form: LocationForm = {
  name: '',
  line1: '12 Oak Street',
  line2: '',
  city: 'Chattanooga',
  state: 'tn',
  zip: '37402',
  billing: false,
};

/** A company with one customer. */
async function begin() {
  const company = await makeCompany(db);
  const within = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, company.companyId, work);
  const { customerId } = await within((tx) => makeCustomer(tx));
  return { company, actor: actorOf(company), within, customerId };
}

test('a location is added, changed and deleted, and each stands in the audit log', async () => {
  const { actor, within, customerId } = await begin();
  const added = await within((tx) => addLocation(tx, actor, customerId, { ...form, name: '  Beach\n house ' }));
  if (!added?.ok) throw new Error('not added');
  const { locationId } = added;
  const read = () => within((tx) => readLocation(tx, customerId, locationId));
  expect(await read()).toMatchObject({
    name: 'Beach house',
    line1: '12 Oak Street',
    state: 'TN',
    jobs: 0,
    invoices: 0,
  });
  const changed = { ...form, name: 'Beach house', line1: '14 Oak Street' };
  expect(await within((tx) => updateLocation(tx, actor, customerId, locationId, changed))).toMatchObject({ ok: true });
  // The same again is no change.
  expect(await within((tx) => updateLocation(tx, actor, customerId, locationId, changed))).toMatchObject({ ok: true });
  expect(await read()).toMatchObject({ line1: '14 Oak Street' });
  expect(await within((tx) => deleteLocation(tx, actor, customerId, locationId))).toBe('deleted');
  expect(await read()).toBeNull();
  const log = await within((tx) => pageAudit(tx, {}, {}));
  expect(log.rows.map((row) => [row.action, row.details])).toEqual([
    ['location.delete', { location: 'Beach house' }],
    ['location.update', { from: 'Beach house', line1: '14 Oak Street' }],
    ['location.add', { location: 'Beach house' }],
  ]);
});

test('a customer has one billing address: the last that was said to be it', async () => {
  const { actor, within, customerId } = await begin();
  const first = await within((tx) => makeLocation(tx, { customerId, billing: true }));
  await within((tx) => addLocation(tx, actor, customerId, { ...form, billing: true }));
  const billing = async () =>
    (await within((tx) => listLocations(tx, customerId))).filter((place) => place.billing).map((place) => place.line1);
  expect(await billing()).toEqual(['12 Oak Street']);
  const before = await within((tx) => readLocation(tx, customerId, first));
  await within((tx) => updateLocation(tx, actor, customerId, first, { ...before!, billing: true }));
  expect(await billing()).toEqual([before!.line1]);
});

test('an address that is on the record already is told, however it is written; a name of its own makes it another', async () => {
  const { actor, within, customerId } = await begin();
  const add = (more: Partial<LocationForm>) => within((tx) => addLocation(tx, actor, customerId, { ...form, ...more }));
  expect(await add({})).toMatchObject({ ok: true });
  expect(await add({ line1: '12 OAK STREET,', city: 'chattanooga' })).toMatchObject({
    ok: false,
    errors: { line1: expect.stringContaining('on the customer’s record already') },
  });
  const unit = await add({ name: 'Unit 2' });
  if (!unit?.ok) throw new Error('not added');
  expect(await within((tx) => updateLocation(tx, actor, customerId, unit.locationId, form))).toMatchObject({
    ok: false,
  });
  expect(await within((tx) => listLocations(tx, customerId))).toHaveLength(2);
});

test('a location where work was done stays', async () => {
  const { actor, within, customerId } = await begin();
  const [worked, billed] = await within(async (tx) => [
    await makeLocation(tx, { customerId }),
    await makeLocation(tx, { customerId, billing: false }),
  ]);
  await within((tx) => makeJob(tx, { customerId, locationId: worked }));
  await within((tx) => makeInvoice(tx, { customerId, locationId: billed }));
  for (const id of [worked, billed]) {
    expect(await within((tx) => deleteLocation(tx, actor, customerId, id))).toBe('used');
  }
  expect(await within((tx) => readLocation(tx, customerId, worked))).toMatchObject({ jobs: 1, invoices: 0 });
  expect(await within((tx) => listLocations(tx, customerId))).toHaveLength(2);
});

test('neither another company’s nor another customer’s location can be read, changed or deleted', async () => {
  const [mine, theirs] = [await begin(), await begin()];
  const neighbor = await mine.within((tx) => makeCustomer(tx));
  const own = await mine.within((tx) => makeLocation(tx, { customerId: mine.customerId }));
  const foreign = await theirs.within((tx) => makeLocation(tx, { customerId: theirs.customerId }));
  for (const [customerId, locationId] of [
    [neighbor.customerId, own],
    [mine.customerId, foreign],
    [theirs.customerId, foreign],
  ] as const) {
    expect(await mine.within((tx) => readLocation(tx, customerId, locationId))).toBeNull();
    expect(await mine.within((tx) => updateLocation(tx, mine.actor, customerId, locationId, form))).toBeNull();
    expect(await mine.within((tx) => deleteLocation(tx, mine.actor, customerId, locationId))).toBeNull();
  }
  expect(await mine.within((tx) => addLocation(tx, mine.actor, theirs.customerId, form))).toBeNull();
  expect(await theirs.within((tx) => listLocations(tx, theirs.customerId))).toHaveLength(1);
});

test('whatever is typed is refused in words or kept on one line within bounds', () => {
  fc.assert(
    fc.property(
      fc.record({
        name: fc.string({ unit: 'binary', maxLength: 120 }),
        line1: fc.string({ unit: 'binary', maxLength: 120 }),
        line2: fc.string({ maxLength: 120 }),
        city: fc.string({ maxLength: 120 }),
        state: fc.string({ maxLength: 4 }),
        zip: fc.string({ maxLength: 12 }),
        billing: fc.boolean(),
      }),
      (typed) => {
        const read = readLocationForm(typed);
        if (!read.ok) {
          expect(Object.values(read.errors).every((words) => words.endsWith('.'))).toBe(true);
          return;
        }
        const { billing, ...texts } = read.value;
        expect(billing).toBe(typed.billing);
        expect(texts.name + texts.line1).not.toBe('');
        for (const text of Object.values(texts)) expect(text).toMatch(/^(?:[^\p{Cc}]{1,100})?$/u);
      },
    ),
  );
});
