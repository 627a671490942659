import { sql, type SQL } from 'drizzle-orm';

import { formatPhone } from '#app/ui/format.ts';
import type { Sender } from '#app/messaging/sender.server.ts';
import type { MergeValues } from '#builders/merge/values.ts';
import type { Tx } from '#db/client.ts';

/** What of a customer and an invoice goes into a message, as it comes from the database. */
export type RecipientRow = {
  customerId: number;
  invoiceId: number;
  firstName: string;
  lastName: string;
  name: string;
  companyName: string;
  number: string;
  balanceCents: number;
  totalCents: number;
  currency: string;
  dueOn: string;
  issuedOn: string;
  summary: string;
};

/** The columns of `RecipientRow`, from customers `cu` and invoices `i`. */
export const recipientColumns: SQL = sql`
  cu.id as "customerId", i.id as "invoiceId", cu.first_name as "firstName", cu.last_name as "lastName", cu.name,
  cu.company_name as "companyName", i.number, i.balance_cents as "balanceCents", i.total_cents as "totalCents",
  i.currency, i.due_on as "dueOn", i.issued_on as "issuedOn", i.summary`;

/** What these and the gate ask of the two tables. */
export const recipientNeeds = {
  customers: sql`id, first_name, last_name, name, company_name, do_not_contact`,
  invoices: sql`id, number, balance_cents, total_cents, currency, due_on, issued_on, summary`,
};

/**
 * `RecipientRow` as one text, its values parted by `mark`: thirteen columns cost the worker four times as much to read. None of them
 * can be null.
 * @param mark what no value can hold: nobody may know it beforehand
 */
export const packedRecipient = (mark: string): SQL => sql`
  concat_ws(${mark}, cu.id, i.id, i.balance_cents, i.total_cents, i.currency, i.due_on, i.issued_on, i.number, cu.first_name,
            cu.last_name, cu.name, cu.company_name, i.summary)`;

/** @param packed what `packedRecipient` gave by that mark */
export function unpackRecipient(packed: string, mark: string): RecipientRow {
  const values = packed.split(mark);
  return {
    customerId: Number(values[0]),
    invoiceId: Number(values[1]),
    balanceCents: Number(values[2]),
    totalCents: Number(values[3]),
    currency: values[4]!,
    dueOn: values[5]!,
    issuedOn: values[6]!,
    number: values[7]!,
    firstName: values[8]!,
    lastName: values[9]!,
    name: values[10]!,
    companyName: values[11]!,
    summary: values[12]!,
  };
}

/** The recipient that an invoice is about, or null when the company has no such invoice. */
export async function loadRecipient(tx: Tx, invoiceId: number): Promise<RecipientRow | null> {
  const [row] = await tx.execute<RecipientRow>(sql`
    select ${recipientColumns} from invoices i join customers cu on cu.id = i.customer_id where i.id = ${invoiceId}`);
  return row ?? null;
}

/**
 * The merge values of one recipient: what preview, test send and campaign alike put into a message (B-08). Money and dates
 * are written as people in the US read them; links lead straight to where they lead in the end.
 * @param today the company's day, `YYYY-MM-DD`
 * @param unsubscribe where this recipient unsubscribes
 */
export function mergeValues(sender: Sender, row: RecipientRow, today: string, unsubscribe: string): MergeValues {
  const portal = sender.portalOrigin;
  const due = day(row.dueOn);
  return {
    customer: { first_name: row.firstName, last_name: row.lastName, name: row.name, company_name: row.companyName },
    company: companyValues(sender),
    invoice: {
      number: row.number,
      amount_due: money(row.balanceCents, row.currency),
      total: money(row.totalCents, row.currency),
      due_date: due.words,
      issued_date: day(row.issuedOn).words,
      days_overdue: Math.max(0, daysBetween(due, day(today))),
      summary: row.summary,
    },
    links: {
      customer_portal: portal ? `${portal}/` : '',
      // Derived when it is read: what is sent has short links in its place, and needs none of a thousand addresses.
      get pay_invoice() {
        return sender.payUrl(row.invoiceId);
      },
      unsubscribe,
    },
  };
}

/** Many messages have one sender. */
const companies = new WeakMap<Sender, MergeValues['company']>();

function companyValues(sender: Sender): MergeValues['company'] {
  const known = companies.get(sender);
  if (known) return known;
  const { phone, email, website, postalAddress } = sender.profile;
  const lines = postalAddress.split(/\s*\n\s*/).filter(Boolean);
  const values = {
    name: sender.companyName,
    phone: formatPhone(phone),
    email,
    website,
    postal_address: lines.join(', '),
  };
  companies.set(sender, values);
  return values;
}

/** The calendar day in a zone. @returns `YYYY-MM-DD` */
export function localDay(timeZone: string, at: Date = new Date()): string {
  let format = zones.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    zones.set(timeZone, format);
  }
  return format.format(at);
}

/** Formats are slow to make and there are few zones. */
const zones = new Map<string, Intl.DateTimeFormat>();

type Currency = { format: Intl.NumberFormat; amounts: Map<number, string> };

const currencies = new Map<string, Currency>();

/** An invoice's total mostly is what is due of it, and prices come up again and again. */
function money(cents: number, currency: string): string {
  let one = currencies.get(currency);
  if (!one) {
    const format = new Intl.NumberFormat('en-US', { style: 'currency', currency });
    currencies.set(currency, (one = { format, amounts: new Map() }));
  }
  const { format, amounts } = one;
  const known = amounts.get(cents);
  if (known) return known;
  if (amounts.size > 5_000) amounts.clear();
  const words = format.format(cents / 100);
  amounts.set(cents, words);
  return words;
}

const dayFormat = new Intl.DateTimeFormat('en-US', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
});

/** `time` is its midnight in UTC. */
type Day = { words: string; time: number };

const days = new Map<string, Day>();

/** `2026-03-04` as `Mar 4, 2026`. Few days come up many times. */
function day(iso: string): Day {
  const known = days.get(iso);
  if (known) return known;
  if (days.size > 5_000) days.clear();
  const time = Date.parse(`${iso}T00:00:00Z`);
  const made = { words: dayFormat.format(time), time };
  days.set(iso, made);
  return made;
}

const daysBetween = (from: Day, to: Day) => Math.round((to.time - from.time) / 86_400_000);
