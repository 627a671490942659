import { aliasesFor } from './aliases.ts';
import { unwrap } from './cells.ts';
import type { FileKind } from './records.ts';
import type { Row } from './rows.ts';
import { MANY, type Mapping, type Target, TARGETS } from './targets.ts';

/** How many rows from the top the header is looked for. Reports have their title above it. */
export const HEADER_WITHIN = 10;

const CUSTOM = /^(?:cft|cfs|cfn|cfl|cfd|pft|pfs|pfn|ift|jft)\s*\[(.*)\]$/i;

/**
 * The form in which column names are compared: `E-mails` is `email`, `Client Name` `customer name`, `Invoice #` and
 * `InvoiceNumber` `invoice number`, `Total ($)` `total`, `POAddressLine1` `po street`.
 */
export function canonical(name: string): string {
  return unwrap(name)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\((?:s|es)\)/g, 's')
    .replace(/\([^)]*\)/g, ' ')
    .replace(/#s?\b|#/g, ' number ')
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .replace(/\be mails?\b|\bemails\b/g, 'email')
    .replace(/\bemail address(?:es)?\b/g, 'email')
    .replace(/\bclients?\b/g, 'customer')
    .replace(/^(?:no|num|nr|nbr)\b|\b(?:no|num|nr|nbr)$/g, 'number')
    .replace(/\binv\b/g, 'invoice')
    .replace(/\bqty\b/g, 'quantity')
    .replace(/\b(phone|mobile|cell|telephone|fax)s? numbers?\b/g, '$1')
    .replace(/\bphones\b/g, 'phone')
    .replace(/\b(home|work|office|business|daytime|customer mobile) number\b/g, '$1 phone')
    .replace(/\bjobs? number\b/g, 'job number')
    .replace(/\s+/g, ' ')
    .trim();
}

const COMPONENTS: [RegExp, string][] = [
  [
    /^(?:address )?(?:street )?(?:address )?(?:line|street|address|addr)?\s*2$|^(?:unit|suite|apt|apartment|suite number|unit number)$/,
    'street2',
  ],
  [
    /^(?:address )?(?:street )?(?:address )?(?:line|street|address|addr)?\s*1$|^street(?: address| name)?$|^street number$/,
    'street',
  ],
  [/^(?:address )?(?:city|town|suburb)$/, 'city'],
  [
    /^(?:address )?(?:state|province|region|state province|province state|state or province|state code|state region)$/,
    'state',
  ],
  [
    /^(?:address )?(?:zip|zip code|zipcode|postal code|postcode|postal|zip postal code|postal code zip code|zip postal|postal zip code)$/,
    'zip',
  ],
  [/^(?:address )?(?:country|country code|country region)$/, 'country'],
  [/^(?:full )?address(?: full)?$|^full$|^$/, 'full'],
  [/^(?:address )?notes$/, 'notes'],
  [/^(?:address )?billing$/, 'isBilling'],
];
const BILLING = /^(?:billing|bill to|bill|mailing|invoice|po|customer billing|customer)(?= |$)/;
const SERVICE =
  /^(?:service property|service location|service|shipping|ship to|ship|sa|property|job site|jobsite|job|site|location|work|address (?=\d+ \D))(?= |$|(?<= ))/;

/** The address part that a name means, or null. Numbered groups (`Address_3 City`) are service addresses. */
function addressTarget(name: string): Target | null {
  const numbered = /^(?:address|property|location|service address|site) (\d+)(?: (.+))?$/.exec(name);
  if (numbered && /^(?:street|city|state|zip|postal|country|billing|notes|province|name)/.test(numbered[2] ?? '')) {
    const rest = (numbered[2] ?? '').replace(/^street line (\d)$/, 'line $1');
    return rest === 'name' ? 'service.name' : part('service', rest);
  }
  const service = SERVICE.exec(name);
  if (service) {
    const rest = name.slice(service[0].length).trim();
    if (rest === 'name') return 'service.name';
    return rest === '' || rest === 'billing' ? null : part('service', rest);
  }
  const billing = BILLING.exec(name);
  const rest = billing ? name.slice(billing[0].length).trim() : name;
  if (rest === '' || (billing && /^(?:notes|billing)$/.test(rest))) return null;
  const found = part('billing', rest);
  return found === null || found === ('billing.notes' as string) || found === ('billing.isBilling' as string)
    ? null
    : found;
}

function part(side: 'billing' | 'service', rest: string): Target | null {
  const component = COMPONENTS.find(([pattern]) => pattern.test(rest))?.[1];
  if (!component) return null;
  if (side === 'billing' && (component === 'notes' || component === 'isBilling')) return null;
  return `${side}.${component}` as Target;
}

/** The number in names such as `Address_3 City`, by which columns of one address belong together; 0 without one. */
export function addressGroup(name: string): number {
  const match = /^(?:address|property|location|service address|site) (\d+)(?: |$)/.exec(canonical(name));
  return match ? Number(match[1]) : 0;
}

/** What each column could be, best first. `rank` says how telling the name is: 0 is best. */
function candidates(kind: FileKind): Map<string, { target: Target; rank: number }[]> {
  const map = new Map<string, { target: Target; rank: number }[]>();
  for (const [target, names] of aliasesFor(kind)) {
    names.forEach((name, rank) => map.set(name, [...(map.get(name) ?? []), { target, rank }]));
  }
  return map;
}

/**
 * A mapping for a header, by name only. Where two columns fit one target that takes one (two names alike, or `No.`
 * beside `Invoice #`), the more telling name wins, then the column that has more in the sample.
 */
export function guessMapping(header: string[], sample: string[][], kind: FileKind): Mapping {
  const known = candidates(kind);
  const filled = header.map((_, column) => sample.filter((cells) => (cells[column] ?? '').trim() !== '').length);
  const claims: { column: number; target: Target; rank: number; group: number }[] = [];
  header.forEach((raw, column) => {
    const name = canonical(CUSTOM.exec(raw.trim())?.[1] ?? raw);
    if (name === '') return;
    const found = known.get(name) ?? [];
    if (CUSTOM.test(raw.trim())) {
      if (kind === 'customers' && name === 'notes')
        claims.push({ column, target: 'customer.notes', rank: 9, group: 0 });
      return;
    }
    const rows = found.map(({ target, rank }) => ({ column, target, rank, group: 0 }));
    // A job's own address is where the work is done.
    const address =
      rows.length === 0 ? (kind === 'jobs' && name === 'address' ? 'service.full' : addressTarget(name)) : null;
    if (address) rows.push({ column, target: address, rank: 50, group: addressGroup(raw) });
    claims.push(...rows);
  });
  claims.sort((a, b) => a.rank - b.rank || (filled[b.column] ?? 0) - (filled[a.column] ?? 0) || a.column - b.column);
  const mapping: Mapping = {};
  const taken = new Set<number>();
  const slots = new Set<string>();
  for (const { column, target, group } of claims) {
    const slot = `${target} ${group}`;
    if (taken.has(column) || (!MANY.has(target) && slots.has(slot))) continue;
    taken.add(column);
    slots.add(slot);
    mapping[target] = [...(mapping[target] ?? []), column].sort((a, b) => a - b);
  }
  return mapping;
}

/** Where the header is: its place in `rows` (of the first ten), or -1 when no row reads like one. */
export function findHeader(rows: Row[]): number {
  const kinds: FileKind[] = ['customers', 'invoices', 'jobs'];
  let best = -1;
  let bestScore = 0;
  rows.slice(0, HEADER_WITHIN).forEach((row, index) => {
    const filled = row.cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
    if (filled.length < 2 || filled.some(looksLikeData)) return;
    const known = Math.max(
      ...kinds.map((kind) => Object.values(guessMapping(row.cells, [], kind)).reduce((n, list) => n + list.length, 0)),
    );
    const score = known * 10 + (known > 0 ? Math.min(filled.length, 9) : 0) / 10;
    if (known >= Math.min(2, filled.length) && score > bestScore) [best, bestScore] = [index, score];
  });
  if (best >= 0) return best;
  // Names nobody knows: the first row with several different words, above rows that are as wide.
  return rows.slice(0, HEADER_WITHIN).findIndex((row, index) => {
    const filled = row.cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
    const width = rows[index + 1]?.cells.filter((cell) => cell.trim() !== '').length ?? 0;
    return filled.length >= 2 && new Set(filled).size === filled.length && !filled.some(looksLikeData) && width >= 2;
  });
}

function looksLikeData(cell: string): boolean {
  return (
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(cell) ||
    /^[($-]*\$?\s*-?[\d,]+(?:\.\d+)?\)?$/.test(cell) ||
    /^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}/.test(cell) ||
    /^\+?[\d()\s.-]{10,}$/.test(cell)
  );
}

/** What a mapping lacks to be run, in words; empty when it will do. `grouped`: customers stand above their invoices. */
export function checkMapping(kind: FileKind, mapping: Mapping, grouped: boolean): string[] {
  const has = (...targets: Target[]) => targets.some((target) => (mapping[target]?.length ?? 0) > 0);
  const missing: string[] = [];
  const someone = has('customer.name', 'customer.first', 'customer.last', 'customer.company', 'customer.fullName');
  if (kind === 'customers') {
    if (!someone && !has('customer.email')) {
      missing.push('Choose the column with the customer’s name: Customer name, Company, or First and Last name.');
    }
  } else {
    if (!has('invoice.number', 'invoice.externalId')) {
      const job = kind === 'jobs' ? 'Choose the column with the job number as Invoice number.' : null;
      missing.push(job ?? 'Choose the column with the Invoice number.');
    }
    if (!someone && !has('customer.externalId', 'customer.email') && !grouped) {
      missing.push('Choose the column that says whose invoice it is: Customer name, Customer ID or Email.');
    }
    if (!has('invoice.total', 'invoice.balance', 'item.total')) {
      missing.push('Choose the column with the amount: Total or Balance due.');
    }
  }
  for (const [target, columns] of Object.entries(mapping) as [Target, number[]][]) {
    // Numbered addresses fill one target from several columns.
    if (columns.length > 1 && !MANY.has(target) && !target.startsWith('service.')) {
      missing.push(`${TARGETS[target]} can come from one column only. Choose one and ignore the others.`);
    }
  }
  return missing;
}
