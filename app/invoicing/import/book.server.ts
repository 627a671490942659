import { sql, type SQL } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { contacts, customers, locations } from '#db/schema/index.ts';

import { addressKey } from './addresses.ts';
import type { KnownCustomer, Seeker } from './match.ts';
import { nameKey } from './names.ts';

/** The comparable form of a name, in the database: accents, case and marks off. Close to `nameKey`, which decides. */
const nameKeyOf = (name: SQL) => sql`btrim(regexp_replace(regexp_replace(replace(lower(regexp_replace(
  normalize(${name}, NFKD), '[\u0300-\u036f]', '', 'g')), '&', ' and '), '[''’\`.]', '', 'g'), '[^[:alnum:]]+', ' ', 'g'))`;

/** A list of any length in one parameter. */
export const jsonList = (values: readonly (string | number)[]) => sql`${JSON.stringify(values)}::jsonb`;

/**
 * Makes the names of all customers findable for the rest of the transaction, in a temporary table: the database keeps no
 * index on names as they are compared here, and importing is the only one who needs it.
 */
export async function openNames(tx: Tx): Promise<void> {
  await tx.execute(sql`create temp table import_names on commit drop as
    select id, ${nameKeyOf(sql`name`)} as key from ${customers}`);
  await tx.execute(sql`create index on import_names (key)`);
  await tx.execute(sql`analyze import_names`);
}

/** Adds customers that this import has made to the names. */
export async function addNames(tx: Tx, made: { id: number; name: string }[]): Promise<void> {
  if (made.length === 0) return;
  await tx.execute(sql`insert into import_names
    select id, ${nameKeyOf(sql`name`)} from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as r(id bigint, name text)`);
}

/** The customers that a batch of rows may mean, findable as `match` needs them. */
export class Book {
  private readonly byExternal = new Map<string, KnownCustomer>();
  private readonly byEmail = new Map<string, Set<KnownCustomer>>();
  private readonly byName = new Map<string, Set<KnownCustomer>>();
  private readonly source: string;

  constructor(source: string, known: KnownCustomer[]) {
    this.source = source;
    for (const customer of known) this.add(customer);
  }

  /** Puts in a customer, or finds its new emails. */
  add(customer: KnownCustomer): void {
    if (customer.source === this.source && customer.externalId !== null) {
      this.byExternal.set(customer.externalId, customer);
    }
    put(this.byName, nameKey(customer.name), customer);
    for (const contact of customer.contacts) if (contact.kind === 'email') put(this.byEmail, contact.value, customer);
  }

  /** All that come into question for a row. */
  pool(seeker: Seeker): KnownCustomer[] {
    const pool = new Set<KnownCustomer>();
    const own = seeker.externalId === null ? undefined : this.byExternal.get(seeker.externalId);
    if (own) pool.add(own);
    if (seeker.name !== null) for (const customer of this.byName.get(nameKey(seeker.name)) ?? []) pool.add(customer);
    for (const email of seeker.emails) for (const customer of this.byEmail.get(email) ?? []) pool.add(customer);
    return [...pool];
  }
}

function put<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}

/** Loads the customers that rows may mean: by the product's id, by name, and up to three for each email. */
export async function loadBook(tx: Tx, source: string, seekers: Seeker[]): Promise<Book> {
  const externals = distinct(seekers.flatMap((s) => (s.externalId === null ? [] : [s.externalId])));
  const names = distinct(seekers.flatMap((s) => (s.name === null ? [] : [s.name])));
  const emails = distinct(seekers.flatMap((s) => s.emails));
  const found = await tx.execute<{ id: number }>(sql`
    select c.id from ${customers} c
     where c.source = ${source} and c.external_id in (select jsonb_array_elements_text(${jsonList(externals)}))
    union
    select n.id from import_names n
     where n.key in (select ${nameKeyOf(sql`value`)} from jsonb_array_elements_text(${jsonList(names)}))
    union
    select k.customer_id from jsonb_array_elements_text(${jsonList(emails)}) as e(value),
      lateral (select customer_id from ${contacts} where contacts.value = e.value and kind = 'email' limit 3) k`);
  return new Book(
    source,
    await loadCustomers(
      tx,
      found.map((row) => row.id),
    ),
  );
}

async function loadCustomers(tx: Tx, ids: number[]): Promise<KnownCustomer[]> {
  if (ids.length === 0) return [];
  const among = (column: SQL) =>
    sql`${column} in (select value::bigint from jsonb_array_elements_text(${jsonList(ids)}))`;
  const rows = await tx
    .select()
    .from(customers)
    .where(among(sql`${customers.id}`))
    .orderBy(customers.id);
  const reached = await tx
    .select({ customerId: contacts.customerId, kind: contacts.kind, value: contacts.value, primary: contacts.primary })
    .from(contacts)
    .where(among(sql`${contacts.customerId}`));
  const places = await tx
    .select()
    .from(locations)
    .where(among(sql`${locations.customerId}`))
    .orderBy(locations.id);
  const known = new Map<number, KnownCustomer>();
  for (const row of rows) {
    const { id, name, firstName, lastName, companyName, type, tags, notes, doNotContact, source, externalId } = row;
    const base = { id, name, firstName, lastName, companyName, type, tags, notes, doNotContact, source, externalId };
    known.set(id, { ...base, contacts: [], locations: [] });
  }
  for (const { customerId, ...contact } of reached) known.get(customerId)?.contacts.push(contact);
  for (const place of places) {
    const { id, name, billing } = place;
    known.get(place.customerId)?.locations.push({ id, name, billing, key: locationKeyOf(place) });
  }
  return [...known.values()];
}

/** The comparable form of a location as the database has it; `addressKey` for one of the file. */
export function locationKeyOf(place: { line1: string; line2: string; city: string; zip: string }): string {
  return addressKey({
    street: place.line1,
    street2: place.line2,
    city: place.city,
    zip: place.zip,
    state: null,
    country: null,
  });
}

function distinct(values: string[]): string[] {
  return [...new Set(values)];
}

/** Ids for rows about to be inserted, so that rows that point at them can be written without asking back. */
export async function takeIds(
  tx: Tx,
  table: 'customers' | 'locations' | 'invoices' | 'payments',
  count: number,
): Promise<number[]> {
  if (count === 0) return [];
  const rows = await tx.execute<{ id: number }>(
    sql`select nextval(pg_get_serial_sequence(${table}, 'id')) as id from generate_series(1, ${count}::int)`,
  );
  return rows.map((row) => row.id);
}
