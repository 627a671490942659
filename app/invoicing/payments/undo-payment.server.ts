import { eq, sql } from 'drizzle-orm';

import type { Actor } from '#app/company/audit.server.ts';
import { freeCredit, lockCustomer } from '#app/invoicing/ledger/credits.server.ts';
import { postAll } from '#app/invoicing/ledger/ledger.server.ts';
import { auditMovements } from '#app/invoicing/ledger/money-audit.server.ts';
import { readReason, type MoneyDone } from '#app/invoicing/ledger/money-form.ts';
import { formatMoney } from '#app/ui/format.ts';
import type { Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import { invoices, ledgerEntries, payments } from '#db/schema/index.ts';

/** What stands in `payments.failure` of a payment that the office took back. */
export const UNDONE = 'undone';

/**
 * Takes back a payment that the office recorded: a check that bounced, a slip. Reversing entries make its invoices owed again;
 * what it put on the account leaves it, and credit that was used meanwhile is taken back from where it went. The payment stays
 * on record as failed. One that was taken back already stays so.
 * @returns errors in words by field, or null when the company has no such payment
 */
export async function undoPayment(
  tx: Tx,
  actor: Actor,
  paymentId: number,
  form: { reason: string },
): Promise<MoneyDone | null> {
  const [found] = await tx.select({ customerId: payments.customerId }).from(payments).where(eq(payments.id, paymentId));
  if (!found) return null;
  const { customerId } = found;
  await lockCustomer(tx, customerId);
  const [payment] = await tx.select().from(payments).where(eq(payments.id, paymentId)).for('no key update');
  if (payment!.processor !== 'office')
    return refuse('Only a payment that the office recorded can be undone. Refund it.');
  if (payment!.status === 'failed' && payment!.failure === UNDONE) return { ok: true, repeated: true };
  if (payment!.refundedCents > 0) {
    const words = `${formatMoney(payment!.refundedCents, payment!.currency)} of it were given back already. Refund the rest.`;
    return refuse(words);
  }
  if (payment!.status !== 'succeeded') return refuse('This payment did not arrive: there is nothing to undo.');
  const read = readReason(form.reason);
  if (!read.ok) return { ok: false, errors: { reason: read.error } };

  const parts = await partsOf(tx, paymentId);
  const accountCents = parts.reduce((cents, part) => cents + (part.invoiceId === null ? part.amountCents : 0), 0);
  const missing = await freeCredit(tx, customerId, accountCents, actor, { allOrNothing: true });
  if (missing > 0) {
    return refuse(`${formatMoney(missing)} of it left the account meanwhile, so it can’t be undone.`);
  }
  const memo = `Undone: ${read.reason}`;
  await postAll(
    tx,
    parts.map(({ invoiceId, amountCents }) => {
      const entries = [{ kind: 'refund' as const, amountCents, paymentId, memo }];
      return invoiceId === null ? { accountOf: customerId, entries } : { invoiceId, entries };
    }),
    { invoices: [], customerIds: [customerId] },
  );
  await tx.update(payments).set({ status: 'failed', failure: UNDONE }).where(eq(payments.id, paymentId));
  // No campaign earned it any more (B-07).
  await addJob(tx, 'payment.attribute', { companyId: payment!.companyId, paymentId });
  await auditMovements(
    tx,
    actor,
    'payment.undo',
    parts.map((part) => ({ customerId, ...part })),
    { paymentId, reason: read.reason },
  );
  return { ok: true, repeated: false };
}

const refuse = (words: string): MoneyDone => ({ ok: false, errors: { form: words } });

/** What is left of a payment where, null being the account: what it paid on an invoice that was voided is there by now. */
async function partsOf(tx: Tx, paymentId: number): Promise<{ invoiceId: number | null; amountCents: number }[]> {
  const rows = await tx.execute<{ invoiceId: number | null; amountCents: number }>(sql`
    select case when i.status = 'void' then null else e.invoice_id end as "invoiceId", -sum(e.amount_cents)::bigint as "amountCents"
      from ${ledgerEntries} e left join ${invoices} i on i.company_id = e.company_id and i.id = e.invoice_id
     where e.payment_id = ${paymentId} and e.kind in ('payment', 'refund')
     group by 1 having sum(e.amount_cents) < 0 order by 1 nulls first`);
  return [...rows];
}
