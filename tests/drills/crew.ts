import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { sql } from 'drizzle-orm';

import { withCompany, type Db } from '#db/client.ts';
import { companyWithDebtors } from '#tests/bench/outgoing.ts';
import { launch, SECRET } from '#tests/fakes/sending.ts';
import { environmentOf, type FakeSes } from '#tests/fakes/ses.ts';

/** A worker process, and the path at the fake under which its calls come in. */
export type Worker = { process: ChildProcess; path: string };

let workers = 0;

/**
 * Starts a worker process that sends through the fake, at a path of its own.
 * @param patience seconds until a lease lapses and a silent worker counts as dead; production's own by default
 */
export function startWorker(url: string, ses: FakeSes, patience?: number): Worker {
  const path = `/worker-${++workers}`;
  const child = spawn(process.execPath, ['--import', 'tsx', 'tests/drills/worker.ts'], {
    env: {
      ...process.env,
      ...environmentOf(ses),
      SES_ENDPOINT: `${ses.url}${path}`,
      DATABASE_URL: url,
      APP_SECRET: SECRET,
      LOG_LEVEL: process.env.DRILL_LOG ?? 'silent', // what is drilled goes wrong on purpose
      ...(patience ? { DRILL_PATIENCE: String(patience) } : {}),
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return { process: child, path };
}

export const lives = ({ process: child }: Worker) => child.exitCode === null && child.signalCode === null;

/** Asks a worker to stop. @returns how long it took, in milliseconds, and how it ended; killed after 15 seconds */
export async function stopWorker({ process: child }: Worker): Promise<{ ms: number; code: number | null }> {
  const begun = performance.now();
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await once(child, 'exit');
    clearTimeout(killer);
  }
  return { ms: performance.now() - begun, code: child.exitCode };
}

export async function killWorker({ process: child }: Worker): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

export type Launched = { companyId: number; campaignId: number; stepId: number; people: number };

/** A company with so many debtors, and its campaign to all of them, launched. */
export async function launchTo(db: Db, people: number): Promise<Launched> {
  const companyId = await companyWithDebtors(db, people);
  return { companyId, people, ...(await launch(db, companyId)) };
}

export async function statusOf(db: Db, { companyId, campaignId }: Launched): Promise<string | undefined> {
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<{ status: string }>(sql`select status from campaigns where id = ${campaignId}`),
  );
  return rows[0]?.status;
}

export const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Looks again and again. @returns false when it was not so within that time */
export async function until(is: () => boolean | Promise<boolean>, withinMs: number, everyMs = 20): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!(await is())) {
    if (performance.now() > deadline) return false;
    await pause(everyMs);
  }
  return true;
}

/** Waits for the end of the campaign, while the database may be away. @returns false when it did not come in time */
export const untilSent = (db: Db, launched: Launched, withinMs: number) =>
  until(async () => (await statusOf(db, launched).catch(() => '')) === 'sent', withinMs, 200);
