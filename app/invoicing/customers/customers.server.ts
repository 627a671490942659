import { sql, type SQL } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { dueDatesOf } from '#app/invoicing/reports/aging.ts';
import type { Tx } from '#db/client.ts';
import { keyset, type Key, type Page } from '#db/keyset.ts';
import { contacts, customers, locations } from '#db/schema/index.ts';

import { readCustomerForm, type CustomerErrors, type CustomerForm } from './customer-form.ts';

/** Beyond this many rows a list says "10,000+" and gives no sum: nothing on a page counts millions. */
export const COUNT_LIMIT = 10_000;

export type CustomerRow = {
  id: number;
  name: string;
  type: 'residential' | 'commercial';
  tags: string[];
  doNotContact: boolean;
  balanceCents: number;
  openInvoices: number;
  oldestDueOn: string | null;
  email: string | null;
  phone: string | null;
  city: string | null;
};

export const customerSorts = ['name', '-name', 'balance', '-balance', 'due', '-due'] as const;
export type CustomerSort = (typeof customerSorts)[number];

export type CustomerFilter = {
  /** Every word must stand in the name, an email, a phone number or an address. */
  q?: string | null;
  type?: string | null;
  /** `any`, or a key of `ageFilters`, by the oldest open invoice. */
  owes?: string | null;
  tag?: string | null;
  /** `no_email` or `do_not_contact`. */
  reach?: string | null;
  /** The company's calendar date. */
  today: string;
};

export type Total = { count: number; capped: boolean; cents: number };

/**
 * A page of customers with the total of what is filtered. Filter values that mean nothing are left aside.
 * @returns `total.capped` when there are more than `COUNT_LIMIT`; then `total.cents` says nothing
 */
export async function listCustomers(
  tx: Tx,
  filter: CustomerFilter,
  page: { sort?: string | null; after?: string | null; before?: string | null; limit?: number },
): Promise<Page<CustomerRow> & { total: Total; sort: CustomerSort }> {
  const sort = customerSorts.find((one) => one === page.sort) ?? 'name';
  const keys = keyset(sortKeys(sort), { after: page.after, before: page.before, limit: page.limit ?? 50 });
  const where = matching(filter);
  const found = await tx.execute<CustomerRow & { cursor: string }>(sql`
    with page as (
      select c.*, ${keys.cursor} as cursor
        from ${customers} c where ${where} and ${keys.where}
       order by ${keys.orderBy} limit ${keys.limit})
    select c.id, c.name, c.type, to_jsonb(c.tags) as tags, c.do_not_contact as "doNotContact",
           c.balance_cents as "balanceCents", c.open_invoices as "openInvoices", c.oldest_due_on as "oldestDueOn", c.cursor,
           (select value from ${contacts} where customer_id = c.id and kind = 'email' order by "primary" desc, id limit 1) as email,
           (select value from ${contacts} where customer_id = c.id and kind <> 'email'
             order by kind = 'mobile' desc, "primary" desc, id limit 1) as phone,
           (select city from ${locations} where customer_id = c.id order by billing desc, id limit 1) as city
      from page c order by ${keys.orderBy}`);
  const [total] = await tx.execute<{ count: number; cents: number }>(sql`
    select count(*)::int as count, coalesce(sum(balance_cents), 0)::bigint as cents
      from (select c.balance_cents from ${customers} c where ${where} limit ${COUNT_LIMIT + 1}::int) counted`);
  const count = total?.count ?? 0;
  return {
    ...keys.toPage(found),
    total: { count: Math.min(count, COUNT_LIMIT), capped: count > COUNT_LIMIT, cents: total?.cents ?? 0 },
    sort,
  };
}

function sortKeys(sort: CustomerSort): Key[] {
  const descending = sort.startsWith('-');
  const id: Key = { value: sql`c.id`, type: 'bigint' };
  if (sort.endsWith('name')) return [{ value: sql`c.name`, type: 'text', descending }, id];
  if (sort.endsWith('balance')) return [{ value: sql`c.balance_cents`, type: 'bigint', descending }, id];
  // Whoever owes nothing stands last, whichever way it is sorted.
  const nothing = sql.raw(descending ? "'0001-01-01'" : "'infinity'");
  return [{ value: sql`coalesce(c.oldest_due_on, ${nothing}::date)`, type: 'date', descending }, id];
}

function matching(filter: CustomerFilter): SQL {
  const parts: SQL[] = [sql`true`];
  for (const word of words(filter.q)) parts.push(customerMatches(word));
  if (filter.type === 'residential' || filter.type === 'commercial') parts.push(sql`c.type = ${filter.type}`);
  if (filter.tag) parts.push(sql`c.tags @> array[${filter.tag}]::text[]`);
  if (filter.reach === 'do_not_contact') parts.push(sql`c.do_not_contact`);
  if (filter.reach === 'no_email') {
    parts.push(sql`not exists (select from ${contacts} e where e.customer_id = c.id and e.kind = 'email')`);
  }
  if (filter.owes === 'any') parts.push(sql`c.balance_cents > 0`);
  const due = dueDatesOf(filter.owes ?? null, filter.today);
  if (due) parts.push(sql`c.open_invoices > 0`);
  if (due?.first) parts.push(sql`c.oldest_due_on >= ${due.first}::date`);
  if (due?.last) parts.push(sql`c.oldest_due_on <= ${due.last}::date`);
  return sql.join(parts, sql` and `);
}

/** The words of a search, at most six; what no text can hold is dropped. */
export const words = (q: string | null | undefined): string[] =>
  (q ?? '').replaceAll('\0', '').split(/\s+/).filter(Boolean).slice(0, 6);

/** A search word as a pattern of LIKE, whose own signs stand for themselves. */
export const pattern = (word: string) => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

/** Whether a word stands in the name, a contact or an address of customer `c`. Digits are found however a number is written. */
function customerMatches(word: string): SQL {
  const like = pattern(word);
  const digits = /^[\d()+.-]+$/.test(word) ? word.replaceAll(/\D/g, '') : '';
  const value =
    digits.length >= 3 ? sql`(value ilike ${like} or value like ${`%${digits}%`})` : sql`value ilike ${like}`;
  return sql`(c.name ilike ${like} or c.company_name ilike ${like}
    or c.id in (select customer_id from ${contacts} where ${value})
    or c.id in (select customer_id from ${locations}
                 where line1 ilike ${like} or city ilike ${like} or state ilike ${like} or zip ilike ${like}))`;
}

/** The tags in use, most used first, at most 100. */
export async function listTags(tx: Tx): Promise<string[]> {
  const rows = await tx.execute<{ tag: string }>(sql`
    select tag from ${customers}, unnest(tags) as tag group by tag order by count(*) desc, tag limit 100`);
  return rows.map((row) => row.tag);
}

/** Whether the company has any customer yet. */
export async function hasCustomers(tx: Tx): Promise<boolean> {
  const [row] = await tx.execute<{ found: boolean }>(sql`select exists (select from ${customers}) as found`);
  return row?.found ?? false;
}

export type SaveCustomer = { ok: true; customerId: number } | { ok: false; errors: CustomerErrors };

/**
 * Makes a customer, with a first email, mobile number and address if they are given.
 * @returns field errors in words; nothing is written then
 */
export async function createCustomer(tx: Tx, actor: Actor, form: CustomerForm): Promise<SaveCustomer> {
  const read = readCustomerForm(form);
  if (!read.ok) return read;
  const { email, mobile, address, ...fields } = read.value;
  const [row] = await tx.insert(customers).values(fields).returning({ id: customers.id });
  const customerId = row!.id;
  if (email) await tx.insert(contacts).values({ customerId, kind: 'email', value: email, primary: true });
  if (mobile) await tx.insert(contacts).values({ customerId, kind: 'mobile', value: mobile, primary: true });
  if (address) await tx.insert(locations).values({ customerId, ...address, billing: true });
  await recordAudit(tx, actor, 'customer.create', { type: 'customer', id: customerId }, { name: fields.name });
  return { ok: true, customerId };
}

/** Changes who a customer is: name, type, tags, notes. @returns null when the company has no such customer */
export async function updateCustomer(
  tx: Tx,
  actor: Actor,
  customerId: number,
  form: CustomerForm,
): Promise<SaveCustomer | null> {
  const read = readCustomerForm(form);
  if (!read.ok) return read;
  const { name, firstName, lastName, companyName, type, tags, notes } = read.value;
  const fields = { name, firstName, lastName, companyName, type, tags, notes };
  const [before] = await tx
    .select()
    .from(customers)
    .where(sql`id = ${customerId}`)
    .for('no key update');
  if (!before) return null;
  const changed = Object.fromEntries(
    Object.entries(fields).filter(
      ([key, value]) => JSON.stringify(before[key as keyof typeof fields]) !== JSON.stringify(value),
    ),
  );
  if (Object.keys(changed).length === 0) return { ok: true, customerId };
  await tx
    .update(customers)
    .set({ ...fields, updatedAt: new Date() })
    .where(sql`id = ${customerId}`);
  await recordAudit(tx, actor, 'customer.update', { type: 'customer', id: customerId }, changed);
  return { ok: true, customerId };
}

/**
 * The office's own word: no campaign reaches this customer, checked again by the gate before each message (B-04).
 * @returns false when the company has no such customer
 */
export async function setDoNotContact(tx: Tx, actor: Actor, customerId: number, on: boolean): Promise<boolean> {
  const [row] = await tx.execute<{ was: boolean }>(sql`
    select do_not_contact as was from ${customers} where id = ${customerId} for no key update`);
  if (!row) return false;
  if (row.was === on) return true;
  await tx.execute(sql`update ${customers} set do_not_contact = ${on}, updated_at = now() where id = ${customerId}`);
  const action = on ? 'customer.stop_contact' : 'customer.allow_contact';
  await recordAudit(tx, actor, action, { type: 'customer', id: customerId });
  return true;
}
