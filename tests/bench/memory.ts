import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';

import { sql } from 'drizzle-orm';

import { addOpenRanges } from '#app/campaigns/send-lease.server.ts';
import { withCompany } from '#db/client.ts';
import { workerFlags } from '#workers/flags.ts';
import { SECRET } from '#tests/fakes/sending.ts';

import type { BenchFigure } from './figure.ts';
import { companyWithDebtors, outgoing, shortEmail, type Outgoing } from './outgoing.ts';
import { benchPlace, type BenchPlace } from './place.ts';

export const name = 'memory';

const SMALL = 50_000;
const LARGE = 800_000;
/** A worker may be waited for so long: beyond it the bench says that it was too slow. */
const PATIENCE_MS = 15 * 60_000;

/**
 * A worker process sends to 50,000 and then another one to 800,000 recipients (`--size=200000` for fewer): jobs, gate, links
 * and records as always, through a provider that takes everything at once. Targets: at most 256 MB at its highest (VmHWM),
 * 1.5 of the small campaign's peak or less, 0.8 of its rate or more. Campaigns are made by plain inserts.
 */
export async function run(): Promise<BenchFigure[]> {
  const large = sizeWanted();
  const place = await benchPlace();
  try {
    const companyId = await companyWithDebtors(place.db, large);
    const small = await measure(place, companyId, SMALL);
    const big = await measure(place, companyId, large);
    const metric = (people: number, what: string) => `${people.toLocaleString('en-US')} recipients: ${what}`;
    return [
      { bench: name, metric: metric(SMALL, 'highest memory'), value: small.mb, unit: 'MB' },
      { bench: name, metric: metric(large, 'highest memory'), value: big.mb, unit: 'MB', ratio: big.mb / small.mb },
      { bench: name, metric: metric(SMALL, 'rate'), value: small.rate, unit: '/s' },
      { bench: name, metric: metric(large, 'rate'), value: big.rate, unit: '/s', ratio: big.rate / small.rate },
    ];
  } finally {
    await place.close();
  }
}

function sizeWanted(): number {
  const given = process.argv.find((word) => word.startsWith('--size='));
  const size = given ? Number(given.slice('--size='.length)) : LARGE;
  if (!Number.isInteger(size) || size < SMALL) throw new Error(`--size= takes a number of ${SMALL} or more.`);
  return size;
}

/** Peak memory in MB and messages a second, from the first message taken to the last. */
async function measure(place: BenchPlace, companyId: number, people: number): Promise<{ mb: number; rate: number }> {
  const campaign = await outgoing(place, companyId, await shortEmail(), people);
  await addJobs(place, campaign);
  const worker = spawn(
    process.execPath,
    [...workerFlags, '--import', 'tsx', join(import.meta.dirname, 'noop-worker.ts')],
    {
      env: { ...process.env, DATABASE_URL: place.url, APP_SECRET: SECRET, NODE_NO_WARNINGS: '1', LOG_LEVEL: 'error' },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const ended = once(worker, 'exit');
  let mb = 0;
  let begun: number | null = null;
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    await new Promise((done) => setTimeout(done, 250));
    if (worker.exitCode !== null) throw new Error(`The worker ended with ${worker.exitCode}`);
    if (performance.now() > deadline)
      throw new Error(`Not done after ${PATIENCE_MS / 60_000} minutes. Try a smaller --size=.`);
    mb = Math.max(mb, await peakOf(worker.pid!));
    const { sent, left } = await progress(place, campaign);
    if (sent > 0) begun ??= performance.now();
    if (left > 0) continue;
    const rate = people / ((performance.now() - (begun ?? 0)) / 1000);
    if (sent !== people) throw new Error(`${sent} of ${people} messages were sent`);
    worker.kill('SIGTERM');
    await ended;
    return { mb, rate };
  }
}

async function progress({ db }: BenchPlace, { companyId, stepId }: Outgoing): Promise<{ sent: number; left: number }> {
  const [row] = await withCompany(db, companyId, (tx) =>
    tx.execute<{ sent: number; left: number }>(
      sql`select sent, planned as left from campaign_steps where id = ${stepId}`,
    ),
  );
  return row!;
}

async function addJobs({ db }: BenchPlace, { companyId, ranges }: Outgoing): Promise<void> {
  await withCompany(db, companyId, async (tx) => {
    const [row] = await tx.execute<{ id: number }>(
      sql`select campaign_id as id from message_ranges where id = ${ranges[0]!}`,
    );
    await addOpenRanges(tx, companyId, row!.id);
  });
}

/** The most memory that a process ever had resident, in MB, as Linux counts it. */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}
