import { sql } from 'drizzle-orm';

import { readRules } from '#app/consent/rules.server.ts';
import type { Tx } from '#db/client.ts';

import { isOpen, type Hours } from './open.ts';
import { placed } from './where.server.ts';

/**
 * Whether a person may write to a number by text at that instant (B-14): as a campaign may, where the customer is, by ZIP, and
 * where the number is registered. Everybody who has the number counts, since nobody knows who holds the phone. A number that is
 * on nobody's record is where its area code is, and one without is where the company is.
 * @param to.customerId whom it is for, if known; they count also when the number is not on their record
 */
export async function mayTextNow(
  tx: Tx,
  to: { number: string; customerId: number | null },
  now: Date,
): Promise<boolean> {
  const hours = await readRules(tx);
  const own = await companyZone(tx);
  const at = sql`${now.toISOString()}::timestamptz`;
  const places = await placed(tx, hours, own, { instant: now, now: at });
  const people = await tx.execute<{ onRecord: boolean; until: string | null }>(sql`
    with due as materialized (
      select customer_id as id, customer_id, min(contact_id) as contact_id, null::bigint as invoice_id,
             null::text as refusal, 'planned' as state, null::text as reason, ${at} as send_at
        from (select customer_id, id as contact_id from contacts where value = ${to.number} and kind in ('mobile', 'landline')
              union all select id, null from customers where id = ${to.customerId}) person
       group by customer_id limit 20
    ), ${places}
    select due.contact_id is not null as "onRecord", placed.until from due join placed on placed.id = due.id`);
  if (people.some((one) => one.until !== null)) return false;
  return people.some((one) => one.onRecord) || (await isOpenByNumber(tx, to.number, own, hours, now));
}

async function companyZone(tx: Tx): Promise<string> {
  const [row] = await tx.execute<{ zone: string }>(
    sql`select time_zone as zone from companies where id = current_company_id()`,
  );
  return row!.zone;
}

async function isOpenByNumber(tx: Tx, number: string, own: string, hours: Hours, now: Date): Promise<boolean> {
  const [place] = await tx.execute<{ zones: string[]; state: string | null }>(sql`
    select zones, state from area_codes where code = substr(${number}, 3, 3) and ${number} like '+1%'`);
  return (place?.zones ?? [own]).every((zone) => isOpen(zone, place?.state ?? null, hours, now));
}
