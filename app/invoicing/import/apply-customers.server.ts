import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { contacts, customers, locations } from '#db/schema/index.ts';

import { addressKey } from './addresses.ts';
import { addNames, loadBook, takeIds } from './book.server.ts';
import { type KnownCustomer, type KnownLocation, match, placeKey, type Seeker } from './match.ts';
import type { CustomerRecord, LocationRecord, Phone } from './records.ts';
import { leaveOut, type RunState } from './run-state.ts';

/** Changes to customers, gathered over a batch and written in a handful of statements. */
export class CustomerChanges {
  private made: KnownCustomer[] = [];
  private changed = new Set<KnownCustomer>();
  private newContacts: { customer: KnownCustomer; kind: string; value: string; primary: boolean }[] = [];
  private newLocations: { customer: KnownCustomer; known: KnownLocation; record: LocationRecord }[] = [];
  private billingLocations: KnownLocation[] = [];

  /** A new customer, known from now on in the batch; its id comes with `write`. */
  make(base: Pick<KnownCustomer, 'name' | 'source' | 'externalId'> & Partial<KnownCustomer>): KnownCustomer {
    const customer: KnownCustomer = {
      firstName: '',
      lastName: '',
      companyName: '',
      type: 'residential',
      tags: [],
      notes: '',
      doNotContact: false,
      ...base,
      id: 0,
      contacts: [],
      locations: [],
    };
    this.made.push(customer);
    return customer;
  }

  /** Sets fields of a customer. Returns whether that changed anything. */
  set(customer: KnownCustomer, fields: Partial<KnownCustomer>): boolean {
    const before = JSON.stringify(customer);
    Object.assign(customer, fields);
    if (JSON.stringify(customer) === before) return false;
    this.changed.add(customer);
    return true;
  }

  /** Adds what is missing of emails and phones; the first of a kind becomes the one campaigns use. */
  reach(customer: KnownCustomer, emails: string[], phones: Phone[]): boolean {
    let changed = false;
    const add = (kind: 'email' | Phone['kind'], value: string) => {
      const primary = !customer.contacts.some((contact) => contact.kind === kind && contact.primary);
      customer.contacts.push({ kind, value, primary });
      this.newContacts.push({ customer, kind, value, primary });
      changed = true;
    };
    const has = (test: (contact: KnownCustomer['contacts'][number]) => boolean) => customer.contacts.some(test);
    for (const email of emails) if (!has((c) => c.kind === 'email' && c.value === email)) add('email', email);
    // A number that is there stays as the office filed it, whatever kind the file says.
    for (const phone of phones)
      if (!has((c) => c.kind !== 'email' && c.value === phone.e164)) add(phone.kind, phone.e164);
    return changed;
  }

  /** The customer's location that a record means, added where it is missing. `changed` tells whether it was. */
  locate(customer: KnownCustomer, record: LocationRecord): { known: KnownLocation; changed: boolean } {
    const key = addressKey(record.address);
    const empty = key === '||';
    const name = record.name ?? '';
    const known = customer.locations.find((place) =>
      empty ? place.name === name : place.key === key && (place.name === name || name === '' || place.name === ''),
    );
    if (known) {
      const billing = record.billing && !customer.locations.some((place) => place.billing);
      if (billing) {
        known.billing = true;
        this.billingLocations.push(known);
      }
      return { known, changed: billing };
    }
    const place: KnownLocation = { id: 0, name, key, billing: record.billing };
    customer.locations.push(place);
    this.newLocations.push({ customer, known: place, record });
    return { known: place, changed: true };
  }

  /** Writes all of it. Afterwards every customer and location that was made has its id. */
  async write(tx: Tx, state: RunState): Promise<void> {
    const ids = await takeIds(tx, 'customers', this.made.length);
    this.made.forEach((customer, i) => (customer.id = ids[i] ?? 0));
    const places = await takeIds(tx, 'locations', this.newLocations.length);
    this.newLocations.forEach(({ known }, i) => (known.id = places[i] ?? 0));
    if (this.made.length > 0) {
      const rows = JSON.stringify(this.made.map((c) => ({ ...c, contacts: undefined, locations: undefined })));
      await tx.execute(sql`
        insert into ${customers} (id, name, first_name, last_name, company_name, type, tags, notes, do_not_contact, source, external_id)
        overriding system value
        select id, name, "firstName", "lastName", "companyName", type, tags, notes, "doNotContact", source, "externalId"
          from ${customerRows(rows)}`);
      await addNames(
        tx,
        this.made.map(({ id, name }) => ({ id, name })),
      );
      for (const { id } of this.made) state.made.add(id);
    }
    const changed = [...this.changed].filter((customer) => !this.made.includes(customer));
    if (changed.length > 0 && state.foreseen === null) {
      const rows = JSON.stringify(changed.map((c) => ({ ...c, contacts: undefined, locations: undefined })));
      await tx.execute(sql`
        update ${customers} c
           set name = r.name, first_name = r."firstName", last_name = r."lastName", company_name = r."companyName",
               type = r.type, tags = r.tags, notes = r.notes, do_not_contact = r."doNotContact", source = r.source,
               external_id = r."externalId", updated_at = now()
          from ${customerRows(rows)} where c.id = r.id`);
      await addNames(
        tx,
        changed.map(({ id, name }) => ({ id, name })),
      );
    }
    if (this.newContacts.length > 0) {
      const rows = this.newContacts.map(({ customer, ...contact }) => ({ ...contact, customer: customer.id }));
      await tx.execute(sql`
        insert into ${contacts} (customer_id, kind, value, "primary")
        select customer, kind, value, "primary"
          from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(customer bigint, kind text, value text, "primary" boolean)`);
    }
    await this.writeLocations(tx, state);
  }

  private async writeLocations(tx: Tx, state: RunState): Promise<void> {
    if (this.newLocations.length > 0) {
      const rows = this.newLocations.map(({ customer, known, record: { address, billing, name } }) => ({
        id: known.id,
        customer: customer.id,
        name: name ?? '',
        line1: address.street ?? address.street2 ?? '',
        line2: address.street === null ? '' : (address.street2 ?? ''),
        city: address.city ?? '',
        state: address.state ?? '',
        zip: address.zip ?? '',
        billing,
      }));
      await tx.execute(sql`
        insert into ${locations} (id, customer_id, name, line1, line2, city, state, zip, billing)
        overriding system value
        select id, customer, name, line1, line2, city, state, zip, billing
          from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
            as r(id bigint, customer bigint, name text, line1 text, line2 text, city text, state text, zip text, billing boolean)`);
    }
    const billing = this.billingLocations.map((place) => place.id);
    if (billing.length > 0 && state.foreseen === null) {
      await tx.execute(sql`update ${locations} set billing = true
        where id in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(billing)}::jsonb))`);
    }
  }
}

const customerRows = (json: string) => sql`
  (select id, name, "firstName", "lastName", "companyName", type, array(select jsonb_array_elements_text(tags)) as tags,
          notes, "doNotContact", source, "externalId"
     from jsonb_to_recordset(${json}::jsonb) as j(id bigint, name text, "firstName" text, "lastName" text,
          "companyName" text, type text, tags jsonb, notes text, "doNotContact" boolean, source text, "externalId" text)) r`;

/** Brings a batch of customers in: finds each, adds what is missing, overwrites only what came from the same product. */
export async function applyCustomers(tx: Tx, state: RunState, records: CustomerRecord[]): Promise<void> {
  const seekers = records.map(seekerOf);
  const book = await loadBook(tx, state.source, seekers);
  const changes = new CustomerChanges();
  const met: KnownCustomer[] = [];
  const fresh = new Set(state.touched);
  const counted = new Map<KnownCustomer, 'added' | 'updated' | 'unchanged'>();
  records.forEach((record, i) => {
    const seeker = seekers[i];
    if (!seeker) return;
    const found = match(seeker, book.pool(seeker), state.source, fresh);
    if (!found.ok) {
      leaveOut(state, record, record.name, found.reason);
      return;
    }
    const customer = found.customer ?? makeCustomer(changes, state, record);
    const changed = found.customer ? update(changes, state, customer, record) : false;
    const more = contactsAndPlaces(changes, customer, record);
    book.add(customer);
    // One that was made in this batch has no id yet: 0 keeps the others like it from being taken for it.
    fresh.add(customer.id);
    met.push(customer);
    if (!found.customer || changed || more) state.counts.rowsIn += record.source.length;
    if (!found.customer) counted.set(customer, 'added');
    else if (!state.touched.has(customer.id) && counted.get(customer) !== 'added') {
      if (changed || more) counted.set(customer, 'updated');
      else if (!counted.has(customer)) counted.set(customer, 'unchanged');
    }
  });
  await changes.write(tx, state);
  for (const customer of met) state.touched.add(customer.id);
  for (const what of counted.values()) {
    if (what === 'added') state.counts.customersAdded += 1;
    else if (what === 'updated') state.counts.customersUpdated += 1;
    else state.counts.customersUnchanged += 1;
  }
}

function seekerOf(record: CustomerRecord): Seeker {
  return {
    row: 'customer',
    externalId: record.externalId,
    name: record.name,
    emails: record.emails,
    phones: record.phones.map((phone) => phone.e164),
    places: record.locations.map((location) => placeKey(location.address)).filter((key) => key !== null),
  };
}

function makeCustomer(changes: CustomerChanges, state: RunState, record: CustomerRecord): KnownCustomer {
  return changes.make({
    name: record.name,
    firstName: record.first ?? '',
    lastName: record.last ?? '',
    companyName: record.company ?? (record.customerType === 'commercial' ? record.name : ''),
    type: record.customerType ?? 'residential',
    tags: tagsOf(record),
    notes: notesOf(record),
    doNotContact: record.doNotContact || record.archived,
    source: state.source,
    externalId: record.externalId,
  });
}

/** A product's own data may be renewed by it; what the office typed is only added to. */
function update(changes: CustomerChanges, state: RunState, customer: KnownCustomer, record: CustomerRecord): boolean {
  const own = customer.source === state.source;
  const take = (mine: string, theirs: string | null) => (theirs !== null && (own || mine === '') ? theirs : mine);
  const known = new Set(customer.tags.map((tag) => tag.toLowerCase()));
  return changes.set(customer, {
    name: own && record.externalId !== null && record.externalId === customer.externalId ? record.name : customer.name,
    firstName: take(customer.firstName, record.first),
    lastName: take(customer.lastName, record.last),
    companyName: take(customer.companyName, record.company),
    type: own ? (record.customerType ?? customer.type) : customer.type,
    tags: [...customer.tags, ...tagsOf(record).filter((tag) => !known.has(tag.toLowerCase()))],
    notes: customer.notes === '' ? notesOf(record) : customer.notes,
    doNotContact: customer.doNotContact || record.doNotContact || record.archived,
    source: customer.source ?? (record.externalId === null ? null : state.source),
    externalId: customer.externalId ?? (customer.source === null || own ? record.externalId : null),
  });
}

function contactsAndPlaces(changes: CustomerChanges, customer: KnownCustomer, record: CustomerRecord): boolean {
  let changed = changes.reach(customer, record.emails, record.phones);
  for (const location of record.locations) changed = changes.locate(customer, location).changed || changed;
  return changed;
}

function tagsOf(record: CustomerRecord): string[] {
  return record.archived ? [...record.tags, 'Archived'] : record.tags;
}

function notesOf(record: CustomerRecord): string {
  const places = record.locations.flatMap(({ notes, name, address }) =>
    notes === null ? [] : [`${name ?? address.street ?? 'Location'}: ${notes}`],
  );
  return [record.notes, ...places].filter((text) => text !== null).join('\n');
}
