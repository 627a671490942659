import { sql } from 'drizzle-orm';
import postgres from 'postgres';

import { withCompany, type Db } from '#db/client.ts';

import { at, boundaries, type Boundary } from './boundaries.ts';
import { killWorker, launchTo, pause, startWorker, stopWorker, until, untilSent, type Launched } from './crew.ts';
import { startGaugedSes } from './gauge.ts';
import { count, type DrillResult } from './result.ts';

export const name = 'kill';

export type KillOptions = {
  url: string;
  db: Db;
  messages: number;
  /** Where each kill happens, one after another; null is a random moment. */
  kills: readonly (Boundary | null)[];
  /** Messages a second that the provider allows: slow enough to be killed in the middle. */
  rate: number;
  crew: number;
  /** Seconds until a killed worker's work is anybody's; production's own by default. */
  patience?: number;
  withinMs: number;
};

/** As many kills, every other one at a boundary, all boundaries in turn. */
export const killPlan = (kills: number): (Boundary | null)[] =>
  Array.from({ length: kills }, (_, kill) => (kill % 2 === 0 ? boundaries[(kill / 2) % boundaries.length]! : null));

/**
 * Worker processes are killed while they send, at random moments and at each boundary of a window. The provider fake keeps
 * what it really got. Nobody may have got a message twice, every message was taken or says that nobody knows, and what a
 * killed worker held was taken over within a minute.
 */
export async function drill(options: KillOptions): Promise<DrillResult> {
  const { url, db, messages, kills, rate, patience } = options;
  const ses = await startGaugedSes(rate);
  const owner = postgres(url, { max: 3, onnotice: () => {} });
  const launched = await launchTo(db, messages);
  const crew = Array.from({ length: options.crew }, () => startWorker(url, ses, patience));
  const gaps = watchGaps(db, launched);
  const deadline = performance.now() + options.withinMs;
  const left = () => deadline - performance.now();
  const reached: Record<string, number> = {};
  const faults: string[] = [];
  const die = async (victim: (typeof crew)[number]) => {
    await killWorker(victim);
    crew.splice(crew.indexOf(victim), 1, startWorker(url, ses, patience));
  };
  try {
    for (const [kill, boundary] of kills.entries()) {
      const mark = Math.floor((messages * (kill + 0.3)) / (kills.length + 1));
      if (!(await until(() => ses.taken.length >= mark, left(), 5))) break;
      if (boundary === null) {
        await pause(Math.random() * 400);
        await die(crew[Math.floor(Math.random() * crew.length)]!);
      } else if (!(await at(boundary, { owner, ses, crew }, die))) {
        faults.push(`Nobody came to "${boundary}".`);
        continue;
      }
      const where = boundary ?? 'anywhere';
      reached[where] = (reached[where] ?? 0) + 1;
    }
    if (!(await untilSent(db, launched, left()))) faults.push('The campaign did not end in time.');
    const longestGapSeconds = gaps.stop();
    if (longestGapSeconds > 60) faults.push('A range was taken over after more than a minute.');
    return { ...(await count(name, db, launched, ses)), killed: reached, longestGapSeconds, faults };
  } finally {
    gaps.stop();
    await Promise.all(crew.map(stopWorker));
    await ses.close();
    await owner.end();
  }
}

type RangeRow = { id: number; holder: string | null; sign: string };

/** Watches the ranges: from the last sign of life of a run that died to the first of the one that took its range over. */
function watchGaps(db: Db, { companyId, campaignId }: Launched): { stop: () => number } {
  const last = new Map<number, { holder: string; sign: string; at: number }>();
  let longest = 0;
  const look = async () => {
    const rows = await withCompany(db, companyId, (tx) =>
      tx.execute<RangeRow>(sql`
        select id, leased_by as holder, cursor_id || ' ' || coalesce(lease_expires_at::text, '') as sign
          from message_ranges where campaign_id = ${campaignId}`),
    );
    for (const { id, holder, sign } of rows) {
      const known = last.get(id);
      // A range that was given back belongs to nobody: what passes until it is taken is no gap.
      if (!holder) last.delete(id);
      else if (known?.holder !== holder || known.sign !== sign) {
        const now = performance.now();
        if (known && known.holder !== holder) longest = Math.max(longest, (now - known.at) / 1000);
        last.set(id, { holder, sign, at: now });
      }
    }
  };
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look()
      .catch(() => {})
      .finally(() => (looking = false));
  }, 100);
  return {
    stop: () => {
      clearInterval(timer);
      return Math.round(longest * 10) / 10;
    },
  };
}
