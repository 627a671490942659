import type { Tx } from '#db/client.ts';

import { CustomerChanges } from './apply-customers.server.ts';
import { loadBook } from './book.server.ts';
import { type KnownCustomer, match, type Seeker } from './match.ts';
import { isCompanyName } from './names.ts';
import type { CustomerRef } from './records.ts';
import type { Row } from './rows.ts';
import { leaveOut, type RunState } from './run-state.ts';

/** Whose a record is, and whether placing it made that customer or added to it. */
export type PlacedCustomer = { customer: KnownCustomer; changed: boolean };

/** Finds or makes the customers of invoices, and writes them. Records that do not say who is meant are left out. */
export async function placeCustomers<T extends { customer: CustomerRef; source: Row[] }>(
  tx: Tx,
  state: RunState,
  records: T[],
  placeOf: (record: T) => string | null,
  visit: (changes: CustomerChanges, customer: KnownCustomer, record: T) => boolean,
): Promise<Map<T, PlacedCustomer>> {
  const seekers = records.map((record) => seekerOf(record, placeOf(record)));
  const book = await loadBook(tx, state.source, seekers);
  const changes = new CustomerChanges();
  const placed = new Map<T, PlacedCustomer>();
  // Customers that this file made are not taken for others by an email alone; 0 stands for those of this batch.
  const fresh = new Set([...state.made, 0]);
  records.forEach((record, i) => {
    const seeker = seekers[i];
    if (!seeker) return;
    const found = match(seeker, book.pool(seeker), state.source, fresh);
    const name = record.customer.name ?? record.customer.emails[0] ?? null;
    if (!found.ok) return leaveOut(state, record, name ?? '', found.reason);
    if (!found.customer && name === null) {
      const reason = `There is no customer with the ID ${record.customer.externalId}. Import the customers first.`;
      return leaveOut(state, record, record.customer.externalId ?? '', reason);
    }
    const customer = found.customer ?? makeFrom(changes, state, record.customer, name ?? '');
    const blank = (kind: 'email' | 'phone') =>
      !customer.contacts.some((c) => (c.kind === 'email') === (kind === 'email'));
    const reached = changes.reach(
      customer,
      blank('email') ? record.customer.emails : [],
      blank('phone') ? record.customer.phones : [],
    );
    const visited = visit(changes, customer, record);
    book.add(customer);
    placed.set(record, { customer, changed: !found.customer || reached || visited });
  });
  const before = state.made.size;
  await changes.write(tx, state);
  state.counts.customersAdded += state.made.size - before;
  return placed;
}

/** What an invoice or a credit says about whose it is. @param place the key of its address */
export function seekerOf({ customer }: { customer: CustomerRef }, place: string | null = null): Seeker {
  const { externalId, name, emails, phones } = customer;
  return {
    row: 'invoice',
    externalId,
    name,
    emails,
    phones: phones.map((phone) => phone.e164),
    places: place === null ? [] : [place],
  };
}

function makeFrom(changes: CustomerChanges, state: RunState, ref: CustomerRef, name: string): KnownCustomer {
  const company = isCompanyName(name);
  return changes.make({
    name,
    firstName: ref.first ?? '',
    lastName: ref.last ?? '',
    companyName: company ? name : '',
    type: company ? 'commercial' : 'residential',
    source: state.source,
    externalId: ref.externalId,
  });
}
