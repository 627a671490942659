import { sql, type SQL } from 'drizzle-orm';

import { type Posting, postAll } from '#app/invoicing/ledger/ledger.server.ts';
import type { Tx } from '#db/client.ts';
import { invoices, ledgerEntries } from '#db/schema/index.ts';

import { jsonList, loadBook } from './book.server.ts';
import { type KnownCustomer, match } from './match.ts';
import { sayMoney } from './money.ts';
import { seekerOf } from './place-customers.server.ts';
import type { CreditRecord } from './records.ts';
import { leaveOut, remark, type RunState } from './run-state.ts';

const BATCH = 1_000;

/**
 * Sets credit memos and unapplied payments against the customer's open invoices, oldest first, so that nobody is
 * reminded of money that the company has already. Run it once all invoices of the file are in. A credit that was set
 * before is left alone: its words in the ledger, with number or day, are what it is known by. One that finds no open
 * invoice is left out, and makes no customer.
 */
export async function applyCredits(tx: Tx, state: RunState, records: CreditRecord[]): Promise<void> {
  const placed = await findCustomers(tx, state, records);
  const ids = [...new Set([...placed.values()].flatMap((customer) => (customer === null ? [] : [customer.id])))];
  const among = sql`(select value::bigint from jsonb_array_elements_text(${jsonList(ids)}))`;
  const memos = new Set(
    (
      await tx.execute<{ key: string }>(sql`
        select distinct customer_id || chr(10) || memo as key from ${ledgerEntries}
         where kind = 'credit' and invoice_id in (select id from ${invoices} where customer_id in ${among})`)
    ).map((row) => row.key),
  );
  const open = new Map<number, Open[]>();
  for (const invoice of await loadOpen(tx, state, among)) {
    const others = open.get(invoice.customerId);
    if (others) others.push(invoice);
    else open.set(invoice.customerId, [invoice]);
  }
  const postings = new Map<number, Posting>();
  for (const [record, customer] of placed) {
    const shown = record.number ?? record.customer.name ?? '';
    if (customer === null) {
      leaveOut(state, record, shown, NO_INVOICE);
      continue;
    }
    const memo = memoOf(record, state.sourceName);
    const key = `${customer.id}\n${memo}`;
    if (memos.has(key)) {
      state.counts.creditsUnchanged += 1;
      continue;
    }
    memos.add(key);
    let left = record.amountCents;
    for (const invoice of open.get(customer.id) ?? []) {
      if (invoice.balanceCents === 0 || left === 0) continue;
      const amountCents = Math.min(left, invoice.balanceCents);
      left -= amountCents;
      invoice.balanceCents -= amountCents;
      const posting = postings.get(invoice.id) ?? { invoiceId: invoice.id, entries: [] };
      posting.entries.push({ kind: 'credit', amountCents: -amountCents, memo });
      postings.set(invoice.id, posting);
    }
    if (left === record.amountCents) {
      leaveOut(state, record, shown, NO_INVOICE);
      continue;
    }
    state.counts.creditsApplied += 1;
    state.counts.rowsIn += record.source.length;
    state.owing.add(customer.id);
    if (left > 0) {
      const words = `${sayMoney(left)} of ${sayMoney(record.amountCents)} has no open invoice to be set against and stays out.`;
      remark(state, record, shown, words);
    }
  }
  if (state.foreseen === null) await postAll(tx, [...postings.values()]);
}

const NO_INVOICE = 'The customer has no open invoice that this credit could be set against.';

type Open = { id: number; customerId: number; balanceCents: number };

/** Open invoices, the oldest first. While a file is only checked, what is foreseen stands for those it would bring. */
async function loadOpen(tx: Tx, state: RunState, among: SQL): Promise<Open[]> {
  const open = await tx.execute<Open>(sql`
    select id, customer_id as "customerId", balance_cents as "balanceCents" from ${invoices}
     where customer_id in ${among} and status = 'open' and balance_cents > 0 order by due_on, id`);
  if (state.foreseen === null) return open;
  const owed = new Map(state.foreseen);
  for (const { customerId, balanceCents } of open) owed.set(customerId, (owed.get(customerId) ?? 0) + balanceCents);
  return [...owed].map(([customerId, cents]) => ({ id: 0, customerId, balanceCents: Math.max(0, cents) }));
}

/** Whose the credits are; null for a customer that is not here. Those that may be several people's are left out. */
async function findCustomers(
  tx: Tx,
  state: RunState,
  records: CreditRecord[],
): Promise<Map<CreditRecord, KnownCustomer | null>> {
  const found = new Map<CreditRecord, KnownCustomer | null>();
  for (let i = 0; i < records.length; i += BATCH) {
    const batch = records.slice(i, i + BATCH);
    const book = await loadBook(
      tx,
      state.source,
      batch.map((record) => seekerOf(record)),
    );
    for (const record of batch) {
      const seeker = seekerOf(record);
      const who = match(seeker, book.pool(seeker), state.source, state.made);
      if (who.ok) found.set(record, who.customer);
      else leaveOut(state, record, record.number ?? record.customer.name ?? '', who.reason);
    }
  }
  return found;
}

function memoOf(record: CreditRecord, sourceName: string): string {
  const what = record.kind === 'payment' ? 'Unapplied payment' : 'Credit memo';
  const which = [
    record.number,
    record.issuedOn === null ? null : `of ${record.issuedOn}`,
    sayMoney(record.amountCents),
  ];
  return [what, ...which.filter((part) => part !== null), `in ${sourceName}`].join(' ');
}
