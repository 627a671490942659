import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'drizzle-orm';
import postgres from 'postgres';

import { audienceQuery } from '#app/audiences/audience.server.ts';
import { defaultRules } from '#app/audiences/rules.ts';
import { expandCampaign } from '#app/campaigns/expand.server.ts';
import { connect, withCompany, type Db, type Tx } from '#db/client.ts';
import { migrate } from '#db/migrate.ts';
import { makeDebtors } from '#tests/factories/debtors.ts';
import { startPostgres } from '#start/postgres.ts';

import type { BenchFigure } from './figure.ts';

export const name = 'expand';

const PEOPLE = 100_000;
const ROUNDS = 5;
const TODAY = '2027-01-01';

/**
 * Audience to message rows: enrollments, messages, ranges, jobs, counters and reasons, under the campaign's lock, against
 * the bare `INSERT … SELECT` of the same enrollments and messages. Target: 0.8 of its rows a second or more. A durable
 * PostgreSQL; rounds alternate and the median counts.
 */
export async function run(): Promise<BenchFigure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fieldpost-bench-'));
  await chmod(folder, 0o755);
  const server = await startPostgres(folder);
  const { db, close } = connect(server.url);
  const owner = postgres(server.url, { max: 1, onnotice: () => {} });
  try {
    await migrate(server.url);
    const companyId = await fill(db, owner);
    const ours: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const mine = await measure(owner, () => expand(db, companyId));
      const theirs = await measure(owner, () => withCompany(db, companyId, insertBare));
      if (round === 0) continue; // warms caches and files
      ours.push(mine);
      bare.push(theirs);
    }
    const [mine, theirs] = [median(ours), median(bare)];
    return [
      { bench: name, metric: 'messages made', value: PEOPLE / mine, unit: '/s', ratio: theirs / mine },
      { bench: name, metric: 'bare INSERT … SELECT', value: PEOPLE / theirs, unit: '/s' },
      { bench: name, metric: 'people', value: PEOPLE, unit: 'rows' },
    ];
  } finally {
    await close();
    await owner.end();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function expand(db: Db, companyId: number): Promise<void> {
  const made = await withCompany(db, companyId, (tx) => expandCampaign(tx, 1));
  if (made?.planned !== PEOPLE) throw new Error(`Expected ${PEOPLE} messages, made ${made?.planned}`);
}

async function insertBare(tx: Tx): Promise<void> {
  await tx.execute(sql`
    with audience as materialized (
      select nextval('enrollments_id_seq') as run_id, a.* from (${audienceQuery(defaultRules, TODAY)}) a
    ), enrolled as (
      insert into enrollments (id, campaign_id, customer_id, invoice_id) overriding system value
      select run_id, 1, customer_id, invoice_id from audience
    )
    insert into messages (kind, campaign_id, step_id, enrollment_id, customer_id, invoice_id, contact_id, address)
    select 'campaign', 1, 1, run_id, customer_id, invoice_id, contact_id, address from audience`);
}

/** Seconds, from an empty place each time. */
async function measure(owner: postgres.Sql, work: () => Promise<void>): Promise<number> {
  await owner`truncate enrollments, message_ranges, campaign_step_reasons`;
  await owner`truncate messages cascade`;
  await owner`delete from graphile_worker._private_jobs`;
  await owner`update campaigns set status = 'launching'`;
  await owner`checkpoint`;
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

/** One company with as many customers, each with an overdue invoice and an address. @returns its id */
async function fill(db: Db, owner: postgres.Sql): Promise<number> {
  const [company] = await db.execute<{ id: number }>(
    sql`insert into companies (name, time_zone) values ('Bench', 'America/Chicago') returning id`,
  );
  await withCompany(db, company!.id, async (tx) => {
    await makeDebtors(tx, PEOPLE);
    await tx.execute(
      sql`insert into campaigns (name, audience) values ('Bench', ${JSON.stringify(defaultRules)}::jsonb)`,
    );
    await tx.execute(sql`insert into campaign_steps (campaign_id, position) values (1, 1)`);
  });
  await owner`vacuum analyze`;
  return company!.id;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
