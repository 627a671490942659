import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { expect, test } from 'vitest';

import { audienceCounts, audienceSample } from '#app/audiences/audience.server.ts';
import { defaultRules } from '#app/audiences/rules.ts';
import { expandCampaign } from '#app/campaigns/expand.server.ts';
import { openWindow } from '#app/campaigns/send-gate.server.ts';
import { takeRange } from '#app/campaigns/send-lease.server.ts';
import { listInvoices } from '#app/invoicing/invoices/invoices.server.ts';
import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { recordEvents } from '#app/messaging/events.server.ts';
import { connect, withCompany, type Tx } from '#db/client.ts';
import { keepPlans, renewStatistics } from '#db/plans.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { launch, launchAndExpand, overdueInvoices, sendingCompany } from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db, url } = await createTestDatabase();
const today = '2026-11-21';

/** So many customers, each with an address and an overdue invoice. */
async function fill(tx: Tx, count: number) {
  await tx.execute(sql`insert into customers (name) select 'Customer ' || n from generate_series(1, ${count}::int) n`);
  await tx.execute(sql`insert into contacts (customer_id, kind, value, "primary")
    select id, 'email', 'customer' || id || '@mail.example', true from customers`);
  await tx.execute(sql`insert into invoices (customer_id, number, status, issued_on, due_on, total_cents, balance_cents)
    select id, 'N' || id, 'open', '2026-01-01', '2026-01-31', 10000, 10000 from customers`);
  await tx.execute(sql`insert into ledger_entries (customer_id, invoice_id, kind, amount_cents)
    select customer_id, id, 'charge', 10000 from invoices`);
}

const WRITTEN = ['customers', 'contacts', 'invoices', 'ledger_entries'];

/** A company that has just got its customers, while the statistics know of a handful in another one. */
async function strangerToStatistics(handful: number): Promise<number> {
  const other = await makeCompany(db);
  await withCompany(db, other.companyId, async (tx) => {
    await fill(tx, handful);
    await renewStatistics(tx, WRITTEN);
  });
  const { companyId } = await makeCompany(db);
  await withCompany(db, companyId, (tx) => fill(tx, 6_000));
  return companyId;
}

/** What compares each row with each takes many seconds for so many; what does not, a tenth of one. */
const quickly = <T>(companyId: number, work: (tx: Tx) => Promise<T>) =>
  withCompany(db, companyId, async (tx) => {
    await tx.execute(sql`set local statement_timeout = '2500ms'`);
    return work(tx);
  });

test('B-09: an audience is counted and listed at once on the day of the import', async () => {
  const companyId = await strangerToStatistics(5);
  for (const per of ['customer', 'invoice'] as const) {
    const rules = { ...defaultRules, per };
    const counts = await quickly(companyId, (tx) => audienceCounts(tx, rules, today));
    expect(counts.eligible).toBe(6_000);
    const page = await quickly(companyId, (tx) => audienceSample(tx, rules, today, { limit: 8 }));
    expect(page.rows).toHaveLength(8);
  }
});

/** Rows that work reads of these tables, in them and in their indexes. */
async function rowsRead<T>(tx: Tx, tables: readonly string[], work: () => Promise<T>) {
  const soFar = async () => {
    const [row] = await tx.execute<{ rows: number }>(sql`
      with own as (select c.oid from pg_class c where c.relname = any(${sql.param(tables)}::text[]))
      select sum(pg_stat_get_xact_tuples_fetched(oid) + pg_stat_get_xact_tuples_returned(oid))::int as rows from pg_class
       where oid in (select oid from own) or oid in (select indexrelid from pg_index where indrelid in (select oid from own))`);
    return row!.rows;
  };
  const before = await soFar();
  const result = await work();
  return { result, rows: (await soFar()) - before };
}

test('a payment is posted by looking rows up, not by reading the company’s tables', async () => {
  const companyId = await strangerToStatistics(5);
  const { rows } = await withCompany(db, companyId, async (tx) => {
    const [invoice] = await tx.execute<{ id: number }>(sql`select max(id) as id from invoices`);
    return rowsRead(tx, ['customers', 'invoices', 'ledger_entries'], () =>
      postEntries(tx, invoice!.id, [{ kind: 'payment', amountCents: -10_000 }]),
    );
  });
  expect(rows).toBeLessThan(500);
});

test('neither a window nor events read the campaigns that a company had before', async () => {
  const companyId = await sendingCompany(db);
  await withCompany(db, companyId, async (tx) => {
    await overdueInvoices(tx, 12);
    await tx.execute(sql`
      with old as (insert into campaigns (name, status, finished_at)
                   select 'Old ' || n, 'sent', now() - interval '90 days' from generate_series(1, 1000) n returning id)
      insert into campaign_steps (campaign_id, position) select id, p from old, generate_series(1, 3) p`);
    await renewStatistics(tx, ['campaigns', 'campaign_steps']);
  });
  const { ranges } = await launchAndExpand(db, companyId);
  const tables = ['campaigns', 'campaign_steps'];
  const range = await withCompany(db, companyId, (tx) => takeRange(tx, ranges[0]!, 'test', 600));
  if (range.kind !== 'mine') throw new Error(range.kind);
  const open = (tx: Tx) => rowsRead(tx, tables, () => openWindow(tx, range.range, 100, today));
  const opened = await withCompany(db, companyId, open, { plans: 'kept' });
  expect(opened.result.passed).toHaveLength(12);
  expect(opened.rows).toBeLessThan(100);
  const told = opened.result.passed.map(({ id }) => ({
    messageId: id,
    kind: 'delivered' as const,
    dedupeKey: 'd',
    details: {},
    at: new Date(),
  }));
  const recorded = await withCompany(db, companyId, (tx) => rowsRead(tx, tables, () => recordEvents(tx, told)));
  expect(recorded.result).toBe(12);
  expect(recorded.rows).toBeLessThan(100);
});

test('plans are kept for what is sent at once, and for nothing after it', async () => {
  const { companyId } = await makeCompany(db);
  const mode = sql`select current_setting('plan_cache_mode') as mode, current_setting('enable_nestloop') as loops`;
  const [kept, again, after] = await withCompany(db, companyId, async (tx) => [
    ...(await keepPlans(tx, () => Promise.all([tx.execute(mode), tx.execute(mode)]))),
    await tx.execute(mode),
  ]);
  expect([kept, again, after]).toEqual([
    [{ mode: 'force_generic_plan', loops: 'off' }],
    [{ mode: 'force_generic_plan', loops: 'off' }],
    [{ mode: 'auto', loops: 'on' }],
  ]);
});

test('a company larger than the others is not taken for a handful of rows', async () => {
  const companyId = await strangerToStatistics(300);
  const page = await quickly(companyId, (tx) => listInvoices(tx, { today }, {}));
  expect(page.rows).toHaveLength(50);
  const [plan] = await withCompany(db, companyId, (tx) =>
    tx.execute<{ 'QUERY PLAN': { Plan: { 'Plan Rows': number } }[] }>(sql`explain (format json) select from invoices`),
  );
  expect(plan!['QUERY PLAN'][0]!.Plan['Plan Rows']).toBeGreaterThan(100);
});

test('the app’s role can have statistics renewed, and nothing else done by that', async () => {
  const { companyId } = await makeCompany(db);
  await withCompany(db, companyId, async (tx) => {
    await fill(tx, 700);
    await renewStatistics(tx, WRITTEN);
  });
  const [row] = await db.execute<{ rows: number }>(
    sql`select reltuples::int as rows from pg_class where relname = 'customers'`,
  );
  expect(row!.rows).toBeGreaterThanOrEqual(700);
  await expect(
    withCompany(db, companyId, (tx) => renewStatistics(tx, ['customers; drop table customers'])),
  ).rejects.toThrow();
  expect((await db.execute(sql`select to_regclass('customers') as there`))[0]).toEqual({ there: 'customers' });
});

test('a worker checks the keys of many new rows by plans that are kept, and plans all else for its values', async () => {
  const owner = postgres(url, { max: 1, onnotice: () => {} });
  const worker = connect(url, { max: 1, prepare: 'parsed' });
  try {
    // What holds while rows are checked: triggers of ours run beside those of the keys.
    await owner`create table seen (company_id bigint, "table" text, mode text)`;
    await owner`grant insert on seen to fieldpost_app`;
    await owner`create function note_mode() returns trigger language plpgsql as $$ begin
      insert into seen values (new.company_id, tg_table_name, current_setting('plan_cache_mode')); return null; end $$`;
    for (const table of ['enrollments', 'messages']) {
      await owner.unsafe(`create trigger note_mode after insert on ${table} for each row execute function note_mode()`);
    }
    const companyId = await sendingCompany(db);
    await withCompany(db, companyId, (tx) => overdueInvoices(tx, 25));
    const { campaignId } = await launch(db, companyId);
    const after = await withCompany(worker.db, companyId, async (tx) => {
      await expandCampaign(tx, campaignId);
      return tx.execute(sql`select current_setting('plan_cache_mode') as mode`);
    });
    const seen = await owner`select "table", mode, count(*)::int as n from seen group by 1, 2 order by 1`;
    expect([...seen]).toEqual([
      { table: 'enrollments', mode: 'auto', n: 25 },
      { table: 'messages', mode: 'auto', n: 25 },
    ]);
    expect([...after]).toEqual([{ mode: 'force_custom_plan' }]);
  } finally {
    await worker.close();
    await owner.end();
  }
});
