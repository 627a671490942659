import { eq, sql } from 'drizzle-orm';

import type { Actor } from '#app/company/audit.server.ts';
import { formatMoney } from '#app/ui/format.ts';
import type { Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import { invoices, ledgerEntries } from '#db/schema/index.ts';

import { applyCredit } from './credits.server.ts';
import { lockInvoices, postAll, type AccountPosting, type Entry, type Posting } from './ledger.server.ts';
import { auditMovements } from './money-audit.server.ts';
import { readReason, type MoneyDone } from './money-form.ts';
import { MOVED_ON_INVOICES, movedMemos } from './moved-credit.ts';

/** What the form sends. `move`: what was paid on the invoice goes to the customer's account. */
export type VoidForm = { reason: string; move: boolean };

/**
 * Takes an invoice out of what is owed: an entry reverses what is left of it, so that its balance is zero, and its status is
 * `void`. Nothing is deleted. What the customer paid on it is refunded before, or moved to the account if the form says so;
 * credit of the account that was used for it goes back there by itself. Its reminders end. An invoice that is void stays so.
 * @returns errors in words by field, or null when the company has no such invoice
 */
export async function voidInvoice(tx: Tx, actor: Actor, invoiceId: number, form: VoidForm): Promise<MoneyDone | null> {
  const [invoice] = await lockInvoices(tx, [invoiceId]);
  if (!invoice) return null;
  if (invoice.status === 'void') return { ok: true, repeated: true };
  const read = readReason(form.reason);
  if (!read.ok) return { ok: false, errors: { reason: read.error } };
  const money = (cents: number) => formatMoney(cents, invoice.currency);
  if (invoice.pendingCents > 0) {
    const words = `A payment of ${money(invoice.pendingCents)} is on its way for this invoice. Void it when that has arrived or failed.`;
    return { ok: false, errors: { form: words } };
  }
  const { paidCents, ownCents } = await customersMoney(tx, invoiceId);
  if (paidCents > 0 && ownCents > 0 && !form.move) {
    const words = `${money(ownCents)} were paid on this invoice. Refund the payment first, or move it to the customer’s account.`;
    return { ok: false, errors: { move: words } };
  }
  await tx.update(invoices).set({ status: 'void', paidAt: null }).where(eq(invoices.id, invoiceId));
  const entries: Entry[] = [];
  const postings: (Posting | AccountPosting)[] = [{ invoiceId, entries }];
  if (ownCents > 0) {
    entries.push({ kind: 'credit', amountCents: ownCents, memo: movedMemos.toAccount });
    const memo = `${movedMemos.backFrom(invoice.number)}, voided`;
    postings.push({
      accountOf: invoice.customerId,
      entries: [{ kind: 'credit', amountCents: -ownCents, memo }],
    });
  }
  const reversedCents = invoice.balanceCents + Math.max(0, ownCents);
  if (reversedCents !== 0)
    entries.push({ kind: 'credit', amountCents: -reversedCents, memo: `Voided: ${read.reason}` });
  await postAll(tx, postings, { invoices: [{ ...invoice, status: 'void' }] });
  const { companyId, customerId } = invoice;
  await auditMovements(tx, actor, 'invoice.void', [{ customerId, invoiceId, amountCents: reversedCents }], {
    reason: read.reason,
    ...(ownCents > 0 && { movedCents: ownCents }),
  });
  // The job that ends reminders reads the status.
  if (invoice.status === 'open') await addJob(tx, 'invoice.settled', { companyId, invoiceId });
  if (ownCents > 0) await applyCredit(tx, customerId, actor);
  return { ok: true, repeated: false };
}

/**
 * What of an invoice's settlement is the customer's own money.
 * @returns `paidCents` by payments, less refunds; `ownCents` those and credit that was moved here, less what was moved away
 */
export async function customersMoney(tx: Tx, invoiceId: number): Promise<{ paidCents: number; ownCents: number }> {
  const [row] = await tx.execute<{ paidCents: number; movedCents: number }>(sql`
    select coalesce(-sum(amount_cents) filter (where kind in ('payment', 'refund')), 0)::bigint as "paidCents",
           coalesce(-sum(amount_cents) filter (where kind = 'credit' and memo similar to ${MOVED_ON_INVOICES}), 0)::bigint
             as "movedCents"
      from ${ledgerEntries} where invoice_id = ${invoiceId}`);
  const { paidCents = 0, movedCents = 0 } = row ?? {};
  return { paidCents, ownCents: Math.max(0, paidCents + movedCents) };
}
