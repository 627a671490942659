import { sql, type SQL } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { addJobs } from '#db/jobs.ts';
import { customers, invoices, ledgerEntries } from '#db/schema/index.ts';

import { anyOf, refreshRollups, writeRollups } from './rollups.server.ts';

export { checkLedger, type LedgerDifference } from './check.server.ts';
export { refreshRollups };

/*
 * The one place that writes `ledger_entries`, and with them whatever is derived from them: an invoice's balance, whether
 * it is open or paid, and its customer's roll-up.
 *
 * Locks: customers before invoices, each in the order of their ids, in the mode NO KEY UPDATE. A payment for several
 * invoices of a customer waits at the customer, so two of them can't hold half each. The mode matters: rows that point
 * at a customer (a payment, say) hold its key, which a plain FOR UPDATE would wait for, and two payments for each other.
 * A transaction that posts to invoices of several customers does so in one call of `postAll`.
 */

export type EntryKind = (typeof ledgerEntries.$inferSelect)['kind'];
export type InvoiceStatus = (typeof invoices.$inferSelect)['status'];

/**
 * One movement of money. Charges, taxes, tips and refunds are what is owed (+), what settles them is negative. A credit is
 * positive where it is taken from one place to settle another.
 */
export type Entry = {
  kind: EntryKind;
  /** Whole cents, signed. `charge` and `tax` may be negative too: a discount line. */
  amountCents: number;
  paymentId?: number | null;
  memo?: string;
  /** When it happened; now by default. */
  at?: Date;
};

export type Posting = { invoiceId: number; entries: Entry[] };

/**
 * Entries of a customer's account, which belong to no invoice: credit that is left over (negative), where it is taken (positive),
 * a tip and what paid it. The sum of an account's entries is never above zero: whoever takes from it looks, under the customer's
 * lock, what is there.
 */
export type AccountPosting = { accountOf: number; entries: Entry[] };

export type Posted = {
  invoiceId: number;
  customerId: number;
  balanceCents: number;
  status: InvoiceStatus;
  /** True when this call took the invoice from open to paid. */
  settled: boolean;
};

export type LockedInvoice = {
  id: number;
  companyId: number;
  customerId: number;
  status: InvoiceStatus;
  number: string;
  jobId: number | null;
  dueOn: string;
  balanceCents: number;
  /** What payments under way would settle of it. */
  pendingCents: number;
  currency: string;
};

/**
 * What the caller has locked already in this transaction, so that it need not be locked again: invoices as `lockInvoices` gave
 * them, with their customers, and as they still stand; and customers of whom `lockCustomer` was asked.
 */
type Held = { invoices: LockedInvoice[]; customerIds?: number[] };

/**
 * Posts entries to one invoice: see `postAll`.
 * @returns where the invoice now stands, or null when the company has no such invoice
 * @throws RangeError when an amount is not whole cents or has the wrong sign for its kind
 */
export async function postEntries(tx: Tx, invoiceId: number, entries: Entry[]): Promise<Posted | null> {
  const [posted] = await postAll(tx, [{ invoiceId, entries }]);
  return posted ?? null;
}

/**
 * Posts entries to any number of invoices (S2-18: one payment settles several) in a handful of statements: locks, writes
 * the entries, brings balances, statuses and roll-ups up to date, and adds the job `invoice.settled` for each invoice
 * that went from open to paid (B-01). Drafts and voided invoices keep their status. Entries add up: post nothing twice.
 * Entries of customers' accounts go in the same call.
 * @param held what is locked already; whatever is missing there is locked here
 * @returns where each invoice now stands, by id; invoices that the company does not have are left out, so a caller that
 * must not lose money compares the lengths. Accounts are not among them
 * @throws RangeError when an amount is not whole cents or has the wrong sign for its kind
 */
export async function postAll(
  tx: Tx,
  postings: (Posting | AccountPosting)[],
  held: Held = { invoices: [] },
): Promise<Posted[]> {
  postings.forEach((posting) => posting.entries.forEach(assertEntry));
  const accounts = postings.flatMap((posting) => ('accountOf' in posting ? [posting.accountOf] : []));
  const before = await lockRest(
    tx,
    postings.flatMap((posting) => ('invoiceId' in posting ? [posting.invoiceId] : [])),
    accounts,
    held,
  );
  if (before.length === 0 && accounts.length === 0) return [];
  await insertEntries(tx, postings);
  const after = await settle(
    tx,
    before.map((invoice) => invoice.id),
  );
  await writeRollups(tx, [...before.map((invoice) => invoice.customerId), ...accounts]);
  const posted = before.map((invoice): Posted => {
    const { balanceCents, status } = after.get(invoice.id) ?? invoice;
    const settled = invoice.status === 'open' && status === 'paid';
    return { invoiceId: invoice.id, customerId: invoice.customerId, balanceCents, status, settled };
  });
  await addJobs(
    tx,
    'invoice.settled',
    before.filter((_, index) => posted[index]!.settled).map(({ companyId, id }) => ({ companyId, invoiceId: id })),
  );
  return posted;
}

/**
 * Posts the first entries of invoices that this very transaction has inserted, as import and seed do by the thousand.
 * Nobody else can see them yet and nobody was reminded of them, so there is nothing to lock and no job to add. The
 * customers' roll-ups are the caller's to refresh, once, after the last batch.
 * @throws RangeError as `postAll`
 */
export async function postOpeningEntries(tx: Tx, postings: Posting[]): Promise<void> {
  if (postings.length === 0) return;
  postings.forEach((posting) => posting.entries.forEach(assertEntry));
  await insertEntries(tx, postings);
  await settle(
    tx,
    postings.map((posting) => posting.invoiceId),
  );
}

/**
 * Locks invoices for a change to what they say or owe, in the order described above. Whoever voids an invoice, moves its
 * due date or charges a card for it locks first, decides by what is returned, and then calls `postAll` or
 * `refreshRollups`.
 * @param customerIds whose accounts are to change too: locked with the invoices' own customers
 * @returns the company's invoices among `invoiceIds`, in the order of their ids
 */
export async function lockInvoices(tx: Tx, invoiceIds: number[], customerIds: number[] = []): Promise<LockedInvoice[]> {
  if (invoiceIds.length === 0 && customerIds.length === 0) return [];
  await tx.execute(sql`
    select id from ${customers}
     where id = any(array(select customer_id from ${invoices} where id = ${anyOf(invoiceIds)}) || ${sql.param(customerIds)}::int8[])
     order by id for no key update`);
  if (invoiceIds.length === 0) return [];
  return lockRows(tx, sql`id = ${anyOf(invoiceIds)}`);
}

/**
 * Locks what a customer owes, and those of the named invoices that are the customer's. For whoever holds the customer's lock.
 * @returns them in the order of their ids
 */
export function lockInvoicesOf(tx: Tx, customerId: number, named: number[]): Promise<LockedInvoice[]> {
  return lockRows(
    tx,
    sql`customer_id = ${customerId} and (status = 'open' and balance_cents > 0 or id = ${anyOf(named)})`,
  );
}

const lockRows = (tx: Tx, which: SQL): Promise<LockedInvoice[]> =>
  tx.execute<LockedInvoice>(sql`
    select id, company_id as "companyId", customer_id as "customerId", number, job_id as "jobId", due_on as "dueOn", status,
           balance_cents as "balanceCents", pending_cents as "pendingCents", currency
      from ${invoices} where ${which}
     order by id for no key update`);

/** Locks what is not held yet. @returns the company's invoices among `invoiceIds`, in the order of their ids */
async function lockRest(tx: Tx, invoiceIds: number[], customerIds: number[], held: Held): Promise<LockedInvoice[]> {
  const wanted = new Set(invoiceIds);
  const known = held.invoices.filter((invoice) => wanted.has(invoice.id));
  const customersHeld = new Set([...held.invoices.map((invoice) => invoice.customerId), ...(held.customerIds ?? [])]);
  const rest = await lockInvoices(
    tx,
    [...wanted].filter((id) => !known.some((invoice) => invoice.id === id)),
    customerIds.filter((id) => !customersHeld.has(id)),
  );
  return [...known, ...rest].sort((a, b) => a.id - b.id);
}

/**
 * Keeps `invoices.pending_cents` with the payments under way: called by whoever makes a payment pending, or ends that, in the same
 * transaction, with the invoices locked.
 * @param sign 1 to reserve what the payment would settle, -1 to free it
 */
export async function holdPending(
  tx: Tx,
  allocations: { invoiceId: number; amountCents: number }[],
  sign: 1 | -1,
): Promise<void> {
  if (allocations.length === 0) return;
  await tx.execute(sql`
    update ${invoices} i set pending_cents = i.pending_cents + ${sign}::int * a.amount
      from (select (value ->> 'invoiceId')::bigint as id, sum((value ->> 'amountCents')::bigint)::bigint as amount
              from jsonb_array_elements(${JSON.stringify(allocations)}::jsonb) group by 1) a
     where i.id = a.id`);
}

/** Those of invoices that the company does not have are left out. */
async function insertEntries(tx: Tx, postings: (Posting | AccountPosting)[]): Promise<void> {
  const rows = postings.flatMap((posting) =>
    posting.entries.map((entry) => ({
      invoice_id: 'invoiceId' in posting ? posting.invoiceId : null,
      account_of: 'accountOf' in posting ? posting.accountOf : null,
      payment_id: entry.paymentId ?? null,
      kind: entry.kind,
      amount_cents: entry.amountCents,
      memo: entry.memo ?? '',
      at: entry.at?.toISOString() ?? null,
    })),
  );
  if (rows.length === 0) return;
  const invoiceIds = rows.flatMap((row) => row.invoice_id ?? []);
  await tx.execute(sql`
    insert into ${ledgerEntries} (customer_id, invoice_id, payment_id, kind, amount_cents, memo, at)
    select coalesce(i.customer_id, e.account_of), i.id, e.payment_id, e.kind, e.amount_cents, e.memo, coalesce(e.at, now())
      from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (
             invoice_id bigint, account_of bigint, payment_id bigint, kind text, amount_cents bigint, memo text, at timestamptz))
           with ordinality as e(invoice_id, account_of, payment_id, kind, amount_cents, memo, at, position)
      left join ${invoices} i on i.id = e.invoice_id and i.id = ${anyOf(invoiceIds)}
     where i.id is not null or e.account_of is not null
     order by e.position`);
}

/** Balance, status and day of payment of locked invoices, from their entries. */
async function settle(tx: Tx, invoiceIds: number[]) {
  if (invoiceIds.length === 0) return new Map<number, never>();
  const rows = await tx.execute<{ id: number; status: InvoiceStatus; balanceCents: number }>(sql`
    update ${invoices} i
       set balance_cents = e.balance, updated_at = now(),
           status = case when i.status not in ('open', 'paid') then i.status
                         when e.balance > 0 then 'open' else 'paid' end,
           paid_at = case when i.status not in ('open', 'paid') then i.paid_at
                          when e.balance > 0 then null
                          when i.status = 'paid' then coalesce(i.paid_at, e.newest) else e.newest end
      from (select invoice_id, sum(amount_cents)::bigint as balance, max(at) as newest
              from ${ledgerEntries} where invoice_id = ${anyOf(invoiceIds)} group by invoice_id) e
     where i.id = e.invoice_id and i.id = ${anyOf(invoiceIds)}
    returning i.id, i.status, i.balance_cents as "balanceCents"`);
  return new Map(rows.map((row) => [row.id, row]));
}

const signs: Record<EntryKind, -1 | 0 | 1> = {
  charge: 0,
  tax: 0,
  tip: 1,
  refund: 1,
  payment: -1,
  credit: 0,
  write_off: -1,
};

function assertEntry(entry: Entry): void {
  const { kind, amountCents } = entry;
  if (!Number.isSafeInteger(amountCents)) throw new RangeError(`A ledger entry is whole cents, not ${amountCents}`);
  if (signs[kind] * amountCents < 0) throw new RangeError(`A ${kind} of ${amountCents} cents has the wrong sign`);
}
