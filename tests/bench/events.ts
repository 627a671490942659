import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';

import { sql } from 'drizzle-orm';

import { messageToken } from '#app/messaging/token.server.ts';
import { withCompany, type Db } from '#db/client.ts';
import { SECRET } from '#tests/fakes/sending.ts';
import { bounce, complaint, delay, delivery } from '#tests/fakes/ses-events.ts';
import { notification } from '#tests/fakes/sns.ts';

import type { BenchFigure } from './figure.ts';
import { companyWithDebtors, outgoing, shortEmail } from './outgoing.ts';
import { benchPlace, median } from './place.ts';

export const name = 'events';

const MESSAGES = 14_000;
const ROUNDS = 3;
/** As an account of that rate is told of what it sends. */
const STEADY = { perSecond: 500, events: 2_000 };
/** Posts under way at a time, each on a connection that is kept. */
const AT_ONCE = 50;

/**
 * Events of Amazon SES taken in by the web process over HTTP: signed as SNS signs them (version 2, 2048 bits), verified,
 * committed to a durable PostgreSQL, then answered. Target: 95 of 100 answers within 50 ms. The baseline reads, verifies
 * and answers, and stores nothing. Each round has fresh events; rounds alternate and the median counts. At the end they come
 * at a steady rate.
 */
export async function run(): Promise<BenchFigure[]> {
  const place = await benchPlace();
  try {
    const companyId = await companyWithDebtors(place.db, MESSAGES);
    const { stepId } = await outgoing(place, companyId, await shortEmail());
    const posts = await signedPosts(place.db, companyId, stepId);
    const server = spawn(process.execPath, ['--import', 'tsx', 'tests/bench/events/serve.ts'], {
      env: { ...process.env, NODE_ENV: 'production', DATABASE_URL: place.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(server.stdout, 'data')) as [Buffer];
      const at = JSON.parse(line.toString()) as { ours: string; baseline: string };
      const figures = await compare(at, posts);
      await expectStored(place.db, companyId, stepId, posts.length);
      return figures;
    } finally {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
  } finally {
    await place.close();
  }
}

async function compare(at: { ours: string; baseline: string }, posts: readonly string[]): Promise<BenchFigure[]> {
  const full = posts.slice(0, -STEADY.events);
  const size = Math.floor(full.length / (ROUNDS + 1));
  const ours: Round[] = [];
  const bare: Round[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const fresh = full.slice(round * size, round === ROUNDS ? undefined : (round + 1) * size);
    const mine = await measure(at.ours, fresh);
    const theirs = await measure(at.baseline, fresh);
    if (round === 0) continue; // warms the compiler and the database's caches
    ours.push(mine);
    bare.push(theirs);
  }
  const [mine, theirs] = [median(ours.map((one) => one.rate)), median(bare.map((one) => one.rate))];
  const waits = ours.flatMap((one) => one.waits);
  const steady = await measureSteady(at.ours, posts.slice(-STEADY.events));
  const pace = `answered at ${STEADY.perSecond}/s`;
  return [
    { bench: name, metric: 'events taken in', value: mine, unit: '/s', ratio: mine / theirs },
    { bench: name, metric: 'only read, verified, answered', value: theirs, unit: '/s' },
    { bench: name, metric: `answered, ${AT_ONCE} at a time, median`, value: quantile(waits, 0.5), unit: 'ms' },
    { bench: name, metric: `answered, ${AT_ONCE} at a time, 95 of 100`, value: quantile(waits, 0.95), unit: 'ms' },
    { bench: name, metric: `answered, ${AT_ONCE} at a time, 99 of 100`, value: quantile(waits, 0.99), unit: 'ms' },
    { bench: name, metric: `${pace}, median`, value: quantile(steady, 0.5), unit: 'ms' },
    { bench: name, metric: `${pace}, 95 of 100`, value: quantile(steady, 0.95), unit: 'ms' },
  ];
}

type Round = { rate: number; waits: number[] };

async function measure(origin: string, posts: readonly string[]): Promise<Round> {
  const waits: number[] = [];
  let next = 0;
  const begun = performance.now();
  const lane = async () => {
    while (next < posts.length) {
      const body = posts[next++]!;
      const sent = performance.now();
      const status = await post(origin, body);
      if (status !== 200) throw new Error(`${origin} answered ${status}`);
      waits.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { rate: posts.length / ((performance.now() - begun) / 1000), waits };
}

/** Posts that are begun evenly, whether or not the earlier ones are answered. @returns how long each took */
async function measureSteady(origin: string, posts: readonly string[]): Promise<number[]> {
  const begun = performance.now();
  const taken = posts.map(async (body, index) => {
    const due = begun + (index * 1000) / STEADY.perSecond;
    await new Promise((done) => setTimeout(done, due - performance.now()));
    const status = await post(origin, body);
    if (status !== 200) throw new Error(`${origin} answered ${status}`);
    // From when it was due: a server that falls behind must not look fast.
    return performance.now() - due;
  });
  return Promise.all(taken);
}

const quantile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

function post(origin: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'text/plain; charset=UTF-8', 'content-length': Buffer.byteLength(body) };
    const req = request(`${origin}/webhooks/ses`, { agent, method: 'POST', headers }, (res) => {
      res.resume();
      res.on('end', () => resolve(res.statusCode ?? 0));
      res.on('error', reject);
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** One event a message in the order in which they went out, most of them deliveries. */
async function signedPosts(db: Db, companyId: number, stepId: number): Promise<string[]> {
  const rows = await withCompany(db, companyId, async (tx) => {
    await tx.execute(sql`update messages set state = 'sent', sent_at = now(), attempted_at = now()`);
    await tx.execute(sql`update campaign_steps set sent = planned, planned = 0 where id = ${stepId}`);
    return tx.execute<{ id: number }>(sql`select id from messages order by id`);
  });
  return rows.map(({ id }, index) => {
    const about = { token: messageToken(SECRET, companyId, id), providerId: `0100-${id}` };
    const make = [bounce, delay, complaint][index % 40];
    return JSON.stringify(notification((make ?? delivery)(about), { SignatureVersion: '2' }));
  });
}

/** What was answered with 200 is there. */
async function expectStored(db: Db, companyId: number, stepId: number, expected: number): Promise<void> {
  const [row] = await withCompany(db, companyId, (tx) =>
    tx.execute<{ events: number; counted: number }>(sql`
      select (select count(*)::int from message_events) as events,
             (select delivered + bounced from campaign_steps where id = ${stepId}) as counted`),
  );
  if (row?.events !== expected) throw new Error(`${expected} events were answered, ${row?.events} are stored`);
}
