import { addressKey } from './addresses.ts';
import { tags } from './cells.ts';
import { distinctPhones } from './contacts.ts';
import { isCompanyName, nameKey, parseName, splitPerson } from './names.ts';
import { type CustomerRecord, type LocationRecord, noAddress, type RowProblem } from './records.ts';
import type { RowReader } from './reader.ts';

/** Joins the rows of one customer, as they come one after the other, into one record. */
export class CustomerAssembler {
  private pending: CustomerRecord | null = null;
  private readonly emit: (record: CustomerRecord) => void;
  private readonly report: (problems: RowProblem[]) => void;

  constructor(emit: (record: CustomerRecord) => void, report: (problems: RowProblem[]) => void) {
    this.emit = emit;
    this.report = report;
  }

  take(reader: RowReader): void {
    const record = readCustomer(reader);
    this.report(reader.problems);
    if (!record) return;
    if (this.pending && belongs(this.pending, record)) join(this.pending, record);
    else {
      this.flush();
      this.pending = record;
    }
  }

  flush(): void {
    if (this.pending) this.emit(this.pending);
    this.pending = null;
  }
}

/** One row as a customer; null when it must stay out (the reader has the reason). */
function readCustomer(reader: RowReader): CustomerRecord | null {
  const written = reader.text('customer.name');
  const company = reader.text('customer.company');
  const fullName = reader.text('customer.fullName');
  const parsed = parseName(written ?? '');
  const person = splitPerson(fullName ?? '');
  const first = reader.text('customer.first') ?? (parsed.child ? null : parsed.first) ?? person.first;
  const last = reader.text('customer.last') ?? (parsed.child ? null : parsed.last) ?? person.last;
  const emails = reader.emails();
  const phones = reader.phones();
  const ownName = [first, last].filter(Boolean).join(' ');
  const name = parsed.name || company || ownName || fullName || emails[0] || '';
  if (name === '' && !reader.bad) {
    reader.report('error', null, null, 'The row has no name, company or email, so there is no customer to make of it.');
  }
  if (name.length > 200) reader.report('error', null, name, 'The name is longer than 200 characters.');
  if (reader.bad) return null;
  const id = splitId(reader.text('customer.externalId'), reader.plan.product);
  const doNotService = reader.flag('customer.doNotService') === true;
  const ownTags = reader.texts('customer.tags').flatMap(tags);
  return {
    type: 'customer',
    line: reader.row.line,
    row: reader.row.row,
    source: [reader.row],
    externalId: id.customer,
    name,
    first,
    last,
    company: company ?? null,
    customerType: customerType(reader, name, company),
    emails,
    phones,
    locations: locationsOf(reader, parsed.child, id.location),
    tags: doNotService ? [...ownTags, 'Do not service'] : ownTags,
    notes: reader.texts('customer.notes').join('\n') || null,
    doNotContact: reader.flag('customer.doNotContact') === true || reader.flag('customer.mayContact') === false,
    archived: parsed.deleted || reader.flag('customer.archived') === true || reader.flag('customer.active') === false,
  };
}

// Jobber writes client and property into one cell: 70010002_80020003.
function splitId(id: string | null, product: string | null): { customer: string | null; location: string | null } {
  const pair = product === 'Jobber' && id !== null ? /^(\d+)_(\d+)$/.exec(id) : null;
  return pair ? { customer: pair[1] ?? null, location: pair[2] ?? null } : { customer: id, location: null };
}

function customerType(reader: RowReader, name: string, company: string | null): 'residential' | 'commercial' | null {
  const flag = reader.flag('customer.isCompany');
  if (flag !== null) return flag ? 'commercial' : 'residential';
  const said = reader.text('customer.type') ?? '';
  if (/home ?owner|residen|individual|person|household/i.test(said)) return 'residential';
  if (/business|commercial|company|contractor|organi[sz]ation/i.test(said)) return 'commercial';
  return company !== null || isCompanyName(name) ? 'commercial' : null;
}

function locationsOf(reader: RowReader, child: string | null, locationId: string | null): LocationRecord[] {
  const billing = reader.billing();
  const services = reader.services();
  if (child !== null) {
    const service = services[0];
    const address = service?.address ?? billing ?? { ...noAddress };
    return [{ externalId: locationId, name: child, address, notes: service?.notes ?? null, billing: false }];
  }
  const first = services[0];
  if (first && locationId !== null) first.externalId = locationId;
  const same = billing ? services.find((entry) => addressKey(entry.address) === addressKey(billing)) : undefined;
  if (same) same.billing = true;
  else if (billing) {
    services.unshift({ externalId: null, name: null, address: billing, notes: null, billing: true });
  }
  return services;
}

function belongs(before: CustomerRecord, next: CustomerRecord): boolean {
  if (before.externalId !== null && next.externalId !== null) return before.externalId === next.externalId;
  if (nameKey(before.name) !== nameKey(next.name)) return false;
  const child = next.locations.length === 1 && next.emails.length === 0 && next.phones.length === 0;
  if (child && next.locations[0]?.name && before.externalId === next.externalId) return true;
  const emails = before.emails.some((email) => next.emails.includes(email));
  const phones = before.phones.some((phone) => next.phones.some((other) => other.e164 === phone.e164));
  return emails || phones;
}

function join(into: CustomerRecord, more: CustomerRecord): void {
  into.source.push(...more.source);
  into.first ??= more.first;
  into.last ??= more.last;
  into.company ??= more.company;
  into.customerType ??= more.customerType;
  into.emails = [...new Set([...into.emails, ...more.emails])];
  into.phones = distinctPhones([...into.phones, ...more.phones]);
  into.tags = [...new Set([...into.tags, ...more.tags])];
  const notes = [into.notes, more.notes === into.notes ? null : more.notes].filter((note) => note !== null);
  into.notes = notes.length > 0 ? notes.join('\n') : null;
  into.doNotContact ||= more.doNotContact;
  into.archived &&= more.archived;
  for (const location of more.locations) {
    const key = locationKey(location);
    const known = into.locations.find((entry) => locationKey(entry) === key);
    if (!known) into.locations.push(location);
    else known.billing ||= location.billing;
  }
}

function locationKey(location: LocationRecord): string {
  return location.externalId ?? `${location.name ?? ''}|${addressKey(location.address)}`;
}
