import { launchTo, lives, pause, startWorker, stopWorker, until, untilSent } from './crew.ts';
import type { DrillPlace } from './place.ts';
import { startGaugedSes } from './gauge.ts';
import { count, type DrillResult } from './result.ts';

export const name = 'postgres';

export type PostgresOptions = DrillPlace & {
  messages: number;
  rate: number;
  restarts: number;
  patience?: number;
  withinMs: number;
};

/**
 * PostgreSQL dies at once while messages go out, and comes back after a second or two. Workers go on by themselves; one that
 * can't is started anew, as whoever runs it would. What the provider answered meanwhile is written down once the database is
 * back; what was cut off is unknown.
 */
export async function drill(options: PostgresOptions): Promise<DrillResult> {
  const { url, db, restart, messages, rate, restarts, patience } = options;
  const ses = await startGaugedSes(rate);
  const launched = await launchTo(db, messages);
  const crew = [startWorker(url, ses, patience), startWorker(url, ses, patience)];
  const deadline = performance.now() + options.withinMs;
  const left = () => deadline - performance.now();
  const faults: string[] = [];
  let startedAnew = 0;
  const keeper = setInterval(() => {
    for (const [place, one] of crew.entries()) {
      if (lives(one)) continue;
      startedAnew++;
      crew[place] = startWorker(url, ses, patience);
    }
  }, 500);
  try {
    for (let turn = 0; turn < restarts; turn++) {
      const mark = Math.floor((messages * (turn + 0.5)) / (restarts + 0.5));
      if (!(await until(() => ses.taken.length >= mark, left(), 5))) break;
      await pause(Math.random() * 200);
      await restart(500 + Math.random() * 1_500);
    }
    if (!(await untilSent(db, launched, left()))) faults.push('The campaign did not end in time.');
    clearInterval(keeper);
    await Promise.all(crew.map(stopWorker)); // whatever is still being written down
    return { ...(await count(name, db, launched, ses)), startedAnew, faults };
  } finally {
    clearInterval(keeper);
    await Promise.all(crew.map(stopWorker));
    await ses.close();
  }
}
