import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

/** So many customers, each with an overdue invoice of $100 and an email address, in three statements: for benches and drills. */
export async function makeDebtors(tx: Tx, people: number): Promise<void> {
  await tx.execute(sql`
    insert into customers (name, first_name) select 'Customer ' || n, 'Dana' from generate_series(1, ${people}) n`);
  await tx.execute(sql`
    insert into contacts (customer_id, kind, value, "primary")
    select id, 'email', 'customer' || id || '@mail.example', true from customers`);
  await tx.execute(sql`
    insert into invoices (customer_id, number, status, issued_on, due_on, total_cents, balance_cents)
    select id, 'N' || id, 'open', '2026-01-01', '2026-01-31', 10000, 10000 from customers`);
}
