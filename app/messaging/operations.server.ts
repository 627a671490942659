import { sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import type { Tx } from '#db/client.ts';
import type { Channel } from '#db/schema/columns.ts';
import { withoutAddresses } from '#db/failure.ts';

import { readHold, tryNow } from './breaker.server.ts';
import { DUE_MOST, type AccountNow, type FailedJob, type RightNow } from './operations.ts';
import { mailAccount, mailProviderName, type MailOptions } from './providers/choose-mail.server.ts';
import { textAccount, textProviderName, type TextOptions } from './providers/choose-text.server.ts';
import { emailAccount, emailProviderName, type ProviderOptions } from './providers/choose.server.ts';
import { readRate } from './rate.server.ts';

type AccountOptions = Pick<ProviderOptions, 'secret' | 'ses'> & Pick<TextOptions, 'twilio'> & Pick<MailOptions, 'lob'>;

/** Of a campaign's open ranges the first are looked at: ranges are worked on in order. */
const RANGES_MOST = 40;

/**
 * Where sending stands, cheap enough to be asked every few seconds: counters of the steps, a few ranges, the queue. Nothing in it
 * counts a campaign's messages.
 */
export async function readRightNow(tx: Tx, options: AccountOptions): Promise<RightNow> {
  const [counted] = await tx.execute<Pick<RightNow, 'waiting' | 'paused' | 'unknown'>>(sql`
    select coalesce(sum(s.planned) filter (where c.status in ('launching', 'sending', 'paused')), 0)::int as waiting,
           coalesce(sum(s.planned) filter (where c.status = 'paused'), 0)::int as paused,
           coalesce(sum(s.unknown), 0)::int as unknown
      from campaign_steps s join campaigns c on c.id = s.campaign_id`);
  const unknownIn = await tx.execute<RightNow['unknownIn'][number]>(sql`
    select c.id as "campaignId", c.name, sum(s.unknown)::int as count
      from campaign_steps s join campaigns c on c.id = s.campaign_id
     where s.unknown > 0 group by c.id, c.name order by c.id desc limit 3`);
  const queue = await tx.execute<{ task: string; waiting: number }>(sql`
    select task, (due + later)::int as waiting from queue_state(current_company_id()) where task = 'message.send'`);
  const [workers] = await tx.execute<{ n: number }>(
    sql`select count(*)::int as n from workers where beat_at > now() - interval '15 seconds'`,
  );
  return {
    email: await accountNow(tx, await emailProviderName(tx, options), await emailAccount(tx, options)),
    texts: await accountNow(tx, await textProviderName(tx, options), await textAccount(tx, options)),
    postcards: await accountNow(tx, await mailProviderName(tx, options), await mailAccount(tx, options)),
    waiting: counted?.waiting ?? 0,
    paused: counted?.paused ?? 0,
    unknown: counted?.unknown ?? 0,
    ...(await readRanges(tx)),
    single: queue[0]?.waiting ?? 0,
    unknownIn: [...unknownIn],
    workers: workers?.n ?? 0,
    failed: await failedJobs(tx),
    problems: await lastProblems(tx),
  };
}

async function accountNow<Name extends string>(
  tx: Tx,
  provider: 'sandbox' | Name,
  account: string | null,
): Promise<AccountNow<Name>> {
  const rate = account === null ? null : await readRate(tx, account);
  return { provider, rate, hold: await readHold(tx, account) };
}

/** What is due and in flight, from the ranges that are worked on. */
async function readRanges(tx: Tx): Promise<Pick<RightNow, 'due' | 'oldestDueAt' | 'inFlight'>> {
  const [row] = await tx.execute<Pick<RightNow, 'due' | 'oldestDueAt' | 'inFlight'>>(sql`
    with open as materialized (
      select r.step_id, r.from_id, r.to_id, r.cursor_id, r.lease_expires_at > now() as leased
        from message_ranges r join campaigns c on c.id = r.campaign_id
       where r.status = 'open' and c.status = 'sending' order by r.leased_by is null, r.id limit ${RANGES_MOST}
    ), due as materialized (
      select m.send_at from open o cross join lateral (
        select m.send_at from messages m
         where m.step_id = o.step_id and m.id between o.cursor_id and o.to_id and m.state = 'planned' and m.send_at <= now()
         limit ${DUE_MOST}) m
       limit ${DUE_MOST}
    )
    select (select count(*)::int from due) as due, (select min(send_at) from due) as "oldestDueAt",
           (select count(*)::int from open o cross join lateral (
              select m.state from messages m
               where m.step_id = o.step_id and m.id between o.from_id and o.cursor_id - 1 order by m.id desc limit 200) m
             where o.leased and m.state = 'attempting') as "inFlight"`);
  return row!;
}

async function failedJobs(tx: Tx): Promise<FailedJob[]> {
  const rows = await tx.execute<Omit<FailedJob, 'reason' | 'again'> & { error: string; runAt: string }>(sql`
    select id, task, own, attempts, max_attempts as "maxAttempts", error, run_at as "runAt" from failed_jobs(10)`);
  return rows.map(({ error, runAt, ...job }) => ({
    ...job,
    // The first line says what; the rest is for the log.
    reason: withoutAddresses(error.split('\n')[0] ?? '').slice(0, 300),
    again: job.attempts < job.maxAttempts ? new Date(runAt).toISOString() : null,
  }));
}

async function lastProblems(tx: Tx): Promise<RightNow['problems']> {
  return [
    ...(await tx.execute<RightNow['problems'][number]>(
      sql`select id, kind, message, at from provider_errors order by id desc limit 8`,
    )),
  ];
}

/**
 * Tries at once what waits for the provider.
 * @returns false when nothing waits
 */
export async function trySendingNow(tx: Tx, actor: Actor, options: AccountOptions): Promise<boolean> {
  let tried = false;
  for (const account of [
    await emailAccount(tx, options),
    await textAccount(tx, options),
    await mailAccount(tx, options),
  ]) {
    if (account !== null && (await tryNow(tx, account))) tried = true;
  }
  if (!tried) return false;
  await recordAudit(tx, actor, 'sending.try', { type: 'sending', id: null });
  return true;
}

/** Why the company's messages of a channel wait just now; null when they do not. */
export const readSendingHold = async (tx: Tx, channel: Channel, options: AccountOptions) =>
  readHold(tx, await { email: emailAccount, sms: textAccount, mail: mailAccount }[channel](tx, options));

/**
 * Tries a failed job again now, with all its tries.
 * @returns false when it is gone, running, or another company's
 */
export async function runJobAgain(tx: Tx, actor: Actor, jobId: number): Promise<boolean> {
  const [row] = await tx.execute<{ ran: boolean }>(sql`select run_job_again(${jobId}::bigint) as ran`);
  if (!row?.ran) return false;
  await recordAudit(tx, actor, 'sending.run', { type: 'sending', id: null }, { job: jobId });
  return true;
}
