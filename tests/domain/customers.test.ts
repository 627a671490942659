import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { pageAudit } from '#app/company/audit-log.server.ts';
import type { Actor } from '#app/company/audit.server.ts';
import { addContact, deleteContact, listContacts, updateContact } from '#app/invoicing/customers/contacts.server.ts';
import { readCustomer } from '#app/invoicing/customers/customer-record.server.ts';
import {
  createCustomer,
  customerSorts,
  listCustomers,
  setDoNotContact,
  updateCustomer,
  type CustomerFilter,
} from '#app/invoicing/customers/customers.server.ts';
import { deleteLocation } from '#app/invoicing/customers/locations.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCompany, type MadeCompany } from '#tests/factories/company.ts';
import { makeContact, makeCustomer, makeLocation } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const today = '2026-03-31';
const actorOf = ({ admin }: MadeCompany): Actor => ({ staffId: admin.staffId, name: admin.name });
const names = (tx: Tx, filter: Partial<CustomerFilter>, sort = 'name') =>
  listCustomers(tx, { today, ...filter }, { sort, limit: 100 }).then((page) => page.rows.map((row) => row.name));

const form = {
  firstName: 'Maria',
  lastName: 'Lopez',
  companyName: '',
  type: 'residential',
  tags: 'VIP, vip, gate code',
  notes: '',
};

describe('the list', async () => {
  const company = await makeCompany(db);
  await withCompany(db, company.companyId, async (tx) => {
    // Many equal names, balances and due dates: the ties that paging must not trip over.
    for (let n = 0; n < 23; n++) {
      const { customerId } = await makeCustomer(tx, { name: ['Ann', 'Ben', "O'Neill", 'Ådne', 'Ann'][n % 5]! });
      if (n % 3 > 0)
        await makeInvoice(tx, { customerId, totalCents: (n % 3) * 1000, dueOn: `2026-03-0${1 + (n % 4)}` });
    }
  });

  test('whatever the sort and the size of a page, walking on and back yields each customer once, in one order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...customerSorts), fc.integer({ min: 1, max: 9 }), async (sort, limit) => {
        await withCompany(db, company.companyId, async (tx) => {
          const whole = (await listCustomers(tx, { today }, { sort, limit: 100 })).rows.map((row) => row.id);
          expect(new Set(whole).size).toBe(23);
          const onward: number[] = [];
          let page = await listCustomers(tx, { today }, { sort, limit });
          expect(page.previous).toBeNull();
          onward.push(...page.rows.map((row) => row.id));
          while (page.next) {
            page = await listCustomers(tx, { today }, { sort, limit, after: page.next });
            onward.push(...page.rows.map((row) => row.id));
          }
          expect(onward).toEqual(whole);
          const back = page.rows.map((row) => row.id);
          while (page.previous) {
            page = await listCustomers(tx, { today }, { sort, limit, before: page.previous });
            back.unshift(...page.rows.map((row) => row.id));
          }
          expect(back).toEqual(whole);
        });
      }),
      { numRuns: 25 },
    );
  });

  test('a customer added meanwhile neither doubles nor hides another on the next page', async () => {
    await withCompany(db, company.companyId, async (tx) => {
      const first = await listCustomers(tx, { today }, { sort: 'name', limit: 5 });
      await makeCustomer(tx, { name: 'Aaron' });
      const second = await listCustomers(tx, { today }, { sort: 'name', limit: 5, after: first.next });
      const whole = (await listCustomers(tx, { today }, { sort: 'name', limit: 11 })).rows.map((row) => row.id);
      expect([...first.rows, ...second.rows].map((row) => row.id)).toEqual(whole.slice(1));
      tx.rollback();
    }).catch((error: Error) => {
      if (error.constructor.name !== 'TransactionRollbackError') throw error;
    });
  });

  test('a cursor that somebody made up shows the first page', async () => {
    expect.hasAssertions();
    await withCompany(db, company.companyId, async (tx) => {
      const made = ['x', '!!', 'W10', btoa('["a\\u0000","1"]'), btoa('["a","1; drop table customers"]'), btoa('{}')];
      for (const sort of customerSorts) {
        const first = await listCustomers(tx, { today }, { sort, limit: 3 });
        for (const cursor of [...made, btoa('["2026-02-31","1"]'), btoa('["99999999999999999999","1"]')]) {
          const page = await listCustomers(tx, { today }, { sort, limit: 3, after: cursor });
          // Any text is a possible name.
          if (!sort.endsWith('name')) expect(page.rows, `${sort} ${cursor}`).toEqual(first.rows);
        }
      }
    });
  });

  test('the total counts what is filtered and sums what it owes', async () => {
    await withCompany(db, company.companyId, async (tx) => {
      const all = await listCustomers(tx, { today }, { limit: 100 });
      expect(all.total).toEqual({
        count: 23,
        capped: false,
        cents: all.rows.reduce((cents, row) => cents + row.balanceCents, 0),
      });
      const owing = await listCustomers(tx, { today, owes: 'any' }, { limit: 2 });
      expect(owing.total.count).toBe(all.rows.filter((row) => row.balanceCents > 0).length);
    });
  });
});

test('customers are found by name, email, phone however it is written, and address; every word must fit', async () => {
  const { companyId } = await makeCompany(db);
  await withCompany(db, companyId, async (tx) => {
    const ann = await makeCustomer(tx, { name: 'Ann Baker', email: 'annb@mail.example', mobile: '+18505550101' });
    await makeLocation(tx, { customerId: ann.customerId, line1: '12 Oak Street', city: 'Dalton', zip: '30720' });
    await makeCustomer(tx, { name: '100% Plumbing_Co', email: null });
    for (const q of [
      'ann',
      'BAKER',
      'annb@mail',
      '(850) 555-0101',
      '850-555-0101',
      '5550101',
      'oak dalton',
      '30720 baker',
    ]) {
      expect(await names(tx, { q }), q).toEqual(['Ann Baker']);
    }
    expect(await names(tx, { q: '100%' })).toEqual(['100% Plumbing_Co']);
    for (const q of ['ann nobody', '%', '_', 'zzz\0', "'; --", '\\']) {
      expect(await names(tx, { q }), q).toEqual(q === '%' || q === '_' ? ['100% Plumbing_Co'] : []);
    }
  });
});

test('filters: who owes, by the age of the oldest invoice; type, tag, no email, do not contact', async () => {
  const { companyId } = await makeCompany(db);
  await withCompany(db, companyId, async (tx) => {
    const late = await makeCustomer(tx, { name: 'Late', tags: ['VIP'] });
    await makeInvoice(tx, { customerId: late.customerId, dueOn: '2026-02-28' }); // 31 days
    await makeInvoice(tx, { customerId: late.customerId, dueOn: '2026-04-30' });
    const soon = await makeCustomer(tx, { name: 'Soon', type: 'commercial', email: null });
    await makeInvoice(tx, { customerId: soon.customerId, dueOn: '2026-03-31' });
    const paid = await makeCustomer(tx, { name: 'Paid', doNotContact: true });
    await makeInvoice(tx, { customerId: paid.customerId, status: 'paid' });
    expect(await names(tx, { owes: 'any' })).toEqual(['Late', 'Soon']);
    expect(await names(tx, { owes: '31+' })).toEqual(['Late']);
    expect(await names(tx, { owes: '1-30' })).toEqual([]);
    expect(await names(tx, { owes: 'overdue' })).toEqual(['Late']);
    expect(await names(tx, { type: 'commercial' })).toEqual(['Soon']);
    expect(await names(tx, { tag: 'VIP' })).toEqual(['Late']);
    expect(await names(tx, { reach: 'no_email' })).toEqual(['Soon']);
    expect(await names(tx, { reach: 'do_not_contact' })).toEqual(['Paid']);
    expect(await names(tx, { owes: 'nonsense', type: 'x', reach: 'y' })).toEqual(['Late', 'Paid', 'Soon']);
    expect(await names(tx, {}, 'due')).toEqual(['Late', 'Soon', 'Paid']);
    expect(await names(tx, {}, '-due')).toEqual(['Soon', 'Late', 'Paid']);
  });
});

test('B-15: a customer is added and changed with the audit log; a refused form writes nothing', async () => {
  const company = await makeCompany(db);
  await withCompany(db, company.companyId, async (tx) => {
    const actor = actorOf(company);
    const made = await createCustomer(tx, actor, {
      ...form,
      email: ' Maria@Mail.Example ',
      mobile: '(850) 555-0199',
      line1: '1 Elm',
    });
    if (!made.ok) throw new Error('refused');
    expect(await readCustomer(tx, made.customerId)).toMatchObject({ name: 'Maria Lopez', tags: ['VIP', 'gate code'] });
    expect(await listContacts(tx, made.customerId)).toMatchObject([
      { kind: 'email', value: 'maria@mail.example', primary: true },
      { kind: 'mobile', value: '+18505550199', primary: true },
    ]);
    expect(await updateCustomer(tx, actor, made.customerId, { ...form, lastName: 'Diaz' })).toMatchObject({ ok: true });
    expect((await readCustomer(tx, made.customerId))?.name).toBe('Maria Diaz');
    const refused = await createCustomer(tx, actor, {
      ...form,
      firstName: ' ',
      lastName: '',
      email: 'no',
      mobile: '12',
    });
    expect(refused).toMatchObject({
      ok: false,
      errors: { firstName: expect.any(String), email: expect.any(String), mobile: expect.any(String) },
    });
    expect(await listCustomers(tx, { today }, {})).toMatchObject({ total: { count: 1 } });
    const log = await pageAudit(tx, { subject: `customer:${made.customerId}` }, {});
    expect(log.rows.map((row) => row.action)).toEqual(['customer.update', 'customer.create']);
    expect(log.rows[0]!.details).toEqual({ name: 'Maria Diaz', lastName: 'Diaz' });
  });
});

test('B-04: do not contact is kept and written down once', async () => {
  const company = await makeCompany(db);
  await withCompany(db, company.companyId, async (tx) => {
    const { customerId } = await makeCustomer(tx);
    expect(await setDoNotContact(tx, actorOf(company), customerId, true)).toBe(true);
    expect(await setDoNotContact(tx, actorOf(company), customerId, true)).toBe(true);
    expect((await readCustomer(tx, customerId))?.doNotContact).toBe(true);
    expect((await pageAudit(tx, { subject: 'customer' }, {})).rows.map((row) => row.action)).toEqual([
      'customer.stop_contact',
    ]);
  });
});

describe('contacts', () => {
  test('S3-22: added, corrected and deleted; one primary of a kind always stays', async () => {
    const company = await makeCompany(db);
    await withCompany(db, company.companyId, async (tx) => {
      const actor = actorOf(company);
      const { customerId } = await makeCustomer(tx, { email: 'one@mail.example' });
      const primary = async () =>
        (await listContacts(tx, customerId)).filter((one) => one.primary).map((one) => one.value);
      const two = await addContact(tx, actor, customerId, {
        kind: 'email',
        value: 'TWO@mail.example',
        memo: 'work',
        primary: false,
      });
      expect(await primary()).toEqual(['one@mail.example']);
      if (!two?.ok) throw new Error('refused');
      await updateContact(tx, actor, customerId, two.contactId, {
        kind: 'email',
        value: 'two@mail.example',
        memo: '',
        primary: true,
      });
      expect(await primary()).toEqual(['two@mail.example']);
      // A primary that becomes something else leaves its place to the next.
      await updateContact(tx, actor, customerId, two.contactId, {
        kind: 'mobile',
        value: '850 555 0123',
        memo: '',
        primary: true,
      });
      expect(await primary()).toEqual(['one@mail.example', '+18505550123']);
      expect(await deleteContact(tx, actor, customerId, two.contactId)).toBe(true);
      expect(await deleteContact(tx, actor, customerId, two.contactId)).toBe(false);
      expect(await primary()).toEqual(['one@mail.example']);
    });
  });

  test('S1-13: a location’s number is never the one that campaigns use, and stays when its location goes', async () => {
    const company = await makeCompany(db);
    await withCompany(db, company.companyId, async (tx) => {
      const actor = actorOf(company);
      const { customerId } = await makeCustomer(tx, { email: null });
      const other = await makeCustomer(tx);
      const locationId = await makeLocation(tx, { customerId });
      const foreign = await makeLocation(tx, { customerId: other.customerId });
      const add = (value: string, location: string, primary = false) =>
        addContact(tx, actor, customerId, { kind: 'mobile', value, memo: '', primary, location });
      const listed = async () =>
        (await listContacts(tx, customerId)).map((one) => [one.value, one.locationId, one.primary]);
      const tenant = await add('850 555 0130', String(locationId), true);
      if (!tenant?.ok) throw new Error('refused');
      expect(await listed()).toEqual([['+18505550130', locationId, false]]);
      await add('850 555 0131', '');
      expect(await listed()).toEqual([
        ['+18505550131', null, true],
        ['+18505550130', locationId, false],
      ]);
      // Whose it is can be corrected, both ways; a primary that becomes a location's leaves its place.
      const change = (contactId: number, location: string) =>
        updateContact(tx, actor, customerId, contactId, {
          kind: 'mobile',
          value: '850 555 0130',
          memo: '',
          primary: true,
          location,
        });
      await change(tenant.contactId, '');
      expect(await listed()).toContainEqual(['+18505550130', null, true]);
      await change(tenant.contactId, String(locationId));
      expect(await listed()).toEqual([
        ['+18505550131', null, true],
        ['+18505550130', locationId, false],
      ]);
      for (const location of [String(foreign), '0', '-1', 'x', '1e3']) {
        expect(await add('850 555 0132', location), location).toMatchObject({
          errors: { location: expect.stringContaining('Choose whom it belongs to') as string },
        });
      }
      expect(await deleteLocation(tx, actor, customerId, locationId)).toBe('deleted');
      expect(await listed()).toContainEqual(['+18505550130', null, false]);
    });
  });

  test('what is no address, and what is there already, is refused in words', async () => {
    const company = await makeCompany(db);
    await withCompany(db, company.companyId, async (tx) => {
      const actor = actorOf(company);
      const { customerId } = await makeCustomer(tx, { email: 'one@mail.example' });
      const add = (kind: string, value: string) =>
        addContact(tx, actor, customerId, { kind, value, memo: '', primary: false });
      for (const [kind, value] of [
        ['email', 'one@mail'],
        ['email', 'a b@mail.example'],
        ['email', ''],
        ['mobile', '12'],
        ['landline', 'call the office'],
      ] as const) {
        expect(await add(kind, value), `${kind} ${value}`).toMatchObject({
          ok: false,
          errors: { value: expect.any(String) },
        });
      }
      expect(await add('fax', '850 555 0123')).toMatchObject({ ok: false, errors: { kind: expect.any(String) } });
      expect(await add('email', 'ONE@mail.example')).toMatchObject({
        ok: false,
        errors: { value: 'one@mail.example is on this customer’s record already. Edit that one instead.' },
      });
      expect(await listContacts(tx, customerId)).toHaveLength(1);
    });
  });

  test('another customer’s contact, and another company’s customer, are not there', async () => {
    const [ours, theirs] = [await makeCompany(db), await makeCompany(db)];
    const other = await withCompany(db, theirs.companyId, (tx) => makeCustomer(tx));
    await withCompany(db, ours.companyId, async (tx) => {
      const actor = actorOf(ours);
      const ann = await makeCustomer(tx);
      const ben = await makeCustomer(tx);
      const contactId = await makeContact(tx, { customerId: ben.customerId, kind: 'mobile', value: '+18505550100' });
      const change = { kind: 'email', value: 'x@mail.example', memo: '', primary: false };
      expect(await updateContact(tx, actor, ann.customerId, contactId, change)).toBeNull();
      expect(await deleteContact(tx, actor, ann.customerId, contactId)).toBe(false);
      expect(await readCustomer(tx, other.customerId)).toBeNull();
      expect(await updateCustomer(tx, actor, other.customerId, form)).toBeNull();
      expect(await addContact(tx, actor, other.customerId, change)).toBeNull();
      expect(await setDoNotContact(tx, actor, other.customerId, true)).toBe(false);
      expect(await listContacts(tx, other.customerId)).toEqual([]);
    });
  });
});
