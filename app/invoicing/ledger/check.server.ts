import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { customers, invoices, ledgerEntries, payments } from '#db/schema/index.ts';

import { rollupDiffers, rollups } from './rollups.server.ts';
import type { InvoiceStatus } from './ledger.server.ts';

export type LedgerDifference =
  | { kind: 'invoice'; id: number; balanceCents: number; entriesCents: number; status: InvoiceStatus }
  | { kind: 'customer'; id: number; balanceCents: number; dueCents: number }
  /** `heldCents`: what the customer's row says is left as credit; `creditCents`: what the ledger says. */
  | { kind: 'credit'; id: number; heldCents: number; creditCents: number }
  /** More was taken from a customer's account than was put on it. */
  | { kind: 'account'; id: number; accountCents: number }
  /** `heldCents`: what the payments under way would settle of the invoice. */
  | { kind: 'pending'; id: number; pendingCents: number; heldCents: number };

type Wrong<Kind> = Extract<LedgerDifference, { kind: Kind }>;

/**
 * Compares all that is kept beside the ledger with the ledger itself.
 * @returns invoices whose balance is not the sum of their entries or whose status contradicts it, customers whose roll-up is not
 * what their open invoices say or whose credit is not what is left to them, accounts that are overdrawn, and invoices of which something
 * else is held back than payments under way would settle; empty when all is well
 */
export async function checkLedger(tx: Tx): Promise<LedgerDifference[]> {
  const wrongInvoices = await tx.execute<Wrong<'invoice'>>(sql`
    select 'invoice' as kind, i.id, i.balance_cents as "balanceCents", i.status,
           coalesce(e.total, 0)::bigint as "entriesCents"
      from ${invoices} i
      left join (select invoice_id, sum(amount_cents) as total from ${ledgerEntries}
                  where invoice_id is not null group by invoice_id) e
        on e.invoice_id = i.id
     where i.balance_cents <> coalesce(e.total, 0)
        or (i.status = 'open' and i.balance_cents <= 0)
        or (i.status = 'paid' and (i.balance_cents > 0 or i.paid_at is null))
     order by i.id`);
  const customersOff = await tx.execute<{
    id: number;
    balanceCents: number;
    dueCents: number;
    rollup: boolean;
    heldCents: number;
    creditCents: number;
    accountCents: number;
  }>(sql`
    with due as (${rollups(null)})
    select c.id, c.balance_cents as "balanceCents", due.balance as "dueCents",
           (c.balance_cents, c.open_invoices, c.oldest_due_on)
             is distinct from (due.balance, due.invoices, due.oldest) as rollup,
           c.credit_cents as "heldCents", due.credit as "creditCents", due.account as "accountCents"
      from ${customers} c join due on due.id = c.id
     where ${rollupDiffers} or due.account > 0
     order by c.id`);
  const wrongCustomers = customersOff.flatMap((row): LedgerDifference[] => [
    ...(row.rollup
      ? [{ kind: 'customer' as const, id: row.id, balanceCents: row.balanceCents, dueCents: row.dueCents }]
      : []),
    ...(row.heldCents !== row.creditCents
      ? [{ kind: 'credit' as const, id: row.id, heldCents: row.heldCents, creditCents: row.creditCents }]
      : []),
    ...(row.accountCents > 0 ? [{ kind: 'account' as const, id: row.id, accountCents: row.accountCents }] : []),
  ]);
  const wrongPending = await tx.execute<Wrong<'pending'>>(sql`
    select 'pending' as kind, i.id, i.pending_cents as "pendingCents", coalesce(p.held, 0)::bigint as "heldCents"
      from ${invoices} i
      left join (select (a.value ->> 'invoiceId')::bigint as invoice_id, sum((a.value ->> 'amountCents')::bigint) as held
                   from ${payments} p cross join jsonb_array_elements(p.allocations) a
                  where p.status = 'pending' group by 1) p on p.invoice_id = i.id
     where i.pending_cents <> coalesce(p.held, 0) order by i.id`);
  return [...wrongInvoices, ...wrongCustomers, ...wrongPending];
}
