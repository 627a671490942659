import { addressKey } from './addresses.ts';
import { isCompanyName, nameKey } from './names.ts';
import type { Address } from './records.ts';

export type KnownContact = { kind: 'email' | 'mobile' | 'landline' | 'other'; value: string; primary: boolean };
export type KnownLocation = { id: number; name: string; key: string; billing: boolean };

/** A customer that is there already, or that this import has just made. */
export type KnownCustomer = {
  id: number;
  name: string;
  firstName: string;
  lastName: string;
  companyName: string;
  type: 'residential' | 'commercial';
  tags: string[];
  notes: string;
  doNotContact: boolean;
  source: string | null;
  externalId: string | null;
  contacts: KnownContact[];
  locations: KnownLocation[];
};

/**
 * What a row says about whom it means. A customer's own row has the customer's address; an invoice's address may be any
 * place of work, so it helps to find a customer, but its difference proves nothing.
 */
export type Seeker = {
  row: 'customer' | 'invoice';
  externalId: string | null;
  name: string | null;
  emails: string[];
  phones: string[];
  /** Address keys with a street in them. */
  places: string[];
};

export type Match = { ok: true; customer: KnownCustomer | null } | { ok: false; reason: string };

/** The key of an address that is worth comparing: one with a street. */
export function placeKey(address: Address): string | null {
  return address.street === null ? null : addressKey(address);
}

/**
 * Whom a row means among customers that come into question, or null for a new one. In this order: the product's own id;
 * the same name with an email, a phone or an address in common; the same name where neither side has more to say, or
 * where it came from the same product; one email in common. `fresh` are customers that earlier rows of this file stand
 * for: two rows with one name but different contacts are two customers, and so are two names that share an email.
 */
export function match(seeker: Seeker, pool: KnownCustomer[], source: string, fresh: ReadonlySet<number>): Match {
  const found = (customer: KnownCustomer | null): Match => ({ ok: true, customer });
  if (seeker.externalId !== null) {
    const own = pool.find((c) => c.source === source && c.externalId === seeker.externalId);
    if (own) return found(own);
  }
  const others = pool.filter(
    (c) =>
      seeker.externalId === null || c.source !== source || c.externalId === null || c.externalId === seeker.externalId,
  );
  const key = seeker.name === null ? null : nameKey(seeker.name);
  const named = key === null || key === '' ? [] : others.filter((c) => nameKey(c.name) === key);
  const shared = (c: KnownCustomer, kind: 'email' | 'phone') =>
    c.contacts.some((contact) =>
      kind === 'email'
        ? contact.kind === 'email' && seeker.emails.includes(contact.value)
        : contact.kind !== 'email' && seeker.phones.includes(contact.value),
    );
  const sure =
    named.find((c) => shared(c, 'email')) ??
    named.find((c) => shared(c, 'phone')) ??
    named.find((c) => c.locations.some((location) => seeker.places.includes(location.key)));
  if (sure) return found(sure);
  const bare = isBare(seeker);
  const company = seeker.row === 'invoice' && seeker.name !== null && isCompanyName(seeker.name);
  const likely = named.filter((c) => bare || company || isBareCustomer(c) || (c.source === source && !fresh.has(c.id)));
  if (likely.length === 1 && likely[0]) return found(likely[0]);
  if (likely.length > 1 && bare) {
    return {
      ok: false,
      reason: `${likely.length} customers are named ${seeker.name}, and the row has nothing else to tell them apart. Add an email, phone or address to it.`,
    };
  }
  const byEmail = others.filter((c) => shared(c, 'email'));
  const [only] = byEmail;
  return found(only && byEmail.length === 1 && !fresh.has(only.id) ? only : null);
}

function isBare(seeker: Seeker): boolean {
  const placed = seeker.row === 'customer' && seeker.places.length > 0;
  return seeker.emails.length === 0 && seeker.phones.length === 0 && !placed;
}

function isBareCustomer(customer: KnownCustomer): boolean {
  return customer.contacts.length === 0 && customer.locations.every((location) => location.key.startsWith('|'));
}
