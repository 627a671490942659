import { sql, type SQL } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import type { ReasonCode } from './reasons.ts';

/** Where a message stands after its attempt. `planned` means that the provider certainly took nothing. */
export type Recorded = {
  id: number;
  state: 'sent' | 'skipped' | 'failed' | 'unknown' | 'planned';
  reason: ReasonCode | null;
  provider: string;
  providerId: string | null;
};

/**
 * The stretch of ids that a statement is about, as a condition on messages `m`. Statistics lag behind a launch: without it the
 * planner takes a company's million fresh rows for a handful and reads them all.
 */
export const idSpan = (ids: readonly number[]): SQL =>
  sql`m.id between ${ids.reduce((a, b) => Math.min(a, b))} and ${ids.reduce((a, b) => Math.max(a, b))}`;

/**
 * Writes down what became of attempted messages, with the counters of their steps. A message that
 * another run has meanwhile declared unknown is corrected by what we know better; one whose provider's events came first
 * is sent, whatever else. Anything not attempted is left alone.
 * @param stepId the step of them all, where they have one: then the usual case, that all were sent, is much cheaper
 */
export async function recordOutcomes(
  tx: Tx,
  outcomes: readonly Recorded[],
  stepId: number | null = null,
): Promise<void> {
  if (outcomes.length === 0) return;
  const { provider } = outcomes[0]!;
  const allSent = stepId !== null && outcomes.every((one) => one.state === 'sent' && one.provider === provider);
  const moved = allSent ? await recordSent(tx, outcomes, stepId, provider) : await recordAttempted(tx, outcomes);
  if (moved < outcomes.length) await recordLate(tx, outcomes);
}

/** What a message is paid by: a text's parts, or what the provider said that it takes, in cents. */
export type Paid = { id: number; parts: number | null; costCents: number | null };

/** Writes down what messages that went out are paid by, with the counters of their steps. Call it once for each. */
export async function recordPaid(tx: Tx, told: readonly Paid[]): Promise<void> {
  if (told.length === 0) return;
  const rows = told.map(({ id, parts, costCents }) => ({ id, parts, cost_cents: costCents }));
  await tx.execute(sql`
    with moved as (
      update messages m set parts = t.parts, cost_cents = t.cost_cents
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(id bigint, parts smallint, cost_cents bigint)
       where m.id = t.id and ${idSpan(told.map((one) => one.id))}
      returning m.step_id, m.parts, m.cost_cents
    )
    update campaign_steps s set parts = s.parts + c.parts, cost_cents = s.cost_cents + c.cost_cents
      from (select step_id, coalesce(sum(parts), 0)::int as parts, coalesce(sum(cost_cents), 0)::bigint as cost_cents
              from moved where step_id is not null group by step_id) c
     where s.id = c.step_id`);
}

/** The events that prove that a message `m` went out. */
const proven = sql`(coalesce(m.delivered_at, m.bounced_at, m.opened_at, m.clicked_at, m.mailed_at, m.returned_at) is not null
  or (m.channel in ('sms', 'mail') and exists (select from message_events e where e.message_id = m.id and e.kind = 'taken')))`;

const toldRows = (outcomes: readonly Recorded[]): SQL => sql`
  jsonb_to_recordset(${JSON.stringify(
    outcomes.map(({ id, state, reason, provider, providerId }) => ({
      id,
      state,
      reason,
      provider,
      provider_id: providerId,
    })),
  )}::jsonb) as t(id bigint, state text, reason text, provider text, provider_id text)`;

/**
 * A window of which all was taken, as nearly every one is: events that came first prove nothing more, so they are not looked at.
 * Messages come in the order of their ids, as events lock the same ones at the same moment: the statement joins nothing, and by a
 * kept plan goes through the stretch by its key. By any other it may rarely have to be tried again, as whoever meets events.
 * @returns how many were written down
 */
async function recordSent(tx: Tx, outcomes: readonly Recorded[], stepId: number, provider: string): Promise<number> {
  const ids = outcomes.map((one) => one.id);
  const providerIds = Object.fromEntries(outcomes.map(({ id, providerId }) => [id, providerId]));
  const [row] = await tx.execute<{ moved: number }>(sql`
    with moved as (
      update messages m
         set state = 'sent', reason = null, provider = ${provider}, sent_at = coalesce(m.sent_at, now()),
             provider_id = coalesce((select ${JSON.stringify(providerIds)}::jsonb) ->> m.id::text, m.provider_id)
       where ${idSpan(ids)} and m.id = any(${sql.param(ids)}::bigint[]) and m.state = 'attempting'
      returning 1
    ), n as (select count(*)::int as moved from moved), counted as (
      update campaign_steps s set planned = s.planned - n.moved, sent = s.sent + n.moved from n where s.id = ${stepId} and n.moved > 0
    )
    select moved from n`);
  return row?.moved ?? 0;
}

/**
 * What nearly always is so: nobody else touched the message since it was marked. Messages are locked one by one (offset 0), by their ids.
 * @returns how many were written down
 */
async function recordAttempted(tx: Tx, outcomes: readonly Recorded[]): Promise<number> {
  const span = idSpan(outcomes.map((one) => one.id));
  const [row] = await tx.execute<{ moved: number }>(sql`
    with told as materialized (select * from ${toldRows(outcomes)} order by id
    ), held as materialized (
      select told.*, now.proven from told
       cross join lateral (select ${proven} as proven from messages m
                            where m.id = told.id and m.state = 'attempting' offset 0 for no key update) now
    ), moved as (
      update messages m
         set state = case when h.proven then 'sent' else h.state end,
             reason = case when h.proven then null else h.reason end,
             provider_id = coalesce(h.provider_id, m.provider_id),
             provider = case when h.state in ('planned', 'skipped') and not h.proven then null else h.provider end,
             attempted_at = case when h.state in ('planned', 'skipped') and not h.proven and m.channel <> 'mail' then null
                                 else m.attempted_at end,
             skipped_at = case when h.state = 'skipped' and not h.proven then now() end,
             sent_at = case when h.state = 'sent' or h.proven then coalesce(m.sent_at, now()) end
        from held h where m.id = h.id and ${span}
      returning m.step_id, m.state, m.reason, 'attempting' as was, null::text as was_reason
    ), ${countMoved}, (select count(*)::int from moved) as moved`);
  return row?.moved ?? 0;
}

/** Where another run had declared messages unknown meanwhile: what they were decides which counters move. */
async function recordLate(tx: Tx, outcomes: readonly Recorded[]): Promise<void> {
  const span = idSpan(outcomes.map((one) => one.id));
  await tx.execute(sql`
    with told as (select * from ${toldRows(outcomes)}
    ), before as materialized (
      select m.id, m.step_id, m.state, m.reason, ${proven} as proven
        from messages m where ${span} and m.id in (select id from told) and m.state in ('attempting', 'unknown')
       order by m.id for no key update
    ), settled as (
      select b.id, b.step_id, b.state as was, b.reason as was_reason, t.provider, t.provider_id,
             case when b.proven then 'sent' else t.state end as state,
             case when b.proven then null else t.reason end as reason
        from before b join told t on t.id = b.id
       where not (b.state = 'unknown' and t.state in ('unknown', 'planned'))
    ), moved as (
      update messages m
         set state = s.state, reason = s.reason, provider_id = coalesce(s.provider_id, m.provider_id),
             provider = case when s.state in ('planned', 'skipped') then null else s.provider end,
             attempted_at = case when s.state in ('planned', 'skipped') then null else m.attempted_at end,
             skipped_at = case when s.state = 'skipped' then now() end,
             sent_at = case when s.state = 'sent' then coalesce(m.sent_at, now()) end
        from settled s where m.id = s.id and ${span}
      returning s.step_id, s.state, s.reason, s.was, s.was_reason
    ), ${countMoved}`);
}

/**
 * Takes over what a run left behind when it was cut off. What was on its way is unknown from now on, unless the provider's
 * events prove that it went out: nothing is ever sent a second time.
 * @returns how many are unknown
 */
export async function settleInterrupted(
  tx: Tx,
  which: { stepId: number; fromId: number; toId: number } | { messageId: number },
): Promise<number> {
  const rows =
    'messageId' in which
      ? sql`m.id = ${which.messageId}`
      : sql`m.step_id = ${which.stepId} and m.id between ${which.fromId} and ${which.toId}`;
  const [row] = await tx.execute<{ unknown: number }>(sql`
    with settled as (
      select m.id, m.step_id, m.state as was, m.reason as was_reason,
             ${proven} as proven
        from messages m where ${rows} and m.state = 'attempting' order by m.id for no key update
    ), moved as (
      update messages m
         set state = case when s.proven then 'sent' else 'unknown' end,
             reason = case when s.proven then null else 'interrupted' end,
             sent_at = case when s.proven then coalesce(m.sent_at, m.attempted_at) end
        from settled s where m.id = s.id
      returning s.step_id, m.state, m.reason, s.was, s.was_reason
    ), ${countMoved}, (select count(*)::int from moved where state = 'unknown') as unknown`);
  return row?.unknown ?? 0;
}

/** Providers that know a message by its key keep the key for so long: within it, handing it over again doubles nothing. */
export const REPEAT_HOURS = 23;

/**
 * Plans again what a run was cut off with, for a provider that takes a message only once however often it is handed over
 * (`Provider.repeatable`). What is too old for that stays unknown. When it was first attempted is kept, here as for postcards that the
 * provider did not take: it says how long the provider knows their key.
 * @returns the first of them, or null when there is none
 */
export async function planInterrupted(
  tx: Tx,
  range: { stepId: number; fromId: number; toId: number },
): Promise<number | null> {
  const [row] = await tx.execute<{ first: number | null }>(sql`
    with again as (
      select m.id from messages m
       where m.step_id = ${range.stepId} and m.id between ${range.fromId} and ${range.toId}
         and m.state = 'unknown' and m.reason = 'interrupted'
         and m.attempted_at > now() - make_interval(hours => ${REPEAT_HOURS})
       order by m.id for no key update
    ), moved as (
      update messages m set state = 'planned', reason = null, provider = null
        from again a where m.id = a.id
      returning m.id, m.step_id, m.state, m.reason, 'unknown' as was, 'interrupted' as was_reason
    ), ${countMoved}, (select min(id) from moved) as first`);
  return row?.first ?? null;
}

/**
 * The counters that follow from `moved` (step_id, state, reason, was, was_reason). Planned and attempting messages count as
 * planned. A list of further columns may follow.
 */
const countMoved = sql`
    counts as (
      select step_id, (count(*) filter (where state = 'planned') - count(*) filter (where was = 'attempting'))::int as planned,
             count(*) filter (where state = 'sent')::int as sent, count(*) filter (where state = 'skipped')::int as skipped,
             count(*) filter (where state = 'failed')::int as failed,
             (count(*) filter (where state = 'unknown') - count(*) filter (where was = 'unknown'))::int as unknown
        from moved where step_id is not null group by step_id
    ), reasons as (
      select step_id, state, reason, sum(n)::int as n
        from (select step_id, state, reason, 1 as n from moved where state in ('skipped', 'failed', 'unknown')
              union all select step_id, was, was_reason, -1 from moved where was = 'unknown') each
       where step_id is not null and reason is not null group by step_id, state, reason
    ), counted as (
      update campaign_steps s
         set planned = s.planned + c.planned, sent = s.sent + c.sent, skipped = s.skipped + c.skipped,
             failed = s.failed + c.failed, unknown = s.unknown + c.unknown
        from counts c where s.id = c.step_id
      returning s.id
    ), reasoned as (
      insert into campaign_step_reasons as r (step_id, state, reason, count)
      select step_id, state, reason, n from reasons order by step_id, state, reason
      on conflict (company_id, step_id, state, reason) do update set count = r.count + excluded.count
      returning r.step_id
    )
    select (select count(*)::int from counted) as steps`;
