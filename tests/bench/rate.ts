import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect as connectSocket, createServer, type AddressInfo, type Server } from 'node:net';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'drizzle-orm';

import { sendRange, type Sending } from '#app/campaigns/send.server.ts';
import type { EmailProvider, Outcome } from '#app/messaging/provider.ts';
import { connect, withCompany, type Db } from '#db/client.ts';
import { migrate } from '#db/migrate.ts';
import { startPostgres } from '#start/postgres.ts';
import { launchAndExpand, sendingCompany, sendingWith } from '#tests/fakes/sending.ts';
import { makeDebtors } from '#tests/factories/debtors.ts';

import type { BenchFigure } from './figure.ts';

export const name = 'rate';

const CAPS = [14, 200, 500];
const WORKERS = 3;
/** Jobs at a time of one worker, as in production. */
const RUNS = 3;
const SECONDS = 20;
/** Processes that have just started are slow: what they do in the first seconds is not measured. */
const WARM_UP_MS = 3_000;
/** A range for each run, and some more. */
const RANGES = 40;

/**
 * Worker processes that share a cap through PostgreSQL, each with three ranges at a time: gate, links, events and outcomes as
 * always, only that the provider is a socket to this process, which writes down when each message arrives. The highest count of any
 * second, wherever it begins, is at most the cap (ratio 1); the average is 0.95 of it or more.
 */
export async function run(): Promise<BenchFigure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldpost-bench-'));
  await chmod(folder, 0o755);
  const server = await startPostgres(folder);
  const { db, close } = connect(server.url);
  try {
    await migrate(server.url);
    prefer(-10);
    const figures: BenchFigure[] = [];
    for (const cap of CAPS) {
      const arrivals = await measure(db, server.url, cap);
      const highest = highestSecond(arrivals);
      const average = (arrivals.length - 1) / ((arrivals.at(-1)! - arrivals[0]!) / 1000);
      figures.push(
        { bench: name, metric: `cap ${cap}: highest second`, value: highest, unit: '/s', ratio: highest / cap },
        { bench: name, metric: `cap ${cap}: average`, value: average, unit: '/s', ratio: average / cap },
      );
    }
    return figures;
  } finally {
    await close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A provider is another machine, which does not wait for ours to be free when it looks at its clock: this process comes before the
 * workers, where the system lets it.
 */
function prefer(priority: number): void {
  try {
    setPriority(priority);
  } catch {
    // only root may
  }
}

/** When each message of some twenty seconds arrived, in milliseconds. */
async function measure(db: Db, url: string, cap: number): Promise<number[]> {
  const companyId = await sendingCompany(db);
  await fill(db, companyId, cap * (SECONDS + 12));
  await launchAndExpand(db, companyId);
  await split(db, companyId);
  const arrivals: number[] = [];
  const stub = await startStub(arrivals);
  const { port } = stub.address() as AddressInfo;
  const crew = Array.from({ length: WORKERS }, () => startBenchWorker({ url, companyId, cap, port }));
  try {
    const until = WARM_UP_MS + SECONDS * 1000;
    while (arrivals.length === 0 || performance.now() - arrivals[0]! < until) await pause(50);
    return arrivals.filter((at) => at >= arrivals[0]! + WARM_UP_MS && at < arrivals[0]! + until);
  } finally {
    await Promise.all(crew.map(end));
    stub.close();
  }
}

/** The most arrivals within one second that begins with any of them. */
function highestSecond(arrivals: readonly number[]): number {
  let from = 0;
  let most = 0;
  for (const [index, at] of arrivals.entries()) {
    while (at - arrivals[from]! >= 1000) from++;
    most = Math.max(most, index - from + 1);
  }
  return most;
}

/** Takes a byte a message, and answers each with one. */
async function startStub(arrivals: number[]): Promise<Server> {
  const stub = createServer({ noDelay: true }, (socket) => {
    socket.on('data', (bytes) => {
      const at = performance.now();
      for (let n = 0; n < bytes.length; n++) arrivals.push(at);
      socket.write(bytes);
    });
    socket.on('error', () => {}); // a worker that was ended
  });
  stub.listen(0, '127.0.0.1');
  await once(stub, 'listening');
  return stub;
}

async function fill(db: Db, companyId: number, people: number): Promise<void> {
  await withCompany(db, companyId, (tx) => makeDebtors(tx, people));
}

/** Ranges are for hours of sending: smaller ones keep every run busy for the seconds that are measured. */
async function split(db: Db, companyId: number): Promise<void> {
  await withCompany(db, companyId, async (tx) => {
    const old = await tx.execute<{ id: number }>(sql`select id from message_ranges`);
    await tx.execute(sql`
      insert into message_ranges (campaign_id, step_id, from_id, to_id, cursor_id)
      select campaign_id, step_id, min(id), max(id), min(id)
        from (select campaign_id, step_id, id, ntile(${RANGES}) over (order by id) as slice from messages) m
       group by campaign_id, step_id, slice`);
    await tx.execute(sql`delete from message_ranges where id <= ${Math.max(...old.map((row) => row.id))}`);
  });
}

type Work = { url: string; companyId: number; cap: number; port: number };

function startBenchWorker(work: Work): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', import.meta.filename, JSON.stringify(work)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** What a worker process does: takes ranges, three at a time, until it is ended. */
async function work({ url, companyId, cap, port }: Work): Promise<void> {
  prefer(0);
  const { db } = connect(url, { max: 4 });
  const sending = sendingWith(db, await socketProvider(cap, port));
  const ranges = await withCompany(db, companyId, (tx) =>
    tx.execute<{ id: number }>(sql`select id from message_ranges where status = 'open' order by id`),
  );
  const open = ranges.map(({ id }) => id);
  await Promise.all(Array.from({ length: RUNS }, () => take(sending, companyId, open)));
}

async function take(sending: Sending, companyId: number, open: number[]): Promise<void> {
  for (let rangeId = open.shift(); rangeId !== undefined; rangeId = open.shift()) {
    const ended = await sendRange(sending, { companyId, rangeId });
    if (ended === 'held') await pause(20);
    if (ended === 'held' || ended === 'retry') open.push(rangeId);
  }
}

/** Hands each message over as a byte, and counts it as sent once the byte comes back. */
async function socketProvider(cap: number, port: number): Promise<EmailProvider> {
  const socket = connectSocket({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const waiting: ((outcome: Outcome) => void)[] = [];
  socket.on('data', (bytes) => {
    for (let n = 0; n < bytes.length; n++) waiting.shift()?.({ kind: 'sent', providerId: 'stub' });
  });
  return {
    name: 'ses',
    account: `bench-${cap}`,
    rate: () => Promise.resolve(cap),
    send: () =>
      new Promise((done) => {
        waiting.push(done);
        socket.write('m');
      }),
  };
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

if (import.meta.filename === process.argv[1]) await work(JSON.parse(process.argv[2]!) as Work);
