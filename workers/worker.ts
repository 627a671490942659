import { EventEmitter, setMaxListeners } from 'node:events';
import { hostname } from 'node:os';

import { Logger as QueueLogger, makeWorkerUtils, parseCronItems, run, type WorkerEvents } from 'graphile-worker';
import { nanoid } from 'nanoid';
import type { Logger } from 'pino';

import type { Addresses } from '#app/messaging/addresses.ts';
import { emailProviders, type ProviderOptions } from '#app/messaging/providers/choose.server.ts';
import { connect } from '#db/client.ts';
import { withoutAddresses } from '#db/failure.ts';
import { beat, forgetWorker, silentWorkers } from '#db/workers.ts';

import { crontab } from './crontab.ts';
import { taskList } from './tasks.ts';

export type WorkerOptions = ProviderOptions & {
  databaseUrl: string;
  addresses: Addresses;
  log: Logger;
  /** Jobs at a time. */
  concurrency?: number;
  /** A worker that is not heard of for so long is dead, and its jobs are anybody's. */
  deadAfterSeconds?: number;
  leaseSeconds?: number;
  windowSize?: number;
};

export type RunningWorker = {
  /** Ends after the windows in flight. */
  stop: () => Promise<void>;
  /** Settles when the worker ended, rejected when it could not go on. */
  ended: Promise<void>;
};

const BEAT_MS = 2_000;
/** How long a stop waits for the provider's answers: what remains of ten seconds is for writing down what is known. */
const ANSWERS_WITHIN_MS = 6_000;

/** Starts taking jobs. Beats into the database as long as it lives, and frees the jobs of workers that no longer do. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { log } = options;
  const name = `${hostname()}-${process.pid}-${nanoid(6)}`;
  const deadAfter = options.deadAfterSeconds ?? 20;
  // The process's number tells operators, in pg_stat_activity, who waits for what.
  const { db, close } = connect(options.databaseUrl, { max: 4, name: `fieldpost-worker ${process.pid}` });
  const queue = await makeWorkerUtils({ connectionString: options.databaseUrl, logger: queueLogger(log) });
  const giveUp = new AbortController();
  setMaxListeners(0, giveUp.signal); // each call in the air listens
  let stopping = false;
  let poolId = '';

  const freeDeadWorkers = async () => {
    const dead = await silentWorkers(db, deadAfter);
    if (dead.length === 0) return;
    await queue.forceUnlockWorkers(dead.map((one) => one.poolId).filter(Boolean));
    for (const one of dead) await forgetWorker(db, one.name);
    log.warn({ workers: dead.length }, 'freed the jobs of workers that ended without a word');
  };
  await freeDeadWorkers();
  await beat(db, name, poolId);

  const events: WorkerEvents = new EventEmitter();
  events.on('pool:create', ({ workerPool }) => (poolId = workerPool.id));
  const runner = await run({
    connectionString: options.databaseUrl,
    concurrency: options.concurrency ?? 3,
    noHandleSignals: true,
    pollInterval: 1_000,
    events,
    logger: queueLogger(log),
    parsedCronItems: parseCronItems(crontab),
    taskList: taskList({
      db,
      log,
      secret: options.secret,
      addresses: options.addresses,
      provider: emailProviders(db, options),
      stopping: () => stopping,
      giveUp: giveUp.signal,
      ...(options.leaseSeconds ? { leaseSeconds: options.leaseSeconds } : {}),
      ...(options.windowSize ? { windowSize: options.windowSize } : {}),
    }),
  });
  await beat(db, name, poolId);
  let lookedAt = performance.now();
  let beating: Promise<void> | null = null;
  const heart = setInterval(() => {
    if (beating) return;
    const work = async () => {
      await beat(db, name, poolId);
      if (performance.now() - lookedAt < (deadAfter * 1000) / 3) return;
      lookedAt = performance.now();
      await freeDeadWorkers();
    };
    beating = work()
      .catch((error: unknown) => log.warn({ reason: withoutAddresses(String(error)) }, 'could not beat'))
      .finally(() => (beating = null));
  }, BEAT_MS);

  const release = async () => {
    clearInterval(heart);
    await beating; // a beat that lands later would bring the name back
    await forgetWorker(db, name).catch(() => {});
    await queue.release();
    await close();
  };
  return {
    ended: runner.promise,
    stop: async () => {
      stopping = true;
      const patience = setTimeout(() => giveUp.abort(), ANSWERS_WITHIN_MS);
      await runner.stop().catch(() => {}); // it may have stopped by itself
      clearTimeout(patience);
      await release();
    },
  };
}

/** The queue's own talk, in our log: failures as they are, the rest for those who debug. */
function queueLogger(log: Logger): QueueLogger {
  return new QueueLogger(() => (level, message) => {
    const kind: string = level; // an enum that only its own library can name
    const text = withoutAddresses(message);
    if (kind === 'error') log.error(text);
    else if (kind === 'warning') log.warn(text);
    else log.debug(text);
  });
}
