import type { Db } from '#db/client.ts';
import { type SesBehaviour } from '#tests/fakes/ses.ts';

import { launchTo, pause, startWorker, stopWorker, until, untilSent } from './crew.ts';
import { startGaugedSes } from './gauge.ts';
import { count, type DrillResult } from './result.ts';

export const name = 'stop';

export type StopOptions = { url: string; db: Db; messages: number; rate: number; stops: number; withinMs: number };

/** How long each call takes: some are always in the air. */
const ANSWER_MS = 150;

/**
 * Workers are asked to stop (SIGTERM) while they send, one after another. Each finishes its window and ends within ten
 * seconds: nothing is unknown, nothing doubled, and the next one goes on at once.
 */
export async function drill({ url, db, messages, rate, stops, withinMs }: StopOptions): Promise<DrillResult> {
  const ses = await startGaugedSes(rate);
  ses.behave = async (): Promise<SesBehaviour> => {
    await pause(ANSWER_MS);
    return 'ok';
  };
  const launched = await launchTo(db, messages);
  const deadline = performance.now() + withinMs;
  const faults: string[] = [];
  let slowestStopSeconds = 0;
  let worker = startWorker(url, ses);
  try {
    for (let stop = 0; stop < stops; stop++) {
      const mark = Math.floor((messages * (stop + 1)) / (stops + 1));
      if (!(await until(() => ses.taken.length >= mark, deadline - performance.now(), 5))) break;
      const { ms, code } = await stopWorker(worker);
      slowestStopSeconds = Math.max(slowestStopSeconds, Math.round(ms / 100) / 10);
      if (code !== 0) faults.push(`A worker ended with ${code ?? 'a signal'}.`);
      worker = startWorker(url, ses);
    }
    if (slowestStopSeconds > 10) faults.push('A worker took more than ten seconds to stop.');
    if (!(await untilSent(db, launched, deadline - performance.now())))
      faults.push('The campaign did not end in time.');
    const result = await count(name, db, launched, ses);
    if (result.unknown > 0) faults.push('Something is unknown though every worker was asked kindly.');
    return { ...result, slowestStopSeconds, faults };
  } finally {
    await stopWorker(worker);
    await ses.close();
  }
}
