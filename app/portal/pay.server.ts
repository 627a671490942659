import { takeAttempt } from '#app/company/rate-limit.server.ts';
import { LEAST_CENTS } from '#app/invoicing/payments/amount.ts';
import { readSelected, type InvoiceScope, type PortalInvoice } from '#app/invoicing/invoices/for-portal.server.ts';
import { readOnlineSettings } from '#app/invoicing/payments/online-settings.server.ts';
import { listAllMethods, listMethods, type SavedMethod } from '#app/invoicing/payments/methods.server.ts';
import { startPayment } from '#app/invoicing/payments/start.server.ts';
import type { PayDeps } from '#app/invoicing/payments/payments.server.ts';
import type { StartPayment, StartResult } from '#app/invoicing/payments/paying.ts';
import type { PayMethod, Processor } from '#app/invoicing/payments/processor.ts';
import type { Tx } from '#db/client.ts';

import type { Portal } from './brand.server.ts';
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
      /** What can be paid now: `totalCents` is the sum of what is left of it. */
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
  const totalCents = invoices.reduce((sum, one) => sum + one.payableCents, 0);
  return { ok: true, customerId, currency, invoices, totalCents, leftOut: found.filter((one) => !one.payable) };
}

export type Offer = {
  /** A part can be paid: of one invoice, where the company allows it (S2-17). */
  partial: boolean;
  card: boolean;
  ach: boolean;
  /** What this customer has saved and can be charged now (S3-19). */
  saved: SavedMethod[];
  /** No money is moved. */
  test: boolean;
};

/**
 * How a bill can be paid.
 * @param processor who moves the company's money
 * @returns null when it can't be paid online: with no processor (S2-14), or no method that is turned on
 */
export async function readOffer(
  tx: Tx,
  processor: Processor | null,
  bill: { customerId: number; invoices: readonly unknown[] },
): Promise<Offer | null> {
  if (!processor) return null;
  const { cards, ach, partialPayments } = await readOnlineSettings(tx);
  if (!cards && !ach) return null;
  const saved = await listMethods(tx, bill.customerId, processor);
  return {
    partial: partialPayments && bill.invoices.length === 1,
    card: cards,
    ach,
    saved: saved.filter((one) => (one.kind === 'card' ? cards : ach)),
    test: processor.test,
  };
}

/** Whether the company takes payments online at all (S2-14). */
export async function takesPayments(tx: Tx, processor: Processor | null): Promise<boolean> {
  if (!processor) return false;
  const { cards, ach } = await readOnlineSettings(tx);
  return cards || ach;
}

/**
 * What each customer whose billing the visitor may see has saved (S3-10, S3-19), also at an account that the company has left: there it
 * can't be charged any more, and can still be removed.
 */
export async function listSaved(
  tx: Tx,
  processor: Processor | null,
  customerIds: number[],
): Promise<{ customerId: number; methods: (SavedMethod & { usable: boolean })[] }[]> {
  const saved = [];
  for (const customerId of customerIds) {
    saved.push({ customerId, methods: await listAllMethods(tx, customerId, processor) });
  }
  return saved;
}

export type PortalRequest = {
  companyId: number;
  bill: Extract<Bill, { ok: true }>;
  /** A part of the one invoice (S2-17), or null for all that is left. */
  partCents: number | null;
  /** What the payer was shown as the sum. */
  shownCents: number;
  method: PayMethod;
  savedMethodId: number | null;
  saveMethod: boolean;
  idempotencyKey: string;
  returnUrl: (paymentId: number) => string;
  cancelUrl: string;
};

export type PortalResult = StartResult | { ok: false; reason: 'too_many'; retryAfterSeconds: number };

/** Begins to pay a visitor's invoices; the receipt goes to the address that is signed in. */
export async function payFromPortal(
  deps: PayDeps,
  visitor: PortalVisitor,
  request: PortalRequest,
): Promise<PortalResult> {
  const { companyId, bill, partCents, shownCents, ...rest } = request;
  if (bill.totalCents < LEAST_CENTS) return { ok: false, reason: 'too_little' };
  // Stolen cards are tried out in numbers on pages like this.
  const limit = { key: ['portal payment', String(companyId), visitor.email], limit: 20, seconds: 3600 };
  const allowance = await takeAttempt(deps.db, [limit]);
  if (!allowance.ok) return { ok: false, reason: 'too_many', retryAfterSeconds: allowance.retryAfterSeconds };
  const customer = visitor.customers.find(({ id }) => id === bill.customerId)!;
  const start: StartPayment = {
    ...rest,
    companyId,
    customerId: bill.customerId,
    source: 'portal',
    pays: {
      invoices: bill.invoices.map((one) => ({ invoiceId: one.id, amountCents: partCents ?? one.payableCents })),
    },
    expectedCents: partCents ?? shownCents,
    tipCents: 0,
    payer: `${customer.name} (Customer Portal)`,
    receiptTo: visitor.email,
  };
  const result = await startPayment(deps, start);
  if (result.ok || result.reason !== 'needs_payer') return result;
  // The bank asks the owner of the saved card: on the processor's page the same sum can be paid with their answer.
  return startPayment(deps, {
    ...start,
    savedMethodId: null,
    saveMethod: false,
    idempotencyKey: `${start.idempotencyKey.slice(0, 57)}-asked`,
  });
}
