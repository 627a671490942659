import { EventEmitter, setMaxListeners } from 'node:events';
import { hostname } from 'node:os';

import { Logger as QueueLogger, makeWorkerUtils, parseCronItems, run, type WorkerEvents } from 'graphile-worker';
import { nanoid } from 'nanoid';
import type { Logger } from 'pino';

import { sweepRanges } from '#app/campaigns/send-lease.server.ts';
import { LEASE_SECONDS } from '#app/campaigns/send.server.ts';
import { processorChooser, type ProcessorOptions } from '#app/invoicing/payments/choose-processor.server.ts';
import type { Addresses } from '#app/messaging/addresses.ts';
import { mailProviders, type MailOptions } from '#app/messaging/providers/choose-mail.server.ts';
import { textProviders, type TextOptions } from '#app/messaging/providers/choose-text.server.ts';
import { emailProviders, type ProviderOptions } from '#app/messaging/providers/choose.server.ts';
import { tellPayer } from '#app/portal/receipts.server.ts';
import { connect } from '#db/client.ts';
import { withoutAddresses } from '#db/failure.ts';
import { beat, forgetWorker, silentWorkers } from '#db/workers.ts';

import { crontab } from './crontab.ts';
import { taskList } from './tasks.ts';

export type WorkerOptions = ProviderOptions &
  Pick<TextOptions, 'twilio' | 'twilioApiBase'> &
  Pick<MailOptions, 'lob' | 'lobApiBase'> &
  Partial<Pick<ProcessorOptions, 'stripeApiBase' | 'sandboxAchSeconds'>> & {
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
/** A queue that is lost so often in a row, never for so long without a loss, is given up: somebody must look. */
const FALLS = 20;
const STEADY_MS = 60_000;
/** How long a stop waits for the provider's answers: what remains of ten seconds is for writing down what is known. */
const ANSWERS_WITHIN_MS = 6_000;

/** Starts taking jobs. Beats into the database as long as it lives, and frees the jobs of workers that no longer do. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { log } = options;
  const name = `${hostname()}-${process.pid}-${nanoid(6)}`;
  const deadAfter = options.deadAfterSeconds ?? 20;
  // The process's number tells operators, in pg_stat_activity, who waits for what.
  // Plans hang on values here (db/plans.ts): a range of a small company, or of one whose statistics lag.
  const { db, close } = connect(options.databaseUrl, {
    max: 4,
    name: `fieldpost-worker ${process.pid}`,
    prepare: 'parsed',
  });
  const queue = await makeWorkerUtils({
    connectionString: options.databaseUrl,
    maxPoolSize: 1,
    logger: queueLogger(log),
  });
  const giveUp = new AbortController();
  setMaxListeners(0, giveUp.signal); // each call in the air listens
  let poolId = '';
  let stopping = false;
  const stopped = () => stopping;

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
  const concurrency = options.concurrency ?? 3;
  const takeJobs = () =>
    run({
      connectionString: options.databaseUrl,
      concurrency,
      maxPoolSize: concurrency + 2, // a job each, one that listens and one for what is due
      noHandleSignals: true,
      pollInterval: 1_000,
      events,
      logger: queueLogger(log),
      // In this way a job whose end can't be told, as when the database is away, ends the pool and not the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      parsedCronItems: parseCronItems(crontab),
      taskList: taskList({
        db,
        log,
        secret: options.secret,
        addresses: options.addresses,
        provider: emailProviders(db, options),
        textProvider: textProviders(db, options),
        mailProvider: mailProviders(db, options),
        paying: {
          db,
          processorOf: processorChooser(db, { ...options, stripeApiBase: options.stripeApiBase ?? null }),
          tell: tellPayer(options.addresses, options.secret),
          onTrouble: (trouble) => log.warn(trouble, 'the payment processor gave no answer'),
        },
        stopping: stopped,
        giveUp: giveUp.signal,
        ...(options.leaseSeconds ? { leaseSeconds: options.leaseSeconds } : {}),
        ...(options.windowSize ? { windowSize: options.windowSize } : {}),
      }),
    });
  let runner = await takeJobs();
  /** The database may restart: runs in flight wait for it by themselves, and the queue is taken up again. */
  const ended = (async () => {
    for (let falls = 0; ;) {
      const begun = performance.now();
      const lost = poolId;
      try {
        return await runner.promise;
      } catch (error) {
        falls = performance.now() - begun > STEADY_MS ? 1 : falls + 1;
        if (stopped() || falls > FALLS) throw error;
        log.warn({ reason: withoutAddresses(String(error)) }, 'lost the queue; taking it up again');
      }
      for (let tries = 1; !stopped(); tries++) {
        await new Promise((done) => setTimeout(done, Math.min(500 * tries, 5_000)));
        try {
          await queue.forceUnlockWorkers([lost]); // ranges have leases of their own: a run that goes on keeps its own
          runner = await takeJobs();
          await beat(db, name, poolId).catch(() => {}); // the next one says so
          break;
        } catch (error) {
          if (tries >= FALLS) throw error;
        }
      }
      if (stopped()) return;
    }
  })();
  ended.catch(() => {}); // whoever waits for it hears of it
  await beat(db, name, poolId);
  let lookedAt = performance.now();
  let away = false;
  /** A job whose end could not be told while the database was away stays locked by us, who live: its range is asked for again. */
  const sweepSoon = () => {
    const afterLease = ((options.leaseSeconds ?? LEASE_SECONDS) + 1) * 1000;
    setTimeout(() => void (stopped() || sweepRanges(db).catch(() => {})), afterLease).unref();
  };
  let beating: Promise<void> | null = null;
  const heart = setInterval(() => {
    if (beating) return;
    const work = async () => {
      await beat(db, name, poolId);
      if (away) sweepSoon();
      away = false;
      if (performance.now() - lookedAt < (deadAfter * 1000) / 3) return;
      lookedAt = performance.now();
      await freeDeadWorkers();
    };
    beating = work()
      .catch((error: unknown) => {
        away = true;
        log.warn({ reason: withoutAddresses(String(error)) }, 'could not beat');
      })
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
    ended,
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
