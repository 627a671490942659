import { Temporal } from 'temporal-polyfill';

import { cut } from './cells.ts';
import { parseMoney } from './money.ts';
import { parseName } from './names.ts';
import type {
  CreditRecord,
  CustomerRef,
  InvoiceItem,
  InvoiceRecord,
  InvoiceStatus,
  LocationRecord,
} from './records.ts';
import { noAddress } from './records.ts';
import type { RowReader } from './reader.ts';

/** What one row of a file of invoices, jobs or receivables says. */
export type InvoiceRow =
  | { as: 'invoice'; record: InvoiceRecord; itemCents: number | null; partial: boolean }
  | { as: 'credit'; record: CreditRecord }
  | { as: 'nothing' };

type Said = { status: InvoiceStatus | null; partial: boolean; jobDone: boolean | null };

/** The number by which a row says which invoice it is about, also where the rest of the row is wrong. */
export function rowNumber(reader: RowReader): string | null {
  return (reader.text('invoice.number') ?? reader.text('invoice.externalId'))?.replace(/^#\s*(?=\w)/, '') ?? null;
}

/**
 * One row as an invoice or a credit, with the groups it stands in (outermost first). `nothing` means that it stays out:
 * the reader has the reason.
 */
export function readInvoiceRow(reader: RowReader, groups: string[]): InvoiceRow {
  const type = reader.text('invoice.type') ?? '';
  const { ref, child } = customerRef(reader, groups);
  const credit = /payment|credit|refund/i.test(type) && !/invoice/i.test(type);
  if (!credit && type !== '' && !/invoice|charge|sale|job|receipt/i.test(type)) {
    reader.report(
      'error',
      reader.plan.mapping['invoice.type']?.[0] ?? null,
      type,
      `“${type}” is not an invoice, a payment or a credit.`,
    );
    return { as: 'nothing' };
  }
  const total = reader.money('invoice.total');
  let balance = reader.money('invoice.balance');
  const paid = reader.money('invoice.paid');
  const itemCents = reader.money('item.total');
  if (balance === null && reader.plan.kind === 'receivables' && reader.plan.mapping['invoice.balance']) balance = 0;
  const issuedOn = reader.date('invoice.issuedOn', 'error');
  const number = rowNumber(reader);
  if (ref === null) reader.report('error', null, null, 'The row does not say whose invoice it is.');
  const negative = (total ?? balance ?? itemCents ?? 0) < 0;
  if (credit || (negative && reader.plan.mapping['item.total'] === undefined)) {
    if (reader.bad || !ref) return { as: 'nothing' };
    const amountCents = Math.abs(balance ?? total ?? 0);
    if (amountCents === 0) return { as: 'nothing' };
    const place = { line: reader.row.line, row: reader.row.row, source: [reader.row] };
    const kind = /payment/i.test(type) ? 'payment' : 'credit';
    return { as: 'credit', record: { type: 'credit', ...place, kind, number, customer: ref, issuedOn, amountCents } };
  }
  if (number === null)
    reader.report('error', reader.plan.mapping['invoice.number']?.[0] ?? null, null, 'The row has no invoice number.');
  else if (number.length > 100)
    reader.report(
      'error',
      reader.plan.mapping['invoice.number']?.[0] ?? null,
      number,
      'The invoice number is longer than 100 characters.',
    );
  const dueOn = reader.date('invoice.dueOn', 'error');
  const createdOn = reader.date('invoice.createdOn', 'warning');
  const paidOn = reader.date('invoice.paidOn', 'warning');
  if (total === null && balance === null && itemCents === null && !reader.bad) {
    reader.report('error', null, null, 'The row has no amount.');
  }
  checkCurrency(reader);
  if (reader.bad || !ref || number === null) return { as: 'nothing' };
  const said = readStatus(reader.text('invoice.status') ?? '', reader.plan.kind === 'jobs');
  if (said.status === 'void' && /debt|written|uncollect/i.test(reader.text('invoice.status') ?? '')) {
    reader.report(
      'warning',
      reader.plan.mapping['invoice.status']?.[0] ?? null,
      reader.text('invoice.status'),
      'The invoice is written off, so it comes in as void: nobody is reminded of it.',
    );
  }
  const record: InvoiceRecord = {
    type: 'invoice',
    line: reader.row.line,
    row: reader.row.row,
    source: [reader.row],
    externalId: reader.text('invoice.externalId'),
    number,
    customer: ref,
    issuedOn: issuedOn ?? createdOn,
    dueOn: dueOn ?? dueByTerms(issuedOn ?? createdOn, reader.text('invoice.terms')),
    paidOn,
    totalCents: total,
    balanceCents: 0,
    status: said.status ?? 'open',
    summary: reader.text('invoice.summary'),
    items: itemsOf(reader, itemCents),
    businessUnit: reader.text('invoice.businessUnit'),
    location: locationOf(reader, child),
    jobNumber: reader.text('invoice.jobNumber') ?? (reader.plan.kind === 'jobs' ? number : null),
    jobDone: said.jobDone,
    payments: [],
  };
  // Until `settle` runs, NaN stands for a balance that the row does not give.
  record.balanceCents = balance ?? (paid !== null && total !== null ? total - paid : Number.NaN);
  return { as: 'invoice', record, itemCents, partial: said.partial };
}

/**
 * Ends an invoice once all its rows are there: total, balance and status agree. Returns the reason when the file does
 * not say how much is owed; then the invoice must stay out, or a customer would be asked for too much.
 */
export function settle(record: InvoiceRecord, partial: boolean, warn: (reason: string) => void): string | null {
  const known = !Number.isNaN(record.balanceCents);
  if (record.status === 'void') record.balanceCents = 0;
  else if (!known && record.status === 'paid') record.balanceCents = 0;
  else if (!known && partial) {
    return 'The invoice is partly paid, but the file does not say how much is left. Export it with a balance or an amount paid, and import it again.';
  } else if (!known) record.balanceCents = record.totalCents ?? 0;
  if (record.balanceCents < 0) {
    warn('More was paid than the total. The invoice comes in as paid; check what the customer is owed.');
    record.balanceCents = 0;
  }
  if (record.status === 'paid' && record.balanceCents > 0) {
    warn('The file says paid, but also that something is still owed. The amount counts: it comes in as open.');
    record.status = 'open';
  }
  if (record.status === 'open' && record.balanceCents === 0) record.status = 'paid';
  if (record.summary === null && record.items.length > 0) {
    const names = record.items.map((item) => item.name).filter((name) => name !== '');
    record.summary = cut(names.join(', '), 500) || null;
  }
  return null;
}

function readStatus(text: string, job: boolean): Said {
  const said = (status: InvoiceStatus | null, partial = false, jobDone: boolean | null = null): Said => ({
    status,
    partial,
    jobDone,
  });
  if (/void|cancel|deleted|written.?off|bad debt|uncollect|rejected/i.test(text))
    return said('void', false, job ? false : null);
  if (job)
    return /complete|done|finished|closed|invoiced|paid/i.test(text) && !/not|incomplete/i.test(text)
      ? said(null, false, true)
      : said(text === '' ? null : 'draft', false, text === '' ? null : false);
  if (/draft|not sent yet/i.test(text)) return said('draft');
  if (/part/i.test(text)) return said('open', true);
  if (/unpaid|not paid|past due|overdue|awaiting|outstanding/i.test(text)) return said('open');
  if (/paid|closed|settled|complete/i.test(text)) return said('paid');
  return said(null);
}

/** `Net 30` is thirty days after the invoice, `Due on receipt` the same day; null for other words. */
export function dueByTerms(issuedOn: string | null, terms: string | null): string | null {
  if (issuedOn === null || terms === null) return null;
  if (/receipt/i.test(terms)) return issuedOn;
  const days = /^net\s*(\d{1,3})\b/i.exec(terms)?.[1];
  return days === undefined
    ? null
    : Temporal.PlainDate.from(issuedOn)
        .add({ days: Number(days) })
        .toString();
}

function customerRef(reader: RowReader, groups: string[]): { ref: CustomerRef | null; child: string | null } {
  let written = reader.text('customer.name');
  let child: string | null = null;
  if (written === null && !reader.plan.mapping['customer.name'] && groups.length > 0) {
    written = groups[0] ?? null;
    child = groups.length > 1 ? groups.slice(1).join(': ') : null;
  }
  const company = reader.text('customer.company');
  const parsed = parseName(written ?? '');
  const first = reader.text('customer.first') ?? parsed.first;
  const last = reader.text('customer.last') ?? parsed.last;
  const name = parsed.name || company || [first, last].filter(Boolean).join(' ') || null;
  const externalId = reader.text('customer.externalId');
  const emails = reader.emails();
  if (name === null && externalId === null && emails.length === 0) return { ref: null, child: null };
  if (name !== null && name.length > 200) reader.report('error', null, name, 'The name is longer than 200 characters.');
  return { ref: { externalId, name, first, last, emails, phones: reader.phones() }, child: child ?? parsed.child };
}

function locationOf(reader: RowReader, child: string | null): LocationRecord | null {
  const location = reader.services()[0] ?? null;
  if (location) return { ...location, name: location.name ?? child };
  return child === null
    ? null
    : { externalId: null, name: child, address: { ...noAddress }, notes: null, billing: false };
}

function itemsOf(reader: RowReader, cents: number | null): InvoiceItem[] {
  const name = reader.text('item.name');
  const description = reader.text('item.description');
  if (name !== null || description !== null || cents !== null) {
    const quantity =
      reader
        .text('item.quantity')
        ?.replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '') ?? null;
    return [
      { name: name ?? description ?? '', description: name === null ? null : description, quantity, totalCents: cents },
    ];
  }
  // Jobber: "Water heater 50 gal (1, $1150.00), Haul away (1, $50.00)".
  const items: InvoiceItem[] = [];
  const list = reader.text('item.list') ?? '';
  for (const match of list.matchAll(/(.+?) \((\d+(?:\.\d+)?), (-?\$-?[\d,.]+)\)(?:, |$)/g)) {
    const amount = parseMoney(match[3] ?? '', '.');
    items.push({
      name: match[1] ?? '',
      description: null,
      quantity: match[2] ?? null,
      totalCents: amount.ok ? amount.cents : null,
    });
  }
  return items.length === 0 && list !== ''
    ? [{ name: cut(list, 500), description: null, quantity: null, totalCents: null }]
    : items;
}

function checkCurrency(reader: RowReader): void {
  const currency = reader.text('invoice.currency');
  if (currency !== null && !/^(?:usd|us\$|\$|us dollars?)$/i.test(currency)) {
    const column = reader.plan.mapping['invoice.currency']?.[0] ?? null;
    reader.report(
      'error',
      column,
      currency,
      `The invoice is in ${currency.slice(0, 20)}. Only US dollars can be imported.`,
    );
  }
}
