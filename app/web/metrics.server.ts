import { createHash, timingSafeEqual } from 'node:crypto';

import { sql } from 'drizzle-orm';
import type { Request, RequestHandler, Response } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { Addresses } from '#app/messaging/addresses.ts';
import { listRates } from '#app/messaging/rate.server.ts';
import type { Db } from '#db/client.ts';

import { areaOf as areaOfHost } from './hosts.ts';
import { areaOf } from './log.server.ts';

export type MetricsOptions = {
  db: Db;
  addresses: Addresses;
  /** Whoever asks must bring it; with none, only this machine may ask. */
  token?: string | null | undefined;
};

/**
 * What Prometheus asks for: the process's own numbers, how long requests take, and, read from the database at that moment, the queue,
 * the messages and the providers. Nothing in it is about a person, and no company is named.
 * @returns `observe` times every request that reaches Express; `observeLink` takes those of short links, in seconds; `route` answers
 *   `GET /metrics`
 */
export function metrics(options: MetricsOptions): {
  observe: RequestHandler;
  observeLink: (method: string, status: number, seconds: number) => void;
  route: RequestHandler;
} {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'fieldpost_http_request_duration_seconds',
    help: 'How long requests took, by part of the house (office, portal, link, webhook).',
    labelNames: ['area', 'method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  const read = databaseMetrics(registry, options.db);
  return {
    observe: (req, res, next) => {
      const end = requests.startTimer();
      const webhook = req.path.startsWith('/webhooks/');
      res.once('close', () => {
        end({ area: webhook ? 'webhook' : areaOf(res), method: methodOf(req), status: String(res.statusCode) });
      });
      next();
    },
    observeLink: (method, status, seconds) =>
      requests.observe({ area: 'link', method, status: String(status) }, seconds),
    route: (req, res, next) => {
      const area = areaOfHost(req.headers.host ?? '', options.addresses)?.area;
      if (area === 'portal' || area === 'link') return next();
      if (!mayAsk(req, res, options.token ?? null)) return;
      void read()
        .then(() => registry.metrics())
        .then((text) => res.set({ 'content-type': registry.contentType, 'cache-control': 'no-store' }).send(text))
        .catch(next);
    },
  };
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']);
/** Callers choose the method's name: no word of theirs becomes a label. */
const methodOf = (req: Request) => (METHODS.has(req.method) ? req.method : 'other');

function mayAsk(req: Request, res: Response, token: string | null): boolean {
  if (token === null) {
    if (isThisMachine(req)) return true;
    res.status(403).type('text').send('Set METRICS_TOKEN to ask from elsewhere.\n');
    return false;
  }
  const brought = /^Bearer (.+)$/i.exec(req.get('authorization') ?? '')?.[1] ?? '';
  if (timingSafeEqual(digest(brought), digest(token))) return true;
  res.status(401).set('www-authenticate', 'Bearer').type('text').send('Bring METRICS_TOKEN as a bearer token.\n');
  return false;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Directly, not through a proxy on this machine that stands in for somebody elsewhere. */
function isThisMachine(req: Request): boolean {
  const address = req.socket.remoteAddress ?? '';
  const proxied = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'].some((name) => req.headers[name] !== undefined);
  return !proxied && (address === '::1' || /^(::ffff:)?127\./.test(address));
}

type Queue = {
  task: string;
  due: number;
  later: number;
  running: number;
  failing: number;
  givenUp: number;
  age: number;
};
type Totals = Record<(typeof outcomes)[number] | 'waiting' | 'unknown', number>;
type Breaker = { account: string; open: boolean };
type Worker = { name: string; memory: number };

const outcomes = ['sent', 'skipped', 'failed', 'delivered', 'bounced', 'complained'] as const;

/** @returns reads the numbers that all processes share; while the database is away, only that is said */
function databaseMetrics(registry: Registry, db: Db): () => Promise<void> {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `fieldpost_${name}`, help, labelNames, registers: [registry] });
  const up = gauge('database_up', '1 while the database answers.');
  const jobs = gauge('queue_jobs', 'Jobs by task and state: due, later, running, failing (tried again), given_up.', [
    'task',
    'state',
  ]);
  const oldest = gauge('queue_oldest_due_seconds', 'How long the oldest due job of a task has waited.', ['task']);
  const messages = new Counter({
    name: 'fieldpost_messages_total',
    help: 'Campaign messages by what became of them.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const waiting = gauge('messages_waiting', 'Messages of running campaigns that are not sent yet.');
  const unknown = gauge('messages_unknown', 'Messages of which nobody knows whether they went out.');
  const allowed = gauge('provider_allowed_per_second', 'What a provider account allows.', ['account']);
  const share = gauge('provider_share', 'The part of it that is used: below 1 after throttling.', ['account']);
  const breaker = gauge('provider_breaker_open', '1 while nothing is handed over, as the provider fails.', ['account']);
  const alive = gauge('workers', 'Worker processes that were heard of lately.');
  const memory = gauge('worker_resident_memory_bytes', 'Resident memory of a worker process.', ['worker']);
  const clear = () => [jobs, oldest, messages, allowed, share, breaker, memory].forEach((one) => one.reset());
  return async () => {
    try {
      const [queue, [totals], rates, breakers, workers] = await Promise.all([
        db.execute<Queue>(sql`
          select task, due, later, running, failing, given_up as "givenUp",
                 coalesce(extract(epoch from now() - oldest_due), 0)::float8 as age from queue_state(null)`),
        db.execute<Totals>(sql`select * from message_totals()`),
        listRates(db),
        db.execute<Breaker>(sql`select account, state <> 'closed' as open from provider_breakers`),
        db.execute<Worker>(sql`
          select name, memory_bytes as memory from workers where beat_at > now() - interval '15 seconds'`),
      ]);
      // Not before the numbers are there: whoever asks meanwhile would add theirs to the same counters.
      clear();
      for (const { task, age, ...states } of queue) {
        for (const state of ['due', 'later', 'running', 'failing'] as const) jobs.set({ task, state }, states[state]);
        jobs.set({ task, state: 'given_up' }, states.givenUp);
        oldest.set({ task }, age);
      }
      for (const outcome of outcomes) messages.inc({ outcome }, totals?.[outcome] ?? 0);
      waiting.set(totals?.waiting ?? 0);
      unknown.set(totals?.unknown ?? 0);
      for (const one of rates) {
        if (one.allowed !== null) allowed.set({ account: one.account }, one.allowed);
        share.set({ account: one.account }, one.share);
      }
      for (const one of breakers) breaker.set({ account: one.account }, one.open ? 1 : 0);
      alive.set(workers.length);
      for (const one of workers) memory.set({ worker: one.name }, one.memory);
      up.set(1);
    } catch {
      clear();
      up.set(0);
    }
  };
}
