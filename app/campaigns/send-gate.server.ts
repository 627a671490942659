import { sql, type SQL } from 'drizzle-orm';

import { CAPS_LOCK, capsMatter, lockCaps, withinCaps } from '#app/consent/caps.server.ts';
import { placed } from '#app/consent/hours/where.server.ts';
import { rulesColumns } from '#app/consent/rules.server.ts';
import { lacksTextConsent } from '#app/consent/text-consent.server.ts';
import type { SendingRules } from '#app/consent/rules.ts';
import type { PostalAddress } from '#app/messaging/postal-address.ts';
import type { Tx } from '#db/client.ts';
import type { Channel } from '#db/schema/columns.ts';

import { keepsHours } from './dry-run-hours.ts';
import { recipientColumns, recipientNames, type RecipientRow } from './send-values.server.ts';

export type Range = {
  id: number;
  campaignId: number;
  stepId: number;
  channel: Channel;
  fromId: number;
  toId: number;
  cursorId: number;
};

/** A message that passed the gate: it is marked `attempting`, and this run alone may send it. */
export type Passed = RecipientRow & {
  id: number;
  address: string;
  /** When sending hours end where the recipient is; null where none are kept. */
  closesAt: string | null;
  /** Where mail goes, when its card was first attempted, and when an earlier one was taken back; null for other channels. */
  mail: { to: PostalAddress; triedAt: string | null; recalledAt: string | null } | null;
};

export type Window = {
  passed: Passed[];
  /** How many the gate refused. */
  refused: number;
  /** How many wait for sending hours. */
  deferred: number;
  /** The last id looked at; null when the range holds nothing more that is due. */
  lastId: number | null;
};

type GateRow = Passed & { refusal: string | null; until: string | null };

/** What a window goes by, and how far it may look. */
type Terms = SendingRules & {
  channel: Channel;
  timeZone: string;
  /** The instant that the window is for, to the microsecond, and for clocks. */
  at: string;
  now: Date;
  /** The last id that is due; null when none is. */
  lastId: number | null;
  /** No cap can be reached, and nobody counts as long as this transaction lives. */
  free: boolean;
};

/**
 * The only way to sending: takes the next messages of the range that are due, refuses those that may not go out, with the
 * reason, lets those wait that are out of sending hours (B-14), and marks the others `attempting`, all in one statement
 * (B-01, B-04, B-13). The campaign must be sending at that very moment. Counters of what was refused move with it.
 *
 * Refusals are looked for in this order: the invoice's, the customer's and the address's own, then hours, then caps. What is
 * out of hours was counted by no cap, and what a cap refuses does not wait.
 * @param size at most so many messages
 * @param today the company's day, `YYYY-MM-DD`: a promise holds through its day
 * @param now the instant that it is for; the transaction's own by default. Drills give another
 */
export async function openWindow(tx: Tx, range: Range, size: number, today: string, now?: Date): Promise<Window> {
  const terms = await readTerms(tx, range, size, now);
  if (terms.lastId === null) return { passed: [], refused: 0, deferred: 0, lastId: null };
  if (!terms.free) await lockCaps(tx);
  return gate(tx, range, terms, size, today, terms.free ? 'free' : 'counted');
}

/**
 * Takes out of a range what may not go out now, before anything else is done for it: a night's worth of messages must not
 * use up places in the provider's rate that others could have. Does nothing where no hours are kept.
 * @returns how many are refused or wait from now on
 */
export async function holdBack(tx: Tx, range: Range, today: string, now?: Date): Promise<number> {
  const size = range.toId - range.cursorId + 1;
  const terms = await readTerms(tx, range, size, now);
  if (terms.lastId === null || !keepsHours(terms.channel, terms)) return 0;
  const { refused, deferred } = await gate(tx, range, terms, size, today, 'held');
  return refused + deferred;
}

/** @param caps `free` and `counted` say whether there is something to count; `held` lets nothing pass, and leaves it as it is */
async function gate(
  tx: Tx,
  range: Range,
  terms: Terms,
  size: number,
  today: string,
  caps: 'free' | 'counted' | 'held',
): Promise<Window> {
  const at = sql`${terms.at}::timestamptz`;
  const hours = keepsHours(terms.channel, terms)
    ? await placed(tx, terms, terms.timeZone, { instant: terms.now, now: at })
    : sql`placed as (
      select null::bigint as id, null::timestamptz as until, null::boolean as apart, null::timestamptz as closes where false
    )`;
  const rows = await tx.execute<GateRow>(sql`
    with picked as materialized (
      select m.id, m.address, m.customer_id, m.invoice_id, m.contact_id, m.location_id, m.recalled_at, m.attempted_at, m.state, m.reason, m.send_at, c.purpose
        from messages m
        join campaigns c on c.id = m.campaign_id and c.status = 'sending'
       where m.step_id = ${range.stepId} and m.id between ${range.cursorId} and ${terms.lastId}
         and m.state in ('planned', 'deferred') and m.send_at <= ${at} ${caps === 'free' ? stillFree(at) : sql``}
       order by m.id limit ${size}
    ), barred as materialized (
      -- What holds for all purposes comes first.
      select m.id, coalesce(max(s.reason) filter (where s.purpose = 'all'), max(s.reason)) as reason
        from picked m
        join suppressions s on s.channel = ${terms.channel} and s.address = m.address and s.purpose in (m.purpose, 'all')
       group by m.id
    ), due as materialized (
      -- Customers and invoices are looked up one by one (offset 0): the planner would rather read a company's whole tables.
      select m.id, m.address, m.customer_id, m.invoice_id, m.contact_id, m.state, m.reason, m.send_at, ${recipientColumns}, ${mail(terms.channel)} as mail,
             case when i.status = 'void' then 'void'
                  when i.status <> 'open' or i.balance_cents <= 0 then 'paid'
                  when i.balance_cents <= i.pending_cents then 'payment_pending'
                  when i.disputed_at is not null then 'disputed'
                  when i.promised_for >= ${today}::date then 'promised'
                  when i.do_not_remind then 'do_not_remind'
                  when cu.do_not_contact then 'do_not_contact'
                  when ${noAddress(terms.channel)}
                  else coalesce(case b.reason when 'office' then 'do_not_contact' else b.reason end, ${noConsent(terms)})
             end as refusal
        from picked m
        left join barred b on b.id = m.id
        join lateral (select * from customers where id = m.customer_id offset 0) cu on true
        join lateral (select * from invoices where id = m.invoice_id offset 0) i on true
    ), ${hours}, waits as (select id, until, apart from placed where until is not null), fresh as materialized (
      select id, customer_id, invoice_id from due where refusal is null and id not in (select id from waits)
    ), ${caps === 'counted' ? withinCaps(terms, at) : sql`within_caps as (select id from fresh)`}, decided as materialized (
      select due.id, waits.until, waits.apart,
             case when due.refusal is not null then due.refusal
                  when waits.id is null and due.id not in (select id from within_caps) then 'too_often' end as refusal
        from due left join waits on waits.id = due.id
    ), marked as (
      -- Whatever changed a message since it was picked has the last word: it is not planned any more, and left out.
      update messages m
         set state = case when d.refusal is not null then 'skipped' when d.until is not null then 'deferred'
                          else 'attempting' end,
             reason = case when d.until is null then d.refusal when d.apart then 'quiet_hours_apart' else 'quiet_hours' end,
             send_at = coalesce(d.until, m.send_at),
             attempted_at = case when d.refusal is null and d.until is null
                                 then ${terms.channel === 'mail' ? sql`coalesce(m.attempted_at, ${at})` : at} end
        from decided d
       where m.id = d.id and m.state in ('planned', 'deferred')
         and m.id between ${range.cursorId} and ${terms.lastId}
         and ${caps === 'held' ? sql`coalesce(d.refusal, d.until::text) is not null` : sql`true`}
      returning m.id, m.reason, d.refusal, d.until
    ), ${keepsHours(terms.channel, terms) ? waitsNoted(at) : sql``} refusals as (
      select refusal, count(*)::int as n from marked where refusal is not null group by refusal
    ), counted as (
      update campaign_steps s set planned = s.planned - r.n, skipped = s.skipped + r.n
        from (select sum(n)::int as n from refusals) r where s.id = ${range.stepId} and r.n > 0
    ), reasoned as (
      insert into campaign_step_reasons as r (step_id, state, reason, count)
      select ${range.stepId}, 'skipped', refusal, n from refusals order by refusal
      on conflict (company_id, step_id, state, reason) do update set count = r.count + excluded.count
    )
    select due.id, due.address, ${recipientNames}, due.mail, marked.refusal, marked.until, placed.closes as "closesAt"
      from due join marked on marked.id = due.id left join placed on placed.id = due.id order by due.id`);
  return {
    passed: rows.filter((row) => row.refusal === null && row.until === null),
    refused: rows.filter((row) => row.refusal !== null).length,
    deferred: rows.filter((row) => row.until !== null).length,
    lastId: rows.at(-1)?.id ?? null,
  };
}

/** A line in the history of each message that waits: nothing else tells of it once the message went out (B-04). */
const waitsNoted = (at: SQL) => sql`
    noted as (
      insert into message_events (message_id, kind, dedupe_key, details, at)
      select id, 'deferred', 'deferred:' || id || ':' || extract(epoch from until)::bigint,
             jsonb_build_object('until', until, 'reason', reason), ${at}
        from marked where until is not null order by id
      on conflict (company_id, dedupe_key) do nothing
    ),`;

/**
 * Asked again under the lock: a campaign may have been launched, and may have counted, between the first question and the lock.
 * Nothing is due then, and the range is taken anew a moment later.
 */
const stillFree = (at: SQL) => sql`
  and not (select ${capsMatter(at)} from companies co left join sending_rules r on r.company_id = co.id
            where co.id = current_company_id())`;

const noConsent = ({ channel, textConsent }: Terms) =>
  channel === 'sms'
    ? sql`case when ${lacksTextConsent(sql`m.address`, sql`m.purpose`, sql`${textConsent}::text`)} then 'no_consent' end`
    : sql`null`;

/**
 * Who can’t be reached at all. A number counts as long as the record has it as a mobile one, a postal address as
 * long as it is the location’s: both may have changed since the launch.
 */
const noAddress = (channel: Channel) =>
  (
    ({
      email: sql`m.address = '' then 'no_email'`,
      sms: sql`not exists (select from contacts k where k.id = m.contact_id and k.kind = 'mobile' and k.value = m.address) then 'no_mobile'`,
      mail: sql`
      not exists (select from locations l where l.id = m.location_id
                     and postal_key(l.line1, l.line2, l.city, l.state, l.zip) = m.address) then 'no_address'
      when exists (select from address_checks k where k.address = m.address and k.deliverability = 'undeliverable')
      then 'undeliverable'`,
    }) satisfies Record<Channel, SQL>
  )[channel];

/** `Passed.mail`: the address as the record has it. */
const mail = (channel: Channel) =>
  channel === 'mail'
    ? sql`(select jsonb_build_object('recalledAt', m.recalled_at, 'triedAt', m.attempted_at, 'to', jsonb_build_object(
                    'line1', l.line1, 'line2', l.line2, 'city', l.city, 'state', l.state, 'zip', l.zip))
             from locations l where l.id = m.location_id)`
    : sql`null::jsonb`;

/** Reads what the window goes by. `free` comes with the shared lock, had at once or not at all. */
async function readTerms(tx: Tx, range: Range, size: number, now: Date | undefined): Promise<Terms> {
  const at = now ? sql`${now.toISOString()}::timestamptz` : sql`now()`;
  const [terms] = await tx.execute<Omit<Terms, 'now'> & { ms: number }>(sql`
    select s.channel, co.time_zone as "timeZone", ${rulesColumns}, (${at})::text as at,
           extract(epoch from ${at})::float8 * 1000 as ms, looked.id as "lastId",
           case when looked.id is null or ${capsMatter(at)} then false
                else pg_try_advisory_xact_lock_shared(${CAPS_LOCK}) end as free
      from campaign_steps s join companies co on co.id = s.company_id
      left join sending_rules r on r.company_id = s.company_id
     cross join (
       select max(id) as id from (
         select m.id from messages m
          where m.step_id = ${range.stepId} and m.id between ${range.cursorId} and ${range.toId}
            and m.state in ('planned', 'deferred') and m.send_at <= ${at}
          order by m.id limit ${size}) due) looked
     where s.id = ${range.stepId}`);
  return { ...terms!, now: new Date(terms!.ms) };
}

/** How many messages of the range are due, at most `limit`: what a window would look at. */
export async function countDue(tx: Tx, range: Range, limit: number, now?: Date): Promise<number> {
  const at = now ? sql`${now.toISOString()}::timestamptz` : sql`now()`;
  const [row] = await tx.execute<{ n: number }>(sql`
    select count(*)::int as n
      from (select from messages m where m.step_id = ${range.stepId} and m.id between ${range.cursorId} and ${range.toId}
               and m.state in ('planned', 'deferred') and m.send_at <= ${at} limit ${limit}) due`);
  return row?.n ?? 0;
}

/**
 * Locks what is not over yet of a range. Messages come before their step, and by their ids, as everybody locks them: events and
 * outcomes of the same messages may come in at any time.
 */
export async function holdMessages(tx: Tx, range: Range): Promise<void> {
  await tx.execute(sql`
    select count(*) from (
      select from messages where step_id = ${range.stepId} and id between ${range.fromId} and ${range.toId}
         and state in ('planned', 'deferred', 'attempting') order by id for no key update) held`);
}

/** Skips all that is still planned in a range of a canceled campaign. Call `holdMessages` before anything else. */
export async function cancelRange(tx: Tx, range: Range): Promise<void> {
  await tx.execute(sql`
    with skipped as (
      update messages set state = 'skipped', reason = 'canceled'
       where step_id = ${range.stepId} and id between ${range.fromId} and ${range.toId} and state in ('planned', 'deferred')
      returning id
    ), n as (select count(*)::int as n from skipped), counted as (
      update campaign_steps s set planned = s.planned - n.n, skipped = s.skipped + n.n from n
       where s.id = ${range.stepId} and n.n > 0
    )
    insert into campaign_step_reasons as r (step_id, state, reason, count)
    select ${range.stepId}, 'skipped', 'canceled', n.n from n where n.n > 0
    on conflict (company_id, step_id, state, reason) do update set count = r.count + excluded.count`);
}
