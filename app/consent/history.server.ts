import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import type { Channel } from '#db/schema/columns.ts';

import type { ConsentLine } from './history.ts';
import { purposes, type Purpose, type PurposeOrAll } from './purposes.ts';
import { addressKey, channelOf } from './address.ts';

export type AddressConsent = {
  address: string;
  channel: Channel;
  /** False for an address that is not on the customer's record any more. */
  onRecord: boolean;
  primary: boolean;
  /** Where each purpose stands now: what the gate asks. */
  now: { purpose: Purpose; reason: string | null; since: string | null }[];
  /** Newest first, at most 100. */
  lines: ConsentLine[];
};

/**
 * Each email address, mobile number and postal address of a customer with what it is in and out of, and its whole history (B-13): those on record, and those
 * that the history knows of them.
 * @returns empty for a customer without any
 */
export async function customerConsent(tx: Tx, customerId: number): Promise<AddressConsent[]> {
  const addresses = await tx.execute<{ address: string; onRecord: boolean; primary: boolean }>(sql`
    select address, bool_or(on_record) as "onRecord", bool_or(is_primary) as primary
      from (select value as address, true as on_record, "primary" as is_primary
              from contacts where customer_id = ${customerId} and kind in ('email', 'mobile')
            union all
            -- Postcards go to the billing address, else to the location that was entered first.
            select address, true, row_number() over (order by billing desc, id) = 1
              from (select id, billing, postal_key(line1, line2, city, state, zip) as address
                      from locations where customer_id = ${customerId}) l where address <> ''
            union all
            select address, false, false from consents where customer_id = ${customerId}) each
     group by address order by bool_or(is_primary) desc, bool_or(on_record) desc, address limit 50`);
  if (addresses.length === 0) return [];
  const keys = addresses.map((row) => addressKey(row.address));
  const stops = await tx.execute<{ address: string; purpose: PurposeOrAll; reason: string; at: string }>(sql`
    select address, purpose, reason, at from suppressions
     where channel in ('email', 'sms', 'mail') and address in (select jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb))`);
  const lines = await linesOf(tx, keys);
  return addresses.map((row) => {
    const theirs = stops.filter((stop) => stop.address === addressKey(row.address));
    return {
      ...row,
      channel: channelOf(addressKey(row.address)),
      now: purposes.map((purpose) => {
        const stop = theirs.find((one) => one.purpose === 'all') ?? theirs.find((one) => one.purpose === purpose);
        return { purpose, reason: stop?.reason ?? null, since: stop ? iso(stop.at) : null };
      }),
      lines: lines.filter((line) => line.address === addressKey(row.address)).slice(0, 100),
    };
  });
}

/** What the addresses that campaigns use are out of, and why; empty where everything may go to them. */
export async function primaryStops(
  tx: Tx,
  customerId: number,
): Promise<{ address: string; purpose: PurposeOrAll; reason: string }[]> {
  const rows = await tx.execute<{ address: string; purpose: PurposeOrAll; reason: string }>(sql`
    select s.address, s.purpose, s.reason
      from contacts c
      join suppressions s on s.channel = case c.kind when 'mobile' then 'sms' else 'email' end and s.address = lower(c.value)
     where c.customer_id = ${customerId} and c.kind in ('email', 'mobile') and c."primary" order by s.channel, s.purpose`);
  return [...rows];
}

/** The history of one address, newest first, and why nothing of a purpose goes to it now. */
export async function addressConsent(
  tx: Tx,
  address: string,
  purpose: Purpose,
): Promise<{ lines: ConsentLine[]; now: string | null }> {
  const key = addressKey(address);
  const [stop] = await tx.execute<{ reason: string }>(sql`
    select reason from suppressions
     where channel = ${channelOf(key)} and address = ${key} and purpose in (${purpose}, 'all')
     order by purpose = 'all' desc limit 1`);
  return { lines: await linesOf(tx, [key]), now: stop?.reason ?? null };
}

async function linesOf(tx: Tx, keys: readonly string[]): Promise<ConsentLine[]> {
  const rows = await tx.execute<ConsentLine>(sql`
    select id, at, address, purpose, state, how, actor, text_shown as "textShown", text_version as "textVersion",
           message_id as "messageId"
      from consents
     where channel in ('email', 'sms', 'mail') and address in (select jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb))
     order by id desc limit 1000`);
  return rows.map((row) => ({ ...row, at: iso(row.at) }));
}

const iso = (at: string) => new Date(at).toISOString();
