import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { invoices } from '#db/schema/index.ts';

import { ages, addDays, type Age } from './aging.ts';

export type AgedDebt = {
  /** One row a bucket, current first, also where nothing is owed. */
  buckets: (Age & { cents: number; invoices: number })[];
  totalCents: number;
  totalInvoices: number;
  overdueCents: number;
  overdueInvoices: number;
  /** Customers who owe anything. */
  customers: number;
};

/**
 * What is owed, by age: the balances of open invoices.
 * @param today the company's calendar date, `2026-03-04`
 */
export async function agedDebt(tx: Tx, today: string): Promise<AgedDebt> {
  const rows = await tx.execute<{ key: string | null; cents: number; invoices: number; customers: number }>(sql`
    select i.key, coalesce(sum(i.balance_cents), 0)::bigint as cents, count(i.id)::int as invoices,
           count(distinct i.customer_id)::int as customers
      from (select balance_cents, id, customer_id, case
                   when due_on >= ${today}::date then 'current'
                   when due_on >= ${addDays(today, -30)}::date then '1-30'
                   when due_on >= ${addDays(today, -60)}::date then '31-60'
                   when due_on >= ${addDays(today, -90)}::date then '61-90'
                   else '90+' end as key
              from ${invoices} where status = 'open' and balance_cents > 0) i
     group by grouping sets ((i.key), ())`);
  const found = new Map(rows.map((row) => [row.key, row]));
  const buckets = ages.map((age) => ({
    ...age,
    cents: found.get(age.key)?.cents ?? 0,
    invoices: found.get(age.key)?.invoices ?? 0,
  }));
  const all = found.get(null);
  const current = buckets[0]!;
  return {
    buckets,
    totalCents: all?.cents ?? 0,
    totalInvoices: all?.invoices ?? 0,
    overdueCents: (all?.cents ?? 0) - current.cents,
    overdueInvoices: (all?.invoices ?? 0) - current.invoices,
    customers: all?.customers ?? 0,
  };
}
