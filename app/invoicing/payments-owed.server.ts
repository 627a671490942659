import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

/** What a customer's own link asks for, in cents. */
export type CustomerOwes = {
  /** Of open invoices whose job is completed, of any unit. */
  owedCents: number;
  /** Part of it that payments under way would settle. */
  pendingCents: number;
  /** Credit that is used for it before anything is charged. */
  creditCents: number;
  /** What `startPayment` charges for `{ customer: true }`, without a tip. */
  payableCents: number;
  currency: string | null;
};

/** What a customer owes and can pay now, as `startPayment` will find it. */
export async function readCustomerOwes(tx: Tx, customerId: number): Promise<CustomerOwes> {
  const [row] = await tx.execute<CustomerOwes & { leftCents: number }>(sql`
    select coalesce(sum(i.balance_cents), 0)::bigint as "owedCents",
           coalesce(sum(least(i.balance_cents, i.pending_cents)), 0)::bigint as "pendingCents",
           coalesce(sum(greatest(0, i.balance_cents - i.pending_cents)), 0)::bigint as "leftCents",
           coalesce((select credit_cents from customers where id = ${customerId}), 0)::bigint as "creditCents",
           min(i.currency) as currency
      from invoices i left join jobs j on j.id = i.job_id
     where i.customer_id = ${customerId} and i.status = 'open' and i.balance_cents > 0
       and (i.job_id is null or j.status = 'completed')`);
  const { leftCents, ...owes } = row!;
  return { ...owes, payableCents: Math.max(0, leftCents - owes.creditCents) };
}
