import { readAmount, MOST_CENTS } from '#app/invoicing/payments/amount.ts';
import { addDays, isCalendarDate } from '#app/invoicing/reports/aging.ts';

import {
  priceLine,
  readQuantity,
  readTaxRate,
  sumLines,
  writeDecimal,
  type LinePrice,
  type PricedLine,
} from './price.ts';

/** A line of the form, as typed. */
export type TypedLine = { description: string; quantity: string; price: string; tax: string };

/** What the form of an invoice sends, as typed. */
export type InvoiceForm = {
  number: string;
  summary: string;
  jobId: string;
  locationId: string;
  membershipId: string;
  businessUnitId: string;
  issuedOn: string;
  terms: string;
  dueOn: string;
  notes: string;
  lines: TypedLine[];
};

/** By field; those of lines are `line-2-price`, counted from 0. `form` is about the whole. */
export type InvoiceErrors = Record<string, string>;

export const terms = [
  { value: 'receipt', label: 'Due on receipt', days: 0 },
  { value: 'net15', label: 'Net 15 days', days: 15 },
  { value: 'net30', label: 'Net 30 days', days: 30 },
  { value: 'own', label: 'Own date', days: null },
] as const;

/** The days of a choice of terms after the day of issue; null for a date of its own. */
export const termDays = (value: string): number | null => terms.find((one) => one.value === value)?.days ?? null;

/** The terms that lead from one date to the other. */
export const termsOf = (issuedOn: string, dueOn: string): string =>
  terms.find((one) => one.days !== null && addDays(issuedOn, one.days) === dueOn)?.value ?? 'own';

/** Lines that one invoice can have: more than a page of them is rare. */
export const MOST_LINES = 100;

export const emptyLine = (tax = ''): TypedLine => ({ description: '', quantity: '1', price: '', tax });

const plainFields = [
  'number',
  'summary',
  'jobId',
  'locationId',
  'membershipId',
  'businessUnitId',
  'issuedOn',
  'terms',
  'dueOn',
  'notes',
] as const satisfies readonly (keyof InvoiceForm)[];

/** The form's fields from a posted form, as typed. */
export function typedInvoice(form: {
  get: (name: string) => unknown;
  getAll: (name: string) => unknown[];
}): InvoiceForm {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const column = (name: string) =>
    form
      .getAll(name)
      .slice(0, MOST_LINES + 1)
      .map(text);
  const [descriptions, quantities, prices, taxes] = ['description', 'quantity', 'price', 'tax'].map(column);
  const plain = Object.fromEntries(plainFields.map((name) => [name, text(form.get(name))]));
  return {
    ...(plain as Record<(typeof plainFields)[number], string>),
    lines: descriptions!.map((description, index) => ({
      description,
      quantity: quantities![index] ?? '',
      price: prices![index] ?? '',
      tax: taxes![index] ?? '',
    })),
  };
}

/** One line of an invoice, read. */
export type InvoiceLine = PricedLine & LinePrice & { description: string };

/** An invoice as its form says, read. */
export type InvoiceContent = {
  number: string;
  summary: string;
  jobId: number | null;
  locationId: number | null;
  membershipId: number | null;
  businessUnitId: number | null;
  issuedOn: string;
  dueOn: string;
  notes: string;
  lines: InvoiceLine[];
} & LinePrice;

const FAR = 'Enter a date within ten years of today.';

/**
 * Reads the whole form, so that all that is wrong is told at once. Lines with nothing in them are left out. Whether the number is
 * free and the ids are this customer's is asked where they are written.
 * @param today the company's calendar date
 */
export function readInvoiceForm(
  form: InvoiceForm,
  today: string,
): { ok: true; content: InvoiceContent } | { ok: false; errors: InvoiceErrors } {
  const errors: InvoiceErrors = {};
  const number = oneLine(form.number);
  if (number === '') errors.number = 'Enter a number.';
  else if (number.length > 40) errors.number = 'Use at most 40 characters.';
  const summary = oneLine(form.summary);
  if (summary.length > 200) errors.summary = 'Use at most 200 characters.';
  const notes = form.notes.replaceAll('\r\n', '\n').trim();
  if (notes.length > 2000) errors.notes = 'Use at most 2,000 characters.';

  const issuedOn = form.issuedOn.trim();
  if (!isCalendarDate(issuedOn)) errors.issuedOn = 'Enter the day of the invoice.';
  else if (isFar(issuedOn, today)) errors.issuedOn = FAR;
  const days = termDays(form.terms);
  if (!terms.some((one) => one.value === form.terms)) errors.terms = 'Choose when it is due.';
  const dueOn = days !== null && !errors.issuedOn ? addDays(issuedOn, days) : form.dueOn.trim();
  if (days === null && !errors.terms) {
    if (!isCalendarDate(dueOn)) errors.dueOn = 'Enter the day on which it is due.';
    else if (isFar(dueOn, today)) errors.dueOn = FAR;
    else if (!errors.issuedOn && dueOn < issuedOn) errors.dueOn = 'This is before the day of the invoice.';
  }

  const { lines, errors: lineErrors } = readLines(form.lines);
  Object.assign(errors, lineErrors);
  const sum = sumLines(lines);
  if (Object.keys(lineErrors).length === 0) {
    if (sum.totalCents < 0) errors.form = 'The total is below zero. To give money back, give a credit instead.';
    if (sum.totalCents > MOST_CENTS) errors.form = 'The total is above $999,999.99, the most that one invoice can be.';
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const ids = {
    jobId: idOf(form.jobId),
    locationId: idOf(form.locationId),
    membershipId: idOf(form.membershipId),
    businessUnitId: idOf(form.businessUnitId),
  };
  return { ok: true, content: { number, summary, ...ids, issuedOn, dueOn, notes, lines, ...sum } };
}

function readLines(typed: TypedLine[]): { lines: InvoiceLine[]; errors: InvoiceErrors } {
  const errors: InvoiceErrors = {};
  const lines: InvoiceLine[] = [];
  typed.forEach((line, index) => {
    if (isBlank(line)) return;
    const at = `line-${index}`;
    const description = line.description.replaceAll('\r\n', '\n').trim();
    if (description === '') errors[`${at}-description`] = 'Say what this line is for.';
    else if (description.length > 1000) errors[`${at}-description`] = 'Use at most 1,000 characters.';
    const quantity = readQuantity(line.quantity);
    if (!quantity.ok) errors[`${at}-quantity`] = quantity.error;
    const price = readPrice(line.price);
    if (!price.ok) errors[`${at}-price`] = price.error;
    const taxRate = readTaxRate(line.tax);
    if (!taxRate.ok) errors[`${at}-tax`] = taxRate.error;
    if (!quantity.ok || !price.ok || !taxRate.ok) return;
    const priced = { quantity: quantity.value, unitCents: price.value, taxRate: taxRate.value };
    lines.push({ description, ...priced, ...priceLine(priced) });
  });
  if (typed.length > MOST_LINES) errors.form = `An invoice can have ${MOST_LINES} lines at most.`;
  else if (lines.length === 0 && Object.keys(errors).length === 0) {
    errors['line-0-description'] = 'Enter at least one item.';
  }
  return { lines, errors };
}

/** True for a line in which nobody typed anything: its quantity stands there from the beginning, and its tax may. */
export const isBlank = (line: TypedLine): boolean => line.description.trim() === '' && line.price.trim() === '';

/** Dollars as `readAmount` reads them, also below zero: a discount is a line with a minus. */
export function readPrice(typed: string): { ok: true; value: number } | { ok: false; error: string } {
  const text = typed.normalize('NFKC').trim();
  const minus = /^(?:\$\s*)?[-\u2212]\s*/.exec(text);
  const amount = readAmount(minus ? text.slice(minus[0].length) : text);
  if (amount.ok) return { ok: true, value: minus && amount.cents > 0 ? -amount.cents : amount.cents };
  return { ok: false, error: priceErrors[amount.error] };
}

const priceErrors = {
  empty: 'Enter a price.',
  format: 'Enter a price such as 95 or 1,204.50.',
  decimals: 'Enter a price with two decimals at most.',
  currency: 'Enter the price in US dollars.',
  negative: 'Enter a discount as -25.00.',
  too_large: 'Enter a price below $1,000,000.',
} as const;

/** Cents as they are typed: `1204.50`. */
export const writePrice = (cents: number): string => {
  const size = Math.abs(cents);
  return `${cents < 0 ? '-' : ''}${Math.floor(size / 100)}.${String(size % 100).padStart(2, '0')}`;
};

/** A line as it is typed, of one that is stored. */
export const writeLine = (line: PricedLine & { description: string }): TypedLine => ({
  description: line.description,
  quantity: writeDecimal(line.quantity, 3),
  price: writePrice(line.unitCents),
  tax: line.taxRate === 0 ? '' : writeDecimal(line.taxRate, 6),
});

const isFar = (date: string, today: string) => {
  const years = Number(date.slice(0, 4)) - Number(today.slice(0, 4));
  return Math.abs(years) > 10;
};

const oneLine = (text: string) => text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
const idOf = (text: string): number | null => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : null);

/** What a line that is being typed comes to; null while it can't be read. */
export function typedPrice(line: TypedLine): LinePrice | null {
  const [quantity, price, taxRate] = [readQuantity(line.quantity), readPrice(line.price), readTaxRate(line.tax)];
  if (!quantity.ok || !price.ok || !taxRate.ok) return null;
  return priceLine({ quantity: quantity.value, unitCents: price.value, taxRate: taxRate.value });
}

/**
 * What a button of the form does to its lines before JavaScript: `add` puts one behind the others, with the tax of the one before;
 * `remove-2` takes one out, from 0. Anything else leaves them.
 */
export function changedLines(lines: readonly TypedLine[], what: string): TypedLine[] {
  if (what === 'add') return lines.length < MOST_LINES ? [...lines, emptyLine(lines.at(-1)?.tax)] : [...lines];
  const removed = /^remove-(\d{1,3})$/.exec(what)?.[1];
  const left = removed === undefined ? [...lines] : lines.filter((_, index) => index !== Number(removed));
  return left.length > 0 ? left : [emptyLine()];
}
