import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';

import { ensureBuild } from '#start/build.ts';

import type { BenchFigure } from './figure.ts';
import { opening, type Opening } from './pay/opening.ts';
import { benchPlace } from './place.ts';

export const name = 'pay';

/** As many payers as the issue asks for. */
const AT_ONCE = 20;
const ROUNDS = 7;
const PAGES_A_ROUND = 120;
const POSTS_A_ROUND = 60;
/** Rounds that warm the compiler and the database's caches. */
const WARM = 2;

type Served = { page: string; baseline: string; pays: string[] };

/**
 * The payment page and the post of its form (sandbox processor: a payment is written, and the processor's page opened) with 20 at once,
 * against a minimal Remix route that runs the page's queries and writes its markup, with 20 at once. All stand in one process of
 * production; rounds alternate. Then how soon a slow phone shows the page: see pay/opening.ts.
 */
export async function run(): Promise<BenchFigure[]> {
  ensureBuild(() => {});
  const place = await benchPlace();
  try {
    const server = spawn(process.execPath, ['--import', 'tsx', 'tests/bench/pay/serve.ts'], {
      env: {
        ...process.env,
        NODE_ENV: 'production',
        DATABASE_URL: place.url,
        INVOICES: String((ROUNDS + WARM) * POSTS_A_ROUND),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      // A long line comes in parts.
      const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
      const at = JSON.parse(line) as Served;
      return [...(await compare(at)), ...phone(await opening(at.page))];
    } finally {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
  } finally {
    await place.close();
  }
}

async function compare(at: Served): Promise<BenchFigure[]> {
  const times: Record<'page' | 'post' | 'minimal', number[]> = { page: [], post: [], minimal: [] };
  let bytes = 0;
  for (let round = -WARM; round < ROUNDS; round++) {
    const page = await together(PAGES_A_ROUND, async () => {
      const { body } = await ask(at.page);
      if (!body.includes('Outstanding balance')) throw new Error('The page did not say what is owed');
      bytes = Buffer.byteLength(body);
    });
    const minimal = await together(PAGES_A_ROUND, async () => {
      const { body } = await ask(at.baseline);
      const off = Math.abs(Buffer.byteLength(body) - bytes);
      if (off > bytes / 5) throw new Error(`The baseline writes ${off} bytes more or less than the page`);
    });
    const post = await together(POSTS_A_ROUND, (n) => pay(at.pays.pop()!, n));
    if (round < 0) continue;
    times.page.push(...page);
    times.minimal.push(...minimal);
    times.post.push(...post);
  }
  const base = ninetyFifth(times.minimal);
  const figure = (metric: string, value: number): BenchFigure => ({
    bench: name,
    metric,
    value,
    unit: 'ms',
    ratio: base / value,
  });
  return [
    figure('payment page, 95 of 100 within', ninetyFifth(times.page)),
    figure('payment post, 95 of 100 within', ninetyFifth(times.post)),
    { bench: name, metric: 'minimal Remix route, 95 of 100 within', value: base, unit: 'ms' },
    { bench: name, metric: 'HTML', value: bytes / 1024, unit: 'KB' },
  ];
}

const phone = ({ shownMs, bytes, requests }: Opening): BenchFigure[] => [
  { bench: name, metric: 'content on a slow phone (4x CPU, slow 4G), within', value: shownMs, unit: 'ms' },
  { bench: name, metric: 'page in all, as sent', value: bytes / 1024, unit: 'KB' },
  { bench: name, metric: 'requests of the page', value: requests, unit: '' },
];

/** One payer in a household of their own posts what the page's form would. */
async function pay(url: string, n: number): Promise<void> {
  const key = `bench-${url.slice(-22)}`;
  const form = new URLSearchParams({ key, owed: '10000', method: 'card', receipt: 'none' }).toString();
  const visitor = `198.51.${100 + (n % 100)}.${1 + Math.floor(Math.random() * 250)}`;
  const { status, location } = await ask(url, form, visitor);
  if (status !== 303 || !location.includes('/sandbox/')) throw new Error(`A payment answered ${status} ${location}`);
}

/** Milliseconds of each of so many, 20 at a time. */
async function together(count: number, one: (n: number) => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  let left = count;
  const payer = async () => {
    while (left > 0) {
      const n = left--;
      const start = performance.now();
      await one(n);
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, payer));
  return times;
}

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

function ask(
  url: string,
  form?: string,
  visitor?: string,
): Promise<{ status: number; location: string; body: string }> {
  const at = new URL(url);
  const headers = {
    host: at.host,
    ...(visitor && { 'x-forwarded-for': visitor }),
    ...(form && {
      origin: at.origin,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': form.length,
    }),
  };
  const to = { agent, host: '127.0.0.1', port: at.port, path: at.pathname, method: form ? 'POST' : 'GET', headers };
  return new Promise((resolve, reject) => {
    const req = request(to, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () =>
        resolve({
          status: res.statusCode ?? 0,
          location: res.headers.location ?? '',
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    req.on('error', reject);
    req.end(form);
  });
}

const ninetyFifth = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)]!;
