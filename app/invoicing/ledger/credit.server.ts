import type { Actor } from '#app/company/audit.server.ts';
import { leftOf, leftWords } from '#app/invoicing/invoices/open-invoices.ts';
import type { Tx } from '#db/client.ts';

import { applyCredit, lockCustomer } from './credits.server.ts';
import { lockInvoices, postAll } from './ledger.server.ts';
import { auditMovements, moneySubject, wasDone } from './money-audit.server.ts';
import { isFormKey, NO_KEY, readMoney, readReason, type MoneyDone } from './money-form.ts';
import { plainMemo } from './moved-credit.ts';

/** What the form of a credit sends, as typed. `key` comes with the form. */
export type CreditForm = { amount: string; reason: string; key: string };

/**
 * Takes an amount off an open invoice. It goes down to zero and no further, and leaves what a payment under way will settle.
 * @returns errors in words by field, or null when the company has no such invoice
 */
export async function creditInvoice(
  tx: Tx,
  actor: Actor,
  invoiceId: number,
  form: CreditForm,
): Promise<MoneyDone | null> {
  const [invoice] = await lockInvoices(tx, [invoiceId]);
  if (!invoice) return null;
  if (!isFormKey(form.key)) return { ok: false, errors: NO_KEY };
  if (await wasDone(tx, 'invoice.credit', moneySubject(invoice), form.key)) return { ok: true, repeated: true };
  const read = readCredit(form);
  if (!read.ok) return read;
  const { cents, reason } = read;
  if (cents > leftOf(invoice)) return { ok: false, errors: { amount: leftWords(invoice, 'credited') } };
  const entries = [{ kind: 'credit' as const, amountCents: -cents, memo: plainMemo(reason) }];
  await postAll(tx, [{ invoiceId, entries }], { invoices: [invoice] });
  const movement = { customerId: invoice.customerId, invoiceId, amountCents: cents };
  await auditMovements(tx, actor, 'invoice.credit', [movement], { reason, formKey: form.key });
  return { ok: true, repeated: false };
}

/**
 * Grants a customer credit. It is used at once for what they owe, the oldest due first; what is left stays on the account.
 * @returns errors in words by field, or null when the company has no such customer
 */
export async function creditAccount(
  tx: Tx,
  actor: Actor,
  customerId: number,
  form: CreditForm,
): Promise<(MoneyDone & { usedCents?: number }) | null> {
  if (!(await lockCustomer(tx, customerId))) return null;
  if (!isFormKey(form.key)) return { ok: false, errors: NO_KEY };
  const subject = { type: 'customer', id: customerId };
  if (await wasDone(tx, 'account.credit', subject, form.key)) return { ok: true, repeated: true };
  const read = readCredit(form);
  if (!read.ok) return read;
  const { cents, reason } = read;
  const entries = [{ kind: 'credit' as const, amountCents: -cents, memo: reason }];
  await postAll(tx, [{ accountOf: customerId, entries }], { invoices: [], customerIds: [customerId] });
  const movement = { customerId, invoiceId: null, amountCents: cents };
  await auditMovements(tx, actor, 'account.credit', [movement], { reason, formKey: form.key });
  const used = await applyCredit(tx, customerId, actor);
  return { ok: true, repeated: false, usedCents: used.reduce((sum, one) => sum + one.amountCents, 0) };
}

function readCredit(form: CreditForm) {
  const amount = readMoney(form.amount);
  const reason = readReason(form.reason);
  if (amount.ok && reason.ok) return { ok: true as const, cents: amount.cents, reason: reason.reason };
  const errors = { ...(!amount.ok && { amount: amount.error }), ...(!reason.ok && { reason: reason.error }) };
  return { ok: false as const, errors };
}
