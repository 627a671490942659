import { sql, type SQL } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import { standingAt, weeksOf } from './closed.ts';
import type { Hours } from './open.ts';
import { stateKeys } from './states.ts';

/** What the tables of places say, as far as it is the same for everybody. */
type Places = { zones: string[]; zonesOf: Map<string, string[]> };

/** Only a migration writes those tables, so they are read once a process. */
let places: Places | null = null;

async function readPlaces(tx: Tx): Promise<Places> {
  if (places) return places;
  const rows = await tx.execute<{ state: string; zones: string[] }>(sql`
    select state, array_agg(distinct zone) as zones from zip_zones where zone <> '' group by state
    union all select '', array_agg(distinct zone) from area_codes, unnest(zones) zone`);
  const zones = [...new Set(rows.flatMap((row) => row.zones))];
  places = { zones, zonesOf: new Map(rows.map((row) => [row.state, row.zones])) };
  return places;
}

/**
 * The part of the gate that finds who can't be written to now, and until when the others can (B-14): common table expressions
 * that end in `placed (id, until, apart, closes)`, where `until` is null for whoever need not wait, over a `due (id, customer_id, invoice_id, contact_id, refusal, state, reason, send_at)`.
 *
 * A recipient is where the service address is: the job's or invoice's location, else the customer's first that is not for
 * billing, else the billing one; by ZIP, or all zones of its state. And where the number written to is registered, else the
 * customer's mobile, else landline. Where they differ, both must be open, each by its own state's hours. Who is nowhere is
 * where the company is. An address and a number that are never open at the same time would wait forever: when the opening of
 * either found the other closed, the address alone counts.
 * @param at the instant that the gate is for, and the same as SQL
 */
export async function placed(tx: Tx, hours: Hours, companyZone: string, at: { instant: Date; now: SQL }): Promise<SQL> {
  const { zones, zonesOf } = await readPlaces(tx);
  const weeks = weeksOf(hours);
  const states = [...stateKeys].map(([name, code]) => ({
    name,
    week: weeks.nameOf(code),
    zones: zonesOf.get(code) ?? [],
  }));
  const standing = standingAt([...new Set([...zones, companyZone])], hours, at.instant);
  return sql`
    states as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(states)}::jsonb) as s(name text, week text, zones text[])
    ), standing as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(standing)}::jsonb)
                    as s(zone text, week text, "opensAt" timestamptz, "closesAt" timestamptz)
    ), placed as materialized (
      select d.id, max(s."opensAt") as until, bool_or(d.state = 'deferred' and ${onTime(at.now)}) as apart,
             min(s."closesAt") as closes
        from due d
        -- One by one (offset 0), as in the gate; a coalesce in place of the case would pass for leaky and keep row-level
        -- security from using the index.
        left join lateral (select job_id, location_id from invoices where id = d.invoice_id offset 0) i on true
        left join lateral (select location_id from jobs where id = i.job_id offset 0) j on true
        left join lateral (
          select l.id, l.zip, l.state from locations l
           where l.id = case when j.location_id is null then i.location_id else j.location_id end and (l.zip <> '' or l.state <> '') offset 0) service on true
        left join lateral (
          select l.zip, l.state from locations l
           where l.customer_id = d.customer_id and service.id is null and (l.zip <> '' or l.state <> '')
           order by l.billing, l.id limit 1) own on true
        left join lateral (
          select zz.zone, zz.state from zip_zones zz
           where zz.from_zip <= ${fiveDigits(sql`coalesce(service.zip, own.zip)`)} order by zz.from_zip desc limit 1) z on true
        left join states named on named.name = regexp_replace(upper(coalesce(service.state, own.state)), '[^A-Z]', '', 'g')
        left join states of_zip on of_zip.name = z.state
        left join lateral (
          select ac.zones, ac.state from contacts p join area_codes ac on ac.code = substr(p.value, 3, 3)
           where p.customer_id = d.customer_id and p.kind in ('mobile', 'landline') and p.value ~ '^\\+1\\d{10}$'
           order by p.id is not distinct from d.contact_id desc, p.kind = 'mobile' desc, p."primary" desc, p.id
           limit 1) phone on true
        left join states of_phone on of_phone.name = phone.state
        cross join lateral (
          select case when z.zone <> '' then array[z.zone] else coalesce(nullif(named.zones, '{}'), of_zip.zones) end as address
        ) at
        cross join lateral (
          select zone, coalesce(named.week, of_zip.week, '') as week
            from unnest(coalesce(at.address, case when phone.zones is null then array[${companyZone}] end)) zone
          union all
          select zone, coalesce(of_phone.week, '') from unnest(phone.zones) zone
           where at.address is null or not (d.reason is not distinct from 'quiet_hours_apart' and ${onTime(at.now)})
        ) place
        join standing s on s.zone = place.zone and s.week = place.week
       where d.refusal is null
       group by d.id
    )`;
}

/** A deferred message that is looked at when it was to be: what is closed now, is so at the opening of another place. */
const onTime = (now: SQL) => sql`d.send_at > ${now} - interval '6 hours'`;

/** A ZIP as five digits, with leading zeros that a spreadsheet lost, without what follows them; null for anything else. */
const fiveDigits = (zip: SQL) => sql`(
  select case when t ~ '^\\d{3,5}(-\\d{4})?$' then lpad(split_part(t, '-', 1), 5, '0')
              when t ~ '^\\d{7,9}$' then left(lpad(t, 9, '0'), 5) end
    from (select rtrim(regexp_replace(${zip}, '\\s', '', 'g'), '-') as t) trimmed)`;
