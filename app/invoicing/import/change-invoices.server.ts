import { sql } from 'drizzle-orm';

import { type Entry, lockInvoices, type Posting, postAll } from '#app/invoicing/ledger/ledger.server.ts';
import type { Tx } from '#db/client.ts';
import { addJobs } from '#db/jobs.ts';
import { invoices, jobs, ledgerEntries, payments } from '#db/schema/index.ts';

import { takeIds } from './book.server.ts';
import type { KnownCustomer } from './match.ts';
import { sayMoney } from './money.ts';
import type { InvoiceRecord } from './records.ts';
import { foreseeOwed, remark, type RunState } from './run-state.ts';

export type Placed = { record: InvoiceRecord; customer: KnownCustomer; locationId: () => number | null };

export type Existing = {
  id: number;
  customerId: number;
  number: string;
  status: InvoiceRecord['status'];
  issuedOn: string;
  dueOn: string;
  summary: string;
  totalCents: number;
  balanceCents: number;
  businessUnitId: number | null;
  locationId: number | null;
  /** What is owed by what the product can know: without payments made here, credits and write-offs. */
  knownCents: number;
};

/** Noon of a day, so that no zone makes another day of it. */
export const noon = (day: string) => new Date(`${day}T12:00:00Z`);

/** The invoices that are there already, by `existingKey`. */
export async function loadExisting(tx: Tx, placed: Placed[]): Promise<Map<string, Existing>> {
  const wanted = placed.map(({ record, customer }) => ({ number: record.number, customer: customer.id }));
  if (wanted.length === 0) return new Map();
  // Grouped and joined, not looked up one by one: see the note on loops in run.server.ts.
  const rows = await tx.execute<Existing>(sql`
    with found as (
      select i.* from ${invoices} i
        join jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as r(number text, customer bigint)
          on i.number = r.number and i.customer_id = r.customer),
    known as (
      select e.invoice_id, sum(e.amount_cents)::bigint as cents from ${ledgerEntries} e
        left join ${payments} p on p.id = e.payment_id
       where e.invoice_id in (select id from found) and e.kind not in ('credit', 'write_off', 'tip')
         and (p.id is null or p.processor = 'import')
       group by e.invoice_id)
    select i.id, i.customer_id as "customerId", i.number, i.status, i.issued_on::text as "issuedOn", i.due_on::text as "dueOn",
           i.summary, i.total_cents as "totalCents", i.balance_cents as "balanceCents",
           i.business_unit_id as "businessUnitId", i.location_id as "locationId", coalesce(known.cents, 0) as "knownCents"
      from found i left join known on known.invoice_id = i.id`);
  return new Map(rows.map((row) => [existingKey(row.customerId, row.number), row]));
}

/** By what an invoice is told from others: its customer and number. */
export function existingKey(customerId: number, number: string): string {
  return `${customerId}\n${number}`;
}

type Kept = { placed: Placed; before: Existing };

type Change = {
  kept: Kept;
  fields: {
    status: InvoiceRecord['status'];
    issuedOn: string;
    dueOn: string;
    summary: string;
    totalCents: number;
    businessUnitId: number | null;
    locationId: number | null;
  };
  /** True when a field differs. */
  edited: boolean;
  entries: Entry[];
  /** What came in at the other product since. */
  paidCents: number;
  remark: string | null;
};

/**
 * Brings known invoices in line with the file. Those that differ are locked, read again under the lock, and only then
 * changed, so that a payment that comes in meanwhile is neither lost nor held up by an import of what is unchanged.
 * @returns the records that changed something
 */
export async function changeInvoices(tx: Tx, state: RunState, kept: Kept[]): Promise<Set<InvoiceRecord>> {
  const looked = kept.map((entry) => changeOf(state, entry));
  const differing = looked.filter(isChange);
  const changes = state.foreseen === null ? await lookAgain(tx, state, differing) : differing;
  for (const { remark: words, kept: entry } of looked) {
    if (words !== null) remark(state, entry.placed.record, entry.before.number, words);
  }
  state.counts.invoicesUpdated += changes.length;
  state.counts.invoicesUnchanged += kept.length - changes.length;
  if (state.foreseen === null) await writeChanges(tx, state, changes);
  else for (const change of changes) foreseeOwed(state, change.kept.before.customerId, owedMore(change));
  return new Set(changes.map((change) => change.kept.placed.record));
}

/** The changes that are left once the invoices are locked and read again. */
async function lookAgain(tx: Tx, state: RunState, differing: Change[]): Promise<Change[]> {
  if (differing.length === 0) return [];
  await lockInvoices(
    tx,
    differing.map(({ kept: { before } }) => before.id),
  );
  const now = await loadExisting(
    tx,
    differing.map(({ kept }) => kept.placed),
  );
  return differing
    .map(({ kept: { placed, before } }) => changeOf(state, { placed, before: now.get(keyOf(before)) ?? before }))
    .filter(isChange);
}

/** How much more a customer owes on an open invoice by its change. */
function owedMore({ kept: { before }, fields, entries, paidCents }: Change): number {
  const open = (status: string) => status === 'open' || status === 'paid';
  const after = entries.reduce((sum, entry) => sum + entry.amountCents, before.balanceCents - paidCents);
  return (open(fields.status) ? after : 0) - (open(before.status) ? before.balanceCents : 0);
}

async function writeChanges(tx: Tx, state: RunState, changes: Change[]): Promise<void> {
  await writeFields(
    tx,
    state,
    changes.filter((change) => change.edited),
  );
  await finishJobs(tx, changes);
  const postings = changes
    .filter((change) => change.entries.length > 0)
    .map(({ kept: { before }, entries }) => ({ invoiceId: before.id, entries }));
  const payments = await paymentPostings(
    tx,
    state,
    changes.filter((change) => change.paidCents > 0),
  );
  await postAll(tx, mergePostings([...postings, ...payments]));
}

const keyOf = (before: Existing) => existingKey(before.customerId, before.number);

function isChange(change: Change): boolean {
  return change.edited || change.entries.length > 0 || change.paidCents > 0;
}

function changeOf(state: RunState, kept: Kept): Change {
  const { placed, before } = kept;
  const { record } = placed;
  const unit = record.businessUnit === null ? null : (state.businessUnits.get(record.businessUnit) ?? null);
  const fields = {
    status: statusAfter(record, before),
    issuedOn: record.issuedOn ?? before.issuedOn,
    dueOn: record.dueOn ?? before.dueOn,
    summary: record.summary ?? before.summary,
    totalCents: record.totalCents ?? before.totalCents,
    businessUnitId: unit ?? before.businessUnitId,
    locationId: placed.locationId() ?? before.locationId,
  };
  const names = Object.keys(fields) as (keyof typeof fields)[];
  const edited = names.some((name) => fields[name] !== before[name]);
  return { kept, fields, edited, ...ledgerChange(state, record, before) };
}

// Paid or open follows from the ledger; the file decides on drafts and voids.
function statusAfter(record: InvoiceRecord, before: Existing): InvoiceRecord['status'] {
  if (record.status === 'void') return 'void';
  if (record.status === 'draft') return before.status;
  if (before.status === 'draft' || before.status === 'void') return record.balanceCents > 0 ? 'open' : 'paid';
  return before.status;
}

/**
 * What the ledger lacks so that it says what the file says. The product does not know what was paid or credited here, so
 * its figure is compared with what it can know: an invoice that was paid here is not opened again by an older file.
 */
function ledgerChange(
  state: RunState,
  record: InvoiceRecord,
  before: Existing,
): Pick<Change, 'entries' | 'paidCents' | 'remark'> {
  const entries: Entry[] = [];
  const change = (paidCents = 0, remark: string | null = null) => ({ entries, paidCents, remark });
  const memo = `Changed in ${state.sourceName}`;
  if (record.status === 'void') {
    const memoVoid = `Void in ${state.sourceName}`;
    if (before.balanceCents !== 0) entries.push({ kind: 'charge', amountCents: -before.balanceCents, memo: memoVoid });
    return change();
  }
  const risen = record.totalCents === null || before.status === 'void' ? 0 : record.totalCents - before.totalCents;
  if (risen !== 0) entries.push({ kind: 'charge', amountCents: risen, memo });
  const known = before.knownCents + risen;
  const here = before.balanceCents + risen;
  if (record.balanceCents > known) {
    entries.push({ kind: 'charge', amountCents: record.balanceCents - known, memo });
    return change();
  }
  if (record.balanceCents < here) return change(here - record.balanceCents);
  if (record.balanceCents === known || record.balanceCents === here) return change();
  const theirs = sayMoney(record.balanceCents);
  const ours = sayMoney(here);
  const remark = `The file says ${theirs} is owed, but with what was paid or credited here it is ${ours}. The lower sum stays.`;
  return change(0, remark);
}

async function writeFields(tx: Tx, state: RunState, changes: Change[]): Promise<void> {
  if (changes.length === 0) return;
  for (const { kept } of changes) state.owing.add(kept.before.customerId);
  const rows = changes.map(({ kept, fields }) => ({ id: kept.before.id, ...fields }));
  await tx.execute(sql`
    update ${invoices} i
       set status = r.status, issued_on = r."issuedOn", due_on = r."dueOn", summary = r.summary,
           total_cents = r."totalCents", business_unit_id = r."businessUnitId", location_id = r."locationId",
           updated_at = now(), paid_at = case when r.status = 'paid' then coalesce(i.paid_at, now()) else i.paid_at end
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r(id bigint, status text, "issuedOn" date, "dueOn" date, summary text, "totalCents" bigint,
             "businessUnitId" bigint, "locationId" bigint)
     where i.id = r.id`);
}

/** The job of a draft is done once its invoice is not a draft any more. */
async function finishJobs(tx: Tx, changes: Change[]): Promise<void> {
  const done = changes.flatMap(({ kept: { before, placed } }) =>
    placed.record.jobDone === true && before.status === 'draft' && placed.record.jobNumber !== null
      ? [{ customer: before.customerId, number: placed.record.jobNumber }]
      : [],
  );
  if (done.length === 0) return;
  await tx.execute(sql`
    update ${jobs} j set status = 'completed', completed_at = coalesce(completed_at, now())
      from jsonb_to_recordset(${JSON.stringify(done)}::jsonb) as r(customer bigint, number text)
     where j.customer_id = r.customer and j.number = r.number and j.status <> 'completed'`);
}

/** Money that came in at the other product since: a payment, so that campaigns count it, and what it settles. */
async function paymentPostings(tx: Tx, state: RunState, changes: Change[]): Promise<Posting[]> {
  if (changes.length === 0) return [];
  const ids = await takeIds(tx, 'payments', changes.length);
  const rows = changes.map(({ kept: { before, placed }, paidCents }, i) => ({
    id: ids[i],
    customer: before.customerId,
    amount: paidCents,
    key: `import-${state.importId}-${before.id}-${placed.record.line}`,
    allocations: [{ invoiceId: before.id, amountCents: paidCents }],
    day: placed.record.paidOn,
  }));
  await tx.execute(sql`
    insert into ${payments} (id, customer_id, amount_cents, method, status, processor, reference, idempotency_key, allocations, created_at)
    overriding system value
    select id, customer, amount, 'other', 'succeeded', 'import', ${state.sourceName}, key, allocations,
           coalesce(day + time '12:00' at time zone 'UTC', now())
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r(id bigint, customer bigint, amount bigint, key text, allocations jsonb, day date)`);
  await addJobs(
    tx,
    'payment.attribute',
    ids.map((paymentId) => ({ companyId: state.companyId, paymentId })),
  );
  return changes.map(({ kept: { before, placed }, paidCents }, i) => {
    const paidOn = placed.record.paidOn;
    const memo = `Paid in ${state.sourceName}`;
    const entry: Entry = { kind: 'payment', amountCents: -paidCents, paymentId: ids[i] ?? null, memo };
    return { invoiceId: before.id, entries: [paidOn === null ? entry : { ...entry, at: noon(paidOn) }] };
  });
}

function mergePostings(postings: Posting[]): Posting[] {
  const merged = new Map<number, Posting>();
  for (const { invoiceId, entries } of postings) {
    const known = merged.get(invoiceId);
    if (known) known.entries.push(...entries);
    else merged.set(invoiceId, { invoiceId, entries: [...entries] });
  }
  return [...merged.values()];
}
