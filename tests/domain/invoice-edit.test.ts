import fc from 'fast-check';
import { and, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';

import { applyCredit } from '#app/invoicing/ledger/credits.server.ts';
import { checkLedger, lockInvoices, postAll, postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { createInvoice, deleteDraft, editInvoice, issueDraft } from '#app/invoicing/invoices/edit.server.ts';
import { newInvoiceForm, readForEdit } from '#app/invoicing/invoices/edit-form.server.ts';
import { writePrice, type InvoiceForm } from '#app/invoicing/invoices/form.ts';
import { readInvoice } from '#app/invoicing/invoices/record.server.ts';
import { readSmsInvoice } from '#app/messaging/sms-invoice.server.ts';
import { suggestNumber } from '#app/invoicing/invoices/number.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { auditEntries, customers, invoiceItems, invoices, ledgerEntries } from '#db/schema/index.ts';
import { makeBusinessUnit, makeCompany } from '#tests/factories/company.ts';
import { makeCustomer, makeJob, makeLocation, makeMembership } from '#tests/factories/customers.ts';
import { makeInvoice, makePayment } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const { companyId, admin } = await makeCompany(db);
const other = await makeCompany(db);
const ours = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
const TODAY = '2026-03-04';
const saving = { actor: { staffId: admin.staffId, name: admin.name }, today: TODAY };

let numbers = 0;
const form = (overrides: Partial<InvoiceForm> = {}): InvoiceForm => ({
  number: `N-${++numbers}`,
  summary: 'Water heater',
  jobId: '',
  locationId: '',
  membershipId: '',
  businessUnitId: '',
  issuedOn: TODAY,
  terms: 'net30',
  dueOn: '',
  notes: '',
  lines: [
    { description: 'Heater', quantity: '1', price: '1280', tax: '8.25' },
    { description: 'Labor', quantity: '2.5', price: '95', tax: '' },
  ],
  ...overrides,
});
const priced = (price: string, tax = '') => [{ description: 'Labor', quantity: '1', price, tax }];

async function made(overrides: Partial<InvoiceForm> = {}, options = { issue: true }, customerId?: number) {
  return ours(async (tx) => {
    const customer = customerId ?? (await makeCustomer(tx)).customerId;
    const result = await createInvoice(tx, saving, customer, form(overrides), options);
    if (!result?.ok) throw new Error(JSON.stringify(result));
    return { customerId: customer, invoiceId: result.invoiceId };
  });
}

/** Saves what the form shows, with a change, as somebody who opened it just now. */
async function edited(invoiceId: number, change: Partial<InvoiceForm>, options = { issue: false }) {
  const opened = await ours((tx) => readForEdit(tx, invoiceId));
  return ours((tx) => editInvoice(tx, saving, invoiceId, opened!.version, { ...opened!.form, ...change }, options));
}

const read = (invoiceId: number) =>
  ours(async (tx) => (await tx.select().from(invoices).where(eq(invoices.id, invoiceId)))[0]!);
const entriesOf = (invoiceId: number) =>
  ours(async (tx) => {
    const rows = await tx
      .select()
      .from(ledgerEntries)
      .where(eq(ledgerEntries.invoiceId, invoiceId))
      .orderBy(ledgerEntries.id);
    return rows.map((row) => [row.kind, row.amountCents]);
  });
const sound = () => ours(async (tx) => expect(await checkLedger(tx)).toEqual([]));
const actionsOf = (invoiceId: number) =>
  ours(async (tx) => {
    const rows = await tx
      .select()
      .from(auditEntries)
      .where(and(eq(auditEntries.subjectType, 'invoice'), eq(auditEntries.subjectId, invoiceId)))
      .orderBy(auditEntries.id);
    return rows.map((row) => row.action);
  });

describe('making an invoice', () => {
  test('issued: its charge and tax stand in the ledger, and it is owed', async () => {
    const { invoiceId, customerId } = await made();
    expect(await read(invoiceId)).toMatchObject({
      status: 'open',
      totalCents: 162_310,
      balanceCents: 162_310,
      dueOn: '2026-04-03',
    });
    expect(await entriesOf(invoiceId)).toEqual([
      ['charge', 151_750],
      ['tax', 10_560],
    ]);
    await ours(async (tx) => {
      const [customer] = await tx.select().from(customers).where(eq(customers.id, customerId));
      expect(customer).toMatchObject({ balanceCents: 162_310, openInvoices: 1, oldestDueOn: '2026-04-03' });
      const items = await tx.select().from(invoiceItems).where(eq(invoiceItems.invoiceId, invoiceId));
      expect(items.map((item) => [item.position, item.quantity, item.taxRate, item.taxCents, item.totalCents])).toEqual(
        [
          [1, '1.000', '8.250000', 10_560, 138_560],
          [2, '2.500', null, 0, 23_750],
        ],
      );
    });
    expect(await actionsOf(invoiceId)).toEqual(['invoice.create', 'invoice.issue']);
    await sound();
  });

  test('a day in the past is the day of its charge; one in the future is not waited for', async () => {
    const past = await made({ issuedOn: '2026-02-01' });
    const [entry] = await ours((tx) =>
      tx.select().from(ledgerEntries).where(eq(ledgerEntries.invoiceId, past.invoiceId)),
    );
    expect(entry!.at.toISOString()).toBe('2026-02-01T12:00:00.000Z');
    const coming = await made({ issuedOn: '2026-04-01' });
    const [later] = await ours((tx) =>
      tx.select().from(ledgerEntries).where(eq(ledgerEntries.invoiceId, coming.invoiceId)),
    );
    expect(Math.abs(later!.at.getTime() - Date.now())).toBeLessThan(60_000);
  });

  test('a draft owes nothing until it is issued, once', async () => {
    const { invoiceId } = await made({}, { issue: false });
    expect(await read(invoiceId)).toMatchObject({ status: 'draft', totalCents: 162_310, balanceCents: 0 });
    expect(await entriesOf(invoiceId)).toEqual([]);
    expect(await ours((tx) => issueDraft(tx, saving, invoiceId))).toEqual({ ok: true });
    expect(await ours((tx) => issueDraft(tx, saving, invoiceId))).toEqual({ ok: false, refused: 'stale' });
    expect(await entriesOf(invoiceId)).toEqual([
      ['charge', 151_750],
      ['tax', 10_560],
    ]);
    await sound();
  });

  test('with nothing to pay it is paid at once', async () => {
    const { invoiceId } = await made({ lines: priced('0') });
    expect(await read(invoiceId)).toMatchObject({ status: 'paid', balanceCents: 0 });
    await sound();
  });

  test('credit on the account is used for it', async () => {
    const { customerId } = await ours((tx) => makeCustomer(tx));
    await ours((tx) => postAll(tx, [{ accountOf: customerId, entries: [{ kind: 'credit', amountCents: -5_000 }] }]));
    const { invoiceId } = await made({ lines: priced('80') }, { issue: true }, customerId);
    expect(await read(invoiceId)).toMatchObject({ status: 'open', balanceCents: 3_000 });
    await sound();
  });

  test('place and business unit come from the job where they are not chosen', async () => {
    const { customerId, jobId, locationId, unitId } = await ours(async (tx) => {
      const { customerId } = await makeCustomer(tx);
      const locationId = await makeLocation(tx, { customerId });
      const unitId = await makeBusinessUnit(tx);
      return {
        customerId,
        locationId,
        unitId,
        jobId: await makeJob(tx, { customerId, locationId, businessUnitId: unitId }),
      };
    });
    const { invoiceId } = await made({ jobId: String(jobId) }, { issue: false }, customerId);
    expect(await read(invoiceId)).toMatchObject({ jobId, locationId, businessUnitId: unitId });
  });

  test('S1-09: an invoice carries the membership that it bills, of its own customer only', async () => {
    const plan = await ours(async (tx) => {
      const { customerId } = await makeCustomer(tx);
      return { customerId, id: await makeMembership(tx, { customerId, name: 'Comfort plan' }) };
    });
    const membershipId = String(plan.id);
    const { invoiceId } = await made({ membershipId }, { issue: true }, plan.customerId);
    expect((await ours((tx) => readInvoice(tx, invoiceId)))?.membership).toBe('Comfort plan');
    expect((await ours((tx) => readSmsInvoice(tx, invoiceId)))?.membership).toBe('Comfort plan');
    // What the form does not change stays, and it can be taken off again.
    expect(await edited(invoiceId, { summary: 'Renewal' })).toMatchObject({ ok: true });
    expect(await read(invoiceId)).toMatchObject({ summary: 'Renewal', membershipId: plan.id });
    expect(await edited(invoiceId, { membershipId: '' })).toMatchObject({ ok: true });
    expect(await read(invoiceId)).toMatchObject({ membershipId: null });

    const elsewhere = await ours((tx) => makeCustomer(tx));
    const refused = await ours((tx) =>
      createInvoice(tx, saving, elsewhere.customerId, form({ membershipId }), { issue: true }),
    );
    expect(refused).toMatchObject({ ok: false, errors: { membershipId: expect.stringContaining('Choose another') } });
  });

  test('another customer’s job, another company’s customer and a number that is taken are refused', async () => {
    const { jobId } = await ours(async (tx) => {
      const { customerId } = await makeCustomer(tx);
      return { jobId: await makeJob(tx, { customerId }) };
    });
    const { customerId } = await ours((tx) => makeCustomer(tx));
    const refused = await ours((tx) =>
      createInvoice(tx, saving, customerId, form({ jobId: String(jobId), locationId: '999999' }), { issue: true }),
    );
    expect(refused).toMatchObject({ ok: false, errors: { jobId: expect.any(String), locationId: expect.any(String) } });
    const theirs = await withCompany(db, other.companyId, (tx) => makeCustomer(tx));
    expect(await ours((tx) => createInvoice(tx, saving, theirs.customerId, form(), { issue: true }))).toBeNull();
    const { invoiceId } = await made({ number: 'TAKEN-1' });
    expect(
      await ours((tx) => createInvoice(tx, saving, customerId, form({ number: 'TAKEN-1' }), { issue: true })),
    ).toMatchObject({ ok: false, errors: { number: expect.stringContaining('TAKEN-1') } });
    expect(await edited(invoiceId, { notes: 'It keeps its own number.' })).toMatchObject({ ok: true });
  });

  test('two people at once get one number once', async () => {
    const { customerId } = await ours((tx) => makeCustomer(tx));
    const make = () => ours((tx) => createInvoice(tx, saving, customerId, form({ number: 'RACE-1' }), { issue: true }));
    const results = await Promise.all([make(), make(), make()]);
    expect(results.filter((result) => result?.ok)).toHaveLength(1);
  });
});

test('the next number is the company’s own', async () => {
  const fresh = await makeCompany(db);
  const inside = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, fresh.companyId, work);
  const next = () => inside(suggestNumber);
  const add = (number: string) => inside((tx) => makeInvoice(tx, { number }));
  expect(await next()).toBe('1001');
  await add('00017');
  expect(await next()).toBe('00018');
  await add('INV-1042');
  await add('INV-0999');
  expect(await next()).toBe('INV-1043');
  await add('INV-1043');
  await add('INV-1044');
  expect(await next()).toBe('INV-1045');
  expect((await inside((tx) => newInvoiceForm(tx, TODAY))).number).toBe('INV-1045');
});

describe('editing', () => {
  test('the difference is posted, and the entries before stay', async () => {
    const { invoiceId, customerId } = await made({ lines: priced('100', '10') });
    await edited(invoiceId, { lines: priced('150', '10'), terms: 'own', dueOn: '2026-03-10' });
    expect(await entriesOf(invoiceId)).toEqual([
      ['charge', 10_000],
      ['tax', 1_000],
      ['charge', 5_000],
      ['tax', 500],
    ]);
    expect(await read(invoiceId)).toMatchObject({ totalCents: 16_500, balanceCents: 16_500, dueOn: '2026-03-10' });
    const [customer] = await ours((tx) => tx.select().from(customers).where(eq(customers.id, customerId)));
    expect(customer).toMatchObject({ balanceCents: 16_500, oldestDueOn: '2026-03-10' });
    await edited(invoiceId, { terms: 'receipt', notes: 'Only this.' });
    expect(await entriesOf(invoiceId)).toHaveLength(4);
    const [moved] = await ours((tx) => tx.select().from(customers).where(eq(customers.id, customerId)));
    expect(moved!.oldestDueOn).toBe(TODAY);
    expect(await actionsOf(invoiceId)).toEqual(['invoice.create', 'invoice.issue', 'invoice.edit', 'invoice.edit']);
    await sound();
  });

  test('an imported invoice without items, and one whose lines quantity and price don’t explain, are saved as they were', async () => {
    const { invoiceId } = await ours((tx) => makeInvoice(tx, { totalCents: 12_345 }));
    await ours((tx) =>
      tx
        .update(invoiceItems)
        .set({ quantity: '2', unitCents: 7_000, taxCents: 345 })
        .where(eq(invoiceItems.invoiceId, invoiceId)),
    );
    const opened = await ours((tx) => readForEdit(tx, invoiceId));
    expect(opened!.form.lines).toMatchObject([{ quantity: '1', price: '120.00' }]);
    expect(await edited(invoiceId, {})).toMatchObject({ ok: true });
    expect(await read(invoiceId)).toMatchObject({ totalCents: 12_345, balanceCents: 12_345 });
    expect(await entriesOf(invoiceId)).toEqual([['charge', 12_345]]);
    await ours((tx) => tx.delete(invoiceItems).where(eq(invoiceItems.invoiceId, invoiceId)));
    expect((await ours((tx) => readForEdit(tx, invoiceId)))!.form.lines).toMatchObject([{ price: '123.45' }]);
  });

  test('after a payment, while one is under way, and when void, it is refused', async () => {
    const { invoiceId, customerId } = await made({ lines: priced('100') });
    const opened = await ours((tx) => readForEdit(tx, invoiceId));
    const save = () =>
      ours((tx) => editInvoice(tx, saving, invoiceId, opened!.version, opened!.form, { issue: false }));
    await ours((tx) => tx.update(invoices).set({ pendingCents: 100 }).where(eq(invoices.id, invoiceId)));
    expect(await save()).toEqual({ ok: false, refused: 'paid' });
    await ours((tx) => tx.update(invoices).set({ pendingCents: 0 }).where(eq(invoices.id, invoiceId)));
    await ours(async (tx) => {
      const paymentId = await makePayment(tx, { customerId, amountCents: 100 });
      await postEntries(tx, invoiceId, [{ kind: 'payment', amountCents: -100, paymentId }]);
    });
    expect(await save()).toEqual({ ok: false, refused: 'paid' });
    expect((await ours((tx) => readForEdit(tx, invoiceId)))!.refused).toBe('paid');
    const gone = await ours((tx) => makeInvoice(tx, { status: 'void' }));
    expect(await edited(gone.invoiceId, {})).toEqual({ ok: false, refused: 'void' });
    expect(await entriesOf(invoiceId)).toEqual([
      ['charge', 10_000],
      ['payment', -100],
    ]);
  });

  test('who opened it before somebody else saved is told so, and changes nothing', async () => {
    const { invoiceId } = await made({ lines: priced('100') });
    const opened = await ours((tx) => readForEdit(tx, invoiceId));
    const save = (price: string) =>
      ours((tx) =>
        editInvoice(
          tx,
          saving,
          invoiceId,
          opened!.version,
          { ...opened!.form, lines: priced(price) },
          { issue: false },
        ),
      );
    const results = await Promise.all([save('110'), save('120'), save('130')]);
    expect(results.filter((result) => result && 'refused' in result && result.refused === 'stale')).toHaveLength(2);
    expect(await entriesOf(invoiceId)).toHaveLength(2);
    await sound();
  });

  test('a payment that waits for the same lock wins or loses as a whole', async () => {
    const { invoiceId, customerId } = await made({ lines: priced('100') });
    const opened = await ours((tx) => readForEdit(tx, invoiceId));
    const pay = ours(async (tx) => {
      const [locked] = await lockInvoices(tx, [invoiceId]);
      const paymentId = await makePayment(tx, { customerId, amountCents: locked!.balanceCents });
      await postEntries(tx, invoiceId, [{ kind: 'payment', amountCents: -locked!.balanceCents, paymentId }]);
    });
    const edit = ours((tx) =>
      editInvoice(tx, saving, invoiceId, opened!.version, { ...opened!.form, lines: priced('60') }, { issue: false }),
    );
    const [, result] = await Promise.all([pay, edit]);
    const after = await read(invoiceId);
    if (result && 'refused' in result) expect(after).toMatchObject({ totalCents: 10_000, balanceCents: 0 });
    else expect(after).toMatchObject({ totalCents: 6_000, balanceCents: 0 });
    await sound();
  });

  test('with less to pay than was credited, the rest is used elsewhere', async () => {
    const { invoiceId, customerId } = await made({ lines: priced('100') });
    await ours((tx) => postEntries(tx, invoiceId, [{ kind: 'credit', amountCents: -8_000, memo: 'Goodwill' }]));
    const second = await made({ lines: priced('50') }, { issue: true }, customerId);
    await edited(invoiceId, { lines: priced('60') });
    expect(await read(invoiceId)).toMatchObject({ status: 'paid', balanceCents: 0 });
    expect(await read(second.invoiceId)).toMatchObject({ status: 'open', balanceCents: 3_000 });
    await ours((tx) => applyCredit(tx, customerId));
    await sound();
  });

  test('a draft is edited, issued with the edit, or deleted; what was issued stays', async () => {
    const { invoiceId } = await made({}, { issue: false });
    expect(await edited(invoiceId, { lines: priced('75') }, { issue: true })).toMatchObject({ ok: true });
    expect(await read(invoiceId)).toMatchObject({ status: 'open', balanceCents: 7_500 });
    expect(await ours((tx) => deleteDraft(tx, saving.actor, invoiceId))).toBe(false);
    const second = await made({}, { issue: false });
    expect(await withCompany(db, other.companyId, (tx) => deleteDraft(tx, saving.actor, second.invoiceId))).toBe(false);
    expect(await ours((tx) => deleteDraft(tx, saving.actor, second.invoiceId))).toBe(true);
    expect(await ours((tx) => readForEdit(tx, second.invoiceId))).toBeNull();
    await sound();
  });

  test('whatever is edited in whatever order, the ledger says what the items say', async () => {
    const line = fc.record({
      description: fc.constant('Work'),
      quantity: fc.integer({ min: 1, max: 99_999 }).map((value) => (value / 1000).toFixed(3)),
      price: fc.integer({ min: 0, max: 200_000 }).map(writePrice),
      tax: fc.constantFrom('', '8.25', '7', '9.3125', '0.5'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(line, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 }),
        async (versions) => {
          const { invoiceId } = await made({ lines: versions[0]! });
          for (const lines of versions.slice(1)) await edited(invoiceId, { lines });
          const invoice = await read(invoiceId);
          const sums = { charge: 0, tax: 0 } as Record<string, number>;
          for (const [kind, cents] of await entriesOf(invoiceId)) sums[kind as string]! += cents as number;
          const items = await ours((tx) => tx.select().from(invoiceItems).where(eq(invoiceItems.invoiceId, invoiceId)));
          const tax = items.reduce((cents, item) => cents + item.taxCents, 0);
          expect(invoice.totalCents).toBe(items.reduce((cents, item) => cents + item.totalCents, 0));
          if (invoice.status === 'open') expect([sums.charge, sums.tax]).toEqual([invoice.totalCents - tax, tax]);
          expect(invoice.balanceCents).toBe(sums.charge! + sums.tax!);
        },
      ),
      { numRuns: 15 },
    );
    await sound();
  });
});
