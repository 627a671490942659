/** Where a letter goes, within the United States. */
export type PostalAddress = {
  line1: string;
  line2: string;
  city: string;
  /** Two letters. */
  state: string;
  /** Five digits, or nine with a hyphen. */
  zip: string;
};

/** Lines 1 and 2 together, at most (Lob's documentation). */
export const MOST_LINE_CHARACTERS = 50;

/**
 * The address as messages, suppressions and checks know it: in capitals, spaces run together, one line a line, the last one city,
 * state and ZIP, as the Postal Service prefers them. Empty where there is no street, city or ZIP. The database has the same rule
 * as `postal_key`.
 */
export function postalKey({ line1, line2, city, state, zip }: PostalAddress): string {
  // Only what is the same in every database and language: spaces by name, and the letters from a to z.
  const tidy = (text: string) =>
    text
      .replaceAll(/[ \t\n\v\f\r\u00a0]+/g, ' ')
      .replaceAll(/^ | $/g, '')
      .replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
  const [street, second, town, code] = [tidy(line1), tidy(line2), tidy(city), tidy(zip)];
  if (street === '' || town === '' || code === '') return '';
  const last = [town, tidy(state), code].filter(Boolean).join(' ');
  return [street, second, last].filter(Boolean).join('\n');
}

/** How an address stands after it was checked (Lob's words). `unchecked`: nobody asked yet. */
export const deliverabilities = [
  'deliverable',
  'deliverable_unnecessary_unit',
  'deliverable_incorrect_unit',
  'deliverable_missing_unit',
  'undeliverable',
] as const;

export type Deliverability = (typeof deliverabilities)[number];

/** What the Postal Service's list says of an address, and how it writes it. */
export type AddressCheck = { deliverability: Deliverability; standard: PostalAddress | null };
