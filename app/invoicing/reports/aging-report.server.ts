import { sql, type SQL } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { customers, invoices, ledgerEntries } from '#db/schema/index.ts';

import { addDays, ages, type AgeKey } from './aging.ts';

/** What an aging report is asked for. */
export type AgingFilter = {
  /** The day at whose end it holds, `2026-03-04`. */
  on: string;
  /** The company's calendar date, and the zone in which its days begin. */
  today: string;
  timeZone: string;
  /** A business unit's id; null for all. */
  unit: number | null;
  customerId?: number | null;
};

/** Cents by bucket. */
export type Aged = Record<AgeKey, number>;

export type AgingRow = {
  customerId: number;
  customer: string;
  aged: Aged;
  totalCents: number;
  invoices: number;
  oldestDueOn: string;
};

export type AgingReport = {
  /** The customers who owe most, or longest. */
  rows: AgingRow[];
  /** Over all of them, also those that are not among `rows`. */
  total: { aged: Aged; totalCents: number; invoices: number; customers: number };
  /** What the company owes its customers: credit that settles nothing yet. Null where a business unit is chosen: credit has none. */
  creditCents: number | null;
};

export const agingSorts = ['total', 'oldest', 'name'] as const;
export type AgingSort = (typeof agingSorts)[number];

/**
 * What was owed at the end of a day, by customer and age (B-17). Of today the balances as they stand, of a day before what the ledger
 * had until then; due dates are those that the invoices have now.
 * @param page.limit at most so many customers; the totals are of all
 */
export async function agingReport(
  tx: Tx,
  filter: AgingFilter,
  page: { sort: AgingSort; limit: number },
): Promise<AgingReport> {
  const found = await tx.execute<
    Figures & { id: number | null; name: string | null; customers: number; oldest: string }
  >(sql`
    with owed as (${owedOn(filter)}),
         figures as (
           select o.customer_id as id, ${bucketSums(filter.on)}, count(distinct o.customer_id)::int as customers, min(o.due_on) as oldest
             from owed o group by grouping sets ((o.customer_id), ()))
    select f.*, c.name from figures f left join ${customers} c on c.id = f.id
     order by f.id is not null, ${orders[page.sort]} limit ${page.limit + 1}::int`);
  const sum = found.find((row) => row.id === null);
  return {
    rows: found
      .filter((row) => row.id !== null)
      .map((row) => ({
        customerId: row.id!,
        customer: row.name ?? '',
        aged: agedOf(row),
        totalCents: row.cents,
        invoices: row.invoices,
        oldestDueOn: row.oldest,
      })),
    total: {
      aged: agedOf(sum),
      totalCents: sum?.cents ?? 0,
      invoices: sum?.invoices ?? 0,
      customers: sum?.customers ?? 0,
    },
    creditCents: filter.unit === null ? await creditOn(tx, filter) : null,
  };
}

export type AgedInvoice = {
  id: number;
  number: string;
  summary: string;
  customerId: number;
  customer: string;
  issuedOn: string;
  dueOn: string;
  daysOverdue: number;
  /** What was owed of it on that day. */
  cents: number;
};

/** The invoices behind a figure of the report, the oldest due first. @param age a bucket, or null for all of them */
export async function agedInvoices(
  tx: Tx,
  filter: AgingFilter,
  age: AgeKey | null,
  limit = 500,
): Promise<{ rows: AgedInvoice[]; count: number; cents: number }> {
  const within = age === null ? sql`true` : sql`${bucketOf(filter.on)} = ${age}`;
  const rows = await tx.execute<AgedInvoice & { all: number; sum: number }>(sql`
    with o as (${owedOn(filter)})
    select i.id, i.number, i.summary, c.id as "customerId", c.name as customer, i.issued_on as "issuedOn", i.due_on as "dueOn",
           (${filter.on}::date - i.due_on)::int as "daysOverdue", o.cents, count(*) over ()::int as all,
           sum(o.cents) over ()::bigint as sum
      from o join ${invoices} i on i.id = o.id join ${customers} c on c.id = i.customer_id
     where ${within} order by i.due_on, i.id limit ${limit}::int`);
  return {
    rows: rows.map(({ all: _, sum: __, ...row }) => row),
    count: rows[0]?.all ?? 0,
    cents: rows[0]?.sum ?? 0,
  };
}

/** What was owed at the end of a day: invoices with `id`, `customer_id`, `due_on` and `cents` above zero. */
function owedOn({ on, today, timeZone, unit, customerId }: AgingFilter): SQL {
  const mine = sql`${unit === null ? sql`` : sql`and i.business_unit_id = ${unit}`}
    ${customerId ? sql`and i.customer_id = ${customerId}` : sql``}`;
  if (on >= today) {
    return sql`select i.id, i.customer_id, i.due_on, i.balance_cents as cents from ${invoices} i
                where i.status = 'open' and i.balance_cents > 0 ${mine}`;
  }
  return sql`select i.id, i.customer_id, i.due_on, e.cents
               from (select invoice_id, sum(amount_cents)::bigint as cents from ${ledgerEntries}
                      where invoice_id is not null and at < ${endOf(on, timeZone)}
                        ${customerId ? sql`and customer_id = ${customerId}` : sql``}
                      group by invoice_id having sum(amount_cents) > 0) e
               join ${invoices} i on i.id = e.invoice_id
              where true ${mine}`;
}

async function creditOn(tx: Tx, { on, today, timeZone, customerId }: AgingFilter): Promise<number> {
  const mine = customerId ? sql`and customer_id = ${customerId}` : sql``;
  const [row] = await tx.execute<{ cents: number }>(
    on >= today
      ? sql`select coalesce(sum(credit_cents), 0)::bigint as cents from ${customers}
             where credit_cents > 0 ${customerId ? sql`and id = ${customerId}` : sql``}`
      : sql`select coalesce(sum(-least(cents, 0)), 0)::bigint as cents
              from (select sum(amount_cents) as cents from ${ledgerEntries} where at < ${endOf(on, timeZone)} ${mine}
                     group by invoice_id, case when invoice_id is null then customer_id end) e`,
  );
  return row?.cents ?? 0;
}

/** The instant at which a day ends in a zone. */
export const endOf = (day: string, timeZone: string): SQL =>
  sql`((${addDays(day, 1)}::date)::timestamp at time zone ${timeZone})`;

type Figures = { cents: number; invoices: number; [bucket: `b${number}`]: number };

/** The key of a bucket, of `o.due_on`. */
const bucketOf = (on: string): SQL =>
  sql`case ${sql.join(
    ages
      .filter((age) => age.to !== null)
      .map((age) => sql`when o.due_on >= ${addDays(on, -age.to!)}::date then ${age.key}::text`),
    sql` `,
  )} else '90+' end`;

const bucketSums = (on: string): SQL => sql`
  ${sql.join(
    ages.map(
      (age, index) =>
        sql`coalesce(sum(o.cents) filter (where ${bucketOf(on)} = ${age.key}), 0)::bigint as ${sql.raw(`b${index}`)}`,
    ),
    sql`, `,
  )}, coalesce(sum(o.cents), 0)::bigint as cents, count(*)::int as invoices`;

const agedOf = (row: Figures | undefined): Aged =>
  Object.fromEntries(ages.map((age, index) => [age.key, row?.[`b${index}`] ?? 0])) as Aged;

const orders: Record<AgingSort, SQL> = {
  total: sql`f.cents desc, f.id`,
  oldest: sql`f.oldest, f.id`,
  name: sql`c.name, f.id`,
};
