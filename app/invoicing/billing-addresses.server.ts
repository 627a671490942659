import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import type { Address } from './customer-form.ts';

/**
 * Where mail goes to whoever owes something: the billing address, else the location that was entered first. One a customer, and
 * only those with a street, a city and a ZIP.
 */
export async function addressesOfDebtors(tx: Tx): Promise<Address[]> {
  const rows = await tx.execute<Address>(sql`
    select distinct on (l.customer_id) l.line1, l.line2, l.city, l.state, l.zip
      from locations l join customers c on c.company_id = l.company_id and c.id = l.customer_id
     where c.open_invoices > 0 and postal_key(l.line1, l.line2, l.city, l.state, l.zip) <> ''
     order by l.customer_id, l.billing desc, l.id`);
  return [...rows];
}
