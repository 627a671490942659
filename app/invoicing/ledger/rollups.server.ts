import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { customers, invoices, ledgerEntries } from '#db/schema/index.ts';

/**
 * Brings customers' roll-ups (balance, number and oldest due date of their open invoices, and credit) in line with their
 * invoices and accounts. `postAll` does it by itself; it is needed after a change to an invoice's status, due date or customer.
 */
export async function refreshRollups(tx: Tx, customerIds: number[]): Promise<void> {
  if (customerIds.length === 0) return;
  await tx.execute(sql`select id from ${customers} where id = ${anyOf(customerIds)} order by id for no key update`);
  await writeRollups(tx, customerIds);
}

/** The same for customers whose lock is held already. */
export async function writeRollups(tx: Tx, customerIds: number[]): Promise<void> {
  if (customerIds.length === 0) return;
  await tx.execute(sql`
    with due as (${rollups(customerIds)})
    update ${customers} c
       set balance_cents = due.balance, open_invoices = due.invoices, oldest_due_on = due.oldest, credit_cents = due.credit
      from due
     where c.id = due.id and c.id = ${anyOf(customerIds)} and ${rollupDiffers}`);
}

/**
 * What customers' roll-ups should say: of these, or of all with null. Credit is what the company owes the customer: what is
 * left on the account, and what was paid beyond the total of invoices.
 */
export const rollups = (customerIds: number[] | null) => sql`
  select c.id, coalesce(sum(i.balance_cents) filter (where ${isOwed}), 0)::bigint as balance,
         (count(i.id) filter (where ${isOwed}))::int as invoices, min(i.due_on) filter (where ${isOwed}) as oldest,
         greatest(0, -coalesce(a.cents, 0) - coalesce(sum(least(i.balance_cents, 0)), 0))::bigint as credit,
         coalesce(a.cents, 0)::bigint as account
    from ${customers} c
    left join ${invoices} i on i.company_id = c.company_id and i.customer_id = c.id
                           and i.status in ('open', 'paid') and i.balance_cents <> 0
                           ${customerIds ? sql`and i.customer_id = ${anyOf(customerIds)}` : sql``}
    left join (select customer_id, sum(amount_cents) as cents from ${ledgerEntries}
                where invoice_id is null ${customerIds ? sql`and customer_id = ${anyOf(customerIds)}` : sql``}
                group by customer_id) a on a.customer_id = c.id
   ${customerIds ? sql`where c.id = ${anyOf(customerIds)}` : sql``} group by c.id, a.cents`;

const isOwed = sql`i.status = 'open' and i.balance_cents > 0`;

export const rollupDiffers = sql`(c.balance_cents, c.open_invoices, c.oldest_due_on, c.credit_cents)
  is distinct from (due.balance, due.invoices, due.oldest, due.credit)`;

/**
 * Any number of ids in one parameter: import and seed pass more than a statement may have. An array rather than a list to
 * join, so that each row is looked up by its key, whatever the statistics say of the table: see `joinWhole`.
 */
export const anyOf = (ids: number[]) => sql`any(${sql.param([...new Set(ids)])}::int8[])`;
