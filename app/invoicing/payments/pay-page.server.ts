import { and, eq, sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import {
  contacts,
  customers,
  invoiceItems,
  invoices,
  ledgerEntries,
  paymentLinks,
  payments,
} from '#db/schema/index.ts';

import type { PayTarget } from './pay-tokens.server.ts';
import { readCustomerOwes } from './owed.server.ts';

/** What the page of one invoice knows: nothing of its customer but where a receipt can go (S1-14). */
export type InvoiceToPay = {
  customerId: number;
  customerName: string;
  /** The customer's first address, to which a receipt can go; never shown. */
  email: string | null;
  number: string;
  summary: string;
  issuedOn: string;
  status: 'open' | 'paid' | 'void';
  currency: string;
  totalCents: number;
  balanceCents: number;
  /** What payments on their way would settle of the balance. */
  pendingCents: number;
  /** What can be paid of it now. */
  dueCents: number;
  paidAt: Date | null;
  /** What payments have settled of it, less what was given back. */
  paidCents: number;
};

/** An invoice as its payment page shows it; null when there is none, or it is a draft, which nobody has got yet. */
export async function readInvoiceToPay(tx: Tx, invoiceId: number): Promise<InvoiceToPay | null> {
  const [row] = await tx.execute<Omit<InvoiceToPay, 'paidAt'> & { paidAt: string | null }>(sql`
    select i.customer_id as "customerId", c.name as "customerName", ${firstContact('email')} as email, i.number, i.summary,
           i.issued_on as "issuedOn", i.status, i.currency, i.total_cents as "totalCents", i.balance_cents as "balanceCents",
           greatest(least(i.pending_cents, i.balance_cents), 0) as "pendingCents",
           case when i.status = 'open' then greatest(i.balance_cents - i.pending_cents, 0) else 0 end as "dueCents",
           i.paid_at as "paidAt",
           (select coalesce(-sum(e.amount_cents), 0)::bigint from ${ledgerEntries} e
             where e.invoice_id = i.id and e.kind in ('payment', 'refund')) as "paidCents"
      from ${invoices} i
      join ${customers} c on c.id = i.customer_id
     where i.id = ${invoiceId} and i.status <> 'draft'`);
  return row ? { ...row, paidAt: row.paidAt === null ? null : new Date(row.paidAt) } : null;
}

/** What the page of a customer's own link knows (S4-04 to S4-07). */
export type AccountToPay = {
  customerId: number;
  customerName: string;
  firstName: string;
  email: string | null;
  /** E.164. */
  mobile: string | null;
  currency: string;
  /** What is owed after credits; negative when the company owes the customer. */
  balanceCents: number;
  /** What payments on their way would settle of it. */
  pendingCents: number;
  /** What can be paid of it now. */
  dueCents: number;
};

/**
 * A customer's account as it stands now.
 * @param version of the link: an older one opens nothing any more (S4-15)
 * @returns null when there is no such customer, or the link was replaced
 */
export async function readAccountToPay(tx: Tx, customerId: number, version: number): Promise<AccountToPay | null> {
  const [row] = await tx.execute<Omit<AccountToPay, 'balanceCents' | 'pendingCents' | 'dueCents'>>(sql`
    select c.id as "customerId", c.name as "customerName", c.first_name as "firstName", ${firstContact('email')} as email,
           ${firstContact('mobile')} as mobile, company.currency
      from ${customers} c
      join ${paymentLinks} l on l.customer_id = c.id and l.version = ${version}
      join companies company on company.id = c.company_id
     where c.id = ${customerId}`);
  if (!row) return null;
  const { owedCents, pendingCents, creditCents, payableCents } = await readCustomerOwes(tx, customerId);
  return { ...row, balanceCents: owedCents - creditCents, pendingCents, dueCents: payableCents };
}

/** The customer's address of a kind: the one that campaigns use, else the oldest. */
const firstContact = (kind: 'email' | 'mobile') => sql`(
  select k.value from ${contacts} k where k.customer_id = c.id and k.kind = ${kind} order by k."primary" desc, k.id limit 1)`;

/** One line of a bill. `amountCents` is without tax. */
export type RecentCharge = { description: string; amountCents: number; taxCents: number; on: string };

/** So many billing line items are shown (S4-08). */
const CHARGES_SHOWN = 20;

/** The customer's last billing line items, the newest invoice first. An invoice without items is one line, its summary. */
export async function listRecentCharges(tx: Tx, customerId: number): Promise<RecentCharge[]> {
  return tx.execute<RecentCharge>(sql`
    select coalesce(nullif(t.description, ''), i.summary) as description, i.issued_on as "on",
           coalesce(t.total_cents - t.tax_cents, i.total_cents - x.tax) as "amountCents",
           coalesce(t.tax_cents, x.tax) as "taxCents"
      from (select id, summary, issued_on, total_cents from ${invoices}
             where customer_id = ${customerId} and status in ('open', 'paid')
             order by issued_on desc, id desc limit ${CHARGES_SHOWN}) i
      left join ${invoiceItems} t on t.invoice_id = i.id
      left join lateral (select coalesce(sum(e.amount_cents), 0)::bigint as tax from ${ledgerEntries} e
                          where t.id is null and e.invoice_id = i.id and e.kind = 'tax') x on true
     order by i.issued_on desc, i.id desc, t.position, t.id limit ${CHARGES_SHOWN}`);
}

/** A payment as its payer comes back to it. */
export type MadePayment = {
  customerId: number;
  /** Tip included. */
  amountCents: number;
  tipCents: number;
  currency: string;
  method: 'card' | 'ach' | 'check' | 'cash' | 'other';
  brand: string | null;
  last4: string | null;
  receiptTo: string;
  sandbox: boolean;
  refundedCents: number;
  at: Date;
};

/**
 * A payment for whoever comes back to a link: its customer's own, or that of an invoice of its customer. Of the invoice itself it need not
 * be by now: a bank payment may arrive after somebody else paid.
 * @returns null when there is none, or it is another customer's
 */
export async function readMadePayment(
  tx: Tx,
  link: Pick<PayTarget, 'kind' | 'id'>,
  paymentId: number,
): Promise<MadePayment | null> {
  const customerId =
    link.kind === 'invoice' ? sql`(select i.customer_id from ${invoices} i where i.id = ${link.id})` : sql`${link.id}`;
  const [row] = await tx.execute<Omit<MadePayment, 'at'> & { at: string }>(sql`
    select customer_id as "customerId", amount_cents as "amountCents", tip_cents as "tipCents", currency, method,
           card_brand as brand, card_last4 as last4, receipt_to as "receiptTo", processor = 'sandbox' as sandbox,
           refunded_cents as "refundedCents", coalesce(settled_at, created_at) as at
      from ${payments} where id = ${paymentId} and customer_id = ${customerId}`);
  return row ? { ...row, at: new Date(row.at) } : null;
}

/** The payment that a form of this customer made before, or null. */
export async function findPaymentByKey(
  tx: Tx,
  customerId: number,
  idempotencyKey: string,
): Promise<{ id: number; status: (typeof payments.$inferSelect)['status'] } | null> {
  const [row] = await tx
    .select({ id: payments.id, status: payments.status })
    .from(payments)
    .where(and(eq(payments.idempotencyKey, idempotencyKey), eq(payments.customerId, customerId)));
  return row ?? null;
}
