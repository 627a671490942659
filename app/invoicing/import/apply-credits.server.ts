import { sql } from 'drizzle-orm';

import { type Posting, postAll } from '#app/invoicing/ledger.server.ts';
import type { Tx } from '#db/client.ts';
import { invoices, ledgerEntries } from '#db/schema/index.ts';

import { jsonList } from './book.server.ts';
import { sayMoney } from './money.ts';
import { placeCustomers } from './place-customers.server.ts';
import type { CreditRecord } from './records.ts';
import { note, type RunState } from './run-state.ts';

/**
 * Sets credit memos and unapplied payments against the customer's open invoices, oldest first, so that nobody is
 * reminded of money that the company has already. Run it once all invoices of the file are in. A credit that was set
 * before is left alone: its words in the ledger, with number or day, are what it is known by.
 */
export async function applyCredits(tx: Tx, state: RunState, records: CreditRecord[]): Promise<void> {
  const placed = await placeCustomers(
    tx,
    state,
    records,
    () => null,
    () => {},
  );
  const ids = [...new Set([...placed.values()].map((customer) => customer.id))];
  if (ids.length === 0) return;
  const among = sql`(select value::bigint from jsonb_array_elements_text(${jsonList(ids)}))`;
  const memos = new Set(
    (
      await tx.execute<{ key: string }>(sql`
        select distinct customer_id || chr(10) || memo as key from ${ledgerEntries}
         where kind = 'credit' and invoice_id in (select id from ${invoices} where customer_id in ${among})`)
    ).map((row) => row.key),
  );
  const open = await tx.execute<{ id: number; customerId: number; balanceCents: number }>(sql`
    select id, customer_id as "customerId", balance_cents as "balanceCents" from ${invoices}
     where customer_id in ${among} and status = 'open' and balance_cents > 0 order by due_on, id`);
  const postings = new Map<number, Posting>();
  for (const [record, customer] of placed) {
    const memo = memoOf(record, state.sourceName);
    const key = `${customer.id}\n${memo}`;
    if (memos.has(key)) {
      state.counts.creditsUnchanged += 1;
      continue;
    }
    memos.add(key);
    let left = record.amountCents;
    for (const invoice of open) {
      if (invoice.customerId !== customer.id || invoice.balanceCents === 0 || left === 0) continue;
      const amountCents = Math.min(left, invoice.balanceCents);
      left -= amountCents;
      invoice.balanceCents -= amountCents;
      const posting = postings.get(invoice.id) ?? { invoiceId: invoice.id, entries: [] };
      posting.entries.push({ kind: 'credit', amountCents: -amountCents, memo });
      postings.set(invoice.id, posting);
    }
    if (left < record.amountCents) {
      state.counts.creditsApplied += 1;
      state.owing.add(customer.id);
    }
    if (left > 0) {
      const reason = `${sayMoney(left)} of this credit has no open invoice to be set against. It is left out.`;
      note(state, 'warning', record, record.number ?? customer.name, reason);
    }
  }
  await postAll(tx, [...postings.values()]);
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
