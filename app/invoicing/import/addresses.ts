import { isNothing, unwrap } from './cells.ts';
import { noAddress, type Address } from './records.ts';

const STATES: Record<string, string> = Object.fromEntries(
  (
    'Alabama AL,Alaska AK,Arizona AZ,Arkansas AR,California CA,Colorado CO,Connecticut CT,Delaware DE,' +
    'District of Columbia DC,Florida FL,Georgia GA,Hawaii HI,Idaho ID,Illinois IL,Indiana IN,Iowa IA,Kansas KS,' +
    'Kentucky KY,Louisiana LA,Maine ME,Maryland MD,Massachusetts MA,Michigan MI,Minnesota MN,Mississippi MS,' +
    'Missouri MO,Montana MT,Nebraska NE,Nevada NV,New Hampshire NH,New Jersey NJ,New Mexico NM,New York NY,' +
    'North Carolina NC,North Dakota ND,Ohio OH,Oklahoma OK,Oregon OR,Pennsylvania PA,Puerto Rico PR,Rhode Island RI,' +
    'South Carolina SC,South Dakota SD,Tennessee TN,Texas TX,Utah UT,Vermont VT,Virginia VA,Washington WA,' +
    'West Virginia WV,Wisconsin WI,Wyoming WY,Alberta AB,British Columbia BC,Manitoba MB,New Brunswick NB,' +
    'Newfoundland and Labrador NL,Nova Scotia NS,Ontario ON,Prince Edward Island PE,Quebec QC,Saskatchewan SK'
  )
    .split(',')
    .map((entry) => [entry.slice(0, -3).toLowerCase(), entry.slice(-2)]),
);
const CODES = new Set(Object.values(STATES));
const LONG_STATES = Object.keys(STATES).sort((a, b) => b.length - a.length);
// States whose ZIP codes begin with a zero, which spreadsheets eat.
const ZERO_STATES = new Set(['CT', 'MA', 'ME', 'NH', 'NJ', 'RI', 'VT', 'PR']);

/** Two letters for a state or province known by name or code; anything else as written. */
export function parseState(text: string): string {
  const plain = text.trim().replace(/\.$/, '');
  const upper = plain.toUpperCase().replaceAll('.', '');
  return CODES.has(upper) ? upper : (STATES[plain.toLowerCase()] ?? plain);
}

/** `US` for the ways to write the United States, `CA` for Canada; anything else as written. */
export function parseCountry(text: string): string {
  const plain = text.trim();
  if (/^(?:us|usa|u\.s\.a?\.?|united states(?: of america)?)$/i.test(plain)) return 'US';
  return /^(?:ca|can|canada)$/i.test(plain) ? 'CA' : plain;
}

/** A ZIP code as text, with the zero that a spreadsheet took from its front. */
export function parseZip(text: string, state: string | null): string {
  const plain = text.trim().toUpperCase();
  const nine = /^(\d{5})-?(\d{4})$/.exec(plain);
  if (nine) return `${nine[1]}-${nine[2]}`;
  if (/^\d{3,4}$/.test(plain) && state !== null && ZERO_STATES.has(state)) return plain.padStart(5, '0');
  return plain;
}

/** An address from separate columns. Null when all that is filled is a country, or nothing. */
export function addressOf(parts: Record<keyof Address, string | null>): Address | null {
  const clean = (value: string | null) => {
    const plain = value === null ? '' : unwrap(value).replace(/\s*[\r\n]+\s*/g, ', ');
    return isNothing(plain) ? null : plain;
  };
  const state = clean(parts.state);
  const zip = clean(parts.zip);
  const country = clean(parts.country);
  const code = state === null ? null : parseState(state);
  const address: Address = {
    street: clean(parts.street),
    street2: clean(parts.street2),
    city: clean(parts.city),
    state: code,
    zip: zip === null ? null : parseZip(zip, code),
    country: country === null ? null : parseCountry(country),
  };
  if (!address.street && !address.street2 && !address.city && !address.zip && !address.state) return null;
  return address;
}

const TAIL_ZIP = /[\s,]+(\d{5}(?:-?\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d)$/i;
const UNIT = /^(?:apt|apartment|unit|suite|ste|#|bldg|building|floor|fl|lot|room|rm|trlr|po box|p\.o\. box)\b\.?|^#/i;

/**
 * An address out of one cell, over several lines or on one: `12 Bayfront Ct, Panama City, FL 32401`. What cannot be
 * told apart stays in the street, so nothing is lost. Null for an empty cell.
 */
export function parseAddress(cell: string): Address | null {
  const plain = unwrap(cell);
  if (isNothing(plain)) return null;
  const lines = plain.split(/[\r\n]+/).flatMap((line) => line.split(','));
  const pieces = lines.map((line) => line.replace(/\s+/g, ' ').trim()).filter((line) => line !== '');
  const address: Address = { ...noAddress };
  const last = pieces.at(-1) ?? '';
  if (pieces.length > 1 && /^(?:us|usa|u\.s\.a?\.?|united states(?: of america)?|canada)$/i.test(last)) {
    address.country = parseCountry(last);
    pieces.pop();
  }
  let tail = pieces.pop() ?? '';
  const zip = TAIL_ZIP.exec(` ${tail}`);
  if (zip) tail = ` ${tail}`.slice(0, zip.index).trim();
  if (tail === '' && zip) tail = pieces.pop() ?? '';
  const state = stateAtEnd(tail, pieces.length > 0 || zip !== null);
  if (state) {
    address.state = state.code;
    tail = state.rest;
  }
  if (zip) address.zip = parseZip(zip[1] ?? '', address.state);
  if (!zip && !state) return { ...address, ...streets([...pieces, tail]) };
  address.city = tail === '' ? (pieces.pop() ?? null) : tail;
  return { ...address, ...streets(pieces) };
}

function stateAtEnd(text: string, allowed: boolean): { code: string; rest: string } | null {
  if (!allowed) return null;
  const code = /^(.*?)[\s,]*\b([A-Za-z]{2})\.?$/.exec(text);
  if (code?.[2] && CODES.has(code[2].toUpperCase()) && (code[2] === code[2].toUpperCase() || code[1] === '')) {
    return { code: code[2].toUpperCase(), rest: code[1] ?? '' };
  }
  const lower = text.toLowerCase();
  const name = LONG_STATES.find((state) => lower === state || lower.endsWith(` ${state}`));
  return name ? { code: STATES[name] ?? '', rest: text.slice(0, text.length - name.length).trim() } : null;
}

function streets(pieces: string[]): { street: string | null; street2: string | null } {
  const [street = null, ...more] = pieces;
  if (street !== null && more.length > 0 && !/\d/.test(street) && UNIT.test(more.at(-1) ?? '') === false) {
    // "Acme Tower, 12 Main St": the first line is a name; both belong to the street, in the order written.
    return { street: [street, ...more].join(', '), street2: null };
  }
  return { street, street2: more.length > 0 ? more.join(', ') : null };
}

/** The form in which addresses are compared. The state and country are left out: one product has them, the next has not. */
export function addressKey(address: Address): string {
  const street = [address.street, address.street2].filter(Boolean).join(' ');
  return [street, address.city ?? '', (address.zip ?? '').slice(0, 5)]
    .map((part) =>
      part
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim(),
    )
    .join('|');
}
