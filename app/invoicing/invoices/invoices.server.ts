import { sql, type SQL } from 'drizzle-orm';

import { COUNT_LIMIT, pattern, words, type Total } from '#app/invoicing/customers/customers.server.ts';
import { dueDatesOf } from '#app/invoicing/reports/aging.ts';
import type { Tx } from '#db/client.ts';
import { keyset, type Key, type Page } from '#db/keyset.ts';
import { businessUnits, customers, invoices } from '#db/schema/index.ts';

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'void';

export type InvoiceRow = {
  id: number;
  number: string;
  summary: string;
  status: InvoiceStatus;
  issuedOn: string;
  dueOn: string;
  totalCents: number;
  balanceCents: number;
  currency: string;
  customerId: number;
  customer: string;
  doNotRemind: boolean;
  disputed: boolean;
  promisedFor: string | null;
};

export const invoiceSorts = ['-issued', 'issued', 'due', '-due', '-amount', 'amount'] as const;
export type InvoiceSort = (typeof invoiceSorts)[number];

export type InvoiceFilter = {
  /** Every word must stand in the number, the summary or the customer's name. */
  q?: string | null;
  status?: string | null;
  /** A key of `ageFilters`; it asks for unpaid invoices. */
  age?: string | null;
  /** A business unit's id. */
  unit?: string | null;
  /** `disputed`, `promised` or `do_not_remind`. */
  flag?: string | null;
  /** A customer's id. */
  customer?: string | null;
  /** The company's calendar date. */
  today: string;
};

/**
 * A page of invoices with the total of what is filtered. Filter values that mean nothing are left aside.
 * @returns `total.cents` is what is still owed; it says nothing when `total.capped`
 */
export async function listInvoices(
  tx: Tx,
  filter: InvoiceFilter,
  page: { sort?: string | null; after?: string | null; before?: string | null; limit?: number },
): Promise<Page<InvoiceRow> & { total: Total; sort: InvoiceSort }> {
  const sort = invoiceSorts.find((one) => one === page.sort) ?? '-issued';
  const keys = keyset(sortKeys(sort), { after: page.after, before: page.before, limit: page.limit ?? 50 });
  const where = matching(filter);
  const [found, totals] = await Promise.all([
    tx.execute<InvoiceRow & { cursor: string }>(sql`
      select i.id, i.number, i.summary, i.status, i.issued_on as "issuedOn", i.due_on as "dueOn",
             i.total_cents as "totalCents", i.balance_cents as "balanceCents", i.currency,
             c.id as "customerId", c.name as customer, i.do_not_remind as "doNotRemind",
             i.disputed_at is not null as disputed, i.promised_for as "promisedFor", ${keys.cursor} as cursor
        from ${invoices} i join ${customers} c on c.company_id = i.company_id and c.id = i.customer_id
       where ${where} and ${keys.where} order by ${keys.orderBy} limit ${keys.limit}`),
    tx.execute<{ count: number; cents: number }>(sql`
      select count(*)::int as count, coalesce(sum(cents), 0)::bigint as cents
        from (select case when i.status = 'open' then i.balance_cents else 0 end as cents
                from ${invoices} i where ${where} limit ${COUNT_LIMIT + 1}::int) counted`),
  ]);
  const count = totals[0]?.count ?? 0;
  return {
    ...keys.toPage(found),
    total: { count: Math.min(count, COUNT_LIMIT), capped: count > COUNT_LIMIT, cents: totals[0]?.cents ?? 0 },
    sort,
  };
}

function sortKeys(sort: InvoiceSort): Key[] {
  const descending = sort.startsWith('-');
  const id: Key = { value: sql`i.id`, type: 'bigint', descending };
  if (sort.endsWith('due')) return [{ value: sql`i.due_on`, type: 'date', descending }, id];
  if (sort.endsWith('amount')) return [{ value: sql`i.balance_cents`, type: 'bigint', descending }, id];
  return [{ value: sql`i.issued_on`, type: 'date', descending }, id];
}

const flags: Record<string, SQL> = {
  disputed: sql`i.disputed_at is not null`,
  promised: sql`i.promised_for is not null`,
  do_not_remind: sql`i.do_not_remind`,
};

function matching(filter: InvoiceFilter): SQL {
  const parts: SQL[] = [sql`true`];
  for (const word of words(filter.q)) {
    const like = pattern(word.replace(/^#(?=.)/, ''));
    parts.push(sql`(i.number ilike ${like} or i.summary ilike ${like}
      or i.customer_id in (select id from ${customers} where name ilike ${like}))`);
  }
  const due = dueDatesOf(filter.age ?? null, filter.today);
  if (due) parts.push(sql`i.status = 'open'`);
  if (due?.first) parts.push(sql`i.due_on >= ${due.first}::date`);
  if (due?.last) parts.push(sql`i.due_on <= ${due.last}::date`);
  if (['draft', 'open', 'paid', 'void'].includes(filter.status ?? '')) parts.push(sql`i.status = ${filter.status}`);
  if (/^\d{1,15}$/.test(filter.unit ?? '')) parts.push(sql`i.business_unit_id = ${Number(filter.unit)}`);
  if (/^\d{1,15}$/.test(filter.customer ?? '')) parts.push(sql`i.customer_id = ${Number(filter.customer)}`);
  const flag = Object.hasOwn(flags, filter.flag ?? '') ? flags[filter.flag!] : undefined;
  if (flag) parts.push(flag);
  return sql.join(parts, sql` and `);
}

/** The company's business units by name. */
export async function listBusinessUnits(tx: Tx): Promise<{ id: number; name: string }[]> {
  return tx
    .select({ id: businessUnits.id, name: businessUnits.name })
    .from(businessUnits)
    .orderBy(businessUnits.name)
    .limit(200);
}

/** Whether the company has any invoice yet. */
export async function hasInvoices(tx: Tx): Promise<boolean> {
  const [row] = await tx.execute<{ found: boolean }>(sql`select exists (select from ${invoices}) as found`);
  return row?.found ?? false;
}
