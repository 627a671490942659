import { sql, type SQL } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { pattern, words } from '#app/invoicing/customers/customers.server.ts';
import { readLocation, updateLocation } from '#app/invoicing/customers/locations.server.ts';
import type { Tx } from '#db/client.ts';
import { keyset, type Page } from '#db/keyset.ts';
import { joinWhole } from '#db/plans.ts';

import { OFFICE, readAddressChecks } from './address-checks.server.ts';
import { postalKey, type Deliverability, type PostalAddress } from './postal-address.ts';

export type AddressRow = PostalAddress & {
  locationId: number;
  customerId: number;
  customer: string;
  deliverability: Deliverability;
  /** As the Postal Service writes it, where that is another address; null where it offers none. */
  standard: PostalAddress | null;
  at: string;
};

/** What is wrong with an address: nobody delivers there, it is about the unit, or it is known by another writing. */
export const addressTroubles = ['undeliverable', 'unit', 'writing'] as const;

/** Whether a check asks for somebody's attention, as `k`. */
const open = sql`k.provider <> ${OFFICE} and (k.deliverability <> 'deliverable' or k.standard is not null)`;

const troubles: Record<(typeof addressTroubles)[number], SQL> = {
  undeliverable: sql`k.deliverability = 'undeliverable'`,
  unit: sql`k.deliverability in ('deliverable_unnecessary_unit', 'deliverable_incorrect_unit', 'deliverable_missing_unit')`,
  writing: sql`k.deliverability = 'deliverable'`,
};

/**
 * Addresses that somebody should look at (B-12), by customer: those nobody delivers to, those with a wrong, missing or needless unit,
 * and those that the Postal Service knows by another writing. Filter values that mean nothing are left aside.
 */
export async function listAddressesToCheck(
  tx: Tx,
  filter: { q?: string | null; trouble?: string | null },
  page: { after?: string | null; before?: string | null; limit?: number },
): Promise<Page<AddressRow> & { count: number }> {
  const keys = keyset(
    [
      { value: sql`f.customer`, type: 'text' },
      { value: sql`f."locationId"`, type: 'bigint' },
    ],
    { after: page.after, before: page.before, limit: page.limit ?? 50 },
  );
  const trouble = addressTroubles.find((one) => one === filter.trouble);
  const found = words(filter.q).map((word) => {
    const like = pattern(word);
    return sql`(c.name ilike ${like} or l.line1 ilike ${like} or l.city ilike ${like} or l.zip ilike ${like})`;
  });
  const where = sql.join([trouble ? troubles[trouble] : sql`true`, ...found], sql` and `);
  // The whole key of every location would cost seconds where there are a hundred thousand: streets are compared first.
  const rows = await joinWhole(tx, () =>
    tx.execute<AddressRow & { cursor: string; count: number }>(sql`
      with f as materialized (
        select l.id as "locationId", c.id as "customerId", c.name as customer, l.line1, l.line2, l.city, l.state, l.zip,
               k.deliverability, k.standard, k.at
          from (select k.*, split_part(k.address, E'\n', 1) as street from address_checks k where ${open}) k
          join locations l on postal_tidy(l.line1) = k.street
          join customers c on c.company_id = l.company_id and c.id = l.customer_id
         where case when l.id > 0 then postal_key(l.line1, l.line2, l.city, l.state, l.zip) = k.address end and ${where})
      select f.*, ${keys.cursor} as cursor, (select count(*)::int from f) as count
        from f where ${keys.where} order by ${keys.orderBy} limit ${keys.limit}`),
  );
  const listed = rows.map(({ count: _, ...row }) => ({ ...row, at: new Date(row.at).toISOString() }));
  return { ...keys.toPage(listed), count: rows[0]?.count ?? 0 };
}

/** How many addresses were looked up so far. */
export async function countAddressChecks(tx: Tx): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`select count(*)::int as count from address_checks`);
  return row?.count ?? 0;
}

export type Decided = { ok: true } | { ok: false; error: string };

const GONE = { ok: false, error: 'This address was changed or looked up anew meanwhile. Look at it again.' } as const;

/**
 * Writes an address as the Postal Service has it. The new writing counts as looked up.
 * @returns in words why it can't be written: it was changed meanwhile, or stands on the customer's record already
 */
export async function useStandardAddress(
  tx: Tx,
  actor: Actor,
  at: { customerId: number; locationId: number },
): Promise<Decided> {
  const { location, key, check } = await find(tx, at);
  if (!location || !check?.standard) return GONE;
  const { name, billing } = location;
  const saved = await updateLocation(tx, actor, at.customerId, at.locationId, { ...check.standard, name, billing });
  if (!saved) return GONE;
  if (!saved.ok) return { ok: false, error: Object.values(saved.errors)[0] ?? GONE.error };
  const written = (await readLocation(tx, at.customerId, at.locationId))!;
  await tx.execute(sql`
    insert into address_checks (address, deliverability, provider, at)
    select ${postalKey(written)}, deliverability, provider, at from address_checks where address = ${key}
    on conflict (company_id, address) do nothing`);
  return { ok: true };
}

/** Leaves an address as it was entered: it is not asked about again while the Postal Service answers the same. */
export async function keepAddress(
  tx: Tx,
  actor: Actor,
  at: { customerId: number; locationId: number },
): Promise<Decided> {
  const { location, key, check } = await find(tx, at);
  if (!location || !check) return GONE;
  if (check.deliverability === 'undeliverable') {
    return { ok: false, error: 'Nobody delivers to this address, so it can’t be kept for mail. Correct it.' };
  }
  await tx.execute(sql`update address_checks set provider = ${OFFICE}, standard = null where address = ${key}`);
  const { line1, city } = location;
  await recordAudit(tx, actor, 'location.keep', { type: 'customer', id: at.customerId }, { location: line1 || city });
  return { ok: true };
}

async function find(tx: Tx, { customerId, locationId }: { customerId: number; locationId: number }) {
  const location = await readLocation(tx, customerId, locationId);
  const key = location ? postalKey(location) : '';
  const check = location ? (await readAddressChecks(tx, [location])).get(key) : undefined;
  return { location, key, check };
}
