import type { StartPayment, StartResult } from '#app/invoicing/paying.ts';
import type { PayDeps } from '#app/invoicing/payments.server.ts';
import { startPayment } from '#app/invoicing/payments-start.server.ts';
import { readSelected, type InvoiceScope, type PortalInvoice } from '#app/invoicing/invoices-for-portal.server.ts';
import { takeAttempt } from '#app/company/rate-limit.server.ts';
import { withCompany, type Tx } from '#db/client.ts';

import { readPortal, type Portal } from './brand.server.ts';
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
  | StartResult
  | { ok: false; reason: 'mixed' }
  | { ok: false; reason: 'too_many'; retryAfterSeconds: number };

/** Begins to pay a visitor's invoices in full; the receipt goes to the address that is signed in. */
export async function payFromPortal(
  deps: PayDeps,
  visitor: PortalVisitor,
  request: Pick<
    StartPayment,
    'companyId' | 'expectedCents' | 'method' | 'idempotencyKey' | 'returnUrl' | 'cancelUrl'
  > & {
    invoiceIds: number[];
  },
): Promise<PortalPayment> {
  const { companyId, invoiceIds, ...rest } = request;
  // Stolen cards are tried out in numbers on pages like this.
  const limit = { key: ['portal payment', String(companyId), visitor.email], limit: 20, seconds: 3600 };
  const allowance = await takeAttempt(deps.db, [limit]);
  if (!allowance.ok) return { ok: false, reason: 'too_many', retryAfterSeconds: allowance.retryAfterSeconds };
  const bill = await withCompany(deps.db, companyId, async (tx) =>
    readBill(tx, scopeOf(visitor, await readPortal(tx)), invoiceIds),
  );
  if (!bill.ok) return bill;
  const { customerId } = bill;
  // With nothing left to pay this may still be a form sent twice: the first payment is found by its key.
  const due = bill.invoices.length > 0 ? bill.invoices : bill.leftOut.filter((one) => one.balanceCents <= 0);
  if (due.length === 0) return { ok: false, reason: 'settled' };
  const customer = visitor.customers.find(({ id }) => id === customerId)!;
  return startPayment(deps, {
    ...rest,
    companyId,
    customerId,
    source: 'portal',
    pays: { invoices: due.map((one) => ({ invoiceId: one.id, amountCents: Math.max(1, one.balanceCents) })) },
    tipCents: 0,
    savedMethodId: null,
    saveMethod: false,
    payer: `${customer.name} (Customer Portal)`,
    receiptTo: visitor.email,
  });
}
