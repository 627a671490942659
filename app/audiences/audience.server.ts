import { sql, type SQL } from 'drizzle-orm';

import { lacksTextConsent } from '#app/consent/text-consent.server.ts';
import type { Tx } from '#db/client.ts';
import { keyset, type Page } from '#db/keyset.ts';
import type { Channel } from '#db/schema/columns.ts';
import { joinWhole } from '#db/plans.ts';

import { exclusions, type AudienceRule, type AudienceRules, type Exclusion } from './rules.ts';

/** What the recipient consented to: an opt-out of the other purpose does not leave anybody out. */
export type Purpose = 'reminders' | 'promotions';

/** By what and for what an audience is to be reached: both decide who is left out. */
export type Reach = { channel: Channel; purpose: Purpose };

const emailReminders: Reach = { channel: 'email', purpose: 'reminders' };

/**
 * Where a channel goes: by email and text to the primary contact of its kind, by mail to the billing address, else to the location
 * that was entered first. As `r(customer_id, contact_id, location_id, address)`, at most one a customer; and why somebody who has
 * none is left out.
 */
const destinations = {
  email: { reached: contacts('email'), missing: 'no_email' },
  sms: { reached: contacts('mobile'), missing: 'no_mobile' },
  mail: {
    reached: sql`
      select distinct on (customer_id) customer_id, null::bigint as contact_id, id as location_id, address
        from (select *, postal_key(line1, line2, city, state, zip) as address from locations) each
       where address <> '' order by customer_id, billing desc, id`,
    missing: 'no_address',
  },
} as const satisfies Record<Channel, { reached: SQL; missing: Exclusion }>;

function contacts(kind: 'email' | 'mobile'): SQL {
  return sql`select customer_id, id as contact_id, null::bigint as location_id, value as address
               from contacts where kind = ${kind} and "primary"`;
}

/**
 * A select of everybody whom the rules match, one row an enrollment:
 * `customer_id, invoice_id, contact_id, location_id, address, exclusion, owed_cents`.
 *
 * `exclusion` is null for whoever gets the message, else one of `exclusions` (the first that holds, in that order); then
 * `address` may be empty, `contact_id` and `location_id` null. `owed_cents` is what the message is about: with `per: 'invoice'` the
 * invoice's balance, with `per: 'customer'` all of the customer's matching invoices together.
 * Per customer the oldest invoice that may be reminded of stands for all; only if none may, the oldest one with its reason.
 *
 * It reads the company of the transaction, in one pass, and may stand in `insert … select`. Run it within `joinWhole`.
 * @param today `YYYY-MM-DD` in the company's zone
 */
export function audienceQuery(rules: AudienceRules, today: string, reach: Reach = emailReminders): SQL {
  const { channel, purpose } = reach;
  const { reached, missing } = destinations[channel];
  // Each list of suppressed addresses is hashed once and asked per row. Joined instead, a planner without statistics, as
  // after a large import, compares every row with every suppression: 20 s in place of 0.5 s for 100,000 invoices.
  const suppressed = (reason: SQL) => sql`address in (
    select s.address from suppressions s
     where s.channel = ${channel} and s.purpose in ('all', ${purpose}) and s.reason = ${reason})`;
  return sql`
    select customer_id, invoice_id, contact_id, location_id, address,
           case when do_not_contact or ${suppressed(sql`'office'`)} then 'do_not_contact'
                when stopped is not null then stopped
                when address = '' then ${missing}
                ${channel === 'mail' ? sql`when address in (${undeliverable}) then 'undeliverable'` : sql``}
                when ${suppressed(sql`'complained'`)} then 'complained'
                when ${suppressed(sql`'bounced'`)} then 'bounced'
                when ${suppressed(sql`'unsubscribed'`)} then 'unsubscribed'
                ${channel === 'sms' ? sql`when ${lacksTextConsent(sql`each_run.address`, sql`${purpose}::text`, textConsent)} then 'no_consent'` : sql``}
           end as exclusion,
           owed_cents
      from (select m.customer_id, m.invoice_id, r.contact_id, r.location_id, coalesce(r.address, '') as address,
                   m.do_not_contact, m.stopped, m.owed_cents
              from (${matching(rules, today)}) m left join (${reached}) r on r.customer_id = m.customer_id) each_run`;
}

/** Addresses that the Postal Service does not deliver to, as far as they were looked up (B-12). */
const undeliverable = sql`select address from address_checks where deliverability = 'undeliverable'`;

/** The company's rule on reminders by text. */
const textConsent = sql`coalesce((select r.text_consent from sending_rules r), 'on_record')`;

/** Matching invoices with why the invoice itself may not be reminded of; one row a customer if the rules ask for it. */
function matching(rules: AudienceRules, today: string): SQL {
  const stopped = sql`case when i.balance_cents <= i.pending_cents then 'payment_pending'
                           when i.do_not_remind then 'do_not_remind'
                           when i.disputed_at is not null then 'disputed'
                           when i.promised_for >= ${today}::date then 'promised' end`;
  const rows = sql`
      from invoices i
      join customers c on c.company_id = i.company_id and c.id = i.customer_id
     where ${sql.join(
       audienceTests(rules, today).map((test) => test.holds),
       sql` and `,
     )}`;
  if (rules.per === 'invoice') {
    return sql`select i.company_id, i.customer_id, i.id as invoice_id, i.balance_cents as owed_cents, c.do_not_contact,
                      ${stopped} as stopped ${rows}`;
  }
  return sql`
    select distinct on (customer_id) company_id, customer_id, invoice_id, do_not_contact, stopped,
           sum(balance_cents) over (partition by customer_id)::int8 as owed_cents
      from (select i.company_id, i.customer_id, i.id as invoice_id, i.balance_cents, i.due_on, c.do_not_contact,
                   ${stopped} as stopped ${rows}) each_invoice
     order by customer_id, stopped is not null, due_on, invoice_id`;
}

/**
 * What an invoice and its customer have to pass, one test a rule that asks for something: all of them together are the audience,
 * each alone says which rule leaves somebody out (B-04).
 * @returns conditions on invoices `i` and customers `c`
 */
export function audienceTests(rules: AudienceRules, today: string): { rule: AudienceRule; holds: SQL }[] {
  const found: { rule: AudienceRule; holds: SQL }[] = [];
  const ask = (rule: AudienceRule, holds: SQL) => found.push({ rule, holds });
  ask('unpaid', sql`i.status = 'open' and i.balance_cents > 0`);
  if (rules.daysOverdueMin !== null) ask('days_min', sql`i.due_on <= ${today}::date - ${rules.daysOverdueMin}::int`);
  if (rules.daysOverdueMax !== null) ask('days_max', sql`i.due_on >= ${today}::date - ${rules.daysOverdueMax}::int`);
  if (rules.owedMinCents !== null) ask('owed_min', sql`i.balance_cents >= ${rules.owedMinCents}::int8`);
  if (rules.owedMaxCents !== null) ask('owed_max', sql`i.balance_cents <= ${rules.owedMaxCents}::int8`);
  if (rules.businessUnitIds.length > 0) {
    ask('business_unit', sql`i.business_unit_id = any(${sql.param(rules.businessUnitIds)}::int8[])`);
  }
  if (rules.customerType !== 'any') ask('customer_type', sql`c.type = ${rules.customerType}`);
  if (rules.tagsAny.length > 0) ask('tags_any', sql`c.tags && ${sql.param(rules.tagsAny)}::text[]`);
  if (rules.tagsNone.length > 0) ask('tags_none', sql`not c.tags && ${sql.param(rules.tagsNone)}::text[]`);
  return found;
}

export type AudienceCounts = {
  /** Messages that the rules ask for: customers, or invoices with `per: 'invoice'`. */
  matched: number;
  eligible: number;
  /** What the eligible ones owe, in cents. */
  owedCents: number;
  /** Different people among the eligible: fewer than `eligible` where one gets several messages. */
  customers: number;
  byExclusion: Partial<Record<Exclusion, number>>;
};

/** How many get the message, what they owe, and how many are left out for which reason. */
export async function audienceCounts(
  tx: Tx,
  rules: AudienceRules,
  today: string,
  reach: Reach = emailReminders,
): Promise<AudienceCounts> {
  const rows = await joinWhole(tx, () =>
    tx.execute<{ exclusion: Exclusion | null; count: number; owed: number; customers: number }>(sql`
    select exclusion, count(*)::int as count, coalesce(sum(owed_cents), 0)::int8 as owed,
           ${rules.per === 'customer' ? sql`count(*)` : sql`count(distinct customer_id)`}::int as customers
      from (${audienceQuery(rules, today, reach)}) a
     group by exclusion`),
  );
  const eligible = rows.find((row) => row.exclusion === null);
  const byExclusion: AudienceCounts['byExclusion'] = {};
  for (const reason of exclusions) {
    const count = rows.find((row) => row.exclusion === reason)?.count;
    if (count) byExclusion[reason] = count;
  }
  return {
    matched: rows.reduce((sum, row) => sum + row.count, 0),
    eligible: eligible?.count ?? 0,
    owedCents: eligible?.owed ?? 0,
    customers: eligible?.customers ?? 0,
    byExclusion,
  };
}

export type AudienceMember = {
  customerId: number;
  invoiceId: number;
  contactId: number | null;
  address: string;
  exclusion: Exclusion | null;
  owedCents: number;
  name: string;
  number: string;
  dueOn: string;
};

export type SampleOptions = {
  /** Cursors of the neighbouring pages. One that can't be read begins at the top. */
  after?: string | null;
  before?: string | null;
  /** At most this many, 20 by default. */
  limit?: number;
  /** Part of a name or address, or the beginning of an invoice number. */
  search?: string;
  /** null: those who get it (the default); a reason: those left out for it; 'all': everybody who matches. */
  exclusion?: Exclusion | null | 'all';
  reach?: Reach;
};

/** Who is in the audience, or left out of it, by name. Keyset-paged. */
export async function audienceSample(
  tx: Tx,
  rules: AudienceRules,
  today: string,
  options: SampleOptions = {},
): Promise<Page<AudienceMember>> {
  const keys = keyset(
    [
      { value: sql`c.name`, type: 'text' },
      { value: sql`a.invoice_id`, type: 'bigint' },
    ],
    {
      after: options.after,
      before: options.before,
      limit: options.limit ?? 20,
    },
  );
  const exclusion = options.exclusion === undefined ? null : options.exclusion;
  const wanted = [keys.where];
  if (exclusion === null) wanted.push(sql`a.exclusion is null`);
  else if (exclusion !== 'all') wanted.push(sql`a.exclusion = ${exclusion}`);
  const term = options.search?.replaceAll('\u0000', '').trim() ?? '';
  if (term) {
    const like = term.replaceAll(/[\\%_]/g, '\\$&');
    wanted.push(sql`(c.name ilike ${`%${like}%`} or a.address ilike ${`%${like}%`} or i.number ilike ${`${like}%`})`);
  }
  const found = await joinWhole(tx, () =>
    tx.execute<AudienceMember & { cursor: string }>(sql`
    select ${memberColumns}, ${keys.cursor} as cursor
      from (${audienceQuery(rules, today, options.reach)}) a ${memberTables}
     where ${sql.join(wanted, sql` and `)}
     order by ${keys.orderBy} limit ${keys.limit}`),
  );
  return keys.toPage(found);
}

export type Neighbours = {
  member: AudienceMember;
  /** Invoices of the members before and behind, by name; null at the ends. */
  previous: number | null;
  next: number | null;
  /** From 1. */
  position: number;
};

/**
 * One of those who get the message, with whom to leaf on to.
 * @param invoiceId the run about this invoice; null for the first
 * @returns null when nobody gets it, or not for this invoice
 */
export async function audienceNeighbours(
  tx: Tx,
  rules: AudienceRules,
  today: string,
  invoiceId: number | null,
  reach: Reach = emailReminders,
): Promise<Neighbours | null> {
  const [row] = await joinWhole(tx, () =>
    tx.execute<AudienceMember & Omit<Neighbours, 'member'>>(sql`
    select * from (
      select ${memberColumns}, lag(a.invoice_id) over by_name as previous, lead(a.invoice_id) over by_name as next,
             row_number() over by_name as position
        from (${audienceQuery(rules, today, reach)}) a ${memberTables}
       where a.exclusion is null
      window by_name as (order by c.name, a.invoice_id)) each_member
     where ${invoiceId === null ? sql`position = 1` : sql`"invoiceId" = ${invoiceId}::int8`}`),
  );
  if (!row) return null;
  const { previous, next, position, ...member } = row;
  return { member, previous, next, position };
}

const memberColumns = sql`a.customer_id as "customerId", a.invoice_id as "invoiceId", a.contact_id as "contactId", a.address,
  a.exclusion, a.owed_cents as "owedCents", c.name, i.number, i.due_on::text as "dueOn"`;

const memberTables = sql`
  join customers c on c.company_id = current_company_id() and c.id = a.customer_id
  join invoices i on i.company_id = current_company_id() and i.id = a.invoice_id`;
