import { sql } from 'drizzle-orm';

import { settleInterrupted } from '#app/messaging/outcomes.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { addJobs, addJob } from '#db/jobs.ts';

import { cancelRange, holdMessages, type Range } from './send-gate.server.ts';

/** A range waits under one key: adding its job again replaces the one that waits. */
export const rangeKey = (range: { companyId: number; rangeId: number }) => `range:${range.companyId}:${range.rangeId}`;

export type Taken =
  | { kind: 'mine'; range: Range; unknown: number }
  /** Another run holds it, at most until then. */
  | { kind: 'held'; seconds: number }
  /** Nothing to do: done, gone, or its campaign paused or canceled. */
  | { kind: 'rest' };

type RangeRow = Range & { status: string; campaign: string; heldSeconds: number | null };

/**
 * Takes a range for one run. What an earlier run left in mid-air is settled first; a canceled campaign's range is cleared.
 * @param holder names this very run: a run never takes over from itself
 */
export async function takeRange(tx: Tx, rangeId: number, holder: string, leaseSeconds: number): Promise<Taken> {
  const [row] = await tx.execute<RangeRow>(sql`
    select r.id, r.campaign_id as "campaignId", r.step_id as "stepId", r.from_id as "fromId", r.to_id as "toId",
           r.cursor_id as "cursorId", r.status, c.status as campaign,
           (select s.channel from campaign_steps s where s.id = r.step_id) as channel,
           case when r.leased_by is not null and r.lease_expires_at > now()
                then extract(epoch from r.lease_expires_at - now())::float8 end as "heldSeconds"
      from message_ranges r join campaigns c on c.id = r.campaign_id
     where r.id = ${rangeId} for no key update of r`);
  if (!row || row.status === 'done') return { kind: 'rest' };
  if (row.heldSeconds !== null) return { kind: 'held', seconds: row.heldSeconds };
  if (row.campaign === 'canceled') await holdMessages(tx, row);
  const unknown = await settleInterrupted(tx, row);
  if (row.campaign === 'canceled') {
    await cancelRange(tx, row);
    await tx.execute(sql`update message_ranges set status = 'done', leased_by = null where id = ${row.id}`);
    return { kind: 'rest' };
  }
  if (row.campaign !== 'sending') return { kind: 'rest' };
  await tx.execute(sql`
    update message_ranges
       set leased_by = ${holder}, lease_expires_at = now() + make_interval(secs => ${leaseSeconds}), deferred = 0, next_at = null
     where id = ${row.id}`);
  return { kind: 'mine', range: row, unknown };
}

/**
 * Prolongs the lease and moves the cursor, in the transaction that opens a window: a run whose lease was taken over opens
 * none.
 * @returns false when the lease is no longer this run's
 */
export async function keepRange(
  tx: Tx,
  rangeId: number,
  holder: string,
  leaseSeconds: number,
  cursorId: number | null = null,
): Promise<boolean> {
  const kept = await tx.execute(sql`
    update message_ranges
       set lease_expires_at = now() + make_interval(secs => ${leaseSeconds}), cursor_id = coalesce(${cursorId}::bigint, cursor_id)
     where id = ${rangeId} and leased_by = ${holder} and status = 'open' returning id`);
  return kept.length > 0;
}

/**
 * Lets a lease lapse at once, after a failure: the job's next try takes the range, and should that try be lost, the sweep
 * finds it.
 */
export async function lapseRange(tx: Tx, rangeId: number, holder: string): Promise<void> {
  await tx.execute(
    sql`update message_ranges set lease_expires_at = now() where id = ${rangeId} and leased_by = ${holder}`,
  );
}

/** Gives a range back, and asks for it to be taken again at that instant (now by default). */
export async function releaseRange(
  tx: Tx,
  range: { companyId: number; rangeId: number },
  holder: string,
  again: { at?: Date; cursorId?: number } | null,
): Promise<void> {
  const freed = await tx.execute(sql`
    update message_ranges
       set leased_by = null, lease_expires_at = null, cursor_id = coalesce(${again?.cursorId ?? null}::bigint, cursor_id)
     where id = ${range.rangeId} and leased_by = ${holder} returning id`);
  if (freed.length > 0 && again) await addRangeJob(tx, range, again.at);
}

/**
 * Asks for a range to be taken. Ranges of all campaigns take turns by how many of their own stand before them, so that a large
 * campaign does not hold up those launched after it.
 */
export async function addRangeJob(tx: Tx, range: { companyId: number; rangeId: number }, at?: Date): Promise<void> {
  const [row] = await tx.execute<{ behind: number }>(sql`
    select count(*)::int as behind
      from message_ranges me join message_ranges r on r.campaign_id = me.campaign_id and r.status = 'open' and r.id < me.id
     where me.id = ${range.rangeId}`);
  await addJob(tx, 'campaign.send_range', range, {
    key: rangeKey(range),
    behind: row?.behind ?? 0,
    ...(at ? { runAt: at } : {}),
  });
}

/** Asks for every open range of a campaign to be taken: after a resume, and after a cancel to clear them. */
export async function addOpenRanges(tx: Tx, companyId: number, campaignId: number): Promise<number> {
  const open = await tx.execute<{ id: number }>(
    sql`select id from message_ranges where campaign_id = ${campaignId} and status = 'open' order by id`,
  );
  await addJobs(
    tx,
    'campaign.send_range',
    open.map(({ id }) => ({ companyId, rangeId: id })),
    { key: rangeKey, behind: (index) => index },
  );
  return open.length;
}

export type Closed = 'done' | 'later' | 'resting';

/**
 * Ends a run that found nothing more that is due: closes the range, and with the last one the campaign. Messages that are
 * due later, wait for sending hours (B-14) or came back, keep it open and get it taken again then, from its start: a window moves the
 * cursor past what changed under it.
 * @param now as in `openWindow`
 */
export async function closeRange(
  tx: Tx,
  range: Range,
  companyId: number,
  holder: string,
  now: Date = new Date(),
): Promise<Closed> {
  const [campaign] = await tx.execute<{ status: string }>(
    sql`select status from campaigns where id = ${range.campaignId} for no key update`,
  );
  if (!(await keepRange(tx, range.id, holder, 1))) return 'resting';
  const [left] = await tx.execute<{ at: string | null; deferred: number; nextAt: string | null }>(sql`
    select min(send_at) as at, count(*) filter (where state = 'deferred')::int as deferred,
           min(send_at) filter (where state = 'deferred') as "nextAt"
      from messages
     where step_id = ${range.stepId} and id between ${range.fromId} and ${range.toId} and state in ('planned', 'deferred')`);
  const self = { companyId, rangeId: range.id };
  if (left?.at && campaign?.status === 'canceled') {
    await holdMessages(tx, range);
    await cancelRange(tx, range);
  } else if (left?.at) {
    const at = new Date(Math.max(Date.parse(left.at), now.getTime() + 1_000));
    await tx.execute(sql`
      update message_ranges set cursor_id = from_id, deferred = ${left.deferred}, next_at = ${left.nextAt}::timestamptz
       where id = ${range.id}`);
    await releaseRange(tx, self, holder, campaign?.status === 'sending' ? { at } : null);
    return campaign?.status === 'sending' ? 'later' : 'resting';
  }
  await tx.execute(sql`
    update message_ranges set status = 'done', leased_by = null, lease_expires_at = null where id = ${range.id}`);
  await finishCampaign(tx, range.campaignId);
  return 'done';
}

/** A campaign with no open range left is sent. */
export async function finishCampaign(tx: Tx, campaignId: number): Promise<void> {
  await tx.execute(sql`
    update campaigns set status = 'sent', pause_reason = null, finished_at = now(), updated_at = now()
     where id = ${campaignId} and status in ('sending', 'paused')
       and not exists (select from message_ranges where campaign_id = ${campaignId} and status = 'open')`);
}

/**
 * Finds ranges whose run died, in every company, and asks for them to be taken again. Jobs of dead workers are freed too;
 * this catches what falls between.
 * @returns how many
 */
export async function sweepRanges(db: Db): Promise<number> {
  const companies = await db.execute<{ id: number }>(sql`select id from companies order by id`);
  let found = 0;
  let failure: unknown = null;
  for (const { id: companyId } of companies) {
    const sweep = withCompany(db, companyId, async (tx) => {
      const lapsed = await tx.execute<{ id: number }>(sql`
        select r.id from message_ranges r join campaigns c on c.id = r.campaign_id
         where r.status = 'open' and r.leased_by is not null and r.lease_expires_at < now()
           and c.status in ('sending', 'canceled') order by r.id`);
      await addJobs(
        tx,
        'campaign.send_range',
        lapsed.map(({ id }) => ({ companyId, rangeId: id })),
        { key: rangeKey },
      );
      return lapsed.length;
    });
    // What fails for one company must not keep the others waiting.
    found += await sweep.catch((error: unknown) => {
      failure = error;
      return 0;
    });
  }
  if (failure) throw failure;
  return found;
}
