import { sql } from 'drizzle-orm';

import { readRules } from '#app/consent/rules.server.ts';
import type { Tx } from '#db/client.ts';

import { nextOpening, type Hours } from './open.ts';
import { placed } from './where.server.ts';

/** Whom a text is for: a number, and the customer if known; they count also when the number is not on their record. */
type TextTo = { number: string; customerId: number | null };

/**
 * Whether a person may write to a number by text at that instant (B-14): as a campaign may, where the customer is, by ZIP, and
 * where the number is registered. Everybody who has the number counts, since nobody knows who holds the phone. A number that is
 * on nobody's record is where its area code is, and one without is where the company is.
 */
export async function mayTextNow(tx: Tx, to: TextTo, now: Date): Promise<boolean> {
  return (await closedUntil(tx, to, await readRules(tx), now)) === null;
}

/** Where hours that differ are never open together, the last one found is taken: nothing waits forever. */
const OPENINGS = 6;

/**
 * When a text may go to a number, asked as `mayTextNow` asks it.
 * @param hours the company's; a state's own narrow them
 * @returns null for at once
 */
export async function opensAt(tx: Tx, to: TextTo, hours: Hours, now: Date): Promise<Date | null> {
  let opens: Date | null = null;
  for (let found = 0; found < OPENINGS; found++) {
    const until = await closedUntil(tx, to, hours, opens ?? now);
    if (until === null) break;
    opens = until;
  }
  return opens;
}

/** Until when not everybody who has the number may be written to; null when all may. */
async function closedUntil(tx: Tx, to: TextTo, hours: Hours, now: Date): Promise<Date | null> {
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
  const waits = people.flatMap((one) => (one.until === null ? [] : [new Date(one.until)]));
  if (!people.some((one) => one.onRecord)) {
    const byNumber = await opensByNumber(tx, to.number, own, hours, now);
    if (byNumber.getTime() > now.getTime()) waits.push(byNumber);
  }
  return waits.length === 0 ? null : new Date(Math.max(...waits.map(Number)));
}

async function companyZone(tx: Tx): Promise<string> {
  const [row] = await tx.execute<{ zone: string }>(
    sql`select time_zone as zone from companies where id = current_company_id()`,
  );
  return row!.zone;
}

/** When it is open at all places where the number's area code may be: `now` while it is. */
async function opensByNumber(tx: Tx, number: string, own: string, hours: Hours, now: Date): Promise<Date> {
  const [place] = await tx.execute<{ zones: string[]; state: string | null }>(sql`
    select zones, state from area_codes where code = substr(${number}, 3, 3) and ${number} like '+1%'`);
  const openings = (place?.zones ?? [own]).map((zone) => nextOpening(zone, place?.state ?? null, hours, now));
  return new Date(Math.max(...openings.map(Number)));
}
