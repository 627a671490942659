import fc from 'fast-check';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';

import { applyCredit } from '#app/invoicing/ledger/credits.server.ts';
import { agedInvoices, agingReport, type AgingFilter } from '#app/invoicing/reports/aging-report.server.ts';
import { addDays, ages } from '#app/invoicing/reports/aging.ts';
import { agingCsv } from '#app/invoicing/reports/aging-csv.server.ts';
import { postAll, postEntries, type Entry } from '#app/invoicing/ledger/ledger.server.ts';
import { statementWords } from '#app/invoicing/reports/statement-words.ts';
import { readPeriod, readStatement, type Statement } from '#app/invoicing/reports/statements.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { invoices, ledgerEntries } from '#db/schema/index.ts';
import { makeBusinessUnit, makeCompany } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice, makePayment } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const { companyId } = await makeCompany(db);
const ours = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
const zone = 'America/New_York';
const days = { today: '2026-03-31', timeZone: zone };
const noon = (day: string) => new Date(`${day}T17:00:00Z`);

async function statementOf(customerId: number, from: string, to: string): Promise<Statement> {
  const statement = await ours((tx) => readStatement(tx, customerId, { from, to }, days));
  if (statement === null || statement === 'too_many') throw new Error(String(statement));
  return statement;
}

/** January: an invoice of $100 with tax, half of it paid with a tip; February: $50 of credit; March: a second invoice. */
async function year() {
  return ours(async (tx) => {
    const { customerId } = await makeCustomer(tx);
    const first = await makeInvoice(tx, {
      customerId,
      number: `A${customerId}`,
      totalCents: 10_000,
      issuedOn: '2026-01-05',
    });
    await postEntries(tx, first.invoiceId, [{ kind: 'tax', amountCents: 825, at: noon('2026-01-05') }]);
    const paymentId = await makePayment(tx, {
      customerId,
      amountCents: 6_000,
      tipCents: 1_000,
      cardLast4: '4242',
      method: 'card',
    });
    const at = noon('2026-01-20');
    await postAll(tx, [
      { invoiceId: first.invoiceId, entries: [{ kind: 'payment', amountCents: -5_000, paymentId, at }] },
      {
        accountOf: customerId,
        entries: [
          { kind: 'tip', amountCents: 1_000, paymentId, at },
          { kind: 'payment', amountCents: -1_000, paymentId, at },
        ],
      },
    ]);
    await postAll(tx, [
      { accountOf: customerId, entries: [{ kind: 'credit', amountCents: -2_000, at: noon('2026-02-10') }] },
    ]);
    const second = await makeInvoice(tx, {
      customerId,
      number: `B${customerId}`,
      totalCents: 3_000,
      issuedOn: '2026-03-02',
      dueOn: '2026-04-01',
    });
    return { customerId, first: first.invoiceId, second: second.invoiceId, paymentId };
  });
}

describe('B-17: a statement', () => {
  test('shows what people think of as one line as one, tips apart, and comes from the opening to the closing balance', async () => {
    const { customerId } = await year();
    const january = await statementOf(customerId, '2026-01-01', '2026-01-31');
    expect(january).toMatchObject({
      openingCents: 0,
      closingCents: 5_825,
      tipsCents: 1_000,
      sums: { charges: 10_000, tax: 825, payments: -5_000, credits: 0, refunds: 0 },
      aged: { current: 5_825, '1-30': 0 },
    });
    expect(january.lines.at(-1)).toMatchObject({
      what: 'payment',
      amountCents: -5_000,
      tipCents: 1_000,
      balanceCents: 5_825,
    });
    expect(statementWords(january.lines.at(-1)!)).toBe(
      `Payment, card ending 4242, for A${customerId}, and a tip of $10.00`,
    );
    const march = await statementOf(customerId, '2026-03-01', '2026-03-31');
    expect(march).toMatchObject({ openingCents: 3_825, closingCents: 6_825, creditCents: 2_000 });
    expect(march.open.map((one) => [one.number, one.cents, one.daysOverdue])).toEqual([
      [`A${customerId}`, 5_825, 59],
      [`B${customerId}`, 3_000, -1],
    ]);
    expect(march.aged).toMatchObject({ current: 3_000, '31-60': 5_825 });
  });

  test('credit that only moves between account and invoices is no line', async () => {
    const { customerId } = await year();
    await ours((tx) => applyCredit(tx, customerId));
    await ours((tx) => tx.execute(sql`select 1`));
    const today = new Date().toISOString().slice(0, 10);
    const moved = await statementOf(customerId, addDays(today, -1), addDays(today, 1));
    expect(moved.lines).toEqual([]);
    expect(moved.openingCents).toBe(moved.closingCents);
  });

  test('a day begins and ends at the company’s midnight', async () => {
    const { customerId } = await ours(async (tx) => {
      const { customerId, invoiceId } = await makeInvoice(tx, { totalCents: 100, issuedOn: '2026-01-05' });
      await postEntries(tx, invoiceId, [
        { kind: 'charge', amountCents: 1, at: new Date('2026-03-01T04:59:59Z') },
        { kind: 'charge', amountCents: 2, at: new Date('2026-03-01T05:00:00Z') },
        { kind: 'charge', amountCents: 4, at: new Date('2026-03-02T04:59:59.999Z') },
        { kind: 'charge', amountCents: 8, at: new Date('2026-03-02T05:00:00Z') },
      ]);
      return { customerId };
    });
    const day = await statementOf(customerId, '2026-03-01', '2026-03-01');
    expect([day.openingCents, day.sums.charges, day.closingCents]).toEqual([101, 6, 107]);
  });

  test('another company’s customer has none', async () => {
    const other = await makeCompany(db);
    const theirs = await withCompany(db, other.companyId, (tx) => makeCustomer(tx));
    expect(
      await ours((tx) => readStatement(tx, theirs.customerId, { from: '2026-01-01', to: '2026-01-31' }, days)),
    ).toBeNull();
  });

  test('periods that are none are named, and the usual one stands in', () => {
    expect(readPeriod(null, null, '2026-03-31')).toEqual({
      period: { from: '2026-02-01', to: '2026-03-31' },
      error: null,
    });
    expect(readPeriod('2026-01-05', '2026-01-05', '2026-03-31').error).toBeNull();
    for (const [from, to] of [
      ['2026-02-30', '2026-03-01'],
      ['2026-03-02', '2026-03-01'],
      ['', '2026-03-01'],
      ['2026-03-01', null],
      ['0001-01-01', '2026-03-01'],
      ['2026-03-01', '2099-01-01'],
    ] as const) {
      expect(readPeriod(from, to, '2026-03-31'), `${from} ${to}`).toMatchObject({ error: expect.any(String) });
    }
  });
});

const filterOf = (on: string, more: Partial<AgingFilter> = {}): AgingFilter => ({ on, ...days, unit: null, ...more });
const report = (filter: AgingFilter) => ours((tx) => agingReport(tx, filter, { sort: 'total', limit: 500 }));

describe('B-17: aging', () => {
  test('of a past day says what the ledger had until then, also of what is paid, voided or changed now', async () => {
    const fresh = await makeCompany(db);
    const inside = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, fresh.companyId, work);
    const { paid, unitId } = await inside(async (tx) => {
      const unitId = await makeBusinessUnit(tx);
      const { customerId } = await makeCustomer(tx, { name: '=Ann, "Ames"' });
      const paid = await makeInvoice(tx, {
        customerId,
        totalCents: 10_000,
        status: 'paid',
        paidAt: noon('2026-03-10'),
        businessUnitId: unitId,
      });
      await makeInvoice(tx, { customerId, totalCents: 4_000, dueOn: '2026-03-30' });
      await makeInvoice(tx, { customerId, status: 'draft' });
      await postAll(tx, [
        { accountOf: customerId, entries: [{ kind: 'credit', amountCents: -700, at: noon('2026-03-05') }] },
      ]);
      return { paid, unitId };
    });
    const then = await inside((tx) => agingReport(tx, filterOf('2026-03-05'), { sort: 'oldest', limit: 10 }));
    expect(then.total).toMatchObject({
      totalCents: 14_000,
      invoices: 2,
      customers: 1,
      aged: { current: 4_000, '31-60': 10_000 },
    });
    expect(then.creditCents).toBe(700);
    const now = await inside((tx) => agingReport(tx, filterOf('2026-03-31'), { sort: 'name', limit: 10 }));
    expect(now.total).toMatchObject({ totalCents: 4_000, aged: { '1-30': 4_000, '31-60': 0 } });
    expect(now.creditCents).toBe(700);
    expect(
      (await inside((tx) => agingReport(tx, filterOf('2025-12-31'), { sort: 'total', limit: 10 }))).total.totalCents,
    ).toBe(0);
    const unit = await inside((tx) =>
      agingReport(tx, filterOf('2026-03-05', { unit: unitId }), { sort: 'total', limit: 10 }),
    );
    expect([unit.total.totalCents, unit.creditCents]).toEqual([10_000, null]);
    const behind = await inside((tx) =>
      agedInvoices(tx, filterOf('2026-03-05', { customerId: paid.customerId }), '31-60'),
    );
    expect(behind).toMatchObject({ count: 1, cents: 10_000, rows: [{ id: paid.invoiceId, daysOverdue: 33 }] });
    let csv = '';
    for await (const piece of agingCsv(inside, filterOf('2026-03-05'), 'total')) csv += piece;
    expect(csv.split('\r\n')[1]).toBe(`"'=Ann, ""Ames""",40.00,0.00,100.00,0.00,0.00,140.00,2,2026-01-31,2026-03-05`);
    expect(csv).toContain('Total,40.00,0.00,100.00,0.00,0.00,140.00,2,,2026-03-05\r\nCredit not used yet,,,,,,-7.00');
  });

  test('each bucket holds its days, from the first to the last', async () => {
    const { customerId } = await ours((tx) => makeCustomer(tx));
    const on = days.today;
    for (const late of [-5, 0, 1, 30, 31, 60, 61, 90, 91, 400]) {
      await ours((tx) =>
        makeInvoice(tx, { customerId, totalCents: 100, issuedOn: '2025-01-01', dueOn: addDays(on, -late) }),
      );
    }
    for (const day of [on, addDays(on, -1)]) {
      const { rows } = await report(filterOf(day, { customerId }));
      const shifted = day === on ? [200, 200, 200, 200, 200] : [300, 200, 200, 200, 100];
      expect(ages.map((age) => rows[0]!.aged[age.key])).toEqual(shifted);
    }
  });
});

test('B-17: whatever moves, statements and aging come to the ledger', async () => {
  const dayOf = (offset: number) => addDays('2026-01-01', offset);
  const move = fc.record({
    day: fc.integer({ min: 0, max: 80 }),
    what: fc.constantFrom('invoice', 'tax', 'payment', 'tip', 'credit', 'account', 'refund', 'write_off' as const),
    cents: fc.integer({ min: 1, max: 50_000 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(move, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 20 }),
      async (moves, first, length) => {
        const { customerId } = await ours((tx) => makeCustomer(tx));
        const made: number[] = [];
        await ours(async (tx) => {
          for (const { day, what, cents } of moves.toSorted((a, b) => a.day - b.day)) {
            const at = noon(dayOf(day));
            if (what === 'invoice' || made.length === 0) {
              const due = dayOf(day + (cents % 50));
              made.push(
                (await makeInvoice(tx, { customerId, totalCents: cents, issuedOn: dayOf(day), dueOn: due })).invoiceId,
              );
              continue;
            }
            const invoiceId = made[cents % made.length]!;
            const one = (kind: Entry['kind'], amountCents: number, paymentId?: number): Entry => ({
              kind,
              amountCents,
              at,
              paymentId,
            });
            if (what === 'tax') await postEntries(tx, invoiceId, [one('tax', cents)]);
            if (what === 'credit' || what === 'write_off') await postEntries(tx, invoiceId, [one(what, -cents)]);
            if (what === 'account') await postAll(tx, [{ accountOf: customerId, entries: [one('credit', -cents)] }]);
            if (what !== 'payment' && what !== 'tip' && what !== 'refund') continue;
            const paymentId = await makePayment(tx, { customerId, amountCents: cents });
            const onInvoice = {
              invoiceId,
              entries: [what === 'refund' ? one('refund', cents, paymentId) : one('payment', -cents, paymentId)],
            };
            const tip = {
              accountOf: customerId,
              entries: [one('tip', 500, paymentId), one('payment', -500, paymentId)],
            };
            await postAll(tx, what === 'tip' ? [onInvoice, tip] : [onInvoice]);
          }
        });
        const entries = await ours((tx) =>
          tx.select().from(ledgerEntries).where(eq(ledgerEntries.customerId, customerId)),
        );
        const until = (day: string) =>
          entries.reduce(
            (sum, one) => (one.at < new Date(`${addDays(day, 1)}T05:00:00Z`) ? sum + one.amountCents : sum),
            0,
          );
        const [from, to] = [dayOf(first), dayOf(first + length)];
        const statement = await statementOf(customerId, from, to);
        const { sums } = statement;
        expect(statement.openingCents).toBe(until(addDays(from, -1)));
        expect(statement.closingCents).toBe(until(to));
        expect(statement.openingCents + sums.charges + sums.tax + sums.payments + sums.credits + sums.refunds).toBe(
          statement.closingCents,
        );
        expect(statement.lines.at(-1)?.balanceCents ?? statement.openingCents).toBe(statement.closingCents);
        const open = statement.open.reduce((sum, one) => sum + one.cents, 0);
        expect(ages.reduce((sum, age) => sum + statement.aged[age.key], 0)).toBe(open);
        expect(open - statement.creditCents).toBe(statement.closingCents);
        // What stands today is what the cached balances say, by either way.
        const now = await report(filterOf('2026-03-31', { customerId }));
        const ledger = await report(filterOf('2026-03-31', { customerId, today: '2026-04-01' }));
        expect(now).toEqual(ledger);
        const [owed] = await ours((tx) =>
          tx
            .select({ sum: sql<number>`coalesce(sum(balance_cents), 0)::bigint` })
            .from(invoices)
            .where(sql`customer_id = ${customerId} and status = 'open'`),
        );
        expect(now.total.totalCents).toBe(owed!.sum);
      },
    ),
    { numRuns: 10 },
  );
});
