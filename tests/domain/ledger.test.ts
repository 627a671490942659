import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  checkLedger,
  lockInvoices,
  postAll,
  postEntries,
  postOpeningEntries,
  refreshRollups,
  type Entry,
} from '#app/invoicing/ledger/ledger.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { companies, customers, invoices, payments } from '#db/schema/index.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();

async function company(): Promise<number> {
  const [row] = await db.insert(companies).values({ name: 'Ledger' }).returning({ id: companies.id });
  return row!.id;
}

async function addCustomer(tx: Tx): Promise<number> {
  const [row] = await tx.insert(customers).values({ name: 'Ann Ames' }).returning({ id: customers.id });
  return row!.id;
}

let number = 1;
async function addInvoice(
  tx: Tx,
  customerId: number,
  entries: Entry[],
  options: { status?: 'draft' | 'open' | 'void'; dueOn?: string } = {},
): Promise<number> {
  const [row] = await tx
    .insert(invoices)
    .values({
      customerId,
      number: String(number++),
      status: options.status ?? 'open',
      issuedOn: '2026-01-02',
      dueOn: options.dueOn ?? '2026-02-01',
      totalCents: 0,
      balanceCents: 0,
    })
    .returning({ id: invoices.id });
  await postEntries(tx, row!.id, entries);
  return row!.id;
}

async function settledJobs(): Promise<unknown[]> {
  const admin = (await import('postgres')).default(url, { max: 1 });
  const rows = await admin`
    select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = 'invoice.settled' order by j.id`;
  await admin.end();
  return rows.map((row) => row.payload as unknown);
}

const invoiceOf = async (tx: Tx, id: number) => (await tx.select().from(invoices).where(eq(invoices.id, id)))[0]!;
const customerOf = async (tx: Tx, id: number) => (await tx.select().from(customers).where(eq(customers.id, id)))[0]!;

test('S2-18: a payment settles the invoice and its customer in the same transaction, a refund opens them again', async () => {
  const one = await company();
  const [customer, invoice] = await withCompany(db, one, async (tx) => {
    const id = await addCustomer(tx);
    await addInvoice(tx, id, [{ kind: 'charge', amountCents: 4_000 }], { dueOn: '2026-03-01' });
    return [
      id,
      await addInvoice(tx, id, [
        { kind: 'charge', amountCents: 10_000 },
        { kind: 'tax', amountCents: 700 },
      ]),
    ] as const;
  });
  await withCompany(db, one, async (tx) => {
    expect(await customerOf(tx, customer)).toMatchObject({
      balanceCents: 14_700,
      openInvoices: 2,
      oldestDueOn: '2026-02-01',
    });
    expect(await postEntries(tx, invoice, [{ kind: 'payment', amountCents: -700 }])).toMatchObject({
      balanceCents: 10_000,
      status: 'open',
      settled: false,
    });
    expect(await postEntries(tx, invoice, [{ kind: 'payment', amountCents: -10_000 }])).toEqual({
      invoiceId: invoice,
      customerId: customer,
      balanceCents: 0,
      status: 'paid',
      settled: true,
    });
    expect((await invoiceOf(tx, invoice)).paidAt).toBeInstanceOf(Date);
    expect(await customerOf(tx, customer)).toMatchObject({
      balanceCents: 4_000,
      openInvoices: 1,
      oldestDueOn: '2026-03-01',
    });
  });
  expect(await settledJobs()).toContainEqual({ companyId: one, invoiceId: invoice });
  await withCompany(db, one, async (tx) => {
    expect(await postEntries(tx, invoice, [{ kind: 'refund', amountCents: 500 }])).toMatchObject({ status: 'open' });
    expect(await invoiceOf(tx, invoice)).toMatchObject({ balanceCents: 500, paidAt: null });
    expect(await customerOf(tx, customer)).toMatchObject({ balanceCents: 4_500, openInvoices: 2 });
    expect(await checkLedger(tx)).toEqual([]);
  });
});

test('B-01: an invoice that was settled already is not announced again, one that is overpaid stays paid', async () => {
  const one = await company();
  const invoice = await withCompany(db, one, async (tx) => {
    const id = await addInvoice(tx, await addCustomer(tx), [{ kind: 'charge', amountCents: 100 }]);
    await postEntries(tx, id, [{ kind: 'payment', amountCents: -100 }]);
    return id;
  });
  await withCompany(db, one, async (tx) => {
    const again = await postEntries(tx, invoice, [{ kind: 'credit', amountCents: -50 }]);
    expect(again).toMatchObject({ balanceCents: -50, status: 'paid', settled: false });
  });
  const jobs = (await settledJobs()).filter((job) => (job as { companyId: number }).companyId === one);
  expect(jobs).toEqual([{ companyId: one, invoiceId: invoice }]);
});

test('a transaction that fails leaves neither entries nor a job', async () => {
  const one = await company();
  const invoice = await withCompany(db, one, async (tx) =>
    addInvoice(tx, await addCustomer(tx), [{ kind: 'charge', amountCents: 100 }]),
  );
  const lost = withCompany(db, one, async (tx) => {
    await postEntries(tx, invoice, [{ kind: 'payment', amountCents: -100 }]);
    throw new Error('lost');
  });
  await expect(lost).rejects.toThrow('lost');
  await withCompany(db, one, async (tx) => {
    expect(await invoiceOf(tx, invoice)).toMatchObject({ balanceCents: 100, status: 'open' });
    expect(await checkLedger(tx)).toEqual([]);
  });
  expect((await settledJobs()).filter((job) => (job as { companyId: number }).companyId === one)).toEqual([]);
});

test('drafts and voided invoices keep their status and stay out of the roll-up', async () => {
  const one = await company();
  await withCompany(db, one, async (tx) => {
    const customer = await addCustomer(tx);
    const draft = await addInvoice(tx, customer, [{ kind: 'charge', amountCents: 900 }], { status: 'draft' });
    const voided = await addInvoice(tx, customer, [{ kind: 'charge', amountCents: 800 }], { status: 'void' });
    await postEntries(tx, voided, [{ kind: 'write_off', amountCents: -800 }]);
    expect(await invoiceOf(tx, draft)).toMatchObject({ status: 'draft', balanceCents: 900, paidAt: null });
    expect(await invoiceOf(tx, voided)).toMatchObject({ status: 'void', balanceCents: 0, paidAt: null });
    expect(await customerOf(tx, customer)).toMatchObject({ balanceCents: 0, openInvoices: 0, oldestDueOn: null });
  });
});

test('the check finds what does not agree with the ledger', async () => {
  const one = await company();
  await withCompany(db, one, async (tx) => {
    const customer = await addCustomer(tx);
    const invoice = await addInvoice(tx, customer, [{ kind: 'charge', amountCents: 900 }]);
    await tx.update(invoices).set({ balanceCents: 901 }).where(eq(invoices.id, invoice));
    expect(await checkLedger(tx)).toEqual([
      { kind: 'invoice', id: invoice, balanceCents: 901, entriesCents: 900, status: 'open' },
      { kind: 'customer', id: customer, balanceCents: 900, dueCents: 901 },
    ]);
    await tx.update(invoices).set({ balanceCents: 900, status: 'void' }).where(eq(invoices.id, invoice));
    expect((await checkLedger(tx)).map((d) => d.kind)).toEqual(['customer']);
    await refreshRollups(tx, [customer]);
    expect(await checkLedger(tx)).toEqual([]);
  });
});

test('amounts that are not whole cents or have the wrong sign are refused', async () => {
  const one = await company();
  await withCompany(db, one, async (tx) => {
    const invoice = await addInvoice(tx, await addCustomer(tx), [{ kind: 'charge', amountCents: 100 }]);
    const wrong: Entry[] = [
      { kind: 'payment', amountCents: 5 },
      { kind: 'tip', amountCents: -5 },
      { kind: 'charge', amountCents: 0.5 },
      { kind: 'charge', amountCents: Number.NaN },
      { kind: 'charge', amountCents: 2 ** 60 },
    ];
    for (const entry of wrong) await expect(postEntries(tx, invoice, [entry])).rejects.toThrow(RangeError);
    expect(await invoiceOf(tx, invoice)).toMatchObject({ balanceCents: 100 });
  });
});

test("another company's invoice is not there to post to", async () => {
  const [one, two] = [await company(), await company()];
  const invoice = await withCompany(db, one, async (tx) =>
    addInvoice(tx, await addCustomer(tx), [{ kind: 'charge', amountCents: 100 }]),
  );
  await withCompany(db, two, async (tx) => {
    expect(await postEntries(tx, invoice, [{ kind: 'payment', amountCents: -100 }])).toBeNull();
    expect(await lockInvoices(tx, [invoice])).toEqual([]);
  });
  await withCompany(db, one, async (tx) => expect(await invoiceOf(tx, invoice)).toMatchObject({ balanceCents: 100 }));
});

test('opening entries go in by the thousand, backdated, with one refresh of the roll-ups', async () => {
  const one = await company();
  await withCompany(db, one, async (tx) => {
    const customer = await addCustomer(tx);
    const made = await tx.execute<{ id: number }>(sql`
      insert into invoices (customer_id, number, status, issued_on, due_on, total_cents, balance_cents)
      select ${customer}, 'B' || n, 'open', '2025-01-01', '2025-01-31', 100, 0 from generate_series(1, 2000) n
      returning id`);
    const at = new Date('2025-02-03T10:00:00Z');
    await postOpeningEntries(
      tx,
      made.map(({ id }, n) => ({
        invoiceId: id,
        entries: [
          { kind: 'charge', amountCents: 100, at: new Date('2025-01-01T10:00:00Z') },
          ...(n % 2 ? [{ kind: 'payment', amountCents: -100, at } as const] : []),
        ],
      })),
    );
    await refreshRollups(tx, [customer]);
    expect(await checkLedger(tx)).toEqual([]);
    expect(await customerOf(tx, customer)).toMatchObject({ balanceCents: 100_000, openInvoices: 1_000 });
    expect(await invoiceOf(tx, made[1]!.id)).toMatchObject({ status: 'paid', paidAt: at });
  });
});

test('S2-18: whatever several parties post at once, balances and roll-ups equal the ledger and nobody deadlocks', async () => {
  const one = await company();
  const owned = await withCompany(db, one, async (tx) => {
    const ids: number[] = [];
    for (let c = 0; c < 2; c++) {
      const customer = await addCustomer(tx);
      for (let i = 0; i < 3; i++) ids.push(await addInvoice(tx, customer, [{ kind: 'charge', amountCents: 5_000 }]));
    }
    return ids;
  });
  const customerOfInvoice = new Map(
    await withCompany(db, one, async (tx) =>
      (await tx.select({ id: invoices.id, customerId: invoices.customerId }).from(invoices)).map(
        (row) => [row.id, row.customerId] as const,
      ),
    ),
  );
  const posted = new Map(owned.map((id) => [id, 5_000]));
  const amount = fc.integer({ min: 0, max: 6_000 });
  const entry: fc.Arbitrary<Entry> = fc.oneof(
    fc.record({ kind: fc.constantFrom('charge', 'tip', 'refund'), amountCents: amount }),
    fc.record({
      kind: fc.constantFrom('payment', 'credit', 'write_off'),
      amountCents: amount.map((cents) => 0 - cents),
    }),
  );
  const posting = fc.record({
    invoiceId: fc.constantFrom(...owned),
    entries: fc.array(entry, { minLength: 1, maxLength: 3 }),
  });
  const party = fc.array(posting, { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(party, { minLength: 2, maxLength: 4 }), async (parties) => {
      await Promise.all(
        parties.map((postings) =>
          withCompany(db, one, async (tx) => {
            // As a payment does: its row holds the customer's key before the ledger locks the customer.
            await tx.insert(payments).values({
              customerId: customerOfInvoice.get(postings[0]!.invoiceId)!,
              amountCents: 1,
              method: 'cash',
              status: 'pending',
              processor: 'office',
              idempotencyKey: String(number++),
            });
            await postAll(tx, postings);
          }),
        ),
      );
      for (const { invoiceId, entries } of parties.flat()) {
        posted.set(
          invoiceId,
          entries.reduce((sum, e) => sum + e.amountCents, posted.get(invoiceId)!),
        );
      }
      await withCompany(db, one, async (tx) => {
        expect(await checkLedger(tx)).toEqual([]);
        const rows = await tx.select({ id: invoices.id, balance: invoices.balanceCents }).from(invoices);
        expect(new Map(rows.map((row) => [row.id, row.balance]))).toEqual(posted);
      });
    }),
    { numRuns: 40 },
  );
});
