import { sql } from 'drizzle-orm';

import { idList } from '#app/invoicing/invoices/for-portal.server.ts';
import type { Tx } from '#db/client.ts';
import { customers, invoices, ledgerEntries, payments, refunds } from '#db/schema/index.ts';

import type { PayMethod } from './processor.ts';

/** What a payment was made with, as its payer knows it. */
export type PaidWith = {
  method: PayMethod | 'check' | 'cash' | 'other';
  brand: string | null;
  last4: string | null;
};

/** A payment as its payer comes back to it, whatever became of it. */
export type PortalPayment = PaidWith & {
  id: number;
  customerId: number;
  customerName: string;
  status: 'open' | 'pending' | 'succeeded' | 'failed' | 'refunded';
  /** False for what the office recorded: no processor knows of it. */
  online: boolean;
  amountCents: number;
  currency: string;
  startedAt: Date;
  /** What it is for, by number. */
  invoices: { id: number; number: string; amountCents: number }[];
};

type PaymentRow = Omit<PortalPayment, 'startedAt' | 'invoices'> & {
  startedAt: string;
  allocations: { invoiceId: number; amountCents: number }[];
};

const paidWith = sql.raw('p.method, p.card_brand as brand, p.card_last4 as last4');
const columns = sql.raw(`p.id, p.customer_id as "customerId", c.name as "customerName", p.status,
  p.processor in ('sandbox', 'stripe') as online, p.amount_cents as "amountCents", p.currency, p.created_at as "startedAt",
  p.allocations, p.method, p.card_brand as brand, p.card_last4 as last4`);

/** More payments than this are not on their way at once, as far as a page tells. */
const LIST_LIMIT = 50;

/** Payments of these customers that are on their way, the newest first: bank payments take days. */
export async function listOnTheirWay(tx: Tx, customerIds: number[]): Promise<PortalPayment[]> {
  const rows = await tx.execute<PaymentRow>(sql`
    select ${columns} from ${payments} p join ${customers} c on c.id = p.customer_id
     where p.status = 'pending' and p.customer_id in ${idList(customerIds)}
     order by p.created_at desc, p.id desc limit ${LIST_LIMIT}`);
  return withInvoices(tx, rows);
}

/** One payment of these customers, or null. */
export async function readPayment(tx: Tx, customerIds: number[], id: number): Promise<PortalPayment | null> {
  const rows = await tx.execute<PaymentRow>(sql`
    select ${columns} from ${payments} p join ${customers} c on c.id = p.customer_id
     where p.id = ${id} and p.customer_id in ${idList(customerIds)}`);
  const [payment] = await withInvoices(tx, rows);
  return payment ?? null;
}

/** The payment that a form of this customer made before, or null: a second submit is known by its key. */
export async function findByForm(tx: Tx, customerIds: number[], key: string): Promise<number | null> {
  const [row] = await tx.execute<{ id: number }>(sql`
    select id from ${payments} where idempotency_key = ${key} and customer_id in ${idList(customerIds)}`);
  return row?.id ?? null;
}

async function withInvoices(tx: Tx, rows: readonly PaymentRow[]): Promise<PortalPayment[]> {
  const ids = [...new Set(rows.flatMap((row) => row.allocations.map(({ invoiceId }) => invoiceId)))];
  const found = await tx.execute<{ id: number; number: string }>(sql`
    select id, number from ${invoices} where id in ${idList(ids)}`);
  const numbers = new Map(found.map(({ id, number }) => [id, number]));
  return rows.map(({ allocations, startedAt, ...row }) => ({
    ...row,
    startedAt: new Date(startedAt),
    invoices: allocations.flatMap(({ invoiceId, amountCents }) => {
      const number = numbers.get(invoiceId);
      return number === undefined ? [] : [{ id: invoiceId, number, amountCents }];
    }),
  }));
}

/** Credit on the accounts of these customers, where there is any. */
export async function listCredits(tx: Tx, customerIds: number[]): Promise<{ customerId: number; cents: number }[]> {
  return tx.execute(sql`
    select id as "customerId", credit_cents as cents from ${customers}
     where id in ${idList(customerIds)} and credit_cents > 0 order by id`);
}

export type PortalReceipt = PaidWith & {
  id: number;
  customerName: string;
  /** All that was paid, tip included. */
  amountCents: number;
  tipCents: number;
  currency: string;
  at: Date;
  /** The address or number to which the receipt went; empty for none. */
  sentTo: string;
  sandbox: boolean;
  /** What it settled, and what is left to pay of each now. */
  invoices: { id: number; number: string; amountCents: number; leftCents: number }[];
  /** What of it stands as credit on the account. */
  creditCents: number;
  /** What was given back of it, oldest first; `pending` is on its way. */
  refunds: { amountCents: number; at: Date; pending: boolean }[];
  /** The payer asked the bank for the money back. */
  disputed: boolean;
};

/** A payment that went through, as its customer sees it; null when it is not the visitor's. */
export async function readReceipt(tx: Tx, customerIds: number[], paymentId: number): Promise<PortalReceipt | null> {
  const [row] = await tx.execute<Omit<PortalReceipt, 'invoices' | 'refunds' | 'at'> & { at: string }>(sql`
    select p.id, c.name as "customerName", p.amount_cents as "amountCents", p.tip_cents as "tipCents", p.currency,
           ${paidWith}, coalesce(p.settled_at, p.created_at) as at, p.processor = 'sandbox' as sandbox, p.receipt_to as "sentTo",
           p.disputed_at is not null as disputed,
           (select greatest(coalesce(-sum(e.amount_cents), 0), 0)::bigint from ${ledgerEntries} e
             where e.payment_id = p.id and e.invoice_id is null and e.kind in ('payment', 'tip')) as "creditCents"
      from ${payments} p join ${customers} c on c.id = p.customer_id
     where p.id = ${paymentId} and p.status in ('succeeded', 'refunded') and p.customer_id in ${idList(customerIds)}`);
  if (!row) return null;
  const paid = await tx.execute<PortalReceipt['invoices'][number]>(sql`
    select i.id, i.number, (-sum(e.amount_cents))::bigint as "amountCents",
           greatest(case when i.status = 'open' then i.balance_cents else 0 end, 0) as "leftCents"
      from ${ledgerEntries} e join ${invoices} i on i.id = e.invoice_id
     where e.payment_id = ${paymentId} and e.kind = 'payment'
     group by i.id, i.number, i.status, i.balance_cents order by i.id`);
  const given = await tx.execute<{ amountCents: number; at: string; pending: boolean }>(sql`
    select amount_cents as "amountCents", created_at as at, status = 'pending' as pending
      from ${refunds} where payment_id = ${paymentId} and status <> 'failed' order by id`);
  return {
    ...row,
    at: new Date(row.at),
    invoices: [...paid],
    refunds: given.map((one) => ({ ...one, at: new Date(one.at) })),
  };
}
