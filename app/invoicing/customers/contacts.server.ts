import { and, asc, desc, eq, sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import type { Tx } from '#db/client.ts';
import { contacts, customers, locations } from '#db/schema/index.ts';

import { line, readEmail, readPhone } from './customer-form.ts';
import { contactKinds, type ContactForm, type ContactKind } from './contact-kinds.ts';

export type Contact = {
  id: number;
  kind: ContactKind;
  value: string;
  memo: string;
  /** Whose it is: a location's, as of a tenant who opens the door there, or null for the customer's own (S1-13). */
  locationId: number | null;
  primary: boolean;
};

export type ContactErrors = { kind?: string; value?: string; memo?: string; location?: string };
export type SaveContact = { ok: true; contactId: number } | { ok: false; errors: ContactErrors };

/** How a customer is reached: emails first, the one that campaigns use on top of each kind. */
export function listContacts(tx: Tx, customerId: number): Promise<Contact[]> {
  return tx
    .select({
      id: contacts.id,
      kind: contacts.kind,
      value: contacts.value,
      memo: contacts.memo,
      locationId: contacts.locationId,
      primary: contacts.primary,
    })
    .from(contacts)
    .where(eq(contacts.customerId, customerId))
    .orderBy(
      sql`array_position(array['email', 'mobile', 'landline', 'other'], ${contacts.kind})`,
      desc(contacts.primary),
      asc(contacts.id),
    );
}

/** One contact of one customer, or null. */
export async function readContact(tx: Tx, customerId: number, contactId: number): Promise<Contact | null> {
  return (await listContacts(tx, customerId)).find((contact) => contact.id === contactId) ?? null;
}

/**
 * Adds a way to reach a customer. The first of a kind that is the customer's own becomes the one that campaigns use. One of a
 * location never does, even where it is the only one: whoever is met there did not ask for the customer's reminders.
 * @returns field errors in words (not an address, already on this customer), or null when there is no such customer
 */
export async function addContact(
  tx: Tx,
  actor: Actor,
  customerId: number,
  form: ContactForm,
): Promise<SaveContact | null> {
  if (!(await lockCustomer(tx, customerId))) return null;
  const read = readForm(form);
  if (!read.ok) return read;
  const { kind, value, memo, locationId } = read.value;
  if (!(await hasLocation(tx, customerId, locationId))) return noLocation;
  const others = await listContacts(tx, customerId);
  if (others.some((other) => other.kind === kind && other.value === value)) return doubled(value);
  const first = !others.some((other) => other.kind === kind && other.primary);
  const primary = locationId === null && (form.primary || first);
  if (primary) await clearPrimary(tx, customerId, kind);
  const [row] = await tx
    .insert(contacts)
    .values({ customerId, kind, value, memo, locationId, primary })
    .returning({ id: contacts.id });
  await audit(tx, actor, 'contact.add', customerId, { kind, value, ...(locationId !== null && { locationId }) });
  return { ok: true, contactId: row!.id };
}

/**
 * Changes a contact. Its portal account, if it has one, follows (S3-22: the office corrects an address, then resends).
 * @returns field errors in words, or null when the customer has no such contact
 */
export async function updateContact(
  tx: Tx,
  actor: Actor,
  customerId: number,
  contactId: number,
  form: ContactForm,
): Promise<SaveContact | null> {
  if (!(await lockCustomer(tx, customerId))) return null;
  const others = await listContacts(tx, customerId);
  const before = others.find((other) => other.id === contactId);
  if (!before) return null;
  const read = readForm(form);
  if (!read.ok) return read;
  const { kind, value, memo, locationId } = read.value;
  if (!(await hasLocation(tx, customerId, locationId))) return noLocation;
  const rest = others.filter((other) => other.id !== contactId);
  if (rest.some((other) => other.kind === kind && other.value === value)) return doubled(value);
  const first = !rest.some((other) => other.kind === kind && other.primary);
  const primary = locationId === null && (form.primary || first);
  if (primary) await clearPrimary(tx, customerId, kind);
  await tx.update(contacts).set({ kind, value, memo, locationId, primary }).where(eq(contacts.id, contactId));
  if (before.primary && !(primary && before.kind === kind)) await choosePrimary(tx, customerId, before.kind);
  await audit(tx, actor, 'contact.update', customerId, { from: before.value, kind, value });
  return { ok: true, contactId };
}

/** Removes a contact, and with it its portal account. @returns false when the customer has no such contact */
export async function deleteContact(tx: Tx, actor: Actor, customerId: number, contactId: number): Promise<boolean> {
  if (!(await lockCustomer(tx, customerId))) return false;
  const [gone] = await tx
    .delete(contacts)
    .where(and(eq(contacts.id, contactId), eq(contacts.customerId, customerId)))
    .returning();
  if (!gone) return false;
  if (gone.primary) await choosePrimary(tx, customerId, gone.kind);
  await audit(tx, actor, 'contact.delete', customerId, { kind: gone.kind, value: gone.value });
  return true;
}

function readForm(
  form: ContactForm,
):
  | { ok: true; value: { kind: ContactKind; value: string; memo: string; locationId: number | null } }
  | { ok: false; errors: ContactErrors } {
  const errors: ContactErrors = {};
  const kind = contactKinds.find((one) => one === form.kind);
  const typed = line(form.value);
  const memo = line(form.memo);
  if (!kind) errors.kind = 'Choose what kind of contact this is.';
  if (!typed) errors.value = kind === 'email' ? 'Enter an email address.' : 'Enter a phone number.';
  const place = form.location ?? '';
  const locationId = place === '' ? null : Number(place);
  if (locationId !== null && !/^\d{1,15}$/.test(place)) errors.location = noLocation.errors.location!;
  if (memo.length > 200) errors.memo = 'Use at most 200 characters.';
  let value: string | null = null;
  if (typed && kind) {
    if (kind === 'email') value = readEmail(typed);
    else value = readPhone(typed) ?? (kind === 'other' && typed.length <= 100 ? typed : null);
    if (!value) {
      errors.value =
        kind === 'email'
          ? 'Enter an email address such as maria@example.com.'
          : 'Enter a phone number such as (850) 555-0101.';
    }
  }
  if (!kind || !value || Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, value: { kind, value, memo, locationId } };
}

const noLocation: { ok: false; errors: ContactErrors } = {
  ok: false,
  errors: { location: 'Choose whom it belongs to: the customer, or one of their locations.' },
};

/** Whether the location is the customer's, and stays while the contact is written. */
async function hasLocation(tx: Tx, customerId: number, locationId: number | null): Promise<boolean> {
  if (locationId === null) return true;
  const rows = await tx.execute(
    sql`select from ${locations} where id = ${locationId} and customer_id = ${customerId} for key share`,
  );
  return rows.length > 0;
}

const doubled = (value: string): SaveContact => ({
  ok: false,
  errors: { value: `${value} is on this customer’s record already. Edit that one instead.` },
});

/**
 * Two changes to one customer's contacts or locations come one after the other, so that there is one primary of a kind.
 * @returns false when the company has no such customer
 */
export async function lockCustomer(tx: Tx, customerId: number): Promise<boolean> {
  const rows = await tx.execute(sql`select id from ${customers} where id = ${customerId} for no key update`);
  return rows.length > 0;
}

const clearPrimary = (tx: Tx, customerId: number, kind: ContactKind) =>
  tx
    .update(contacts)
    .set({ primary: false })
    .where(and(eq(contacts.customerId, customerId), eq(contacts.kind, kind), eq(contacts.primary, true)));

/** The oldest of a kind that is the customer's own takes over when its primary has gone. */
const choosePrimary = (tx: Tx, customerId: number, kind: ContactKind) =>
  tx.execute(sql`
    update ${contacts} set "primary" = true
     where id = (select min(id) from ${contacts}
                  where customer_id = ${customerId} and kind = ${kind} and location_id is null)
       and not exists (select from ${contacts} where customer_id = ${customerId} and kind = ${kind} and "primary")`);

const audit = (tx: Tx, actor: Actor, action: string, customerId: number, details: Record<string, unknown>) =>
  recordAudit(tx, actor, action, { type: 'customer', id: customerId }, details);
