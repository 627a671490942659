import { sql } from 'drizzle-orm';

import type { EntryKind } from '#app/invoicing/ledger/ledger.server.ts';
import type { Tx } from '#db/client.ts';
import { customers, invoices, ledgerEntries, payments } from '#db/schema/index.ts';

import { agedInvoices, agingReport, endOf, type Aged, type AgedInvoice } from './aging-report.server.ts';
import { addDays, isCalendarDate } from './aging.ts';

/** Days `from` to `to`, both inclusive, as calendar dates. */
export type Period = { from: string; to: string };

export type StatementLine = {
  on: string;
  /** `invoice`: its charges and taxes in one. `payment`: what it settled, without its tip. */
  what: 'invoice' | 'payment' | 'credit' | 'refund' | 'write_off';
  /** Numbers of the invoices it is about. */
  invoices: string[];
  /** Of a payment. */
  method: (typeof payments.$inferSelect)['method'] | null;
  last4: string | null;
  /** Signed: what is owed is positive. */
  amountCents: number;
  /** What was given on top of it; no part of the balance. */
  tipCents: number;
  /** The balance after it. */
  balanceCents: number;
};

export type Statement = {
  customerId: number;
  customer: string;
  period: Period;
  openingCents: number;
  lines: StatementLine[];
  /** Sums of the period. With the opening balance they come to the closing one. */
  sums: { charges: number; tax: number; payments: number; credits: number; refunds: number };
  /** Given in the period, on top of payments. */
  tipsCents: number;
  closingCents: number;
  /** At the end of the period. */
  aged: Aged;
  open: AgedInvoice[];
  /** Credit at the end of the period that settles nothing yet. */
  creditCents: number;
};

/** Entries that one statement shows: a customer with more in a period asks for a shorter one. */
export const MOST_ENTRIES = 5_000;

/**
 * A customer's statement (B-17): all that the ledger says of them in a period, gathered as people think of it, and what was owed at
 * its end. Charge and tax of an invoice are one line, and what one payment settled; credit that only moved between account and
 * invoices is none. Tips stand apart: they come and go at once.
 * @param days the company's calendar date and zone
 * @returns null when the company has no such customer; `too_many` entries for one paper
 */
export async function readStatement(
  tx: Tx,
  customerId: number,
  period: Period,
  days: { today: string; timeZone: string },
): Promise<Statement | null | 'too_many'> {
  const [customer] = await tx.execute<{ name: string }>(sql`select name from ${customers} where id = ${customerId}`);
  if (!customer) return null;
  const { today, timeZone } = days;
  const begin = endOf(addDays(period.from, -1), timeZone);
  const [opening] = await tx.execute<{ cents: number }>(sql`
    select coalesce(sum(amount_cents), 0)::bigint as cents from ${ledgerEntries}
     where customer_id = ${customerId} and at < ${begin}`);
  const entries = await tx.execute<Entry>(sql`
    select e.kind, e.amount_cents as "amountCents", e.payment_id as "paymentId", i.number as invoice,
           to_char(e.at at time zone ${timeZone}, 'YYYY-MM-DD') as on, extract(epoch from e.at)::text as moment, p.method,
           p.card_last4 as last4
      from ${ledgerEntries} e
      left join ${invoices} i on i.company_id = e.company_id and i.id = e.invoice_id
      left join ${payments} p on p.company_id = e.company_id and p.id = e.payment_id
     where e.customer_id = ${customerId} and e.at >= ${begin} and e.at < ${endOf(period.to, timeZone)}
     order by e.at, e.id limit ${MOST_ENTRIES + 1}::int`);
  if (entries.length > MOST_ENTRIES) return 'too_many';
  const openingCents = opening?.cents ?? 0;
  const filter = { on: period.to, today, timeZone, unit: null, customerId };
  const report = await agingReport(tx, filter, { sort: 'total', limit: 1 });
  const sum = (...kinds: EntryKind[]) =>
    entries.reduce((cents, entry) => (kinds.includes(entry.kind) ? cents + entry.amountCents : cents), 0);
  return {
    customerId,
    customer: customer.name,
    period,
    openingCents,
    lines: linesOf(entries, openingCents),
    sums: {
      charges: sum('charge'),
      tax: sum('tax'),
      payments: sum('payment', 'tip'),
      credits: sum('credit', 'write_off'),
      refunds: sum('refund'),
    },
    tipsCents: sum('tip'),
    closingCents: openingCents + entries.reduce((cents, entry) => cents + entry.amountCents, 0),
    aged: report.total.aged,
    open: (await agedInvoices(tx, filter, null)).rows,
    creditCents: report.creditCents ?? 0,
  };
}

type Entry = {
  kind: EntryKind;
  amountCents: number;
  paymentId: number | null;
  invoice: string | null;
  on: string;
  /** Entries of one transaction have one. */
  moment: string;
  method: StatementLine['method'];
  last4: string | null;
};

/** Entries gathered into lines, in the order of their first ones. */
function linesOf(entries: readonly Entry[], openingCents: number): StatementLine[] {
  const lines = new Map<string, Omit<StatementLine, 'balanceCents'>>();
  for (const entry of entries) {
    const { what, key } = lineOf(entry);
    const line = lines.get(key) ?? {
      on: entry.on,
      what,
      invoices: [],
      method: entry.method,
      last4: entry.last4,
      amountCents: 0,
      tipCents: 0,
    };
    line.amountCents += entry.amountCents;
    if (entry.kind === 'tip') line.tipCents += entry.amountCents;
    if (entry.invoice !== null && !line.invoices.includes(entry.invoice)) line.invoices.push(entry.invoice);
    lines.set(key, line);
  }
  let balanceCents = openingCents;
  return [...lines.values()]
    .filter((line) => line.what !== 'credit' || line.amountCents !== 0)
    .map((line) => ({ ...line, balanceCents: (balanceCents += line.amountCents) }));
}

function lineOf({ kind, paymentId, invoice, moment, on }: Entry): { what: StatementLine['what']; key: string } {
  switch (kind) {
    case 'charge':
    case 'tax':
      return { what: 'invoice', key: `invoice ${invoice} ${moment}` };
    case 'payment':
    case 'tip':
      return { what: 'payment', key: `payment ${paymentId ?? `${invoice} ${moment}`} ${on}` };
    case 'credit':
      return { what: 'credit', key: `credit ${moment}` };
    default:
      return { what: kind, key: `${kind} ${paymentId} ${invoice} ${moment}` };
  }
}

/**
 * The period that an address asks for.
 * @returns from the first of last month until today where nothing is asked for, with `error` in words for what is no period
 */
export function readPeriod(
  from: string | null,
  to: string | null,
  today: string,
): { period: Period; error: string | null } {
  const usual = { from: `${addDays(`${today.slice(0, 7)}-01`, -1).slice(0, 7)}-01`, to: today };
  if (from === null && to === null) return { period: usual, error: null };
  if (!isCalendarDate(from ?? '') || !isCalendarDate(to ?? '')) return { period: usual, error: 'Enter two days.' };
  if (from! > to!) return { period: usual, error: 'The first day is behind the last one.' };
  if (from! < '1970-01-01' || to! > addDays(today, 366))
    return { period: usual, error: 'Enter days up to a year from now.' };
  return { period: { from: from!, to: to! }, error: null };
}
