import { postalKey, type AddressCheck, type Deliverability, type PostalAddress } from '../postal-address.ts';

/** How the sandbox treats a postcard, by the street it goes to, whatever the number. Any other is taken and delivered. */
export type MailHabit =
  /** Refused: nobody delivers there. */
  | 'undeliverable'
  /** Refused for good. */
  | 'refuse'
  /** Too much the first time, taken the second. */
  | 'throttle'
  /** Taken, and answered after seconds. */
  | 'slow'
  /** Taken, but the answer is lost; asked again, the first answer comes. */
  | 'drop'
  /** Comes back, or takes another way. */
  | 'return'
  | 'reroute'
  /** Each event is told twice. */
  | 'doubled'
  /** Its delivery is told before most of its way. */
  | 'reordered';

const habits: Readonly<Record<string, MailHabit>> = {
  'UNDELIVERABLE WAY': 'undeliverable',
  'REFUSED WAY': 'refuse',
  'THROTTLED WAY': 'throttle',
  'SLOW WAY': 'slow',
  'DROPPED WAY': 'drop',
  'RETURNED WAY': 'return',
  'REROUTED WAY': 'reroute',
  'DOUBLED WAY': 'doubled',
  'REORDERED WAY': 'reordered',
};

/** @param address the first line of an address, or the whole as messages have it */
export const mailHabitOf = (address: string): MailHabit | null => habits[streetOf(address)] ?? null;

/** What stands behind the number, in capitals. */
const streetOf = (address: string) =>
  /^\S+ +([^\n]+)$/m.exec(address.trim().toUpperCase())?.[1]?.replaceAll(/\s+/g, ' ') ?? '';

/**
 * Looks an address up as Lob would. Whatever can be written on a letter is deliverable, but for the streets that say otherwise; the
 * standard address is in capitals, with the Postal Service's abbreviations and four more digits to the ZIP.
 */
export function checkInSandbox(address: PostalAddress): AddressCheck {
  const nowhere: AddressCheck = { deliverability: 'undeliverable', standard: null };
  const street = streetOf(address.line1);
  const hasUnit = address.line2.trim() !== '';
  if (postalKey(address) === '' || street === 'UNDELIVERABLE WAY') return nowhere;
  if (!/^\d{5}(-\d{4})?$/.test(address.zip.trim()) || !/^[A-Z]{2}$/i.test(address.state.trim())) return nowhere;
  const as = (deliverability: Deliverability, change: Partial<PostalAddress> = {}): AddressCheck => ({
    deliverability,
    standard: standardOf({ ...address, ...change }),
  });
  switch (street) {
    case 'MISSING UNIT WAY':
      return as(hasUnit ? 'deliverable' : 'deliverable_missing_unit');
    case 'WRONG UNIT WAY':
      return as('deliverable_incorrect_unit');
    case 'NEEDLESS UNIT WAY':
      return hasUnit ? as('deliverable_unnecessary_unit', { line2: '' }) : as('deliverable');
    case 'MISSPELLED WAY':
      return as('deliverable', { line1: address.line1.trim().replace(/\s.*$/, ' Corrected Way') });
    default:
      return as('deliverable');
  }
}

/** Some of the Postal Service's abbreviations (its Publication 28). */
const abbreviations: Readonly<Record<string, string>> = {
  STREET: 'ST',
  AVENUE: 'AVE',
  ROAD: 'RD',
  DRIVE: 'DR',
  LANE: 'LN',
  COURT: 'CT',
  CIRCLE: 'CIR',
  PLACE: 'PL',
  BOULEVARD: 'BLVD',
  HIGHWAY: 'HWY',
  PARKWAY: 'PKWY',
  NORTH: 'N',
  SOUTH: 'S',
  EAST: 'E',
  WEST: 'W',
  APARTMENT: 'APT',
  SUITE: 'STE',
};

function standardOf({ line1, line2, city, state, zip }: PostalAddress): PostalAddress {
  const tidy = (text: string) => text.toUpperCase().replaceAll(/[.,]/g, '').replaceAll(/\s+/g, ' ').trim();
  const short = (text: string) => tidy(text).replaceAll(/[A-Z]+/g, (word) => abbreviations[word] ?? word);
  const first = short(line1);
  const code = zip.trim();
  return {
    line1: first,
    line2: short(line2),
    city: tidy(city),
    state: tidy(state),
    zip: code.length === 5 ? `${code}-${fourDigits(`${first} ${code}`)}` : code,
  };
}

/** The same for the same address, always. */
function fourDigits(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.charCodeAt(0)) % 9000;
  return 1000 + sum;
}
