import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { pageAudit } from '#app/company/audit-log.server.ts';
import { readInvoice } from '#app/invoicing/invoices/record.server.ts';
import { invoiceSorts, listInvoices, type InvoiceFilter } from '#app/invoicing/invoices/invoices.server.ts';
import { changeReminders } from '#app/invoicing/invoices/reminders.server.ts';
import { messagesAboutInvoice, messagesToCustomer } from '#app/messaging/history.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeBusinessUnit, makeCompany, type MadeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const today = '2026-03-31';
const actorOf = ({ admin }: MadeCompany) => ({ staffId: admin.staffId, name: admin.name });
const numbers = (tx: Tx, filter: Partial<InvoiceFilter>, sort = 'due') =>
  listInvoices(tx, { today, ...filter }, { sort, limit: 100 }).then((page) => page.rows.map((row) => row.number));

describe('the list', async () => {
  const company = await makeCompany(db);
  await withCompany(db, company.companyId, async (tx) => {
    for (let n = 0; n < 21; n++) {
      await makeInvoice(tx, {
        issuedOn: `2026-02-0${1 + (n % 2)}`,
        dueOn: `2026-03-0${1 + (n % 3)}`,
        totalCents: 1000 * (1 + (n % 2)),
      });
    }
  });

  test('whatever the sort and the size of a page, walking on and back yields each invoice once, in one order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...invoiceSorts), fc.integer({ min: 1, max: 8 }), async (sort, limit) => {
        await withCompany(db, company.companyId, async (tx) => {
          const whole = (await listInvoices(tx, { today }, { sort, limit: 100 })).rows.map((row) => row.id);
          expect(new Set(whole).size).toBe(21);
          let page = await listInvoices(tx, { today }, { sort, limit });
          const onward = page.rows.map((row) => row.id);
          while (page.next) {
            page = await listInvoices(tx, { today }, { sort, limit, after: page.next });
            onward.push(...page.rows.map((row) => row.id));
          }
          expect(onward).toEqual(whole);
          const back = page.rows.map((row) => row.id);
          while (page.previous) {
            page = await listInvoices(tx, { today }, { sort, limit, before: page.previous });
            back.unshift(...page.rows.map((row) => row.id));
          }
          expect(back).toEqual(whole);
        });
      }),
      { numRuns: 25 },
    );
  });
});

test('invoices are found by number, work and customer, and filtered by state, unit and what stops reminders', async () => {
  const { companyId } = await makeCompany(db);
  await withCompany(db, companyId, async (tx) => {
    const unit = await makeBusinessUnit(tx, 'HVAC');
    const ann = await makeCustomer(tx, { name: 'Ann Baker' });
    await makeInvoice(tx, {
      number: 'INV-1042',
      customerId: ann.customerId,
      summary: 'Water heater',
      businessUnitId: unit,
    });
    await makeInvoice(tx, { number: '7', status: 'paid', summary: 'Drain' });
    await makeInvoice(tx, { number: '8', disputedAt: new Date(), dueOn: '2026-03-31' });
    await makeInvoice(tx, { number: '9', promisedFor: '2026-04-04', dueOn: '2026-04-30', doNotRemind: true });
    for (const q of ['1042', '#INV-1042', 'inv-10', 'heater ann', 'BAKER'])
      expect(await numbers(tx, { q }), q).toEqual(['INV-1042']);
    expect(await numbers(tx, { q: '%' })).toEqual([]);
    expect(await numbers(tx, { status: 'paid' })).toEqual(['7']);
    expect(await numbers(tx, { status: 'open' })).toEqual(['INV-1042', '8', '9']);
    expect(await numbers(tx, { age: 'current' })).toEqual(['8', '9']);
    expect(await numbers(tx, { age: '31-60' })).toEqual(['INV-1042']);
    expect(await numbers(tx, { unit: String(unit) })).toEqual(['INV-1042']);
    expect(await numbers(tx, { flag: 'disputed' })).toEqual(['8']);
    expect(await numbers(tx, { flag: 'promised' })).toEqual(['9']);
    expect(await numbers(tx, { flag: 'do_not_remind' })).toEqual(['9']);
    expect(await numbers(tx, { status: 'x', age: 'y', unit: '1 or 1', flag: 'constructor' })).toHaveLength(4);
    // What is owed is summed, what is paid is not.
    expect((await listInvoices(tx, { today }, {})).total).toEqual({ count: 4, capped: false, cents: 30_000 });
  });
});

test('the record shows items and the ledger with its running balance', async () => {
  const { companyId } = await makeCompany(db);
  await withCompany(db, companyId, async (tx) => {
    const { invoiceId } = await makeInvoice(tx, { totalCents: 10_000, paidCents: 2500 });
    const record = await readInvoice(tx, invoiceId);
    expect(record?.items).toMatchObject([{ description: 'Drain cleared', quantity: 1, totalCents: 10_000 }]);
    expect(record?.ledger.map(({ kind, amountCents, balanceCents }) => [kind, amountCents, balanceCents])).toEqual([
      ['charge', 10_000, 10_000],
      ['payment', -2500, 7500],
    ]);
    expect(record?.invoice.balanceCents).toBe(7500);
  });
});

test('B-01: what stops reminders is kept and audited; a past or impossible day is refused', async () => {
  const company = await makeCompany(db);
  await withCompany(db, company.companyId, async (tx) => {
    const actor = actorOf(company);
    const { invoiceId } = await makeInvoice(tx);
    const promise = (on: string | null) => changeReminders(tx, actor, invoiceId, { what: 'promised', on, today });
    expect(await changeReminders(tx, actor, invoiceId, { what: 'do_not_remind', on: true })).toEqual({ ok: true });
    expect(await changeReminders(tx, actor, invoiceId, { what: 'disputed', on: true })).toEqual({ ok: true });
    expect(await changeReminders(tx, actor, invoiceId, { what: 'disputed', on: true })).toEqual({ ok: true });
    for (const day of ['2026-03-30', '2026-02-30', '', 'tomorrow', '2031-01-01']) {
      expect(await promise(day), day).toMatchObject({ ok: false, error: expect.any(String) });
    }
    expect(await promise('2028-12-31')).toEqual({ ok: true });
    expect(await promise(today)).toEqual({ ok: true });
    expect((await readInvoice(tx, invoiceId))?.invoice).toMatchObject({ doNotRemind: true, promisedFor: today });
    expect((await readInvoice(tx, invoiceId))?.invoice.disputedAt).toBeInstanceOf(Date);
    expect(await promise(null)).toEqual({ ok: true });
    expect(await changeReminders(tx, actor, invoiceId, { what: 'disputed', on: false })).toEqual({ ok: true });
    expect((await readInvoice(tx, invoiceId))?.invoice).toMatchObject({ promisedFor: null, disputedAt: null });
    const log = await pageAudit(tx, { subject: `invoice:${invoiceId}` }, {});
    expect(log.rows.toReversed().map((row) => [row.action, row.details.on])).toEqual([
      ['invoice.do_not_remind', true],
      ['invoice.disputed', true],
      ['invoice.promised', '2028-12-31'],
      ['invoice.promised', today],
      ['invoice.promised', null],
      ['invoice.disputed', false],
    ]);
  });
});

test('B-04: the history says of each message what became of it, and why one was not sent', async () => {
  const { companyId } = await makeCompany(db);
  await withCompany(db, companyId, async (tx) => {
    const { invoiceId, customerId, number } = await makeInvoice(tx);
    const [first, second] = [await makeCampaign(tx, { name: 'First' }), await makeCampaign(tx, { name: 'Second' })];
    const at = new Date('2026-03-01T15:00:00Z');
    await makeMessage(tx, { ...first, customerId, invoiceId, state: 'sent', sentAt: at, openedAt: at });
    await makeMessage(tx, { ...second, customerId, invoiceId, state: 'skipped', reason: 'unsubscribed' });
    const expected = [
      { campaign: 'Second', state: 'skipped', reason: 'unsubscribed', invoiceNumber: number },
      { campaign: 'First', state: 'sent', openedAt: at, invoiceNumber: number },
    ];
    expect(await messagesToCustomer(tx, customerId)).toMatchObject(expected);
    expect(await messagesAboutInvoice(tx, invoiceId)).toMatchObject(expected);
  });
});

test('another company’s invoice is not there', async () => {
  const [ours, theirs] = [await makeCompany(db), await makeCompany(db)];
  const { invoiceId } = await withCompany(db, theirs.companyId, (tx) => makeInvoice(tx));
  await withCompany(db, ours.companyId, async (tx) => {
    expect(await readInvoice(tx, invoiceId)).toBeNull();
    const change = changeReminders(tx, actorOf(ours), invoiceId, { what: 'disputed', on: true });
    expect(await change).toEqual({ ok: false, reason: 'not_found' });
    expect(await messagesAboutInvoice(tx, invoiceId)).toEqual([]);
    expect((await listInvoices(tx, { today }, {})).rows).toEqual([]);
  });
});
