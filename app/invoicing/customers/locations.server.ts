import { and, eq, sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { addressKey } from '#app/invoicing/import/addresses.ts';
import type { Tx } from '#db/client.ts';
import { contacts, invoices, jobs, locations } from '#db/schema/index.ts';

import { lockCustomer } from './contacts.server.ts';
import { listLocations } from './customer-record.server.ts';
import { locationTitle, readLocationForm, type LocationErrors, type LocationForm } from './location-form.ts';

/** A location with what was done there: while anything was, it can't be deleted. */
export type Location = LocationForm & { id: number; jobs: number; invoices: number };

export type SaveLocation = { ok: true; locationId: number } | { ok: false; errors: LocationErrors };

/** One location of one customer, or null. */
export async function readLocation(tx: Tx, customerId: number, locationId: number): Promise<Location | null> {
  const { id, name, line1, line2, city, state, zip, billing } = locations;
  const [found] = await tx
    .select({ id, name, line1, line2, city, state, zip, billing })
    .from(locations)
    .where(and(eq(id, locationId), eq(locations.customerId, customerId)));
  if (!found) return null;
  const [used] = await tx.execute<{ jobs: number; invoices: number }>(sql`
    select (select count(*)::int from ${jobs} where customer_id = ${customerId} and location_id = ${locationId}) as jobs,
           (select count(*)::int from ${invoices} where customer_id = ${customerId} and location_id = ${locationId}) as invoices`);
  return { ...found, jobs: used?.jobs ?? 0, invoices: used?.invoices ?? 0 };
}

/**
 * Adds a place of work. A customer has one billing address: the last that was said to be it.
 * @returns field errors in words (no street and no name, on the record already), or null when there is no such customer
 */
export async function addLocation(
  tx: Tx,
  actor: Actor,
  customerId: number,
  form: LocationForm,
): Promise<SaveLocation | null> {
  if (!(await lockCustomer(tx, customerId))) return null;
  const read = readLocationForm(form);
  if (!read.ok) return read;
  const others = await listLocations(tx, customerId);
  if (others.some((other) => same(other, read.value))) return doubled;
  if (read.value.billing) await clearBilling(tx, customerId);
  const [row] = await tx
    .insert(locations)
    .values({ customerId, ...read.value })
    .returning({ id: locations.id });
  await audit(tx, actor, 'location.add', customerId, { location: locationTitle(read.value) });
  return { ok: true, locationId: row!.id };
}

/**
 * Changes a location. Jobs and invoices there show it as it is now.
 * @returns field errors in words, or null when the customer has no such location
 */
export async function updateLocation(
  tx: Tx,
  actor: Actor,
  customerId: number,
  locationId: number,
  form: LocationForm,
): Promise<SaveLocation | null> {
  if (!(await lockCustomer(tx, customerId))) return null;
  const before = await readLocation(tx, customerId, locationId);
  if (!before) return null;
  const read = readLocationForm(form);
  if (!read.ok) return read;
  const others = (await listLocations(tx, customerId)).filter((other) => other.id !== locationId);
  if (others.some((other) => same(other, read.value))) return doubled;
  const names = Object.keys(read.value) as (keyof LocationForm)[];
  const changed = names.filter((name) => before[name] !== read.value[name]);
  if (changed.length === 0) return { ok: true, locationId };
  if (read.value.billing) await clearBilling(tx, customerId);
  await tx.update(locations).set(read.value).where(eq(locations.id, locationId));
  const details = Object.fromEntries(changed.map((name) => [name, read.value[name]]));
  await audit(tx, actor, 'location.update', customerId, { from: locationTitle(before), ...details });
  return { ok: true, locationId };
}

/**
 * Removes a location where nothing was done.
 * @returns `used` when jobs or invoices are there, null when the customer has no such location
 */
export async function deleteLocation(
  tx: Tx,
  actor: Actor,
  customerId: number,
  locationId: number,
): Promise<'deleted' | 'used' | null> {
  if (!(await lockCustomer(tx, customerId))) return null;
  // Locked, so that no job is put there meanwhile.
  await tx.execute(sql`select from ${locations} where id = ${locationId} and customer_id = ${customerId} for update`);
  const before = await readLocation(tx, customerId, locationId);
  if (!before) return null;
  if (before.jobs + before.invoices > 0) return 'used';
  // What reached somebody there stays on the customer's record.
  await tx
    .update(contacts)
    .set({ locationId: null })
    .where(and(eq(contacts.customerId, customerId), eq(contacts.locationId, locationId)));
  await tx.delete(locations).where(eq(locations.id, locationId));
  await audit(tx, actor, 'location.delete', customerId, { location: locationTitle(before) });
  return 'deleted';
}

type Place = Omit<LocationForm, 'billing'>;

/** Addresses are compared as imports do it: by street, city and ZIP, however they are written. */
const same = (one: Place, other: Place) => keyOf(one) === keyOf(other) && one.name === other.name;
const keyOf = ({ line1, line2, city, zip }: Place) =>
  addressKey({ street: line1, street2: line2, city, zip, state: null, country: null });

const doubled: SaveLocation = {
  ok: false,
  errors: { line1: 'This address is on the customer’s record already. Edit that one, or give this one a name.' },
};

const clearBilling = (tx: Tx, customerId: number) =>
  tx
    .update(locations)
    .set({ billing: false })
    .where(and(eq(locations.customerId, customerId), eq(locations.billing, true)));

const audit = (tx: Tx, actor: Actor, action: string, customerId: number, details: Record<string, unknown>) =>
  recordAudit(tx, actor, action, { type: 'customer', id: customerId }, details);
