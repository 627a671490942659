import type { Actor } from '#app/company/audit.server.ts';
import { leftOf, leftWords } from '#app/invoicing/invoices/open-invoices.ts';
import { formatMoney } from '#app/ui/format.ts';
import type { Tx } from '#db/client.ts';

import { lockInvoices, postAll } from './ledger.server.ts';
import { auditMovements, moneySubject, wasDone } from './money-audit.server.ts';
import { isFormKey, NO_KEY, readReason, type MoneyDone } from './money-form.ts';

/** What the form sends, as typed. `expected`: cents that it said would be written off. */
export type WriteOffForm = { reason: string; expected: string; key: string };

/**
 * Gives up what is left of an invoice: nobody expects it any more. What a payment under way will settle stays.
 * @returns errors in words by field, or null when the company has no such invoice
 */
export async function writeOff(tx: Tx, actor: Actor, invoiceId: number, form: WriteOffForm): Promise<MoneyDone | null> {
  const [invoice] = await lockInvoices(tx, [invoiceId]);
  if (!invoice) return null;
  if (!isFormKey(form.key)) return { ok: false, errors: NO_KEY };
  if (await wasDone(tx, 'invoice.write_off', moneySubject(invoice), form.key)) return { ok: true, repeated: true };
  const read = readReason(form.reason);
  if (!read.ok) return { ok: false, errors: { reason: read.error } };
  const cents = leftOf(invoice);
  if (cents === 0) return { ok: false, errors: { form: leftWords(invoice, 'written off') } };
  if (form.expected !== String(cents)) {
    const now = formatMoney(cents, invoice.currency);
    return { ok: false, errors: { form: `The balance has changed: ${now} would be written off now. Look once more.` } };
  }
  const entries = [{ kind: 'write_off' as const, amountCents: -cents, memo: read.reason }];
  await postAll(tx, [{ invoiceId, entries }], { invoices: [invoice] });
  const movement = { customerId: invoice.customerId, invoiceId, amountCents: cents };
  await auditMovements(tx, actor, 'invoice.write_off', [movement], { reason: read.reason, formKey: form.key });
  return { ok: true, repeated: false };
}
