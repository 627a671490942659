import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { sql } from 'drizzle-orm';

import { readMessageToken } from '#app/messaging/token.server.ts';
import { withCompany, type Db } from '#db/client.ts';
import { launch, SECRET, sendingCompany } from '#tests/fakes/sending.ts';
import { environmentOf, startFakeSes, type FakeSes, type SesBehaviour } from '#tests/fakes/ses.ts';

import type { DrillResult } from './result.ts';

export const name = 'kill';

export type KillOptions = {
  url: string;
  db: Db;
  messages: number;
  kills: number;
  /** Messages a second that the provider allows: slow enough to be killed in the middle. */
  rate: number;
};

const DEADLINE_MS = 240_000;

/**
 * Worker processes are killed while they send: at random moments, and every other time in the middle of a call that the
 * provider has taken. The provider fake keeps what it really got. Nobody may have got a message twice, and every message
 * was taken or says that nobody knows.
 */
export async function drill({ url, db, messages, kills, rate }: KillOptions): Promise<DrillResult> {
  const ses = await startFakeSes();
  ses.rate = rate;
  const companyId = await sendingCompany(db);
  await fill(db, companyId, messages);
  const { campaignId } = await launch(db, companyId);
  const crew = [startWorker(url, ses), startWorker(url, ses)];
  const deadline = Date.now() + DEADLINE_MS;
  try {
    for (let kill = 0; kill < kills; kill++) {
      const reached = await untilTaken(ses, Math.floor((messages * (kill + 0.3)) / (kills + 1)), deadline);
      if (!reached) break;
      if (kill % 2 === 0) await killInCall(ses, crew);
      else await new Promise((done) => setTimeout(done, Math.random() * 200));
      const victim = crew.shift()!;
      victim.kill('SIGKILL');
      crew.push(startWorker(url, ses));
    }
    while ((await statusOf(db, companyId, campaignId)) !== 'sent') {
      if (Date.now() > deadline) break;
      await new Promise((done) => setTimeout(done, 200));
    }
    return await count(db, companyId, campaignId, ses, messages);
  } finally {
    await Promise.all(crew.map(stop));
    await ses.close();
  }
}

/** Waits until a mail was taken whose answer is held back; the caller kills before it comes. */
function killInCall(ses: FakeSes, crew: readonly ChildProcess[]): Promise<void> {
  return new Promise((done) => {
    ses.behave = async (): Promise<SesBehaviour> => {
      ses.behave = () => 'ok';
      done();
      const [victim] = crew;
      if (victim && victim.signalCode === null) await Promise.race([once(victim, 'exit'), pause(500)]);
      return 'ok';
    };
    setTimeout(done, 2_000).unref();
  });
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function untilTaken(ses: FakeSes, count: number, deadline: number): Promise<boolean> {
  while (ses.taken.length < count) {
    if (Date.now() > deadline) return false;
    await pause(5);
  }
  return true;
}

function startWorker(url: string, ses: FakeSes): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', 'tests/drills/worker.ts'], {
    env: {
      ...process.env,
      ...environmentOf(ses),
      DATABASE_URL: url,
      APP_SECRET: SECRET,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await once(child, 'exit');
  clearTimeout(killer);
}

async function statusOf(db: Db, companyId: number, campaignId: number): Promise<string | undefined> {
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<{ status: string }>(sql`select status from campaigns where id = ${campaignId}`),
  );
  return rows[0]?.status;
}

async function count(
  db: Db,
  companyId: number,
  campaignId: number,
  ses: FakeSes,
  messages: number,
): Promise<DrillResult> {
  const rows = await withCompany(db, companyId, (tx) =>
    tx.execute<{ id: number; state: string }>(sql`select id, state from messages where campaign_id = ${campaignId}`),
  );
  const taken = ses.taken.map((mail) => readMessageToken(SECRET, mail.tags.message ?? '')?.messageId);
  const distinct = new Set(taken);
  const lost = rows.filter((row) => !distinct.has(row.id) && row.state !== 'unknown').length;
  return {
    drill: name,
    sent: distinct.size,
    duplicates: taken.length - distinct.size,
    lost: lost + messages - rows.length,
    unknown: rows.filter((row) => row.state === 'unknown').length,
  };
}

/** So many customers, each with an overdue invoice and an address. */
async function fill(db: Db, companyId: number, people: number): Promise<void> {
  await withCompany(db, companyId, async (tx) => {
    await tx.execute(sql`insert into customers (name) select 'Customer ' || n from generate_series(1, ${people}) n`);
    await tx.execute(sql`
      insert into contacts (customer_id, kind, value, "primary")
      select id, 'email', 'customer' || id || '@mail.example', true from customers`);
    await tx.execute(sql`
      insert into invoices (customer_id, number, status, issued_on, due_on, total_cents, balance_cents)
      select id, 'N' || id, 'open', '2026-01-01', '2026-01-31', 10000, 10000 from customers`);
  });
}
