import { sql } from 'drizzle-orm';

import { type Entry, type Posting, postOpeningEntries } from '#app/invoicing/ledger/ledger.server.ts';
import type { Tx } from '#db/client.ts';
import { businessUnits, invoiceItems, invoices, jobs } from '#db/schema/index.ts';

import { jsonList, takeIds } from './book.server.ts';
import {
  changeInvoices,
  type Existing,
  existingKey,
  loadExisting,
  noon,
  type Placed,
} from './change-invoices.server.ts';
import { cut } from './cells.ts';
import { placeKey } from './match.ts';
import { placeCustomers } from './place-customers.server.ts';
import type { InvoiceRecord } from './records.ts';
import { foreseeOwed, leaveOut, remark, type RunState } from './run-state.ts';

/** Brings a batch of invoices in: new ones with their first ledger entries, known ones by what has changed since. */
export async function applyInvoices(tx: Tx, state: RunState, records: InvoiceRecord[]): Promise<void> {
  const locations = new Map<InvoiceRecord, () => number>();
  const customers = await placeCustomers(
    tx,
    state,
    records,
    (record) => (record.location ? placeKey(record.location.address) : null),
    (changes, customer, record) => {
      if (!record.location) return false;
      const { known, changed } = changes.locate(customer, record.location);
      locations.set(record, () => known.id);
      return changed;
    },
  );
  const placed = [...customers].map(
    ([record, { customer }]): Placed => ({
      record,
      customer,
      locationId: () => locations.get(record)?.() ?? null,
    }),
  );
  await knowBusinessUnits(tx, state, records);
  const existing = await loadExisting(tx, placed);
  const made: Placed[] = [];
  const kept: { placed: Placed; before: Existing }[] = [];
  const seen = new Set<string>();
  for (const entry of placed) {
    const key = existingKey(entry.customer.id, entry.record.number);
    if (seen.has(key)) {
      const reason = `Invoice ${entry.record.number} stands twice in the file for this customer.`;
      leaveOut(state, entry.record, entry.record.number, reason);
      continue;
    }
    seen.add(key);
    const before = existing.get(key);
    if (before) kept.push({ placed: entry, before });
    else {
      made.push(entry);
      state.owing.add(entry.customer.id);
    }
  }
  await insertInvoices(tx, state, made);
  const changed = await changeInvoices(tx, state, kept);
  for (const { record } of made) state.counts.rowsIn += record.source.length;
  for (const { record } of kept.map((entry) => entry.placed)) {
    if (changed.has(record) || customers.get(record)?.changed) state.counts.rowsIn += record.source.length;
  }
}

async function knowBusinessUnits(tx: Tx, state: RunState, records: InvoiceRecord[]): Promise<void> {
  const names = new Set(records.map((record) => record.businessUnit).filter((name) => name !== null));
  const unknown = [...names].filter((name) => !state.businessUnits.has(name));
  if (unknown.length === 0) return;
  await tx.execute(sql`insert into ${businessUnits} (name)
    select jsonb_array_elements_text(${jsonList(unknown)}) on conflict do nothing`);
  const rows = await tx.execute<{ id: number; name: string }>(
    sql`select id, name from ${businessUnits} where name in (select jsonb_array_elements_text(${jsonList(unknown)}))`,
  );
  for (const { id, name } of rows) state.businessUnits.set(name, id);
}

async function insertInvoices(tx: Tx, state: RunState, made: Placed[]): Promise<void> {
  if (made.length === 0) return;
  if (state.foreseen !== null) {
    foresee(state, made);
    return;
  }
  const ids = await takeIds(tx, 'invoices', made.length);
  const jobIds = await jobsOf(tx, state, made);
  const postings: Posting[] = [];
  const items: object[] = [];
  const rows = made.map(({ record, customer, locationId }, i) => {
    const id = ids[i] ?? 0;
    const total = record.totalCents ?? record.balanceCents;
    const issuedOn = record.issuedOn ?? record.dueOn ?? state.today;
    if (record.issuedOn === null && record.dueOn === null) remarkNoDate(state, record);
    const entries = openingEntries(record, total, issuedOn);
    if (entries.length > 0) postings.push({ invoiceId: id, entries });
    items.push(...itemRows(id, record));
    return {
      id,
      customer: customer.id,
      job: jobIds.get(record) ?? null,
      location: locationId(),
      unit: record.businessUnit === null ? null : (state.businessUnits.get(record.businessUnit) ?? null),
      number: record.number,
      summary: record.summary ?? '',
      status: record.status,
      issued: issuedOn,
      due: record.dueOn ?? issuedOn,
      total,
      paid: record.status === 'paid' ? (record.paidOn ?? issuedOn) : null,
      source: state.source,
      external: record.externalId,
    };
  });
  await tx.execute(sql`
    insert into ${invoices} (id, customer_id, job_id, location_id, business_unit_id, number, summary, status, issued_on, due_on,
                             total_cents, balance_cents, paid_at, source, external_id)
    overriding system value
    select id, customer, job, location, unit, number, summary, status, issued, due, total, 0,
           paid + time '12:00' at time zone 'UTC', source, external
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r(id bigint, customer bigint, job bigint, location bigint, unit bigint, number text, summary text, status text,
             issued date, due date, total bigint, paid date, source text, external text)`);
  if (items.length > 0) {
    await tx.execute(sql`
      insert into ${invoiceItems} (invoice_id, position, description, quantity, unit_cents, total_cents)
      select invoice, position, description, quantity, unit, total from jsonb_to_recordset(${JSON.stringify(items)}::jsonb)
        as r(invoice bigint, position int, description text, quantity numeric, unit bigint, total bigint)`);
  }
  await postOpeningEntries(tx, postings);
  state.counts.invoicesAdded += made.length;
}

/** Counts new invoices of a file that is only checked. Credits look for them by what their customer would owe. */
function foresee(state: RunState, made: Placed[]): void {
  for (const { record, customer } of made) {
    if (record.issuedOn === null && record.dueOn === null) remarkNoDate(state, record);
    if (record.status === 'open') foreseeOwed(state, customer.id, record.balanceCents);
  }
  state.counts.invoicesAdded += made.length;
}

function remarkNoDate(state: RunState, record: InvoiceRecord): void {
  const words = `Invoice ${record.number} has no date. It comes in as issued and due today.`;
  remark(state, record, record.number, words);
}

/** The charge, then what was paid before: the payments that the file lists, and the rest in one. */
function openingEntries(record: InvoiceRecord, total: number, issuedOn: string): Entry[] {
  const entries: Entry[] = [];
  if (total !== 0) entries.push({ kind: 'charge', amountCents: total, at: noon(issuedOn) });
  let settled = total - record.balanceCents;
  if (record.status === 'void') {
    if (total !== 0)
      entries.push({ kind: 'charge', amountCents: -total, memo: 'Void in the imported file', at: noon(issuedOn) });
    return entries;
  }
  for (const payment of record.payments) {
    const at = noon(payment.paidOn ?? issuedOn);
    entries.push({ kind: 'payment', amountCents: -payment.amountCents, memo: 'Paid before the import', at });
    settled -= payment.amountCents;
  }
  const at = noon(record.paidOn ?? issuedOn);
  if (settled > 0) entries.push({ kind: 'payment', amountCents: -settled, memo: 'Paid before the import', at });
  if (settled < 0) entries.push({ kind: 'charge', amountCents: -settled, memo: 'Owed beyond the total', at });
  return entries;
}

function itemRows(invoice: number, record: InvoiceRecord): object[] {
  if (record.items.some((item) => item.totalCents === null)) return [];
  return record.items.map((item, position) => {
    const total = item.totalCents ?? 0;
    const count = Number(item.quantity ?? '1');
    const whole = Number.isFinite(count) && count > 0 && count < 1e9 && Number.isInteger(total / count);
    const description = cut([item.name, item.description].filter(Boolean).join(': '), 1000);
    return { invoice, position, description, quantity: whole ? count : 1, unit: whole ? total / count : total, total };
  });
}

/** Jobs that invoices belong to: those of a file of jobs are made, others only found by their number. */
async function jobsOf(tx: Tx, state: RunState, made: Placed[]): Promise<Map<InvoiceRecord, number>> {
  const named = made.filter(({ record }) => record.jobNumber !== null && !record.jobNumber.includes(','));
  if (named.length === 0) return new Map();
  const rows = named
    .filter(({ record }) => record.jobDone !== null || record.status === 'void')
    .map(({ record, customer, locationId }) => ({
      customer: customer.id,
      location: locationId(),
      number: record.jobNumber,
      summary: record.summary ?? '',
      status: record.status === 'void' ? 'canceled' : record.jobDone ? 'completed' : 'scheduled',
      day: record.issuedOn ?? state.today,
    }));
  if (rows.length > 0) {
    await tx.execute(sql`
      insert into ${jobs} (customer_id, location_id, number, summary, status, scheduled_at, completed_at)
      select customer, location, number, summary, status, day + time '12:00' at time zone 'UTC',
             case when status = 'completed' then day + time '12:00' at time zone 'UTC' end
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as r(customer bigint, location bigint, number text, summary text, status text, day date)
      on conflict do nothing`);
  }
  const numbers = named.map(({ record }) => record.jobNumber ?? '');
  const found = await tx.execute<{ id: number; number: string; customerId: number }>(sql`
    select id, number, customer_id as "customerId" from ${jobs}
     where number in (select jsonb_array_elements_text(${jsonList(numbers)}))`);
  const byKey = new Map(found.map((job) => [`${job.customerId}\n${job.number}`, job.id]));
  const ids = new Map<InvoiceRecord, number>();
  for (const { record, customer } of named) {
    const id = byKey.get(`${customer.id}\n${record.jobNumber}`);
    if (id !== undefined) ids.set(record, id);
  }
  return ids;
}
