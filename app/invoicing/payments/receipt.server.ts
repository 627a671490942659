import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

/** A payment that arrived, as its receipt says it. All amounts in cents. */
export type PaidReceipt = {
  paymentId: number;
  customerId: number;
  customerName: string;
  /** With the tip. */
  amountCents: number;
  tipCents: number;
  currency: string;
  method: string;
  brand: string;
  last4: string;
  at: Date;
  /** No money was moved. */
  test: boolean;
  /** What it settled, and what is left to pay of each now. */
  invoices: { id: number; number: string; amountCents: number; leftCents: number }[];
  /** What went to the customer's account, as nothing was owed for it any more. */
  accountCents: number;
};

/** What a payment settled, from the ledger; null when the company has no such payment. */
export async function readPaidReceipt(tx: Tx, paymentId: number): Promise<PaidReceipt | null> {
  const [row] = await tx.execute<Omit<PaidReceipt, 'invoices' | 'at' | 'accountCents'> & { at: string }>(sql`
    select p.id as "paymentId", p.customer_id as "customerId", c.name as "customerName", p.amount_cents as "amountCents",
           p.tip_cents as "tipCents", p.currency, p.method, coalesce(p.card_brand, '') as brand,
           coalesce(p.card_last4, '') as last4, coalesce(p.settled_at, p.created_at) as at, p.processor = 'sandbox' as test
      from payments p join customers c on c.id = p.customer_id where p.id = ${paymentId}`);
  if (!row) return null;
  const paid = await tx.execute<PaidReceipt['invoices'][number]>(sql`
    select i.id, i.number, (-sum(e.amount_cents))::bigint as "amountCents",
           case when i.status = 'open' then greatest(0, i.balance_cents) else 0 end as "leftCents"
      from ledger_entries e join invoices i on i.id = e.invoice_id
     where e.payment_id = ${paymentId} and e.kind = 'payment' group by i.id, i.number, i.status, i.balance_cents, i.due_on
     order by i.due_on, i.id`);
  const onInvoices = paid.reduce((sum, one) => sum + one.amountCents, 0);
  return {
    ...row,
    at: new Date(row.at),
    invoices: [...paid],
    accountCents: Math.max(0, row.amountCents - row.tipCents - onInvoices),
  };
}

/** The numbers of the invoices that a payment is for, the oldest due first. */
export async function readPaymentNumbers(tx: Tx, paymentId: number): Promise<string[]> {
  const rows = await tx.execute<{ number: string }>(sql`
    select i.number from payments p
      cross join jsonb_array_elements(p.allocations) a join invoices i on i.id = (a.value ->> 'invoiceId')::bigint
     where p.id = ${paymentId} order by i.due_on, i.id`);
  return rows.map((row) => row.number);
}
