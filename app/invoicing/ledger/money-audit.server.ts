import { sql } from 'drizzle-orm';

import type { Actor } from '#app/company/audit.server.ts';
import type { Tx } from '#db/client.ts';
import { auditEntries, invoices } from '#db/schema/index.ts';

import { anyOf } from './rollups.server.ts';

/** Money that moved: on an invoice, or with null on its customer's account. Cents as a person would say them, without sign. */
export type Movement = { customerId: number; invoiceId: number | null; amountCents: number };

/**
 * Writes down each movement of money where people look for it: in the audit trail of the job (S2-19), of the invoice where
 * there is no job, of the customer for the account. In the transaction of the movement itself.
 * @param action `noun.verb`, such as `payment.record`
 * @param details what holds for all of them: a reason, a payment's id; an `amountCents` of its own goes before a movement's. `formKey` is for `wasDone` and is not shown
 */
export async function auditMovements(
  tx: Tx,
  actor: Actor,
  action: string,
  movements: Movement[],
  details: Record<string, unknown> = {},
): Promise<void> {
  if (movements.length === 0) return;
  const rows = movements.map(({ customerId, invoiceId, amountCents }) => ({
    customer_id: customerId,
    invoice_id: invoiceId,
    details: { amountCents, ...details },
  }));
  await tx.execute(sql`
    insert into ${auditEntries} (staff_id, actor, action, subject_type, subject_id, details)
    select ${actor.staffId}::bigint, ${actor.name}::text, ${action}::text,
           case when i.id is null then 'customer' when i.job_id is null then 'invoice' else 'job' end,
           coalesce(i.job_id, i.id, m.customer_id),
           m.details || case when i.id is null then '{}' else jsonb_build_object('invoiceId', i.id, 'invoice', i.number) end
      from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (customer_id bigint, invoice_id bigint, details jsonb))
           with ordinality as m(customer_id, invoice_id, details, position)
      left join ${invoices} i on i.id = m.invoice_id and i.id = ${anyOf(rows.flatMap((row) => row.invoice_id ?? []))}
     order by m.position`);
}

/** The record in whose trail an invoice's movements stand, as `auditMovements` finds it. */
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
