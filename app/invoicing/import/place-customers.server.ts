import type { Tx } from '#db/client.ts';

import { CustomerChanges } from './apply-customers.server.ts';
import { loadBook } from './book.server.ts';
import { type KnownCustomer, match, type Seeker } from './match.ts';
import { isCompanyName } from './names.ts';
import type { CustomerRef } from './records.ts';
import { note, type RunState } from './run-state.ts';

/** Finds or makes the customers of invoices or credits, and writes them. Null where a row does not say who is meant. */
export async function placeCustomers<T extends { customer: CustomerRef; line: number; row: number }>(
  tx: Tx,
  state: RunState,
  records: T[],
  placeOf: (record: T) => string | null,
  visit: (changes: CustomerChanges, customer: KnownCustomer, record: T) => void,
): Promise<Map<T, KnownCustomer>> {
  const seekers = records.map((record): Seeker => {
    const place = placeOf(record);
    const { externalId, name, emails, phones } = record.customer;
    return {
      row: 'invoice',
      externalId,
      name,
      emails,
      phones: phones.map((phone) => phone.e164),
      places: place === null ? [] : [place],
    };
  });
  const book = await loadBook(tx, state.source, seekers);
  const changes = new CustomerChanges();
  const placed = new Map<T, KnownCustomer>();
  // Customers that this file made are not taken for others by an email alone; 0 stands for those of this batch.
  const fresh = new Set([...state.made, 0]);
  records.forEach((record, i) => {
    const seeker = seekers[i];
    if (!seeker) return;
    const found = match(seeker, book.pool(seeker), state.source, fresh);
    const name = record.customer.name ?? record.customer.emails[0] ?? null;
    if (!found.ok) return note(state, 'error', record, name ?? '', found.reason);
    if (!found.customer && name === null) {
      const reason = `There is no customer with the ID ${record.customer.externalId}. Import the customers first.`;
      return note(state, 'error', record, record.customer.externalId ?? '', reason);
    }
    const customer = found.customer ?? makeFrom(changes, state, record.customer, name ?? '');
    const blank = (kind: 'email' | 'phone') =>
      !customer.contacts.some((c) => (c.kind === 'email') === (kind === 'email'));
    changes.reach(customer, blank('email') ? record.customer.emails : [], blank('phone') ? record.customer.phones : []);
    visit(changes, customer, record);
    book.add(customer);
    placed.set(record, customer);
  });
  const before = state.made.size;
  await changes.write(tx, state);
  state.counts.customersAdded += state.made.size - before;
  return placed;
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
