import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

/** What a customer's own link asks for, in cents. */
export type CustomerOwes = {
  /** Of open invoices whose job is completed, of any unit. */
  owedCents: number;
  /** Part of it that payments under way would settle. */
  pendingCents: number;
  /** Credit that is left for it: what older invoices use whose job is not completed is theirs. */
  creditCents: number;
  /** What `startPayment` charges for `{ customer: true }`, without a tip. */
  payableCents: number;
  currency: string | null;
};

/**
 * What a customer owes and can pay now, as `startPayment` will find it: credit is shared as `applyCredit` uses it, over every open invoice,
 * the oldest due first, whatever the state of its job.
 */
export async function readCustomerOwes(tx: Tx, customerId: number): Promise<CustomerOwes> {
  const [row] = await tx.execute<CustomerOwes & { leftCents: number }>(sql`
    with credit as (
      select coalesce((select credit_cents from customers where id = ${customerId}), 0) as cents
    ), open as (
      select i.balance_cents, i.pending_cents, i.currency, i.job_id is null or j.status = 'completed' as payable,
             greatest(0, i.balance_cents - i.pending_cents) as left_cents,
             sum(greatest(0, i.balance_cents - i.pending_cents)) over (order by i.due_on, i.id) as through_cents
        from invoices i left join jobs j on j.id = i.job_id
       where i.customer_id = ${customerId} and i.status = 'open' and i.balance_cents > 0
    )
    select coalesce(sum(balance_cents) filter (where payable), 0)::bigint as "owedCents",
           coalesce(sum(least(balance_cents, pending_cents)) filter (where payable), 0)::bigint as "pendingCents",
           coalesce(sum(left_cents) filter (where payable), 0)::bigint as "leftCents",
           (credit.cents - coalesce(sum(least(left_cents, greatest(0, credit.cents - (through_cents - left_cents))))
             filter (where not payable), 0))::bigint as "creditCents",
           min(open.currency) filter (where payable) as currency
      from credit left join open on true group by credit.cents`);
  const { leftCents, ...owes } = row!;
  return { ...owes, payableCents: Math.max(0, leftCents - owes.creditCents) };
}
