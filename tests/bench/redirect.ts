import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import { sql } from 'drizzle-orm';

import { withCompany, type Db } from '#db/client.ts';
import { ensureBuild } from '#start/build.ts';
import { makeCampaign } from '#tests/factories/campaigns.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { send } from '#tests/setup/http.ts';

import type { BenchFigure } from './figure.ts';
import { benchPlace, median, type BenchPlace } from './place.ts';
import { ALPHABET, STRIDE } from './redirect/codes.ts';
import type { Round, RoundResult } from './redirect/load.ts';

export const name = 'redirect';

const LINKS = 1_000_000;
/** Those that many people follow at the moment. */
const WARM = 10_000;
const CONNECTIONS = 32;
const ROUNDS = 5;
const ROUND_MS = 3_000;

/**
 * Redirects of the web process as production runs it, with clicks counted, against a bare `node:http` 302 in a process of its own;
 * the load comes from a third one. Targets (issue 4): cached 0.25 of bare or more, uncached 0.10 or more, 99 of 100 answers
 * within 50 ms, with 32 connections over a million links; and after SIGTERM as many clicks as there were redirects.
 */
export async function run(): Promise<BenchFigure[]> {
  const place = await benchPlace();
  try {
    return await measureAll(place, await makeLinks(place.db));
  } finally {
    await place.close();
  }
}

async function measureAll(place: Pick<BenchPlace, 'db' | 'url'>, companyId: number): Promise<BenchFigure[]> {
  ensureBuild(() => {});
  const started: ChildProcess[] = [];
  try {
    const port = await freePort();
    const server = spawn(process.execPath, ['--import', 'tsx', 'app/server.ts'], {
      env: {
        ...process.env,
        NODE_ENV: 'production',
        DATABASE_URL: place.url,
        PORT: String(port),
        APP_ORIGIN: `http://localhost:${port}`,
        PORTAL_DOMAIN: `portal.localhost:${port}`,
        LINK_DOMAIN: `go.localhost:${port}`,
        APP_SECRET: 's'.repeat(40),
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    started.push(server);
    const bare = spawn(process.execPath, ['--import', 'tsx', 'tests/bench/redirect/bare.ts'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(bare);
    const [line] = (await once(bare.stdout, 'data')) as [Buffer];
    const load = fork('tests/bench/redirect/load.ts', { execArgv: ['--import', 'tsx'] });
    started.push(load);
    await untilReady(port);
    const measure = loader(load, { host: `bench.go.localhost:${port}`, ms: ROUND_MS, connections: CONNECTIONS });
    const before = await clicksOf(place.db, companyId);
    const results = await compare(measure, port, Number(line.toString()));
    const ended = once(server, 'exit');
    const asked = performance.now();
    server.kill('SIGTERM');
    await ended;
    const stopping = (performance.now() - asked) / 1000;
    const counted = (await clicksOf(place.db, companyId)) - before;
    return figures(results, counted, stopping);
  } finally {
    for (const child of started) child.kill('SIGKILL');
  }
}

type Measure = (round: Pick<Round, 'port' | 'first' | 'count' | 'step'>) => Promise<RoundResult>;
type Results = { bare: RoundResult[]; cached: RoundResult[]; uncached: RoundResult[]; redirects: number };

async function compare(measure: Measure, port: number, barePort: number): Promise<Results> {
  const results: Results = { bare: [], cached: [], uncached: [], redirects: 0 };
  let next = WARM;
  for (let round = -1; round < ROUNDS; round++) {
    const bare = await measure({ port: barePort, first: 0, count: WARM, step: 1 });
    const cached = await measure({ port, first: 0, count: WARM, step: 1 });
    // Each once: a stride through the rest of the million.
    const uncached = await measure({ port, first: next, count: LINKS - next, step: 7 });
    next += uncached.asked * 7;
    for (const one of [cached, uncached]) if (one.wrong > 0) throw new Error(`${one.wrong} answers were no redirect`);
    results.redirects += cached.answers + uncached.answers;
    if (round < 0) continue; // warms compiler, memory and the database's caches
    results.bare.push(bare);
    results.cached.push(cached);
    results.uncached.push(uncached);
  }
  return results;
}

function figures({ bare, cached, uncached, redirects }: Results, counted: number, stopping: number): BenchFigure[] {
  const rate = (rounds: RoundResult[]) => median(rounds.map((round) => round.answers / round.seconds));
  const worst = (rounds: RoundResult[]) => Math.max(...rounds.map((round) => round.p99));
  const [plain, warm, cold] = [rate(bare), rate(cached), rate(uncached)];
  return [
    { bench: name, metric: 'bare node:http 302', value: plain, unit: '/s' },
    { bench: name, metric: 'cached, clicks counted', value: warm, unit: '/s', ratio: warm / plain },
    { bench: name, metric: 'uncached, clicks counted', value: cold, unit: '/s', ratio: cold / plain },
    { bench: name, metric: 'bare, 99 of 100, worst round', value: worst(bare), unit: 'ms' },
    { bench: name, metric: 'cached, 99 of 100, worst round', value: worst(cached), unit: 'ms' },
    { bench: name, metric: 'uncached, 99 of 100, worst round', value: worst(uncached), unit: 'ms' },
    { bench: name, metric: 'redirects', value: redirects, unit: '' },
    {
      bench: name,
      metric: 'clicks in the database after SIGTERM',
      value: counted,
      unit: '',
      ratio: counted / redirects,
    },
    { bench: name, metric: 'from SIGTERM to the end', value: stopping, unit: 's' },
  ];
}

function loader(load: ChildProcess, common: Pick<Round, 'host' | 'ms' | 'connections'>): Measure {
  return async (round) => {
    load.send({ ...common, ...round });
    const [result] = (await once(load, 'message')) as [RoundResult];
    return result;
  };
}

/** A sent campaign to a million people, each with a link to a stored address, as text campaigns have. */
async function makeLinks(db: Db): Promise<number> {
  const { companyId } = await makeCompany(db, { linkHost: 'bench' });
  await withCompany(db, companyId, async (tx) => {
    const { campaignId, stepId } = await makeCampaign(tx, { status: 'sent' });
    await tx.execute(sql`
      insert into messages (kind, campaign_id, step_id, address, state, sent_at)
      select 'campaign', ${campaignId}::bigint, ${stepId}::bigint, 'person' || n || '@mail.example', 'sent', now() - interval '1 hour'
        from generate_series(1, ${LINKS}::int) n order by n`);
    const digit = (place: number) => sql`substr(${ALPHABET}, (x / (31::bigint ^ ${place})::bigint % 31)::int + 1, 1)`;
    const code = sql.join(
      Array.from({ length: 10 }, (_, place) => digit(place)),
      sql` || `,
    );
    await tx.execute(sql`
      insert into links (code, message_id, key, kind, destination)
      select ${code}, m.id, 'l1', 'url', 'https://larkfield.example/tips?from=' || m.n
        from (select id, row_number() over (order by id) - 1 as n from messages) m,
             lateral (select (m.n * ${STRIDE}::bigint) as x) spread`);
  });
  return companyId;
}

/** Clicks of people; of programs there are none, as every request names a browser and an address of its own. */
async function clicksOf(db: Db, companyId: number): Promise<number> {
  const [row] = await withCompany(db, companyId, (tx) =>
    tx.execute<{ n: number }>(sql`select sum(clicks)::int as n from links`),
  );
  return row!.n;
}

async function untilReady(port: number): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const status = await send(`http://localhost:${port}/healthz`).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status > 0) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('The web process did not start');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
