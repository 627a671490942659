import { line, readAddress, tooLong, type Address } from './customer-form.ts';

/** What the form of a location sends, as typed. */
export type LocationForm = Address & { name: string; billing: boolean };

export type LocationErrors = Partial<Record<keyof LocationForm, string>>;

/** The text fields of the form, for reading it from a request. */
export const locationFields = ['name', 'line1', 'line2', 'city', 'state', 'zip'] as const;

/** Checks the form of a location. Products export some that have a name and no address, so either is enough. */
export function readLocationForm(
  form: LocationForm,
): { ok: true; value: LocationForm } | { ok: false; errors: LocationErrors } {
  const value = { name: line(form.name), ...readAddress(form), billing: form.billing };
  const { billing: _, ...texts } = value;
  const errors: LocationErrors = tooLong(texts);
  if (!value.line1 && !value.name) errors.line1 = 'Enter the street and number, or a name for the location.';
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, value };
}

/** A location in one line, by its name or its street. */
export function locationTitle({ name, line1, city }: { name: string; line1: string; city: string }): string {
  return name || line1 || city || 'this location';
}
