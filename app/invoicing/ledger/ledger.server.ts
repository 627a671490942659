import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
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
 * @returns where each invoice now stands, by id; invoices that the company does not have are left out, so a caller that
 * must not lose money compares the lengths. Accounts are not among them
 * @throws RangeError when an amount is not whole cents or has the wrong sign for its kind
 */
export async function postAll(tx: Tx, postings: (Posting | AccountPosting)[]): Promise<Posted[]> {
  postings.forEach((posting) => posting.entries.forEach(assertEntry));
  const onInvoices = postings.filter((posting) => 'invoiceId' in posting);
  const onAccounts = postings.filter((posting) => 'accountOf' in posting);
  const accounts = onAccounts.map((posting) => posting.accountOf);
  const before = await lockInvoices(
    tx,
    onInvoices.map((posting) => posting.invoiceId),
    accounts,
  );
  if (before.length === 0 && accounts.length === 0) return [];
  await insertEntries(tx, onInvoices);
  await insertOnAccounts(tx, onAccounts);
  const after = await settle(
    tx,
    before.map((invoice) => invoice.id),
  );
  await writeRollups(tx, [...before.map((invoice) => invoice.customerId), ...accounts]);
  const posted: Posted[] = [];
  for (const invoice of before) {
    const now = after.get(invoice.id) ?? invoice;
    const settled = invoice.status === 'open' && now.status === 'paid';
    if (settled) await addJob(tx, 'invoice.settled', { companyId: invoice.companyId, invoiceId: invoice.id });
    posted.push({
      invoiceId: invoice.id,
      customerId: invoice.customerId,
      balanceCents: now.balanceCents,
      status: now.status,
      settled,
    });
  }
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
  return tx.execute<LockedInvoice>(sql`
    select id, company_id as "companyId", customer_id as "customerId", number, job_id as "jobId", due_on as "dueOn", status,
           balance_cents as "balanceCents", pending_cents as "pendingCents", currency
      from ${invoices} where id = ${anyOf(invoiceIds)}
     order by id for no key update`);
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

async function insertEntries(tx: Tx, postings: Posting[]): Promise<void> {
  const rows = postings.flatMap(({ invoiceId, entries }) =>
    entries.map((entry) => ({
      invoice_id: invoiceId,
      payment_id: entry.paymentId ?? null,
      kind: entry.kind,
      amount_cents: entry.amountCents,
      memo: entry.memo ?? '',
      at: entry.at?.toISOString() ?? null,
    })),
  );
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into ${ledgerEntries} (customer_id, invoice_id, payment_id, kind, amount_cents, memo, at)
    select i.customer_id, i.id, e.payment_id, e.kind, e.amount_cents, e.memo, coalesce(e.at, now())
      from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
             as (invoice_id bigint, payment_id bigint, kind text, amount_cents bigint, memo text, at timestamptz))
           with ordinality as e(invoice_id, payment_id, kind, amount_cents, memo, at, position)
      join ${invoices} i on i.id = e.invoice_id and i.id = ${anyOf(rows.map((row) => row.invoice_id))}
     order by e.position`);
}

async function insertOnAccounts(tx: Tx, postings: AccountPosting[]): Promise<void> {
  const rows = postings.flatMap(({ accountOf, entries }) =>
    entries.map((entry) => ({
      customerId: accountOf,
      paymentId: entry.paymentId ?? null,
      kind: entry.kind,
      amountCents: entry.amountCents,
      memo: entry.memo ?? '',
      ...(entry.at && { at: entry.at }),
    })),
  );
  if (rows.length > 0) await tx.insert(ledgerEntries).values(rows);
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
