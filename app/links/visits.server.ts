import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';

import { withoutParameters } from '#db/failure.ts';
import { withCompany, type Db } from '#db/client.ts';

import { recordVisits } from './clicks.server.ts';
import { networkOf } from './network.ts';
import { neighbors, type Held } from './neighbors.ts';
import { BURST_MS, groups, type Visit } from './visitor.ts';

/** Holds visits for a moment, tells people from programs and writes them down in batches. */
export type VisitLog = {
  /** Takes a visit; returns at once. */
  add(visit: Visit): void;
  /** Writes all that is held, now. Resolves when it stands in the database, or could not be written. */
  flush(): Promise<void>;
};

/** A click is judged by what comes right after it, so it waits longer than `MANY_LINKS_MS`. */
const HOLD_MS = 3_000;
/** So many are written early: memory is bounded whoever knocks. */
const MANY = 20_000;
/** More than this is never held, as when the database is away for long; what comes then is led on and not counted. */
const MOST = 200_000;
/** Written in one transaction: no more than are judged and packed without a redirect waiting noticeably. */
const SLICE = 250;
/** Events that are known to stand, so that a link that all follow costs one number. */
const WRITTEN = 100_000;

/**
 * The web process's memory of visits. A redirect never waits for it: visits are held for about three seconds, so that a burst
 * shows itself, then judged together and written, one transaction a company. While the database can't be reached they are
 * kept and tried again. A clean stop flushes them; **a crash loses at most the visits of those seconds**, never a redirect.
 *
 * Each web process sees its own visits only. Scanners that spread over several processes are told by their timing and by each
 * request alone, and what was written before a burst showed itself stays as it was.
 * @param options.holdMs how long a visit is held
 * @param options.log is told when visits can't be written
 */
export function visitLog(db: Db, options: { holdMs?: number; log?: Logger } = {}): VisitLog {
  const holdMs = options.holdMs ?? HOLD_MS;
  let held: Held[] = [];
  /** Written already, kept as what crowds are told by. */
  const recent: Held[] = [];
  /** All of both. */
  const near = neighbors();
  const written = new LRUCache<string, true>({ max: WRITTEN });
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running: Promise<void> = Promise.resolve();
  let failing = false;

  const schedule = () => {
    if (timer !== null || held.length === 0) return;
    const wait = failing ? holdMs + 1_000 : Math.max(holdMs / 3, held[0]!.at + holdMs - Date.now());
    timer = setTimeout(() => {
      timer = null;
      void run(held.length >= MANY ? Number.POSITIVE_INFINITY : Date.now() - holdMs);
    }, wait).unref();
  };

  /** One after another: what is being written is not held any more, and comes back if that fails. */
  const run = (until: number): Promise<void> => {
    running = running.then(() => write(until)).finally(schedule);
    return running;
  };

  async function write(until: number): Promise<void> {
    const due = held.filter((visit) => visit.at <= until);
    held = held.filter((visit) => visit.at > until);
    const left: Held[] = [];
    let error: unknown = null;
    for (const [companyId, theirs] of groups(due, (visit) => visit.companyId)) {
      for (let start = 0; start < theirs.length; start += SLICE) {
        const visits = theirs.slice(start, start + SLICE);
        if (error === null) error = await writeOf(companyId, visits, near.around(visits));
        (error === null ? recent : left).push(...visits);
        forgetOld();
      }
    }
    held = [...left, ...held];
    if (error !== null && !failing) {
      options.log?.error({ err: withoutParameters(error) }, 'visits of links are held until they can be written');
    }
    failing = error !== null;
  }

  /** What was written more than a minute ago makes no crowd with what comes. */
  function forgetOld(): void {
    const young = recent.findIndex((visit) => visit.at > Date.now() - BURST_MS);
    const old = young < 0 ? recent.length : young;
    for (const visit of recent.splice(0, Math.max(old, recent.length - MANY))) near.forget(visit);
  }

  /** @returns the failure, or null */
  async function writeOf(companyId: number, visits: readonly Held[], around: readonly Held[]): Promise<unknown> {
    const ofCompany = { has: (key: string) => written.has(`${companyId} ${key}`) };
    try {
      const keys = await withCompany(db, companyId, (tx) => recordVisits(tx, visits, { around, written: ofCompany }));
      for (const key of keys) written.set(`${companyId} ${key}`, true);
      return null;
    } catch (caught) {
      return caught ?? new Error('visits could not be written');
    }
  }

  return {
    add(visit) {
      if (held.length >= MOST) return;
      const message = `${visit.companyId}:${visit.messageId}`;
      const [userAgent, purpose] = [brief(visit.userAgent), brief(visit.purpose)];
      const one = { ...visit, userAgent, purpose, message, network: networkOf(visit.ip) };
      held.push(one);
      near.add(one);
      if (held.length === MANY) void run(Number.POSITIVE_INFINITY);
      else schedule();
    },
    flush: () => run(Number.POSITIVE_INFINITY),
  };
}

/** Far longer than any name of a program. */
const LONGEST_HEADER = 500;

/** As much of a header as tells programs apart: it may be 16 kB, and a hundred thousand are held. A copy, as a slice keeps all. */
export const brief = (header: string | undefined): string | undefined =>
  header !== undefined && header.length > LONGEST_HEADER
    ? Buffer.from(header.slice(0, LONGEST_HEADER)).toString()
    : header;
