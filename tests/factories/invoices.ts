import { postEntries, type Entry } from '#app/invoicing/ledger/ledger.server.ts';
import type { Tx } from '#db/client.ts';
import { invoiceItems, invoices, payments } from '#db/schema/index.ts';

import { makeCustomer } from './customers.ts';
import { next } from './sequence.ts';

export type InvoiceOverrides = Partial<Omit<typeof invoices.$inferInsert, 'status' | 'balanceCents'>> & {
  /** `paid` pays it in full. Drafts have no entries yet. */
  status?: 'draft' | 'open' | 'paid' | 'void';
  /** What has come in already, in one payment. */
  paidCents?: number;
  paidAt?: Date;
};

export type MadeInvoice = { invoiceId: number; customerId: number; number: string; paymentId: number | null };

/** An invoice with one item, through the ledger: $100.00, open, due on 2026-01-31, by default of a customer of its own. */
export async function makeInvoice(tx: Tx, overrides: InvoiceOverrides = {}): Promise<MadeInvoice> {
  const { status = 'open', paidCents, paidAt, ...row } = overrides;
  const totalCents = row.totalCents ?? 10_000;
  const customerId = row.customerId ?? (await makeCustomer(tx)).customerId;
  const number = row.number ?? String(1000 + next());
  const [invoice] = await tx
    .insert(invoices)
    .values({
      summary: 'Drain cleared',
      issuedOn: '2026-01-01',
      dueOn: '2026-01-31',
      ...row,
      customerId,
      number,
      totalCents,
      status: status === 'paid' ? 'open' : status,
      balanceCents: 0,
    })
    .returning({ id: invoices.id, issuedOn: invoices.issuedOn });
  const { id: invoiceId, issuedOn } = invoice!;
  await tx.insert(invoiceItems).values({
    invoiceId,
    position: 1,
    description: row.summary ?? 'Drain cleared',
    unitCents: totalCents,
    totalCents,
  });
  if (status === 'draft') return { invoiceId, customerId, number, paymentId: null };

  const at = new Date(`${issuedOn}T12:00:00Z`);
  const entries: Entry[] = [{ kind: 'charge', amountCents: totalCents, at }];
  if (status === 'void') entries.push({ kind: 'credit', amountCents: -totalCents, memo: 'Voided', at });
  const paid = paidCents ?? (status === 'paid' ? totalCents : 0);
  const paymentId = paid > 0 ? await makePayment(tx, { customerId, amountCents: paid, createdAt: paidAt ?? at }) : null;
  if (paymentId !== null) entries.push({ kind: 'payment', amountCents: -paid, paymentId, at: paidAt ?? at });
  await postEntries(tx, invoiceId, entries);
  return { invoiceId, customerId, number, paymentId };
}

/** Money that came in, without what it settles. @returns its id */
export async function makePayment(
  tx: Tx,
  payment: { customerId: number; amountCents: number } & Partial<typeof payments.$inferInsert>,
): Promise<number> {
  const [row] = await tx
    .insert(payments)
    .values({ method: 'check', status: 'succeeded', processor: 'office', idempotencyKey: `made-${next()}`, ...payment })
    .returning({ id: payments.id });
  return row!.id;
}
