import { nanoid } from 'nanoid';

import { dropLinks, mintLinks } from '#app/links/mint.server.ts';
import type { Addresses } from '#app/messaging/addresses.ts';
import { inParallel, listener, untilItHolds, wasCut, type Attempt } from '#app/messaging/attempt.server.ts';
import {
  giveTrialBack,
  lookAgainAt,
  noteProblem,
  passBreaker,
  reportWindow,
  type Pass,
} from '#app/messaging/breaker.server.ts';
import {
  planInterrupted,
  recordOutcomes,
  recordPaid,
  type Paid,
  type Recorded,
} from '#app/messaging/outcomes.server.ts';
import { Blocked, type EmailProvider, type MailProvider, type TextProvider } from '#app/messaging/provider.ts';
import { bookPlaces, placesInTurn, type Places } from '#app/messaging/rate.server.ts';
import { suppressRefused } from '#app/messaging/refused.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';

import { pauseByItself } from './lifecycle.server.ts';
import { forgetRecalled, recallOvertaken } from './recall.server.ts';
import { loadCarrier, usualProvider, type Carrier, type Handed } from './send-carrier.server.ts';
import { countDue, holdBack, openWindow, RangeLost, type Passed, type Range } from './send-gate.server.ts';
import { addRangeJob, closeRange, keepRange, lapseRange, releaseRange, takeRange } from './send-lease.server.ts';
import { turnsOfWindow } from './send-turns.ts';
import { localDay } from './send-values.server.ts';
import { lookUpInterrupted } from './send-unknown.server.ts';

/** What sending needs of its surroundings. */
export type Sending = {
  db: Db;
  /** Signs message tokens. */
  secret: string;
  addresses: Addresses;
  /** The provider of a company's email. @throws Blocked when its settings can't be used */
  provider: (companyId: number) => Promise<EmailProvider>;
  /** The same of its texts. */
  textProvider: (companyId: number) => Promise<TextProvider>;
  /** And of its postcards. */
  mailProvider: (companyId: number) => Promise<MailProvider>;
  /** True once the process was asked to stop: the window in flight is finished, no other is begun. */
  stopping?: () => boolean;
  /** Aborted when a stopping process can't wait for the provider's answers any longer. */
  giveUp?: AbortSignal;
  /** A run that is not heard of for so long has lost its range. */
  leaseSeconds?: number;
  /** A run gives its range back after so long: whatever waits meanwhile, of whichever company, has its turn. */
  turnSeconds?: number;
  /** Messages that one crash can leave unknown, at most, per run. By default it follows from the provider's rate. */
  windowSize?: number;
};

/** How a run over a range ended. */
export type RunEnd =
  | 'done'
  | 'later'
  | 'turn'
  | 'resting'
  | 'held'
  | 'lost'
  | 'stopped'
  | 'retry'
  | 'waiting'
  | 'blocked';

/** A window is at most what may go out in so many seconds: a pause takes hold that soon. */
const WINDOW_SECONDS = 2;
/** At most so many messages of a run are unknown after a crash, up to 500 a second: what SES gives nearly everybody. */
const WINDOW_SIZE = 50;
/** Above that, a tenth of a second's worth, and never more than this: larger windows cost fewer transactions. */
const LARGEST_WINDOW = 250;
const LARGE_WINDOW_SECONDS = 0.1;
/** Calls of a run in the air at a time: each holds its message several times over, as text, bytes and request. */
const CALLS = 40;
/** A killed worker's range is taken over once this is over and somebody looks: well within a minute. */
export const LEASE_SECONDS = 20;
const TURN_SECONDS = 10;
/** How soon a range that somebody else holds is looked at again, at the latest. */
const HELD_SECONDS = 5;

type Run = {
  sending: Sending;
  companyId: number;
  range: Range;
  holder: string;
  leaseSeconds: number;
  carrier: Carrier;
  /** How long gate and links took the last time: so long before its first place a window is opened. */
  leadMs: number;
};

/**
 * Sends what is due of one range, window by window: gate, links and the mark `attempting` in one transaction, then the
 * provider's calls in parallel under the account's rate, then the outcomes in another. A message that is marked is never
 * handed over by anybody else: a crash leaves it unknown, not doubled.
 */
export async function sendRange(sending: Sending, job: { companyId: number; rangeId: number }): Promise<RunEnd> {
  const holder = nanoid();
  const leaseSeconds = sending.leaseSeconds ?? LEASE_SECONDS;
  const { db } = sending;
  const taken = await withCompany(db, job.companyId, async (tx) => {
    const result = await takeRange(tx, job.rangeId, holder, leaseSeconds);
    // The job must not end with the range unsent: whoever holds it may be dead.
    if (result.kind === 'held') await addRangeJob(tx, job, inSeconds(Math.min(result.seconds + 0.1, HELD_SECONDS)));
    return result;
  });
  if (taken.kind !== 'mine') return taken.kind === 'held' ? 'held' : 'resting';
  const beat = keepBeating(leaseSeconds, () =>
    withCompany(db, job.companyId, (tx) => keepRange(tx, job.rangeId, holder, leaseSeconds)),
  );
  try {
    const carrier = await loadCarrier(sending, job.companyId, taken.range);
    const run: Run = { sending, ...job, range: taken.range, holder, leaseSeconds, carrier, leadMs: 20 };
    await withCompany(db, job.companyId, (tx) => holdBack(tx, run.range, localDay(carrier.sender.timeZone)));
    await takeUpInterrupted(run, taken.unknown);
    const until = performance.now() + (sending.turnSeconds ?? TURN_SECONDS) * 1000;
    for (;;) {
      if (sending.stopping?.()) return await giveBack(run, 'stopped', {});
      const end = await sendWindow(run);
      if (end) return end;
      if (performance.now() >= until) return await giveBack(run, 'turn', {});
    }
  } catch (error) {
    if (error instanceof Blocked) {
      const problem = { kind: 'blocked', message: error.message } as const;
      const provider = usualProvider[taken.range.channel];
      await withCompany(db, job.companyId, (tx) => noteProblem(tx, provider, problem)).catch(() => {});
      return await block(sending, job, taken.range, holder, error.message);
    }
    await withCompany(db, job.companyId, (tx) => lapseRange(tx, job.rangeId, holder)).catch(() => {});
    throw error;
  } finally {
    beat.stop();
  }
}

/**
 * What an earlier run was cut off with: asked for at the provider where it can be asked, and handed over again where that can't
 * double anything.
 * @param unknown how many it was when the range was taken
 */
async function takeUpInterrupted(run: Run, unknown: number): Promise<void> {
  const { sending, companyId, range, carrier } = run;
  if (unknown > 0) await lookUpInterrupted({ ...run, provider: carrier.provider });
  if (!carrier.provider.repeatable) return;
  await withCompany(sending.db, companyId, async (tx) => {
    const first = await planInterrupted(tx, range);
    if (first === null || first >= range.cursorId) return;
    range.cursorId = first;
    await keepRange(tx, range.id, run.holder, run.leaseSeconds, first);
  });
}

/** Renews the lease three times in its length, one renewal at a time. One that fails is made up for by the next. */
function keepBeating(leaseSeconds: number, renew: () => Promise<unknown>): { stop: () => void } {
  let renewing = false;
  const timer = setInterval(
    () => {
      if (renewing) return;
      renewing = true;
      renew()
        .catch(() => {})
        .finally(() => (renewing = false));
    },
    (leaseSeconds * 1000) / 3,
  ).unref();
  return { stop: () => clearInterval(timer) };
}

/** @returns how the run ended, or null when there may be more to send */
async function sendWindow(run: Run): Promise<RunEnd | null> {
  const pass = await passBreaker(run.sending.db, run.carrier.provider.account);
  if (pass.kind === 'open') return giveBack(run, 'waiting', 'breaker');
  if (pass.kind === 'closed') return passWindow(run, pass);
  try {
    return await passWindow(run, pass);
  } finally {
    // No trial any more once it was reported; one that handed nothing over is somebody else's.
    await giveTrialBack(run.sending.db, run.carrier.provider.account).catch(() => {});
  }
}

async function passWindow(run: Run, pass: Pass): Promise<RunEnd | null> {
  const { sending, companyId, range, holder, carrier } = run;
  if (range.cursorId > range.toId) {
    return withCompany(sending.db, companyId, (tx) => closeRange(tx, range, companyId, holder));
  }
  const { provider } = carrier;
  const rate = await provider.rate();
  const size = pass.kind === 'trial' ? 1 : Math.min(sending.windowSize ?? LARGEST_WINDOW, windowSizeFor(rate));
  const today = localDay(carrier.sender.timeZone);
  const places = await placesFor(run, size, rate);
  if (places.stopped) return giveBack(run, 'stopped', {});
  const begun = performance.now();
  const open = async (tx: Tx) => {
    const keep = (lastId: number) => keepRange(tx, range.id, holder, run.leaseSeconds, lastId + 1);
    const window = await openWindow(tx, range, places.count, today, { keep });
    if (window.lastId === null) return closeRange(tx, range, companyId, holder);
    const codes = await mintLinks(
      tx,
      carrier.links,
      window.passed.map((one) => ({ messageId: one.id, customerId: one.customerId, invoiceId: one.invoiceId })),
    );
    return { window, codes };
  };
  const opened = await withCompany(sending.db, companyId, open, { plans: 'kept' }).catch((error: unknown) => {
    if (error instanceof RangeLost) return 'lost' as const;
    throw error;
  });
  if (typeof opened === 'string') return opened;
  range.cursorId = (opened.window.lastId ?? range.cursorId) + 1;
  const { passed } = opened.window;
  if (passed.length === 0) return null;
  run.leadMs = Math.min(500, Math.max(5, 0.8 * run.leadMs, 1.3 * (performance.now() - begun)));
  const { booked } = places;
  const stop = () => sending.stopping?.() ?? false;
  const place = booked && placesInTurn(sending.db, provider.account!, rate, booked, { stop });
  const attempts = await handOver(run, passed, opened.codes, place, today);
  return record(run, passed, attempts, { pass, bookedAt: booked?.bookedAt ?? null });
}

/**
 * How many messages are marked at a time (docs/decisions/0009): two seconds' worth where the rate is low, 50 up to 500 a
 * second, then a tenth of a second's worth up to 500. That many of a run may be unknown after a crash.
 * @param rate messages a second; may be infinite
 */
export function windowSizeFor(rate: number): number {
  const size = Math.max(Math.min(WINDOW_SIZE, rate * WINDOW_SECONDS), rate * LARGE_WINDOW_SECONDS);
  return Math.max(1, Math.min(LARGEST_WINDOW, Math.ceil(size)));
}

const NO_CODES = {};

/**
 * Books the window's share of the account's rate and waits for it, before anything is marked: a crash meanwhile leaves
 * nothing unknown. The last look at an empty range books nothing.
 */
async function placesFor(
  run: Run,
  size: number,
  rate: number,
): Promise<{ count: number; booked: Places | null; stopped: boolean }> {
  const { account } = run.carrier.provider;
  if (account === null || !Number.isFinite(rate)) return { count: size, booked: null, stopped: false };
  const due = await withCompany(run.sending.db, run.companyId, (tx) => countDue(tx, run.range, size));
  if (due === 0) return { count: size, booked: null, stopped: false };
  const { leadMs } = run;
  const booked = await bookPlaces(run.sending.db, account, due, rate, { leadMs, withinSeconds: WINDOW_SECONDS });
  const until = booked.firstAt - leadMs;
  for (
    let left = until - performance.now();
    left > 0.5 && !run.sending.stopping?.();
    left = until - performance.now()
  ) {
    await new Promise((done) => setTimeout(done, Math.min(left, 200)));
  }
  return { count: booked.count, booked, stopped: run.sending.stopping?.() ?? false };
}

async function handOver(
  run: Run,
  passed: readonly Passed[],
  codes: Map<number, Record<string, string>>,
  place: (() => Promise<boolean>) | null,
  today: string,
): Promise<(Handed | null)[]> {
  const { carrier, sending } = run;
  const { hear, refused } = listener();
  const stop = () => refused() || (sending.giveUp?.aborted ?? false);
  // A message is written before its place comes, so that its call begins right then; one at a time, so that calls which are due
  // meanwhile are not late.
  let last = Promise.resolve();
  const oneAtATime = () => (last = last.then(othersTurn));
  const turn = place ? oneAtATime : turnsOfWindow();
  const ready = place && (async () => (await place()) && !stop());
  const hand = async (one: Passed): Promise<Handed | null> => {
    await turn();
    if (!place && stop()) return null;
    const result = await carrier.hand(one, codes.get(one.id) ?? NO_CODES, today, ready, sending.giveUp);
    if (result && result.kind !== 'unwritten') hear(result);
    return result;
  };
  return inParallel(passed, { limit: CALLS, stop }, hand);
}

/** Whatever waits in this process is heard first. */
const othersTurn = () => new Promise<void>((done) => setImmediate(done));

async function record(
  run: Run,
  passed: readonly Passed[],
  attempts: readonly (Handed | null)[],
  window: { pass: Pass; bookedAt: Date | null },
): Promise<RunEnd | null> {
  const { provider, channel } = run.carrier;
  const outcomes = passed.map((one, index) => recorded(one.id, attempts[index] ?? null, provider.name));
  const backAgain = outcomes.filter((one) => one.state === 'planned').map((one) => one.id);
  const delays = attempts.flatMap((one) => (one?.kind === 'retry' ? [one.afterSeconds] : []));
  const blocked = attempts.find((one) => one?.kind === 'blocked');
  const write = async (tx: Tx) => {
    await recordOutcomes(tx, outcomes, run.range.stepId);
    if (channel !== 'email') await recordPaid(tx, paidFor(passed, attempts));
    await dropLinks(tx, backAgain);
    if (channel === 'mail') {
      const ids = passed.map((one) => one.id);
      await forgetRecalled(tx, ids);
      await recallOvertaken(tx, run.companyId, run.range.campaignId, ids);
    }
    await reportWindow(tx, provider, { ...window, results: attempts.map(calledOrNull) });
    for (const [index, one] of passed.entries()) {
      const result = attempts[index];
      if (result?.kind !== 'failed' || !result.suppress) continue;
      const { id: messageId, customerId, address } = one;
      await suppressRefused(tx, { messageId, customerId, address }, result.suppress);
    }
  };
  const allSent = outcomes.every((one) => one.state === 'sent');
  const plans = allSent && channel !== 'mail' ? 'kept' : undefined;
  await untilItHolds(() => withCompany(run.sending.db, run.companyId, write, { plans }));
  if (backAgain.length === 0) return null;
  run.range.cursorId = Math.min(...backAgain);
  if (blocked?.kind === 'blocked') {
    const job = { companyId: run.companyId, rangeId: run.range.id };
    return block(run.sending, job, run.range, run.holder, blocked.reason);
  }
  return giveBack(run, 'retry', { at: inSeconds(Math.max(1, ...delays)), cursorId: run.range.cursorId });
}

/** What messages are paid by, as far as they may have gone out. */
const paidFor = (passed: readonly Passed[], attempts: readonly (Handed | null)[]): Paid[] =>
  passed.flatMap(({ id }, index) => {
    const result = attempts[index];
    if (result?.kind !== 'sent' && result?.kind !== 'unknown') return [];
    const costCents = result.kind === 'sent' ? (result.costCents ?? null) : null;
    const parts = result.parts ?? null;
    return parts === null && costCents === null ? [] : [{ id, parts, costCents }];
  });

/** What the provider itself said. */
const calledOrNull = (result: Handed | null): Attempt | null =>
  !result || result.kind === 'unwritten' || wasCut(result) ? null : result;

function recorded(id: number, result: Handed | null, provider: string): Recorded {
  switch (result?.kind) {
    case 'sent':
      return { id, provider, providerId: result.providerId, state: 'sent', reason: null };
    case 'failed':
      return { id, provider, providerId: null, state: 'failed', reason: result.reason };
    case 'unknown':
      return { id, provider, providerId: null, state: 'unknown', reason: wasCut(result) ? 'interrupted' : 'no_answer' };
    case 'unwritten':
      return { id, provider, providerId: null, state: result.state, reason: result.reason };
    default:
      return { id, provider, providerId: null, state: 'planned', reason: null };
  }
}

/** @param again when the range is to be taken again; `breaker` asks for when that is, once more */
async function giveBack(run: Run, end: RunEnd, again: { at?: Date; cursorId?: number } | 'breaker'): Promise<RunEnd> {
  const job = { companyId: run.companyId, rangeId: run.range.id };
  await untilItHolds(() =>
    withCompany(run.sending.db, run.companyId, async (tx) => {
      const { account } = run.carrier.provider;
      await releaseRange(tx, job, run.holder, again === 'breaker' ? { at: await lookAgainAt(tx, account) } : again);
    }),
  );
  return end;
}

/** Somebody has to act before anything can go out: the campaign waits, with the reason in words. */
async function block(
  sending: Sending,
  job: { companyId: number; rangeId: number },
  range: Range,
  holder: string,
  reason: string,
): Promise<RunEnd> {
  await withCompany(sending.db, job.companyId, async (tx) => {
    await pauseByItself(tx, range.campaignId, reason);
    await keepRange(tx, range.id, holder, 1, range.cursorId);
    await releaseRange(tx, job, holder, null);
  });
  return 'blocked';
}

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);
