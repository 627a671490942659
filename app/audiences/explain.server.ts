import { sql, type SQL } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import { audienceQuery, audienceTests, type Reach } from './audience.server.ts';
import type { AudienceRule, AudienceRules, Exclusion } from './rules.ts';

/** An invoice of a customer, and which of the audience's rules it passes. Amount and status are of the moment asked about. */
export type InvoiceCheck = {
  id: number;
  number: string;
  summary: string;
  status: 'draft' | 'open' | 'paid' | 'void';
  balanceCents: number;
  currency: string;
  dueOn: string;
  paidAt: string | null;
  createdAt: string;
  businessUnit: string | null;
  /** Every rule that asks for something, in the order in which they are asked. */
  tests: { rule: AudienceRule; holds: boolean }[];
};

export type CustomerCheck = {
  /** Those with `first` ids, then unpaid ones, then the newest; at most 50. */
  invoices: InvoiceCheck[];
  /** How many the customer has in all. */
  total: number;
};

/**
 * Evaluates each rule of an audience alone against each invoice of one customer (B-04), with the audience's own conditions.
 * @param options.today the day to which overdue days are counted, `YYYY-MM-DD`
 * @param options.at what was owed at this moment, by the ledger, an ISO instant; null for now. What nobody keeps (tags, type,
 * business unit, due date) is always of now
 * @param options.first ids of invoices that must be among those returned
 */
export async function checkCustomer(
  tx: Tx,
  rules: AudienceRules,
  customerId: number,
  options: { today: string; at: string | null; first?: readonly number[] },
): Promise<CustomerCheck> {
  const tests = audienceTests(rules, options.today);
  const results = sql.join(
    tests.map(({ rule, holds }) => sql`${rule}::text, coalesce(${holds}, false)`),
    sql`, `,
  );
  const rows = await tx.execute<Omit<InvoiceCheck, 'tests'> & { results: Record<string, boolean>; total: number }>(sql`
    select i.id, i.number, i.summary, i.status, i.balance_cents as "balanceCents", i.currency, i.due_on::text as "dueOn",
           i.paid_at as "paidAt", i.created_at as "createdAt", b.name as "businessUnit",
           jsonb_build_object(${results}) as results, count(*) over ()::int as total
      from (${invoicesAsOf(customerId, options.at)}) i
      join customers c on c.company_id = i.company_id and c.id = i.customer_id
      left join business_units b on b.company_id = i.company_id and b.id = i.business_unit_id
     order by i.id in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(options.first ?? [])}::jsonb)) desc,
              i.status = 'open' desc, i.id desc limit 50`);
  const iso = (at: string | null) => (at === null ? null : new Date(at).toISOString());
  return {
    total: rows[0]?.total ?? 0,
    invoices: rows.map(({ results: held, total: _, ...row }) => ({
      ...row,
      paidAt: iso(row.paidAt),
      createdAt: iso(row.createdAt)!,
      tests: tests.map(({ rule }) => ({ rule, holds: held[rule] ?? false })),
    })),
  };
}

/** A customer's invoices, with what was owed and whether they were paid at a moment. */
function invoicesAsOf(customerId: number, at: string | null): SQL {
  const columns = sql`i.company_id, i.id, i.customer_id, i.number, i.summary, i.currency, i.due_on, i.paid_at, i.created_at,
    i.business_unit_id`;
  if (at === null)
    return sql`select ${columns}, i.status, i.balance_cents from invoices i where i.customer_id = ${customerId}`;
  return sql`
    select ${columns}, l.balance as balance_cents,
           case when i.status not in ('open', 'paid') then i.status when l.balance > 0 then 'open' else 'paid' end as status
      from invoices i cross join lateral (
        select coalesce(sum(amount_cents), i.balance_cents)::bigint as balance
          from ledger_entries where invoice_id = i.id and at <= ${at}::timestamptz) l
     where i.customer_id = ${customerId}`;
}

/** What a launch now would do about one customer: a row for each message, with why it would be skipped, or null. */
export async function customerInAudience(
  tx: Tx,
  rules: AudienceRules,
  customerId: number,
  options: { today: string; reach: Reach },
): Promise<{ invoiceId: number; exclusion: Exclusion | null }[]> {
  const rows = await tx.execute<{ invoiceId: number; exclusion: Exclusion | null }>(sql`
    select invoice_id as "invoiceId", exclusion from (${audienceQuery(rules, options.today, options.reach)}) a
     where customer_id = ${customerId} order by invoice_id`);
  return [...rows];
}

/** Names of the business units that the rules name, by id. */
export async function unitNames(tx: Tx, rules: AudienceRules): Promise<string[]> {
  if (rules.businessUnitIds.length === 0) return [];
  const rows = await tx.execute<{ name: string }>(
    sql`select name from business_units where id = any(${sql.param(rules.businessUnitIds)}::int8[]) order by name`,
  );
  return rows.map((row) => row.name);
}
