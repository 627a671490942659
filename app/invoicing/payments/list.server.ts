import { sql, type SQL } from 'drizzle-orm';

import { COUNT_LIMIT, pattern, words, type Total } from '#app/invoicing/customers/customers.server.ts';
import { methodLabels, sourceLabels, type Method, type Source } from '#app/invoicing/ledger/entry-words.ts';
import { addDays } from '#app/invoicing/reports/aging.ts';
import type { Tx } from '#db/client.ts';
import { keyset, type Key, type Page } from '#db/keyset.ts';
import { customers, invoices, ledgerEntries, payments } from '#db/schema/index.ts';

export type PaymentRow = {
  id: number;
  customerId: number;
  customer: string;
  amountCents: number;
  tipCents: number;
  refundedCents: number;
  currency: string;
  method: Method;
  status: 'open' | 'pending' | 'succeeded' | 'failed' | 'refunded';
  source: Source;
  processor: string;
  cardBrand: string | null;
  cardLast4: string | null;
  memo: string;
  failure: string | null;
  disputed: boolean;
  /** The calendar date on which the money came; while it has not, on which the payment was begun. */
  on: string;
  /** When it was entered or begun. */
  createdAt: string;
};

export type PaymentFilter = {
  /**
   * Every word must stand in the customer's name, the check's number or note, or the number of an invoice that it is for, or be the
   * last digits of the card or account, or the processor's reference.
   */
  q?: string | null;
  method?: string | null;
  /** Without it, all but those whose page was opened and not finished. */
  status?: string | null;
  source?: string | null;
  /** `today`, `7` or `30` days, `month`, `last-month` or `year`: a span of calendar dates, both inclusive, of when the money came. */
  when?: string | null;
  /** The company's calendar date. */
  today: string;
  timeZone: string;
};

/** When the money came, as the index `payments_when` has it; the schema says how. */
const when = sql`coalesce((p.received_on + time '12:00') at time zone 'UTC', p.settled_at, p.created_at)`;

const newestFirst: Key[] = [
  { value: when, type: 'timestamptz', descending: true },
  { value: sql`p.id`, type: 'bigint', descending: true },
];

const columns = (
  timeZone: string,
) => sql`p.id, p.customer_id as "customerId", c.name as customer, p.amount_cents as "amountCents",
  p.tip_cents as "tipCents", p.refunded_cents as "refundedCents", p.currency, p.method, p.status, p.source, p.processor,
  p.card_brand as "cardBrand", p.card_last4 as "cardLast4", p.memo, p.failure, p.disputed_at is not null as disputed,
  to_char(${when} at time zone ${timeZone}, 'YYYY-MM-DD') as "on", p.created_at as "createdAt"`;

/**
 * A page of payments, the last that came first, with the total of what is filtered. Filter values that mean nothing are left aside.
 * @returns `total.cents` is what was received and not given back; it says nothing when `total.capped`
 */
export async function listPayments(
  tx: Tx,
  filter: PaymentFilter,
  page: { after?: string | null; before?: string | null; limit?: number },
): Promise<Page<PaymentRow> & { total: Total }> {
  const keys = keyset(newestFirst, { after: page.after, before: page.before, limit: page.limit ?? 50 });
  const where = matching(filter);
  const [found, totals] = await Promise.all([
    tx.execute<PaymentRow & { cursor: string }>(sql`
      select ${columns(filter.timeZone)}, ${keys.cursor} as cursor
        from ${payments} p join ${customers} c on c.company_id = p.company_id and c.id = p.customer_id
       where ${where} and ${keys.where} order by ${keys.orderBy} limit ${keys.limit}`),
    tx.execute<{ count: number; cents: number }>(sql`
      select count(*)::int as count, coalesce(sum(cents), 0)::bigint as cents
        from (select case when p.status in ('succeeded', 'refunded') then p.amount_cents - p.refunded_cents else 0 end as cents
                from ${payments} p where ${where} limit ${COUNT_LIMIT + 1}::int) counted`),
  ]);
  const count = totals[0]?.count ?? 0;
  const { rows, ...rest } = keys.toPage(found);
  return {
    ...rest,
    rows: rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt).toISOString() })),
    total: { count: Math.min(count, COUNT_LIMIT), capped: count > COUNT_LIMIT, cents: totals[0]?.cents ?? 0 },
  };
}

function matching(filter: PaymentFilter): SQL {
  const parts: SQL[] = [sql`true`];
  for (const word of words(filter.q)) parts.push(sql`p.id in (${found(word)})`);
  if (Object.hasOwn(methodLabels, filter.method ?? '')) parts.push(sql`p.method = ${filter.method}`);
  if (Object.hasOwn(sourceLabels, filter.source ?? '')) parts.push(sql`p.source = ${filter.source}`);
  parts.push(statuses[filter.status ?? ''] ?? sql`not ${unfinished}`);
  const span = spanOf(filter.when ?? '', filter.today);
  if (span) {
    const zone = filter.timeZone;
    parts.push(sql`${when} >= (${span.from}::date)::timestamp at time zone ${zone}
      and ${when} < (${span.to}::date + 1)::timestamp at time zone ${zone}`);
  }
  return sql.join(parts, sql` and `);
}

/**
 * The payments that a word of the search finds, each way for itself: joined as a whole, none is looked for row by row. Of what has
 * not come the ledger knows nothing, so what it was to settle is asked.
 */
function found(word: string): SQL {
  const plain = word.replace(/^[#$](?=.)/, '');
  const like = pattern(plain);
  return sql`
    select id from ${payments} where memo ilike ${like} or card_last4 = ${plain} or reference = ${plain}
     union
    select m.id from ${customers} c join ${payments} m on m.company_id = c.company_id and m.customer_id = c.id where c.name ilike ${like}
     union
    select e.payment_id from ${invoices} i join ${ledgerEntries} e on e.company_id = i.company_id and e.invoice_id = i.id
     where i.number ilike ${like} and e.payment_id is not null
     union
    select o.id from ${payments} o
     where o.status in ('open', 'pending', 'failed') and exists (
           select from jsonb_array_elements(o.allocations) a join ${invoices} i on i.id = (a ->> 'invoiceId')::bigint
            where i.number ilike ${like})`;
}

/** Somebody opened the processor's page and left it. */
const unfinished = sql`(p.status = 'open' or (p.status = 'failed' and p.failure is not distinct from 'given_up'))`;

const statuses: Record<string, SQL> = {
  succeeded: sql`p.status = 'succeeded'`,
  pending: sql`p.status = 'pending'`,
  failed: sql`p.status = 'failed' and not ${unfinished}`,
  refunded: sql`p.refunded_cents > 0`,
  disputed: sql`p.disputed_at is not null`,
  open: unfinished,
};

function spanOf(when: string, today: string): { from: string; to: string } | null {
  const month = `${today.slice(0, 7)}-01`;
  if (when === 'today') return { from: today, to: today };
  if (when === '7' || when === '30') return { from: addDays(today, 1 - Number(when)), to: today };
  if (when === 'month') return { from: month, to: today };
  if (when === 'last-month') {
    const to = addDays(month, -1);
    return { from: `${to.slice(0, 7)}-01`, to };
  }
  return when === 'year' ? { from: `${today.slice(0, 4)}-01-01`, to: today } : null;
}

/** Whether the company has any payment yet. */
export async function hasPayments(tx: Tx): Promise<boolean> {
  const [row] = await tx.execute<{ found: boolean }>(sql`select exists (select from ${payments}) as found`);
  return row?.found ?? false;
}
