import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { z } from 'zod';

/** What the form of a customer sends, as typed. */
export type CustomerForm = {
  firstName: string;
  lastName: string;
  companyName: string;
  type: string;
  tags: string;
  notes: string;
  email?: string;
  mobile?: string;
  line1?: string;
  line2?: string;
  city?: string;
  state?: string;
  zip?: string;
};

/** Every field of the form, for reading it from a request. */
export const customerFields = [
  'firstName',
  'lastName',
  'companyName',
  'type',
  'tags',
  'notes',
  'email',
  'mobile',
  'line1',
  'line2',
  'city',
  'state',
  'zip',
] as const satisfies readonly (keyof CustomerForm)[];

export type CustomerErrors = Partial<Record<keyof CustomerForm, string>>;

export type CustomerFields = {
  name: string;
  firstName: string;
  lastName: string;
  companyName: string;
  type: 'residential' | 'commercial';
  tags: string[];
  notes: string;
  email: string | null;
  mobile: string | null;
  address: Address | null;
};

const emailShape = z.email().max(254);

/** An email address in lower case, or null when mail can't be sent to what was typed. */
export function readEmail(text: string): string | null {
  const address = text.trim().toLowerCase();
  return emailShape.safeParse(address).success ? address : null;
}

/** A phone number as E.164, numbers without a country being American; null when it is none. */
export function readPhone(text: string): string | null {
  if (text.length > 60) return null;
  const number = parsePhoneNumberFromString(text, 'US');
  return number?.isValid() ? number.number : null;
}

/** One line of text: without control characters, and with single spaces. */
export const line = (text: string | undefined) =>
  (text ?? '')
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** Where something stands. */
export type Address = { line1: string; line2: string; city: string; state: string; zip: string };

/** An address as typed, each part on one line; a state's two letters as capitals. */
export function readAddress(form: Partial<Address>): Address {
  const state = line(form.state);
  return {
    line1: line(form.line1),
    line2: line(form.line2),
    city: line(form.city),
    state: state.length === 2 ? state.toUpperCase() : state,
    zip: line(form.zip),
  };
}

/** An error for each field that is longer than an address or a name is. */
export function tooLong<Field extends string>(fields: Record<Field, string>): Partial<Record<Field, string>> {
  const long = (Object.keys(fields) as Field[]).filter((field) => fields[field].length > 100);
  return Object.fromEntries(long.map((field) => [field, 'Use at most 100 characters.'])) as Partial<
    Record<Field, string>
  >;
}

/** Checks the form of a customer. A commercial customer is called by the company's name, a residential one by the person's. */
export function readCustomerForm(
  form: CustomerForm,
): { ok: true; value: CustomerFields } | { ok: false; errors: CustomerErrors } {
  const errors: CustomerErrors = {};
  const firstName = line(form.firstName);
  const lastName = line(form.lastName);
  const companyName = line(form.companyName);
  const person = `${firstName} ${lastName}`.trim();
  const type = form.type === 'commercial' ? 'commercial' : 'residential';
  const name = type === 'commercial' ? companyName || person : person || companyName;
  if (!name && type === 'commercial') errors.companyName = 'Enter the company’s name.';
  else if (!name) errors.firstName = 'Enter a first or a last name, or the company’s name.';
  for (const [key, value] of Object.entries({ firstName, lastName, companyName })) {
    if (value.length > 100) errors[key as 'firstName'] = 'Use at most 100 characters.';
  }
  const tags = readTags(form.tags);
  if (tags.length > 20) errors.tags = 'Use at most 20 tags.';
  else if (tags.some((tag) => tag.length > 40)) errors.tags = 'A tag may have at most 40 characters.';
  const notes = form.notes.replaceAll('\0', '').trim();
  if (notes.length > 5000) errors.notes = 'Use at most 5,000 characters.';

  const email = form.email?.trim() ? readEmail(form.email) : null;
  if (form.email?.trim() && !email) errors.email = 'Enter an email address such as maria@example.com.';
  const mobile = form.mobile?.trim() ? readPhone(form.mobile) : null;
  if (form.mobile?.trim() && !mobile) errors.mobile = 'Enter a phone number such as (850) 555-0101.';
  const parts = readAddress(form);
  Object.assign(errors, tooLong(parts));
  const address = Object.values(parts).some(Boolean) ? parts : null;
  if (address && !address.line1) errors.line1 = 'Enter the street and number.';
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, value: { name, firstName, lastName, companyName, type, tags, notes, email, mobile, address } };
}

/** Tags as typed, between commas; doubled ones once. */
function readTags(text: string): string[] {
  const byKey = new Map<string, string>();
  for (const tag of text.split(',').map(line)) {
    if (tag && !byKey.has(tag.toLowerCase())) byKey.set(tag.toLowerCase(), tag);
  }
  return [...byKey.values()];
}
