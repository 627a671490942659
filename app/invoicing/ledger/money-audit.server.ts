import { sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import type { Tx } from '#db/client.ts';
import { auditEntries, invoices } from '#db/schema/index.ts';

import { anyOf } from './rollups.server.ts';

/** Money that moved: on an invoice, or with null on its customer's account. Cents as a person would say them, without sign. */
export type Movement = { customerId: number; invoiceId: number | null; amountCents: number };

/**
 * Writes down each movement of money where people look for it: in the audit trail of the job (S2-19), of the invoice where
 * there is no job, of the customer for the account. In the transaction of the movement itself.
 * @param action `noun.verb`, such as `payment.record`
 * @param details what holds for all of them: a reason, a payment's id. `formKey` is for `wasDone` and is not shown
 */
export async function auditMovements(
  tx: Tx,
  actor: Actor,
  action: string,
  movements: Movement[],
  details: Record<string, unknown> = {},
): Promise<void> {
  const ids = movements.flatMap(({ invoiceId }) => (invoiceId === null ? [] : [invoiceId]));
  const rows =
    ids.length === 0
      ? []
      : await tx.execute<{ id: number; number: string; jobId: number | null }>(
          sql`select id, number, job_id as "jobId" from ${invoices} where id = ${anyOf(ids)}`,
        );
  const known = new Map(rows.map((row) => [row.id, row]));
  for (const { customerId, invoiceId, amountCents } of movements) {
    const invoice = invoiceId === null ? undefined : known.get(invoiceId);
    const subject = invoice ? moneySubject(invoice) : { type: 'customer', id: customerId };
    const where = invoice ? { invoiceId: invoice.id, invoice: invoice.number } : {};
    await recordAudit(tx, actor, action, subject, { ...where, amountCents, ...details });
  }
}

/** The record in whose trail an invoice's movements stand. */
export const moneySubject = (invoice: { id: number; jobId: number | null }) =>
  invoice.jobId === null ? { type: 'invoice', id: invoice.id } : { type: 'job', id: invoice.jobId };

/**
 * Whether a form was taken before: its key stands in the audit trail. Asked under the lock of what it changes, so that a second
 * click finds the first.
 */
export async function wasDone(
  tx: Tx,
  action: string,
  subject: { type: string; id: number },
  key: string,
): Promise<boolean> {
  const [row] = await tx.execute<{ done: boolean }>(sql`
    select exists (select from ${auditEntries}
                    where subject_type = ${subject.type} and subject_id = ${subject.id} and action = ${action}
                      and details ->> 'formKey' = ${key}) as done`);
  return row?.done ?? false;
}
