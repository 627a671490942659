import { and, desc, eq, isNull, sql } from 'drizzle-orm';

import type { EntryKind, Method } from '#app/invoicing/ledger/entry-words.ts';
import { openInvoices } from '#app/invoicing/payments/record-payment.server.ts';
import type { Tx } from '#db/client.ts';
import { keyset, type Key, type Page } from '#db/keyset.ts';
import { customers, invoices, ledgerEntries, paymentMethods, payments } from '#db/schema/index.ts';

export type AccountEntry = {
  id: number;
  kind: EntryKind;
  amountCents: number;
  memo: string;
  at: string;
  invoiceId: number | null;
  invoice: string | null;
  paymentId: number | null;
  method: Method | null;
};

/** What a customer's *Billing* tab shows, or null when the company has no such customer. */
export async function readBilling(
  tx: Tx,
  customerId: number,
  page: { after?: string | null; before?: string | null; limit?: number },
) {
  const [account] = await tx
    .select({
      id: customers.id,
      name: customers.name,
      balanceCents: customers.balanceCents,
      creditCents: customers.creditCents,
      openInvoices: customers.openInvoices,
    })
    .from(customers)
    .where(eq(customers.id, customerId));
  if (!account) return null;
  const open = await openInvoices(tx, customerId);
  return {
    account: { ...account, pendingCents: open.reduce((cents, invoice) => cents + invoice.pendingCents, 0) },
    open,
    entries: await pageEntries(tx, customerId, page),
    payments: await tx
      .select({
        id: payments.id,
        amountCents: payments.amountCents,
        refundedCents: payments.refundedCents,
        currency: payments.currency,
        method: payments.method,
        status: payments.status,
        failure: payments.failure,
        disputed: sql<boolean>`${payments.disputedAt} is not null`,
        cardBrand: payments.cardBrand,
        cardLast4: payments.cardLast4,
        memo: payments.memo,
        receivedOn: payments.receivedOn,
        settledAt: payments.settledAt,
        createdAt: payments.createdAt,
      })
      .from(payments)
      .where(and(eq(payments.customerId, customerId), sql`${payments.status} <> 'open'`))
      .orderBy(desc(payments.createdAt), desc(payments.id))
      .limit(PAYMENTS_SHOWN),
    methods: await tx
      .select({
        id: paymentMethods.id,
        kind: paymentMethods.kind,
        brand: paymentMethods.brand,
        last4: paymentMethods.last4,
        expiryMonth: paymentMethods.expiryMonth,
        expiryYear: paymentMethods.expiryYear,
        processor: paymentMethods.processor,
      })
      .from(paymentMethods)
      .where(and(eq(paymentMethods.customerId, customerId), isNull(paymentMethods.removedAt)))
      .orderBy(desc(paymentMethods.id))
      .limit(50),
  };
}

/** So many of a customer's payments stand on the tab; the list of payments has all. */
export const PAYMENTS_SHOWN = 10;

/** All entries of a customer, on invoices and on the account, the newest first. */
async function pageEntries(
  tx: Tx,
  customerId: number,
  page: { after?: string | null; before?: string | null; limit?: number },
): Promise<Page<AccountEntry>> {
  const newestFirst: Key[] = [
    { value: sql`e.at`, type: 'timestamptz', descending: true },
    { value: sql`e.id`, type: 'bigint', descending: true },
  ];
  const keys = keyset(newestFirst, { after: page.after, before: page.before, limit: page.limit ?? 50 });
  const found = await tx.execute<AccountEntry & { cursor: string }>(sql`
    select e.id, e.kind, e.amount_cents as "amountCents", e.memo, e.at, e.invoice_id as "invoiceId", i.number as invoice,
           e.payment_id as "paymentId", p.method, ${keys.cursor} as cursor
      from ${ledgerEntries} e
      left join ${invoices} i on i.company_id = e.company_id and i.id = e.invoice_id
      left join ${payments} p on p.company_id = e.company_id and p.id = e.payment_id
     where e.customer_id = ${customerId} and ${keys.where} order by ${keys.orderBy} limit ${keys.limit}`);
  const { rows, ...rest } = keys.toPage(found);
  return { ...rest, rows: rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() })) };
}

export type Billing = NonNullable<Awaited<ReturnType<typeof readBilling>>>;
