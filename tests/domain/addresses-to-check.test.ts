import { expect, test } from 'vitest';

import { pageAudit } from '#app/company/audit-log.server.ts';
import { addLocation } from '#app/invoicing/customers/locations.server.ts';
import { checkAddresses, readAddressChecks } from '#app/messaging/address-checks.server.ts';
import {
  countAddressChecks,
  keepAddress,
  listAddressesToCheck,
  useStandardAddress,
} from '#app/messaging/addresses-to-check.server.ts';
import type { AddressCheck, PostalAddress } from '#app/messaging/postal-address.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeLocation } from '#tests/factories/customers.ts';
import { fakeVerifier } from '#tests/fakes/verifier.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

const other = { line1: '2 CORRECTED WAY', line2: '', city: 'CHATTANOOGA', state: 'TN', zip: '37402-1234' };
const answers: Record<string, AddressCheck> = {
  '1 Nowhere Way': { deliverability: 'undeliverable', standard: null },
  '2 Misspelled Way': { deliverability: 'deliverable', standard: other },
  '3 Unit Way': { deliverability: 'deliverable_missing_unit', standard: null },
};
const list = () =>
  fakeVerifier((address) => answers[address.line1] ?? { deliverability: 'deliverable', standard: address });

/** A company whose customers live at the streets above and one good one, all looked up. */
async function begin() {
  const company = await makeCompany(db);
  const within = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, company.companyId, work);
  const at = (line1: string): PostalAddress => ({ line1, line2: '', city: 'Chattanooga', state: 'TN', zip: '37402' });
  const streets = [...Object.keys(answers), '4 Good Street'];
  const ids = new Map<string, { customerId: number; locationId: number }>();
  await within(async (tx) => {
    for (const [n, line1] of streets.entries()) {
      const { customerId } = await makeCustomer(tx, { name: `${'ABCD'[n]} Ames` });
      ids.set(line1, { customerId, locationId: await makeLocation(tx, { customerId, ...at(line1) }) });
    }
  });
  await checkAddresses(db, company.companyId, streets.map(at), list());
  return {
    within,
    at,
    companyId: company.companyId,
    actor: { staffId: company.admin.staffId, name: company.admin.name },
    place: (line1: string) => ids.get(line1)!,
    shown: async (filter: { q?: string; trouble?: string } = {}) =>
      (await within((tx) => listAddressesToCheck(tx, filter, {}))).rows.map((row) => row.line1),
  };
}

test('B-12: undeliverable addresses and those with another writing are listed by customer, in pages', async () => {
  const { within, shown } = await begin();
  expect(await shown()).toEqual(['1 Nowhere Way', '2 Misspelled Way', '3 Unit Way']);
  expect(await shown({ trouble: 'undeliverable' })).toEqual(['1 Nowhere Way']);
  expect(await shown({ trouble: 'writing' })).toEqual(['2 Misspelled Way']);
  expect(await shown({ trouble: 'unit' })).toEqual(['3 Unit Way']);
  expect(await shown({ trouble: 'nonsense', q: 'b ames' })).toEqual(['2 Misspelled Way']);
  expect(await shown({ q: 'good' })).toEqual([]);
  const first = await within((tx) => listAddressesToCheck(tx, {}, { limit: 2 }));
  expect(first).toMatchObject({ count: 3, previous: null });
  expect(first.rows[1]).toMatchObject({ customer: 'B Ames', deliverability: 'deliverable', standard: other });
  const second = await within((tx) => listAddressesToCheck(tx, {}, { after: first.next, limit: 2 }));
  expect(second.rows.map((row) => row.line1)).toEqual(['3 Unit Way']);
  const back = await within((tx) => listAddressesToCheck(tx, {}, { before: second.previous, limit: 2 }));
  expect(back.rows).toEqual(first.rows);
  expect(await within(countAddressChecks)).toBe(4);
});

test('B-12: an address that was changed is not listed any more, and two at one address are both', async () => {
  const { within, shown, actor, at, place } = await begin();
  const { customerId } = place('4 Good Street');
  const written = { ...at(' 1  nowhere WAY'), name: '', billing: false };
  await within((tx) => addLocation(tx, actor, customerId, written));
  expect(await shown({ trouble: 'undeliverable' })).toEqual(['1 Nowhere Way', '1 nowhere WAY']);
  await within((tx) => tx.execute(`update locations set zip = '37403' where line1 like '1%'`));
  expect(await shown({ trouble: 'undeliverable' })).toEqual([]);
});

test('B-12: the Postal Service’s writing is taken over, in the audit log, and counts as looked up', async () => {
  const { within, actor, place, companyId, shown } = await begin();
  const where = place('2 Misspelled Way');
  expect(await within((tx) => useStandardAddress(tx, actor, where))).toEqual({ ok: true });
  expect(await shown()).toEqual(['1 Nowhere Way', '3 Unit Way']);
  const checks = await within((tx) => readAddressChecks(tx, [other]));
  expect([...checks.values()]).toMatchObject([{ deliverability: 'deliverable', standard: null }]);
  const again = list();
  await checkAddresses(db, companyId, [other], again);
  expect(again.asked).toEqual([]);
  const { rows } = await within((tx) => pageAudit(tx, {}, {}));
  expect(rows[0]).toMatchObject({ action: 'location.update', subjectId: where.customerId });
  expect(await within((tx) => useStandardAddress(tx, actor, where))).toMatchObject({ ok: false });
});

test('B-12: what is on the record already is not written twice, and says so', async () => {
  const { within, actor, place } = await begin();
  const { customerId, locationId } = place('2 Misspelled Way');
  await within((tx) => addLocation(tx, actor, customerId, { ...other, name: '', billing: false }));
  expect(await within((tx) => useStandardAddress(tx, actor, { customerId, locationId }))).toEqual({
    ok: false,
    error: expect.stringContaining('on the customer’s record already'),
  });
});

test('B-12: an address can be kept as it is, and is not asked about again until the answer is another', async () => {
  const { within, actor, place, shown, companyId, at } = await begin();
  for (const street of ['2 Misspelled Way', '3 Unit Way'])
    expect(await within((tx) => keepAddress(tx, actor, place(street)))).toEqual({ ok: true });
  expect(await shown()).toEqual(['1 Nowhere Way']);
  const { rows } = await within((tx) => pageAudit(tx, {}, {}));
  expect(rows[0]).toMatchObject({ action: 'location.keep', details: { location: '3 Unit Way' } });
  const later = () => within((tx) => tx.execute(`update address_checks set at = now() - interval '91 days'`));
  await later();
  const again = list();
  await checkAddresses(db, companyId, [at('2 Misspelled Way')], again);
  expect(again.asked).toHaveLength(1);
  expect(await shown()).toEqual(['1 Nowhere Way']);
  const [check] = (await within((tx) => readAddressChecks(tx, [at('2 Misspelled Way')]))).values();
  expect(check?.standard).toBeNull();
  await later();
  again.answer = () => ({ deliverability: 'undeliverable', standard: null });
  await checkAddresses(db, companyId, [at('2 Misspelled Way')], again);
  expect(await shown()).toEqual(['1 Nowhere Way', '2 Misspelled Way']);
});

test('B-12: an undeliverable address can’t be kept; another company’s can’t be touched', async () => {
  const [ours, theirs] = [await begin(), await begin()];
  expect(await ours.within((tx) => keepAddress(tx, ours.actor, ours.place('1 Nowhere Way')))).toEqual({
    ok: false,
    error: expect.stringContaining('Nobody delivers'),
  });
  const foreign = theirs.place('2 Misspelled Way');
  expect(await ours.within((tx) => useStandardAddress(tx, ours.actor, foreign))).toMatchObject({ ok: false });
  expect(await ours.within((tx) => keepAddress(tx, ours.actor, foreign))).toMatchObject({ ok: false });
  expect(await theirs.shown()).toHaveLength(3);
});
