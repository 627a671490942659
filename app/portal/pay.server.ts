import { sql } from 'drizzle-orm';

import { payInvoices, settleLeft, type Left, type PayResult } from '#app/invoicing/payments.server.ts';
import type { Card, Processor } from '#app/invoicing/processor.ts';
import {
  readReceipt,
  readSelected,
  type InvoiceScope,
  type PortalInvoice,
} from '#app/invoicing/invoices-for-portal.server.ts';
import { takeAttempt } from '#app/company/rate-limit.server.ts';
import { portalOrigin, type Addresses } from '#app/messaging/addresses.ts';
import { sendTransactional } from '#app/messaging/send-transactional.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';

import { readPortal, type Portal } from './brand.server.ts';
import { receiptMail } from './emails.ts';
import { letterhead } from './invitations.server.ts';
import type { PortalVisitor } from './sessions.server.ts';

/** The invoices that a visitor sees: of customers with billing access (S3-10), of the business units shown (S2-13). */
export const scopeOf = (visitor: PortalVisitor, portal: Portal): InvoiceScope => ({
  customerIds: visitor.customers.filter((customer) => customer.billingAccess).map((customer) => customer.id),
  businessUnitIds: portal.businessUnitIds,
});

export type Bill =
  | {
      ok: true;
      customerId: number;
      /** What can be paid now: `totalCents` is its sum. */
      invoices: PortalInvoice[];
      totalCents: number;
      currency: string;
      /** What was selected and is paid already, or can't be paid online. */
      leftOut: PortalInvoice[];
    }
  /** `missing`: not the visitor's to see. `mixed`: of more than one customer or currency. */
  | { ok: false; reason: 'missing' | 'mixed' };

/** What these invoices come to, in one payment (S2-18). */
export async function readBill(tx: Tx, scope: InvoiceScope, invoiceIds: number[]): Promise<Bill> {
  const found = await readSelected(tx, scope, invoiceIds);
  const first = found?.[0];
  if (!found || !first) return { ok: false, reason: 'missing' };
  const { customerId, currency } = first;
  if (found.some((one) => one.customerId !== customerId || one.currency !== currency)) {
    return { ok: false, reason: 'mixed' };
  }
  const invoices = found.filter((one) => one.payable);
  const totalCents = invoices.reduce((sum, one) => sum + one.balanceCents, 0);
  return { ok: true, customerId, currency, invoices, totalCents, leftOut: found.filter((one) => !one.payable) };
}

export type PortalPayment =
  | PayResult
  | { ok: false; reason: 'mixed' }
  | { ok: false; reason: 'too_many'; retryAfterSeconds: number };

/** Pays a visitor's invoices and mails the receipt to the address that is signed in. */
export async function payFromPortal(
  db: Db,
  addresses: Addresses,
  processor: Processor,
  visitor: PortalVisitor,
  request: { companyId: number; invoiceIds: number[]; expectedCents: number; card: Card; idempotencyKey: string },
): Promise<PortalPayment> {
  const { companyId } = request;
  // Stolen cards are tried out in numbers on pages like this.
  const limit = { key: ['portal payment', String(companyId), visitor.email], limit: 20, seconds: 3600 };
  const allowance = await takeAttempt(db, [limit]);
  if (!allowance.ok) return { ok: false, reason: 'too_many', retryAfterSeconds: allowance.retryAfterSeconds };
  const bill = await withCompany(db, companyId, async (tx) =>
    readBill(tx, scopeOf(visitor, await readPortal(tx)), request.invoiceIds),
  );
  if (!bill.ok) return bill;
  const { customerId } = bill;
  // With nothing left to pay this may still be a form sent twice: the first payment is found by its key.
  const due = bill.invoices.length > 0 ? bill.invoices : bill.leftOut.filter((one) => one.balanceCents <= 0);
  if (due.length === 0) return { ok: false, reason: 'settled' };
  const customer = visitor.customers.find(({ id }) => id === customerId)!;
  return payInvoices(db, processor, {
    ...request,
    invoiceIds: due.map((one) => one.id),
    customerId,
    payer: `${customer.name} (Customer Portal)`,
    settled: (tx, payment) => sendReceipt(tx, addresses, visitor.email, payment.id, customerId),
  });
}

/**
 * Finishes the payments of all companies that a crash left pending: see `settleLeft`. Who sent the form is not known any more, so
 * the receipt goes to whoever of the customer's accounts signed in last.
 * @throws the first failure, when all companies were tried
 */
export async function sweepPayments(db: Db, addresses: Addresses, processor: Processor): Promise<Left> {
  const companies = await db.execute<{ id: number }>(sql`select id from companies order by id`);
  const sum: Left = { succeeded: 0, failed: 0, unsure: 0 };
  const errors: unknown[] = [];
  for (const { id } of companies) {
    try {
      const left = await settleLeft(db, processor, id, async (tx, payment) => {
        const to = await lastPayer(tx, payment.customerId);
        if (to) await sendReceipt(tx, addresses, to, payment.id, payment.customerId);
      });
      for (const outcome of ['succeeded', 'failed', 'unsure'] as const) sum[outcome] += left[outcome];
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return sum;
}

async function lastPayer(tx: Tx, customerId: number): Promise<string | null> {
  const [account] = await tx.execute<{ email: string }>(sql`
    select email from portal_accounts
     where customer_id = ${customerId} and password_hash is not null and billing_access
     order by last_sign_in_at desc nulls last, id limit 1`);
  return account?.email ?? null;
}

async function sendReceipt(
  tx: Tx,
  addresses: Addresses,
  to: string,
  paymentId: number,
  customerId: number,
): Promise<void> {
  const portal = await readPortal(tx);
  const receipt = await readReceipt(tx, [customerId], paymentId);
  if (!receipt || !portal.host) return;
  const origin = portalOrigin(addresses, portal.host);
  const head = { ...letterhead(portal, origin), currency: receipt.currency };
  const mail = receiptMail(head, {
    ...receipt,
    paymentId,
    brand: receipt.brand ?? '',
    last4: receipt.last4 ?? '',
    url: origin,
  });
  await sendTransactional(tx, { kind: 'receipt', to, customerId, ...mail });
}
