import { eq, sql } from 'drizzle-orm';

import type { Actor } from '#app/company/audit.server.ts';
import { leftOf, leftWords, placeOldestFirst, type Settleable } from '#app/invoicing/invoices/open-invoices.ts';
import { applyCredit, lockCustomer } from '#app/invoicing/ledger/credits.server.ts';
import { lockInvoicesOf, postAll, type LockedInvoice } from '#app/invoicing/ledger/ledger.server.ts';
import { auditMovements } from '#app/invoicing/ledger/money-audit.server.ts';
import type { FieldErrors } from '#app/ui/FormErrors.tsx';
import { formatMoney } from '#app/ui/format.ts';
import type { Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import { invoices, payments } from '#db/schema/index.ts';

import { partField, readRecordPayment, type RecordPayment, type RecordPaymentForm } from './record-payment-form.ts';

export type RecordResult =
  /** `repeated`: this form was taken before, and nothing was recorded again. */
  | { ok: true; paymentId: number; repeated: boolean }
  | {
      ok: false;
      errors: FieldErrors;
      /** What the parts could be, in cents by the invoice's id: nothing was placed so far. */
      suggested?: Record<string, number>;
      /** Cents that are placed on no invoice: the office has to say that they become credit. */
      surplusCents?: number;
    };

/**
 * Records money that reached the office: a check, cash or another payment, over one or several invoices of a customer (S2-18,
 * of one a part: S2-17). What is placed on no invoice becomes credit of the account, once the office says so; it is used at
 * once for whatever else is owed. An invoice takes what is left of it and no more; what a payment under way will settle is not
 * left. With nothing placed, the oldest due come first as a suggestion, and nothing is recorded.
 * @param today the company's calendar date
 * @returns errors in words by field, or null when the company has no such customer
 */
export async function recordPayment(
  tx: Tx,
  actor: Actor,
  customerId: number,
  form: RecordPaymentForm,
  today: string,
): Promise<RecordResult | null> {
  const customer = await lockCustomer(tx, customerId);
  if (!customer) return null;
  const read = readRecordPayment(form, today);
  if (!read.ok) return read;
  const { value } = read;
  const [first] = await tx
    .select({ id: payments.id, customerId: payments.customerId, processor: payments.processor })
    .from(payments)
    .where(eq(payments.idempotencyKey, value.key));
  if (first) {
    const same = first.customerId === customerId && first.processor === 'office';
    if (same) return { ok: true, paymentId: first.id, repeated: true };
    return { ok: false, errors: { form: 'This form can’t be used again. Open the page anew.' } };
  }
  const named = value.only === null ? [...value.parts.keys()] : [value.only];
  const locked = await lockInvoicesOf(tx, customerId, named);
  const refused = value.only === null ? refuse(value, locked) : placeOn(value, value.only, locked);
  if (refused) return refused;

  const parts = [...value.parts].map(([invoiceId, amountCents]) => ({ invoiceId, amountCents }));
  const placedCents = sum(parts);
  const surplusCents = value.cents - placedCents;
  const [payment] = await tx
    .insert(payments)
    .values({
      customerId,
      amountCents: value.cents,
      currency: locked.find((invoice) => value.parts.has(invoice.id))?.currency ?? 'USD',
      method: value.method,
      status: 'succeeded',
      processor: 'office',
      source: 'office',
      payer: customer.name,
      memo: value.memo,
      receivedOn: value.receivedOn,
      staffId: actor.staffId,
      settledAt: sql`now()`,
      idempotencyKey: value.key,
      allocations: parts,
    })
    .returning({ id: payments.id });
  const paymentId = payment!.id;
  const entry = (cents: number) => ({ kind: 'payment' as const, amountCents: -cents, paymentId, memo: value.memo });
  await postAll(
    tx,
    [
      ...parts.map(({ invoiceId, amountCents }) => ({ invoiceId, entries: [entry(amountCents)] })),
      ...(surplusCents > 0 ? [{ accountOf: customerId, entries: [entry(surplusCents)] }] : []),
    ],
    { invoices: locked, customerIds: [customerId] },
  );
  await addJob(tx, 'payment.attribute', { companyId: customer.companyId, paymentId });
  await auditMovements(
    tx,
    actor,
    'payment.record',
    [
      ...parts.map((part) => ({ customerId, ...part })),
      ...(surplusCents > 0 ? [{ customerId, invoiceId: null, amountCents: surplusCents }] : []),
    ],
    { paymentId, method: value.method, receivedOn: value.receivedOn, ...(value.memo && { memo: value.memo }) },
  );
  if (surplusCents > 0) await applyCredit(tx, customerId, actor);
  return { ok: true, paymentId, repeated: false };
}

/** Why it can't be recorded like that, as the invoices stand under their lock; null when it can. */
function refuse(value: RecordPayment, locked: LockedInvoice[]): Extract<RecordResult, { ok: false }> | null {
  const errors: FieldErrors = {};
  const known = new Map(locked.map((one) => [one.id, one]));
  for (const [id, cents] of value.parts) {
    const invoice = known.get(id);
    // A field of its own only for what the page shows: what is owed.
    if (!invoice) errors.form = 'One of these invoices is not this customer’s. Open the page anew.';
    else if (cents > leftOf(invoice)) {
      errors[invoice.status === 'open' ? partField(id) : 'form'] = leftWords(invoice, 'recorded');
    }
  }
  const used = [...known.values()].filter((invoice) => value.parts.has(invoice.id));
  if (new Set(used.map((invoice) => invoice.currency)).size > 1) {
    errors.form = 'These invoices are in different currencies. Record a payment for each.';
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const placedCents = sum([...value.parts.values()].map((amountCents) => ({ amountCents })));
  if (placedCents > value.cents) {
    const words = `The parts come to ${formatMoney(placedCents)}, which is more than the ${formatMoney(value.cents)} that were received.`;
    return { ok: false, errors: { amount: words } };
  }
  const owed = [...known.values()].filter((invoice) => leftOf(invoice) > 0).toSorted(byDue);
  if (placedCents === 0 && owed.length > 0 && !value.toAccount) {
    const suggested = Object.fromEntries(placeOldestFirst(owed, value.cents));
    return { ok: false, errors: { form: 'Check what goes to which invoice: the oldest due come first.' }, suggested };
  }
  const surplusCents = value.cents - placedCents;
  if (surplusCents > 0 && !value.toAccount) {
    const words = `${formatMoney(surplusCents)} go to no invoice. Place them, or keep them on the account.`;
    return { ok: false, errors: { toAccount: words }, surplusCents };
  }
  return null;
}

/** Places the payment on one invoice, as far as it is owed. @returns why it can't be recorded, or null */
function placeOn(
  value: RecordPayment,
  invoiceId: number,
  locked: LockedInvoice[],
): Extract<RecordResult, { ok: false }> | null {
  const invoice = locked.find((one) => one.id === invoiceId);
  if (!invoice) return { ok: false, errors: { form: 'This invoice is not here any more.' } };
  const left = leftOf(invoice);
  if (left === 0) return { ok: false, errors: { form: leftWords(invoice, 'recorded') } };
  const surplusCents = value.cents - left;
  if (surplusCents > 0 && !value.toAccount) {
    return { ok: false, errors: { amount: leftWords(invoice, 'recorded') }, surplusCents };
  }
  value.parts.set(invoiceId, Math.min(value.cents, left));
  return null;
}

const byDue = (a: LockedInvoice, b: LockedInvoice) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : a.id - b.id);

const sum = (parts: readonly { amountCents: number }[]) => parts.reduce((cents, part) => cents + part.amountCents, 0);

export type OpenInvoice = Settleable & { summary: string; dueOn: string };

/** What a customer owes, the oldest due first, at most 500. */
export function openInvoices(tx: Tx, customerId: number): Promise<OpenInvoice[]> {
  return tx
    .select({
      id: invoices.id,
      number: invoices.number,
      summary: invoices.summary,
      status: invoices.status,
      dueOn: invoices.dueOn,
      balanceCents: invoices.balanceCents,
      pendingCents: invoices.pendingCents,
      currency: invoices.currency,
    })
    .from(invoices)
    .where(sql`${invoices.customerId} = ${customerId} and ${invoices.status} = 'open' and ${invoices.balanceCents} > 0`)
    .orderBy(invoices.dueOn, invoices.id)
    .limit(500);
}
