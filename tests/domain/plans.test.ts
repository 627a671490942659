import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { expect, test } from 'vitest';

import { audienceCounts, audienceSample } from '#app/audiences/audience.server.ts';
import { defaultRules } from '#app/audiences/rules.ts';
import { expandCampaign } from '#app/campaigns/expand.server.ts';
import { listInvoices } from '#app/invoicing/invoices/invoices.server.ts';
import { postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { recordEvents } from '#app/messaging/events.server.ts';
import { connect, withCompany, type Tx } from '#db/client.ts';
import { renewStatistics } from '#db/plans.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { launch, overdueInvoices, sendingCompany } from '#tests/fakes/sending.ts';
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

test('a payment is posted by looking rows up, not by reading the company’s tables', async () => {
  const companyId = await strangerToStatistics(5);
  const looked = await withCompany(db, companyId, async (tx) => {
    const [invoice] = await tx.execute<{ id: number }>(sql`select max(id) as id from invoices`);
    const read = async () => {
      const [row] = await tx.execute<{ rows: number }>(sql`
        select sum(pg_stat_get_xact_tuples_fetched(oid) + pg_stat_get_xact_tuples_returned(oid))::int as rows from pg_class
         where relname in ('customers', 'invoices', 'ledger_entries')
            or oid in (select indexrelid from pg_index where indrelid in ('customers'::regclass, 'invoices'::regclass,
                                                                        'ledger_entries'::regclass))`);
      return row!.rows;
    };
    const before = await read();
    await postEntries(tx, invoice!.id, [{ kind: 'payment', amountCents: -10_000 }]);
    return (await read()) - before;
  });
  expect(looked).toBeLessThan(500);
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
    for (const table of ['enrollments', 'messages', 'message_events']) {
      await owner.unsafe(`create trigger note_mode after insert on ${table} for each row execute function note_mode()`);
    }
    const companyId = await sendingCompany(db);
    await withCompany(db, companyId, (tx) => overdueInvoices(tx, 25));
    const { campaignId } = await launch(db, companyId);
    const after = await withCompany(worker.db, companyId, async (tx) => {
      await expandCampaign(tx, campaignId);
      const ids = await tx.execute<{ id: number }>(sql`select id from messages`);
      await recordEvents(
        tx,
        ids.map(({ id }) => ({ messageId: id, kind: 'delivered', dedupeKey: `${id}`, details: {}, at: new Date() })),
      );
      return tx.execute(sql`select current_setting('plan_cache_mode') as mode`);
    });
    const seen = await owner`select "table", mode, count(*)::int as n from seen group by 1, 2 order by 1`;
    expect([...seen]).toEqual([
      { table: 'enrollments', mode: 'auto', n: 25 },
      { table: 'message_events', mode: 'force_generic_plan', n: 25 },
      { table: 'messages', mode: 'auto', n: 25 },
    ]);
    expect([...after]).toEqual([{ mode: 'force_custom_plan' }]);
  } finally {
    await worker.close();
    await owner.end();
  }
});
