import type { Logger } from 'pino';

import { withoutParameters } from '#db/failure.ts';
import { withCompany, type Db } from '#db/client.ts';

import { recordVisits } from './clicks.server.ts';
import { BURST_MS, clientOf, groups, type Visit } from './visitor.ts';

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
const MOST = 100_000;

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
  let held: Visit[] = [];
  /** Written already, kept as what crowds are told by. */
  let recent: Visit[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running: Promise<void> = Promise.resolve();
  let failing = false;

  const schedule = () => {
    if (timer !== null || held.length === 0) return;
    const wait = failing ? holdMs + 1_000 : Math.max(250, held[0]!.at + holdMs - Date.now());
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
    if (due.length === 0) return;
    const around = [...recent, ...held];
    const byCompany = groups(around, (visit) => visit.companyId);
    const byClient = groups(around, clientOf);
    held = held.filter((visit) => visit.at > until);
    const written: Visit[] = [];
    let error: unknown = null;
    for (const [companyId, visits] of groups(due, (visit) => visit.companyId)) {
      // Crowds are of one message or of one client: nobody else's visits have to be looked through.
      const clients = [...new Set(visits.map(clientOf))].flatMap((client) => byClient.get(client) ?? []);
      const near = [...new Set([...(byCompany.get(companyId) ?? []), ...clients])];
      try {
        await withCompany(db, companyId, (tx) => recordVisits(tx, visits, near));
        written.push(...visits);
      } catch (caught) {
        error = caught;
        held = [...visits, ...held];
      }
    }
    if (error && !failing) {
      options.log?.error({ err: withoutParameters(error) }, 'visits of links are held until they can be written');
    }
    failing = error !== null;
    recent = [...recent, ...written].filter((visit) => visit.at > Date.now() - BURST_MS).slice(-MANY);
  }

  return {
    add(visit) {
      if (held.length >= MOST) return;
      held.push({ ...visit, userAgent: brief(visit.userAgent), purpose: brief(visit.purpose) });
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
