import type { Db } from '#db/client.ts';

import { launchTo, startWorker, stopWorker, untilSent } from './crew.ts';
import { startGaugedSes } from './gauge.ts';
import { count, type DrillResult } from './result.ts';

export const name = 'two';

export type TwoOptions = { url: string; db: Db; messages: number; rate: number; crew: number; withinMs: number };

/** Several workers at once on one database share the work, and together keep the provider's rate. */
export async function drill({ url, db, messages, rate, withinMs, ...options }: TwoOptions): Promise<DrillResult> {
  const ses = await startGaugedSes(rate);
  const launched = await launchTo(db, messages);
  const crew = Array.from({ length: options.crew }, () => startWorker(url, ses));
  const faults: string[] = [];
  try {
    if (!(await untilSent(db, launched, withinMs))) faults.push('The campaign did not end in time.');
    const result = await count(name, db, launched, ses);
    const shares = crew.map(({ path }) => ses.taken.filter((mail) => mail.path.startsWith(`${path}/`)).length);
    if (shares.some((share) => share === 0)) faults.push('A worker sent nothing.');
    if (result.unknown > 0) faults.push('Something is unknown though nothing went wrong.');
    return { ...result, shares, faults };
  } finally {
    await Promise.all(crew.map(stopWorker));
    await ses.close();
  }
}
