import { sql } from 'drizzle-orm';

import type { Db, Tx } from '#db/client.ts';
import { withoutAddresses } from '#db/failure.ts';
import { providerErrors } from '#db/schema/index.ts';

import { SILENT_CALLS, type Attempt } from './attempt.server.ts';
import type { BreakerHold } from './operations.ts';
import { providerNames, type EmailProvider, type RetryWhy } from './provider.ts';
import { slowDown } from './rate.server.ts';

/**
 * The breaker of a provider account, shared by all workers through one row. The rule:
 * - a window fails when the provider took or judged none of its messages: it could not be reached, could not serve, or did not
 *   answer. Throttling is an answer (the rate falls instead), and so is a refusal that somebody must act on;
 * - three failed windows in a row open it; one is enough in which five calls or more had no answer: those messages are unknown;
 * - while it is open nothing is handed over. After a wait one message goes out on trial: taken, it closes the breaker; else the
 *   next wait is longer;
 * - a day's quota that is used up opens it at once, until it is worth asking again.
 */
const WINDOWS = 3;
const WAITS = [30, 60, 120, 300, 600];
/** A trial that is not heard of for so long died. */
const TRIAL_SECONDS = 60;
/** How soon whoever waits beside a trial asks again. */
const BESIDE_SECONDS = 3;

export type Pass = { kind: 'closed'; failures: number } | { kind: 'trial' } | Hold;
/** Nothing may go out before `retryAt`. */
export type Hold = { kind: 'open'; reason: string; retryAt: Date };

type Row = { state: string; failures: number; reason: string; seconds: number | null };

/** Asked before each window. `trial` is given to one caller only, who must report or give it back. */
export async function passBreaker(db: Pick<Db, 'execute'>, account: string | null): Promise<Pass> {
  if (account === null) return { kind: 'closed', failures: 0 };
  for (;;) {
    const [row] = await db.execute<Row>(sql`
      select state, failures, reason, extract(epoch from retry_at - clock_timestamp())::float8 as seconds
        from provider_breakers where account = ${account}`);
    if (!row || row.state === 'closed') return { kind: 'closed', failures: row?.failures ?? 0 };
    if (row.seconds !== null && row.seconds > 0) {
      const seconds = row.state === 'trial' ? Math.min(row.seconds, BESIDE_SECONDS) : row.seconds;
      return { kind: 'open', reason: row.reason, retryAt: new Date(Date.now() + seconds * 1000) };
    }
    const mine = await db.execute(sql`
      update provider_breakers
         set state = 'trial', retry_at = clock_timestamp() + make_interval(secs => ${TRIAL_SECONDS}), updated_at = now()
       where account = ${account} and state <> 'closed' and coalesce(retry_at, '-infinity') <= clock_timestamp()
      returning account`);
    if (mine.length > 0) return { kind: 'trial' };
  }
}

/**
 * When whoever waits for the account should look again. `tryNow` waits for the caller's transaction: what is written to wait
 * until then is either woken by it, or does not wait.
 */
export async function lookAgainAt(tx: Tx, account: string | null): Promise<Date> {
  const [row] = await tx.execute<{ state: string; seconds: number }>(sql`
    select state, coalesce(extract(epoch from retry_at - clock_timestamp()), 0)::float8 as seconds
      from provider_breakers where account = ${account} and state <> 'closed' for share`);
  const seconds = row?.state === 'trial' ? Math.min(row.seconds, BESIDE_SECONDS) : (row?.seconds ?? 0);
  return new Date(Date.now() + Math.max(0, seconds) * 1000);
}

/** A trial in which nothing was handed over proves nothing: it is somebody else's. */
export async function giveTrialBack(db: Pick<Db, 'execute'>, account: string | null): Promise<void> {
  await db.execute(sql`
    update provider_breakers set state = 'open', retry_at = now(), updated_at = now()
     where account = ${account} and state = 'trial'`);
}

/** What can go wrong with a provider, as operators see it. */
export type ProblemKind = 'throttled' | 'quota' | 'unavailable' | 'no_answer' | 'blocked' | 'rejected' | 'breaker';

/** What a window came to, as far as the account is concerned. */
export type Heard = {
  verdict: 'works' | 'fails' | 'silent' | 'quota' | 'nothing';
  /** The first thing that went wrong, for operators; null when nothing did. */
  problem: { kind: ProblemKind; message: string } | null;
  throttled: boolean;
  /** When a used-up quota is worth asking again. */
  afterSeconds: number;
};

/** Weighs a window's calls. @param results null for messages that were not handed over */
export function weigh(provider: EmailProvider['name'], results: readonly (Attempt | null)[]): Heard {
  // What was held back for its hours was no call.
  const calls = results.filter((one) => one !== null).filter((one) => one.kind !== 'retry' || one.why !== 'hours');
  const retry = (why: RetryWhy) => calls.find((one) => one.kind === 'retry' && one.why === why);
  const silent = calls.filter((one) => one.kind === 'unknown').length;
  const quota = retry('quota');
  const answered = retry('throttled') ?? calls.find((one) => ['sent', 'failed', 'blocked'].includes(one.kind));
  const verdict = () => {
    if (quota) return 'quota';
    if (calls.length === 0) return 'nothing';
    if (answered) return 'works';
    return silent === calls.length && silent >= SILENT_CALLS ? 'silent' : 'fails';
  };
  return {
    verdict: verdict(),
    problem: problemOf(provider, calls, silent),
    throttled: retry('throttled') !== undefined,
    afterSeconds: quota?.kind === 'retry' ? quota.afterSeconds : 0,
  };
}

/** The worst of what went wrong, in words. */
function problemOf(provider: EmailProvider['name'], calls: readonly Attempt[], silent: number): Heard['problem'] {
  const who = providerNames[provider];
  const blocked = calls.find((one) => one.kind === 'blocked');
  if (blocked) return { kind: 'blocked', message: blocked.reason };
  const refusals = calls.filter((one) => one.kind === 'retry');
  for (const why of ['quota', 'unavailable', 'throttled'] as const) {
    const refusal = refusals.find((one) => one.why === why);
    if (refusal) return { kind: why, message: refusal.reason };
  }
  if (silent > 0) return { kind: 'no_answer', message: `${who} did not answer ${times(silent, 'call')}.` };
  const rejected = calls.filter((one) => one.kind === 'failed').length;
  return rejected > 0 ? { kind: 'rejected', message: `${who} refused ${times(rejected, 'message')}.` } : null;
}

const times = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;

/**
 * Tells the account's breaker and rate what a window came to, and keeps what went wrong for operators: once a window.
 * @param window.pass what `passBreaker` said before it
 * @param window.bookedAt when its places were booked; null where there is no rate
 */
export async function reportWindow(
  tx: Tx,
  { name, account }: Pick<EmailProvider, 'name' | 'account'>,
  window: { pass: Pass; results: readonly (Attempt | null)[]; bookedAt?: Date | null },
): Promise<void> {
  const { pass, results, bookedAt } = window;
  const heard = weigh(name, results);
  if (heard.problem) await noteProblem(tx, name, heard.problem);
  if (account === null) return;
  if (heard.throttled && bookedAt) await slowDown(tx, account, bookedAt);
  if (heard.verdict === 'nothing') return pass.kind === 'trial' ? giveTrialBack(tx, account) : undefined;
  if (heard.verdict === 'works') {
    // A window that began before the breaker opened says nothing about now: only a trial closes it.
    if (pass.kind === 'closed' && pass.failures === 0) return;
    await tx.execute(sql`
      update provider_breakers
         set state = 'closed', failures = 0, reason = '', opened_at = null, retry_at = null, hurried_from = null,
             updated_at = now()
       where account = ${account} and state = ${pass.kind === 'trial' ? 'trial' : 'closed'}`);
    return;
  }
  await countFailure(tx, { name, account }, pass, heard);
}

function reasonOf(name: EmailProvider['name'], { verdict, problem }: Heard): string {
  const who = providerNames[name];
  if (verdict === 'quota') return `The daily sending quota of ${who} is used up.`;
  if (verdict === 'silent' || problem?.kind === 'no_answer') return `${who} does not answer.`;
  const said = withoutAddresses(problem?.message ?? '')
    .trim()
    .replace(/: (E[A-Z_]+)$/, ' ($1)');
  if (said.startsWith(who)) return /[.!?]$/.test(said) ? said : `${said}.`;
  return `${who} is not available${said ? ` (“${said.replace(/\.$/, '')}”)` : ''}.`;
}

/** Counts a failed window; the one too many opens the breaker. A trial that fails goes one step up the waits. */
async function countFailure(
  tx: Tx,
  { name, account }: { name: EmailProvider['name']; account: string },
  pass: Pass,
  heard: Heard,
): Promise<void> {
  const reason = reasonOf(name, heard).slice(0, 300);
  const weight = heard.verdict === 'fails' ? 1 : WINDOWS;
  // A trial that somebody asked for may fail without consequence: the account may be many companies', and the wait is as it was.
  const failures = sql`case when b.state = 'trial' then b.failures + (b.hurried_from is null)::int else least(b.failures + ${weight}::int, ${WINDOWS}::int) end`;
  const opens = sql`${failures} >= ${WINDOWS}::int`;
  const seconds =
    heard.verdict === 'quota'
      ? sql`${heard.afterSeconds}::int`
      : sql`case when b.hurried_from is not null then ${BESIDE_SECONDS}::int else (${sql.raw(`array[${WAITS.join(', ')}]`)})[least(${failures} - ${WINDOWS - 1}::int, ${WAITS.length}::int)] end`;
  await tx.execute(sql`insert into provider_breakers (account) values (${account}) on conflict do nothing`);
  // What was under way when the breaker opened says nothing new.
  const [row] = await tx.execute<{ state: string }>(sql`
    update provider_breakers b
       set failures = ${failures}, reason = ${reason}, updated_at = now(),
           state = case when ${opens} then 'open' else b.state end,
           opened_at = case when ${opens} then coalesce(b.opened_at, now()) end,
           retry_at = case when ${opens} then greatest(b.hurried_from, clock_timestamp() + make_interval(secs => ${seconds})) end,
           hurried_from = null
     where account = ${account} and state = ${pass.kind === 'trial' ? 'trial' : 'closed'}
    returning state`);
  if (row?.state === 'open' && pass.kind !== 'trial') {
    await noteProblem(tx, name, { kind: 'breaker', message: `Sending waits. ${reason}` });
  }
}

/**
 * Lets whatever waits for the account be tried now: the next message is the trial. Should it fail, the wait goes on as it was.
 * @returns false when nothing waits
 */
export async function tryNow(tx: Tx, account: string): Promise<boolean> {
  const opened = await tx.execute(sql`
    update provider_breakers set hurried_from = coalesce(hurried_from, retry_at), retry_at = now(), updated_at = now()
     where account = ${account} and state = 'open' returning account`);
  if (opened.length > 0) await tx.execute(sql`select wake_sending()`);
  return opened.length > 0;
}

/** Why nothing goes out by this account just now, for people; null when it does. A trial under way still counts as waiting. */
export async function readHold(tx: Pick<Db, 'execute'>, account: string | null): Promise<BreakerHold | null> {
  if (account === null) return null;
  const [row] = await tx.execute<BreakerHold>(sql`
    select reason, retry_at as "retryAt", opened_at as "openedAt", state = 'trial' or retry_at <= now() as trying
      from provider_breakers where account = ${account} and state <> 'closed'`);
  return row ?? null;
}

/** How many of a company's refusals are kept. */
const KEPT = 50;

/** Keeps what a provider refused, for whoever runs the company: no address, no content. Call once a window, not a message. */
export async function noteProblem(
  tx: Tx,
  provider: EmailProvider['name'],
  problem: { kind: ProblemKind; message: string },
): Promise<void> {
  const message = withoutAddresses(problem.message).slice(0, 300);
  await tx.insert(providerErrors).values({ provider, kind: problem.kind, message });
  // What somebody else is deleting already is left to them: nobody waits, so that nobody waits in a circle.
  await tx.execute(sql`
    delete from provider_errors where id in (
      select id from provider_errors
       where id <= (select id from provider_errors order by id desc offset ${KEPT} limit 1) for update skip locked)`);
}
