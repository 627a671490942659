import { isNothing, unwrap } from './cells.ts';

/** The character before the cents. */
export type Decimal = '.' | ',';

/** What the values of a column say about their decimal character: how many can only be read one way. */
export type MoneyEvidence = { dot: number; comma: number; either: number };

export type MoneyResult = { ok: true; cents: number | null } | { ok: false; reason: string };

// Ten billion dollars: above it, a column was mapped that holds something else.
const MAX_CENTS = 1_000_000_000_000n;

type Parts = { negative: boolean; digits: string };

/** Sign and figures of an amount: `($1,234.50)`, `-150.00`, `$-5`, `5.00-`, `1 234,50 €`, `12.00 CR`. Null when it is none. */
function split(cell: string): Parts | null {
  let rest = cell.replace(/−|–/g, '-').replace(/\s+/g, ' ');
  let negative = false;
  if (/^\(.*\)$/.test(rest)) {
    negative = true;
    rest = rest.slice(1, -1).trim();
  }
  rest = rest.replace(/^(-?)\s*(?:US\$|CA\$|A\$|\$|€|£|USD|CAD|AUD|EUR|GBP)\s*/i, '$1');
  rest = rest.replace(/\s*(?:\$|€|£|USD|CAD|AUD|EUR|GBP)$/i, '');
  const credit = /^(.*\d)\s*(CR|DR)$/i.exec(rest);
  if (credit) {
    if (credit[2]?.toUpperCase() === 'CR') negative = !negative;
    rest = credit[1] ?? '';
  }
  if (/^-/.test(rest) || /-$/.test(rest)) {
    if (/^-.*-$/.test(rest)) return null;
    negative = !negative;
    rest = rest.replace(/^-|-$/g, '').trim();
  }
  rest = rest.replace(/^\+/, '').replace(/(?<=\d)[ '’](?=\d{3}(?:\D|$))/g, '');
  return /^(?=.*\d)[\d.,]+$/.test(rest) ? { negative, digits: rest } : null;
}

const US = /^(?:\d{1,3}(?:,\d{3})+|\d*)(?:\.\d*)?$/;
const EUROPEAN = /^(?:\d{1,3}(?:\.\d{3})+|\d*)(?:,\d*)?$/;

// A point or comma with exactly three digits after it reads both ways. Zeros at the end read as cents only: 1150.000.
function reads(digits: string): { dot: boolean; comma: boolean } {
  const dot = US.test(digits);
  const comma = EUROPEAN.test(digits);
  if (dot && comma && /^\d{1,3}\.\d{3}$/.test(digits)) return { dot: true, comma: true };
  return { dot, comma };
}

/** Looks at one value and adds what it proves. Whole numbers and other texts prove nothing. */
export function weighMoney(cell: string, evidence: MoneyEvidence): void {
  const parts = split(unwrap(cell));
  if (!parts || !/[.,]/.test(parts.digits)) return;
  const { dot, comma } = reads(parts.digits);
  if (dot && !comma) evidence.dot += 1;
  else if (comma && !dot) evidence.comma += 1;
  else if (dot && comma) evidence.either += 1;
}

/** The decimal character of a column; null where values contradict each other, so that `1,234` must not be guessed. */
export function settleMoney(column: MoneyEvidence, file: MoneyEvidence): Decimal | null {
  if (column.dot > 0 && column.comma > 0) return null;
  if (column.comma > 0) return ',';
  if (column.dot > 0) return '.';
  return file.comma > 0 && file.dot === 0 ? ',' : '.';
}

/**
 * Reads an amount to integer cents, digit by digit (no floating point). Null for nothing. Parts of a cent are refused
 * unless they are a spreadsheet's rounding noise (`1284.4999999999`).
 */
export function parseMoney(cell: string, decimal: Decimal | null): MoneyResult {
  const plain = unwrap(cell);
  if (isNothing(plain)) return { ok: true, cents: null };
  const no = (why: string): MoneyResult => ({ ok: false, reason: `“${plain.slice(0, 40)}” ${why}` });
  const parts = split(plain);
  if (!parts) return no('is not an amount. Write it like 1,234.50.');
  const { dot, comma } = reads(parts.digits);
  if (!dot && !comma) return no('is not an amount. Write it like 1,234.50.');
  const hasMark = /[.,]/.test(parts.digits);
  if (dot && comma && hasMark && decimal === null) {
    return no('can be read two ways: the column has amounts with a decimal point and with a decimal comma.');
  }
  const mark = dot && comma ? (decimal ?? '.') : dot ? '.' : ',';
  const [whole = '', fraction = ''] = parts.digits.replaceAll(mark === '.' ? ',' : '.', '').split(mark);
  const rest = fraction.slice(2);
  let cents = BigInt(`${whole || '0'}${fraction.slice(0, 2).padEnd(2, '0')}`);
  if (!/^0*$/.test(rest)) {
    if (/^999/.test(rest)) cents += 1n;
    else if (!/^000/.test(rest)) return no('has parts of a cent.');
  }
  if (cents > MAX_CENTS) return no('is too large to be an amount.');
  const signed = parts.negative ? -cents : cents;
  return { ok: true, cents: Number(signed) + 0 };
}

/** Cents as people read them in a message: `$1,234.50`, `-$5.00`. */
export function sayMoney(cents: number): string {
  const sign = cents < 0 ? '-' : '';
  const whole = Math.floor(Math.abs(cents) / 100).toLocaleString('en-US');
  return `${sign}$${whole}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;
}
