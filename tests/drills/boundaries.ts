import type postgres from 'postgres';

import type { FakeSes } from '#tests/fakes/ses.ts';

import { lives, until, type Worker } from './crew.ts';

/** Where between gate and record a worker can die. Each is held open from outside, by a lock or by the provider's silence. */
export const boundaries = ['marking', 'calling', 'taken', 'recording', 'recorded'] as const;
export type Boundary = (typeof boundaries)[number];

/**
 * What each is, and what holds it:
 * - `marking`: before the gate's commit; one of the window's messages can't be marked.
 * - `calling`: in calls that the provider has not taken, with messages of the window marked and not called yet.
 * - `taken`: the provider has the message and has not answered.
 * - `recording`: answered, before the record's commit; the counters can't be written.
 * - `recorded`: after the record, before the next window; the breaker can't be read.
 */
const locks: Partial<Record<Boundary, { lock: string; waits: string }>> = {
  marking: {
    lock: `select id from messages where state = 'planned' and id % 25 = 0 for update`,
    waits: '%with picked as materialized%',
  },
  recording: {
    lock: 'select id from campaign_steps for update',
    waits: '%update campaign_steps s set planned = s.planned - n.moved%',
  },
  recorded: { lock: 'lock table provider_breakers in access exclusive mode', waits: '%provider_breakers%' },
};

/** So many calls are held before the worker is killed: all that a run has in the air, so that the rest of its window waits. */
const HELD_CALLS = 40;

/**
 * Brings one of the crew to a boundary and calls `kill` there.
 * @returns false when nobody came there in time; then nobody was killed
 */
export async function at(
  boundary: Boundary,
  place: { owner: postgres.Sql; ses: FakeSes; crew: readonly Worker[] },
  kill: (victim: Worker) => Promise<void>,
): Promise<boolean> {
  const held = locks[boundary];
  return held ? atLock(held, place, kill) : inCalls(boundary === 'taken', place, kill);
}

async function atLock(
  { lock, waits }: { lock: string; waits: string },
  { owner, crew }: { owner: postgres.Sql; crew: readonly Worker[] },
  kill: (victim: Worker) => Promise<void>,
): Promise<boolean> {
  const connection = await owner.reserve();
  try {
    await connection.unsafe('begin');
    await connection.unsafe(lock);
    let victim: Worker | undefined;
    await until(async () => {
      const rows = await owner<{ name: string }[]>`
        select application_name as name from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query ilike ${waits}`;
      victim = crew.find((one) => lives(one) && rows.some((row) => row.name.endsWith(` ${one.process.pid}`)));
      return victim !== undefined;
    }, 10_000);
    if (victim) await kill(victim);
    return victim !== undefined;
  } finally {
    await connection.unsafe('rollback');
    connection.release();
  }
}

async function inCalls(
  take: boolean,
  { ses, crew }: { ses: FakeSes; crew: readonly Worker[] },
  kill: (victim: Worker) => Promise<void>,
): Promise<boolean> {
  let victim: Worker | undefined;
  let calls = 0;
  const nothing = { status: 503, code: 'ServiceUnavailable', message: 'Held until the caller died.' };
  const before = ses.behave;
  let over: (() => void) | undefined;
  const ended = new Promise<void>((done) => (over = done));
  ses.behave = async (mail, request) => {
    victim ??= crew.find((one) => lives(one) && mail.path.startsWith(`${one.path}/`));
    if (!victim || !mail.path.startsWith(`${victim.path}/`)) return before(mail, request);
    calls++;
    if (take) return 'hang';
    await ended;
    return nothing;
  };
  const came = await until(() => calls > 0, 10_000);
  await until(() => calls >= HELD_CALLS, 1_500);
  if (came && victim) await kill(victim);
  ses.behave = before;
  over?.();
  return came;
}
