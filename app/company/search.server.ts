import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import type { Permission } from './permissions.ts';
import { settingsSections } from './settings-pages.ts';

export type SearchHit = { to: string; label: string; note: string; group: string };

/** At most so many hits of a kind. */
const EACH = 5;

/**
 * Finds customers, invoices, campaigns and pages of Settings. What begins with the words stands first.
 * @param q what was typed; fewer than two signs find nothing
 * @param may only what the person may see is looked at
 */
export async function search(tx: Tx, q: string, may: (permission: Permission) => boolean): Promise<SearchHit[]> {
  const term = q.replaceAll('\0', '').replaceAll(/\s+/g, ' ').trim().slice(0, 100);
  if (term.length < 2) return [];
  return [
    ...(may('customers.read') ? await findCustomers(tx, term) : []),
    ...(may('invoices.read') ? await findInvoices(tx, term) : []),
    ...(may('campaigns.read') ? await findCampaigns(tx, term) : []),
    ...findPages(term, may),
  ];
}

const escaped = (term: string) => term.replaceAll(/[\\%_]/g, String.raw`\$&`);

async function findCustomers(tx: Tx, term: string): Promise<SearchHit[]> {
  const like = `%${escaped(term)}%`;
  const digits = /^[\d\s()+.-]+$/.test(term) ? term.replaceAll(/\D/g, '') : '';
  const number = digits.length >= 3 ? `%${digits}%` : like;
  const rows = await tx.execute<{ id: number; name: string; note: string | null }>(sql`
    select c.id, c.name, coalesce(
             (select value from contacts where customer_id = c.id and (value ilike ${like} or value like ${number})
               order by id limit 1),
             (select concat_ws(', ', nullif(line1, ''), nullif(city, '')) from locations where customer_id = c.id
               order by line1 ilike ${like} desc, billing desc, id limit 1)) as note
      from customers c
     where c.name ilike ${like} or c.company_name ilike ${like}
        or c.id in (select customer_id from contacts where value ilike ${like} or value like ${number})
        or c.id in (select customer_id from locations where line1 ilike ${like})
     order by c.name ilike ${`${escaped(term)}%`} desc, c.name, c.id limit ${EACH}`);
  return rows.map((row) => ({
    to: `/customers/${row.id}`,
    label: row.name,
    note: row.note ?? '',
    group: 'Customers',
  }));
}

async function findInvoices(tx: Tx, term: string): Promise<SearchHit[]> {
  const like = `${escaped(term.replace(/^#/, ''))}%`;
  const rows = await tx.execute<{ id: number; number: string; customer: string; status: string }>(sql`
    select i.id, i.number, i.status, c.name as customer
      from invoices i join customers c on c.company_id = i.company_id and c.id = i.customer_id
     where i.number ilike ${like} or i.number ilike ${`%-${like}`}
     order by length(i.number), i.number, i.id limit ${EACH}`);
  return rows.map((row) => ({
    to: `/invoices/${row.id}`,
    label: `Invoice ${row.number}`,
    note: `${row.customer} · ${row.status === 'open' ? 'unpaid' : row.status}`,
    group: 'Invoices',
  }));
}

async function findCampaigns(tx: Tx, term: string): Promise<SearchHit[]> {
  const rows = await tx.execute<{ id: number; name: string; status: string }>(sql`
    select id, name, status from campaigns where name ilike ${`%${escaped(term)}%`} and archived_at is null
     order by id desc limit ${EACH}`);
  return rows.map((row) => ({ to: `/campaigns/${row.id}`, label: row.name, note: row.status, group: 'Campaigns' }));
}

function findPages(term: string, may: (permission: Permission) => boolean): SearchHit[] {
  const words = term.toLowerCase().split(' ');
  return settingsSections
    .flatMap((section) => section.pages)
    .filter((page) => may(page.needs))
    .filter((page) => {
      const text = `settings ${page.label} ${page.words}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .map((page) => ({ to: page.to, label: page.label, note: page.description, group: 'Settings' }));
}
