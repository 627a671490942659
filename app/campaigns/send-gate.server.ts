import { sql, type SQL } from 'drizzle-orm';
import { nanoid } from 'nanoid';

import type { Purpose } from '#app/audiences/audience.server.ts';
import { CAPS_LOCK, capsMatter, lockCaps, withinCaps } from '#app/consent/caps.server.ts';
import { placed } from '#app/consent/hours/where.server.ts';
import { rulesColumns } from '#app/consent/rules.server.ts';
import { lacksTextConsent } from '#app/consent/text-consent.server.ts';
import type { SendingRules } from '#app/consent/rules.ts';
import type { PostalAddress } from '#app/messaging/postal-address.ts';
import type { Tx } from '#db/client.ts';
import { planAnew } from '#db/plans.ts';
import type { Channel } from '#db/schema/columns.ts';

import { keepsHours } from './dry-run-hours.ts';
import { packedRecipient, recipientNeeds, unpackRecipient, type RecipientRow } from './send-values.server.ts';

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

type GateRow = Pick<Passed, 'id' | 'address' | 'closesAt' | 'mail'> & {
  recipient: string;
  refusal: string | null;
  until: string | null;
  reason: string | null;
};

/** What a window goes by, and how far it may look. */
type Terms = SendingRules & {
  channel: Channel;
  purpose: Purpose;
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
 * (B-01, B-04, B-13). The campaign must be sending at that very moment. What was refused or waits is noted in the same transaction.
 *
 * Refusals are looked for in this order: the invoice's, the customer's and the address's own, then hours, then caps. What is
 * out of hours was counted by no cap, and what a cap refuses does not wait.
 * @param size at most so many messages
 * @param today the company's day, `YYYY-MM-DD`: a promise holds through its day
 * @param options.now the instant that it is for; the transaction's own by default. Drills give another
 * @param options.keep makes sure that the range is the caller's, up to that message, before any is marked
 */
export async function openWindow(
  tx: Tx,
  range: Range,
  size: number,
  today: string,
  { now, keep }: { now?: Date; keep?: (lastId: number) => Promise<boolean> } = {},
): Promise<Window> {
  const terms = await readTerms(tx, range, size, now);
  if (terms.lastId === null) return { passed: [], refused: 0, deferred: 0, lastId: null };
  // One is sent behind the other, without waiting: what a range that is lost had marked is rolled back.
  const keeping = keep ? keep(terms.lastId) : true;
  const locking = terms.free ? null : lockCaps(tx);
  const marking = gate(tx, range, terms, size, today, terms.free ? 'free' : 'counted');
  const [kept, window] = await Promise.all([keeping, marking, locking]);
  if (!kept) throw new RangeLost();
  return window;
}

/** The range is not the caller's any more. */
export class RangeLost extends Error {}

/**
 * Takes out of a range what may not go out now, before anything else is done for it: a night's worth of messages must not
 * use up places in the provider's rate that others could have. Does nothing where no hours are kept.
 * @returns how many are refused or wait from now on
 */
export async function holdBack(tx: Tx, range: Range, today: string, now?: Date): Promise<number> {
  const rules = await readTerms(tx, range, 0, now);
  if (!keepsHours(rules.channel, rules)) return 0;
  const size = range.toId - range.cursorId + 1;
  const terms = await readTerms(tx, range, size, now);
  if (terms.lastId === null) return 0;
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
  const span = sql`m.id between ${range.cursorId} and ${terms.lastId} and m.state in ('planned', 'deferred')`;
  const mark = `\u001f${nanoid(8)}`;
  // Nearly every window of emails: nobody keeps hours and no cap can be reached, so the list of what is due is read once only.
  const plain = caps !== 'counted' && !keepsHours(terms.channel, terms);
  if (!plain) planAnew(tx);
  const ids = plain ? pickedIds : await readIds(tx, range, terms);
  const then = plain ? undisturbed : await decided(tx, terms, at, caps);
  const rows = await tx.execute<GateRow>(sql`
    with picked as materialized (
      select m.id, m.address, m.customer_id, m.invoice_id, m.contact_id, m.location_id, m.recalled_at, m.attempted_at, m.state, m.reason, m.send_at
        from messages m
       where m.step_id = ${range.stepId} and ${span} and m.send_at <= ${at}
         and exists (select from campaigns where id = ${range.campaignId} and status = 'sending')
         ${caps === 'free' ? stillFree(at) : sql``}
       order by m.id limit ${size}
    ), barred as materialized (
      -- What holds for all purposes comes first.
      select s.address, coalesce(max(s.reason) filter (where s.purpose = 'all'), max(s.reason)) as reason
        from suppressions s
       where s.channel = ${terms.channel} and s.address = any((select array_agg(address) from picked)::text[])
         and s.purpose in (${terms.purpose}, 'all')
       group by s.address
    ), due as ${plain ? sql`not materialized` : sql`materialized`} (
      select m.id, m.address, m.customer_id, m.invoice_id, m.contact_id, m.state, m.reason, m.send_at, ${packedRecipient(mark)} as recipient,
             ${mail(terms.channel)} as mail,
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
        left join barred b on b.address = m.address
        -- By their ids as lists, each by itself (offset 0): the planner would rather read a company's whole tables, or go through
        -- the list once more for each message.
        join (select ${recipientNeeds.customers} from customers where id = any(${ids.customers}) offset 0) cu on cu.id = m.customer_id
        join (select ${recipientNeeds.invoices}, status, pending_cents, disputed_at, promised_for, do_not_remind
                from invoices where id = any(${ids.invoices}) offset 0) i on i.id = m.invoice_id
      -- So that a refusal is looked for once (offset 0).
      offset 0
    ), ${then}
    -- Whatever changed a message since it was picked has the last word: it is not planned any more, and left out.
    update messages m
       set state = case when d.refusal is not null then 'skipped' when d.until is not null then 'deferred'
                        else 'attempting' end,
           reason = case when d.until is null then d.refusal when d.apart then 'quiet_hours_apart' else 'quiet_hours' end,
           send_at = coalesce(d.until, m.send_at),
           skipped_at = case when d.refusal is not null then ${at} end,
           attempted_at = case when d.refusal is null and d.until is null
                               then ${terms.channel === 'mail' ? sql`coalesce(m.attempted_at, ${at})` : at} end
      from decided d
     where m.id = d.id and ${span} and ${caps === 'held' ? sql`coalesce(d.refusal, d.until::text) is not null` : sql`true`}
    returning m.id, m.address, d.recipient, d.mail, d.refusal, d.until, d.closes as "closesAt", m.reason`);
  const refused = rows.filter((row) => row.refusal !== null);
  const waiting = rows.filter((row) => row.refusal === null && row.until !== null);
  const passing = rows.filter((row) => row.refusal === null && row.until === null);
  if (refused.length > 0) await noteRefusals(tx, range.stepId, refused);
  if (waiting.length > 0) await noteWaits(tx, waiting, at);
  return {
    passed: passing.map((row) => passedOf(row, mark)).sort((a, b) => a.id - b.id),
    refused: refused.length,
    deferred: waiting.length,
    lastId: rows.length === 0 ? null : terms.lastId,
  };
}

function passedOf(row: GateRow, mark: string): Passed {
  const passed = unpackRecipient(row.recipient, mark) as Passed;
  passed.id = row.id;
  passed.address = row.address;
  passed.closesAt = row.closesAt;
  passed.mail = row.mail;
  return passed;
}

/** Whose and which the window's messages are. */
type Ids = { customers: SQL; invoices: SQL };

const pickedIds: Ids = {
  customers: sql`(select array_agg(customer_id) from picked)::bigint[]`,
  invoices: sql`(select array_agg(invoice_id) from picked)::bigint[]`,
};

/** Read beforehand where plans are made anew: so they are made for as many as there are. */
async function readIds(tx: Tx, range: Range, { lastId }: Terms): Promise<Ids> {
  const [row] = await tx.execute<{ customers: string | null; invoices: string | null }>(sql`
    select array_agg(m.customer_id)::text as customers, array_agg(m.invoice_id)::text as invoices
      from messages m where m.step_id = ${range.stepId} and m.id between ${range.cursorId} and ${lastId}`);
  return { customers: sql`${row?.customers ?? null}::bigint[]`, invoices: sql`${row?.invoices ?? null}::bigint[]` };
}

/** The list `decided` where hours and caps have nothing to say. */
const undisturbed = sql`decided as not materialized (
      select due.*, null::timestamptz as until, null::boolean as apart, null::timestamptz as closes from due)`;

/** The list `decided`: what is `due`, with what hours and caps say of it. */
async function decided(tx: Tx, terms: Terms, at: SQL, caps: 'free' | 'counted' | 'held'): Promise<SQL> {
  const hours = keepsHours(terms.channel, terms);
  return sql`
    ${
      hours
        ? await placed(tx, terms, terms.timeZone, { instant: terms.now, now: at })
        : sql`placed as (
      select null::bigint as id, null::timestamptz as until, null::boolean as apart, null::timestamptz as closes where false)`
    }, fresh as materialized (
      select id, customer_id, invoice_id from due
       where refusal is null and id not in (select id from placed where until is not null)
    ), ${caps === 'counted' ? withinCaps(terms, at) : sql`within_caps as (select id from fresh)`}, decided as materialized (
      select due.id, due.recipient, due.mail, placed.until, placed.apart, placed.closes,
             case when due.refusal is not null then due.refusal
                  when placed.until is null and due.id not in (select id from within_caps) then 'too_often' end as refusal
        from due left join placed on placed.id = due.id
    )`;
}

/** Counts what the gate refused. Messages were locked before their step, as everybody locks them. */
async function noteRefusals(tx: Tx, stepId: number, refused: readonly GateRow[]): Promise<void> {
  const reasons = refused.map((row) => row.refusal);
  await tx.execute(sql`
    with counted as (
      update campaign_steps set planned = planned - ${refused.length}, skipped = skipped + ${refused.length} where id = ${stepId}
    )
    insert into campaign_step_reasons as r (step_id, state, reason, count)
    select ${stepId}, 'skipped', refusal, count(*)::int from unnest(${sql.param(reasons)}::text[]) as refusal
     group by refusal order by refusal
    on conflict (company_id, step_id, state, reason) do update set count = r.count + excluded.count`);
}

/** A line in the history of each message that waits: nothing else tells of it once the message went out (B-04). */
async function noteWaits(tx: Tx, waiting: readonly GateRow[], at: SQL): Promise<void> {
  const rows = waiting.map(({ id, until, reason }) => ({ id, until, reason }));
  await tx.execute(sql`
    insert into message_events (message_id, kind, dedupe_key, details, at)
    select id, 'deferred', 'deferred:' || id || ':' || extract(epoch from until)::bigint,
           jsonb_build_object('until', until, 'reason', reason), ${at}
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(id bigint, until timestamptz, reason text) order by id
    on conflict (company_id, message_id, dedupe_key) do nothing`);
}

/**
 * Asked again under the lock: a campaign may have been launched, and may have counted, between the first question and the lock.
 * Nothing is due then, and the range is taken anew a moment later.
 */
const stillFree = (at: SQL) => sql`
  and not (select ${capsMatter(at)} from companies co left join sending_rules r on r.company_id = co.id
            where co.id = current_company_id())`;

const noConsent = ({ channel, purpose, textConsent }: Terms) =>
  channel === 'sms'
    ? sql`case when ${lacksTextConsent(sql`m.address`, sql`${purpose}`, sql`${textConsent}::text`)} then 'no_consent' end`
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
    select s.channel, c.purpose, co.time_zone as "timeZone", ${rulesColumns}, (${at})::text as at,
           extract(epoch from ${at})::float8 * 1000 as ms, looked.id as "lastId",
           case when looked.id is null or ${capsMatter(at)} then false
                else pg_try_advisory_xact_lock_shared(${CAPS_LOCK}) end as free
      from campaign_steps s cross join campaigns c join companies co on co.id = s.company_id
      left join sending_rules r on r.company_id = s.company_id
     cross join (
       select max(id) as id from (
         select m.id from messages m
          where m.step_id = ${range.stepId} and m.id between ${range.cursorId} and ${range.toId}
            and m.state in ('planned', 'deferred') and m.send_at <= ${at}
          order by m.id limit ${size}) due) looked
     where s.id = ${range.stepId} and c.id = ${range.campaignId}`);
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
      update messages set state = 'skipped', reason = 'canceled', skipped_at = now()
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
