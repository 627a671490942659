import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { migrate } from '#db/migrate.ts';
import { DEMO } from '#db/demo.ts';
import { seedIfEmpty } from '#db/seed.ts';
import { ensureBuild } from '#start/build.ts';
import { startPostgres } from '#start/postgres.ts';

import type { BenchFigure } from './figure.ts';

export const name = 'page';

const ROUNDS = 21;
const REQUESTS_A_ROUND = 48;
/** As many at once as keep the server busy. */
const AT_ONCE = 8;

/**
 * The invoice list over HTTP, with session, permission, shell and all, against a minimal Remix route that runs the same
 * query and writes the same markup. Target: 0.8 of its pages a second or more. Both stand in one process of production;
 * rounds alternate, and the median counts.
 */
export async function run(): Promise<BenchFigure[]> {
  ensureBuild(() => {});
  const folder = await mkdtemp(join(tmpdir(), 'fieldpost-bench-'));
  await chmod(folder, 0o755);
  const postgres = await startPostgres(folder);
  try {
    await migrate(postgres.url);
    await seedIfEmpty(postgres.url);
    const server = spawn(process.execPath, ['--import', 'tsx', 'tests/bench/page/serve.ts'], {
      env: {
        ...process.env,
        NODE_ENV: 'production',
        DATABASE_URL: postgres.url,
        EMAIL: DEMO.email,
        PASSWORD: DEMO.password,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(server.stdout, 'data')) as [Buffer];
      const at = JSON.parse(line.toString()) as { ours: string; baseline: string; cookie: string };
      return await compare(at);
    } finally {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(at: { ours: string; baseline: string; cookie: string }): Promise<BenchFigure[]> {
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let round = -5; round < ROUNDS; round++) {
    const mine = await measure(at.ours, at.cookie);
    const theirs = await measure(at.baseline, at.cookie);
    if (round < 0) continue; // warms the compiler and the database's caches
    ours.push(mine);
    baseline.push(theirs);
  }
  const [mine, theirs] = [median(ours), median(baseline)];
  const bytes = (await get(at.ours, at.cookie)).length;
  const plain = (await get(at.baseline, at.cookie)).length;
  if (Math.abs(plain - bytes) > bytes / 5) throw new Error(`The baseline writes ${plain} bytes, the page ${bytes}`);
  return [
    { bench: name, metric: 'invoice list, pages a second', value: 1000 / mine, unit: '/s', ratio: theirs / mine },
    { bench: name, metric: 'minimal Remix route, pages a second', value: 1000 / theirs, unit: '/s' },
    { bench: name, metric: 'invoice list', value: mine, unit: 'ms' },
    { bench: name, metric: 'HTML', value: bytes / 1024, unit: 'KB' },
  ];
}

/** Milliseconds a page, with so many under way that the server never waits for us. */
async function measure(url: string, cookie: string): Promise<number> {
  let left = REQUESTS_A_ROUND;
  const start = performance.now();
  const visitor = async () => {
    while (left-- > 0) {
      const body = await get(url, cookie);
      if (!body.includes('aria-label="Invoices"')) throw new Error(`${url} did not answer with the list`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, visitor));
  return (performance.now() - start) / REQUESTS_A_ROUND;
}

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

function get(url: string, cookie: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const req = request(url, { agent, headers: { cookie } }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => resolve(Buffer.concat(chunks).toString()));
      res.on('error', reject);
    });
    req.on('error', reject);
    req.end();
  });
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
