import { expect, test } from 'vitest';

import { can, type Role } from '#app/company/permissions.ts';
import { search } from '#app/company/search.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCampaign } from '#tests/factories/campaigns.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeLocation } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const find = async (tx: Tx, q: string, role: Role = 'administrator') =>
  (await search(tx, q, (permission) => can(role, permission))).map((hit) => `${hit.group}: ${hit.label}`);

test('one box finds customers, invoices, campaigns and settings', async () => {
  const { companyId } = await makeCompany(db);
  await withCompany(db, companyId, async (tx) => {
    const ann = await makeCustomer(tx, { name: 'Ann Oakes', email: 'ann@mail.example', mobile: '+18505550101' });
    await makeLocation(tx, { customerId: ann.customerId, line1: '9 Cedar Lane' });
    await makeInvoice(tx, { customerId: ann.customerId, number: 'INV-1042' });
    await makeInvoice(tx, { customerId: ann.customerId, number: '10420' });
    await makeCampaign(tx, { name: 'Overdue, October' });
    expect(await find(tx, 'oak')).toEqual(['Customers: Ann Oakes']);
    expect(await find(tx, 'ann@mail')).toEqual(['Customers: Ann Oakes']);
    expect(await find(tx, '(850) 555-0101')).toEqual(['Customers: Ann Oakes']);
    expect(await find(tx, 'cedar')).toEqual(['Customers: Ann Oakes']);
    expect(await find(tx, '#1042')).toEqual(['Invoices: Invoice 10420', 'Invoices: Invoice INV-1042']);
    expect(await find(tx, 'october')).toEqual(['Campaigns: Overdue, October']);
    expect(await find(tx, 'portal')).toEqual(['Settings: Customer Portal']);
    expect(await find(tx, 'legal agreement')).toEqual(['Settings: Customer Portal']);
    expect(await find(tx, '%%')).toEqual([]);
    expect(await find(tx, 'o')).toEqual([]);
    expect(await find(tx, 'x\0y')).toEqual([]);
  });
});

test('B-15: nobody finds what they may not see', async () => {
  const { companyId } = await makeCompany(db);
  await withCompany(db, companyId, async (tx) => {
    await makeCampaign(tx, { name: 'People of October' });
    expect(await find(tx, 'people', 'administrator')).toEqual(['Campaigns: People of October', 'Settings: People']);
    expect(await find(tx, 'people', 'viewer')).toEqual(['Campaigns: People of October']);
    expect(await find(tx, 'people', 'technician')).toEqual([]);
  });
});

test('what begins with the words stands first, and another company’s records are not found', async () => {
  const [ours, theirs] = [await makeCompany(db), await makeCompany(db)];
  await withCompany(db, theirs.companyId, async (tx) => {
    const { customerId } = await makeCustomer(tx, { name: 'Ann Theirs' });
    await makeInvoice(tx, { customerId, number: '5551' });
  });
  await withCompany(db, ours.companyId, async (tx) => {
    for (const name of ['Joann Abbott', 'Anna Zeller']) await makeCustomer(tx, { name });
    expect(await find(tx, 'ann')).toEqual(['Customers: Anna Zeller', 'Customers: Joann Abbott']);
    expect(await find(tx, '5551')).toEqual([]);
  });
});
