import { fork } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';

import { sql } from 'drizzle-orm';

import { checkLedger } from '#app/invoicing/ledger/ledger.server.ts';
import { withCompany, withSnapshot, type Db, type Tx } from '#db/client.ts';
import { invoices } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';

import { AT_ONCE, type CrewDone, type CrewOrder, type CrewSaid } from './ledger-crew.ts';

export const name = 'ledger';

export type LedgerOptions = {
  db: Db;
  url: string;
  operations: number;
  /** In so many processes, as one is busy before the database is. */
  crews: number;
  /** In each process. */
  parties: number;
  withinMs: number;
  seed?: number;
  /** How often everything is compared while the parties work; every half minute by default. */
  checkEveryMs?: number;
};

export type LedgerResult = {
  drill: string;
  operations: number;
  /** Operations that were refused, as an amount that is more than is left: nothing may have moved. */
  refused: number;
  /** How often each was done. */
  did: Record<string, number>;
  /** How often everything was compared with the ledger: while they worked, and once at the end. */
  checks: number;
  /** Where what is kept beside the ledger does not agree with it, at the end or when it was first found. */
  differences: number;
  /** Invoices below zero that nobody overpaid on purpose. */
  belowZero: number;
  /** Invoices of which something else was settled than what a payment under way had left. */
  reservedTaken: number;
  /** Cents that the parties paid in, and those of payments in the ledger. */
  paidInCents: number;
  paymentCents: number;
  seconds: number;
  faults: string[];
};

/** So many operations fall to a customer before the window has passed, as in a long life with the company. */
const OPERATIONS_EACH = 120;

/**
 * Several parties do at random what can be done to money, all at once and mostly to the same customers: charge, pay in full,
 * in part and over several, credit, write off, void, refund, undo, grant and use account credit, overpay on purpose, reserve.
 * Every so often and at the end every balance must be the sum of its entries, and every cent that came in must stand in the ledger.
 */
export async function drill(options: LedgerOptions): Promise<LedgerResult> {
  const { companyId } = await makeCompany(options.db);
  const count = Math.max(AT_ONCE, Math.ceil(options.operations / OPERATIONS_EACH));
  const rows = await withCompany(options.db, companyId, (tx) =>
    tx.execute<{ id: number }>(
      sql`insert into customers (name) select 'Customer ' || n from generate_series(1, ${count}::int) n returning id`,
    ),
  );
  const begun = performance.now();
  const watch = watchLedger(options, companyId);
  const done = await workAll(options, {
    companyId,
    customerIds: rows.map(({ id }) => id),
  }).finally(watch.stop);
  const sum = (of: (one: CrewDone) => number) => done.reduce((total, one) => total + of(one), 0);
  const did: Record<string, number> = {};
  for (const one of done) for (const [what, times] of Object.entries(one.did)) did[what] = (did[what] ?? 0) + times;
  const result = {
    operations: sum((one) => one.operations),
    refused: sum((one) => one.refused),
    did,
    paidInCents: sum((one) => one.paidInCents),
    faults: done.flatMap((one) => one.faults),
  };
  if (result.operations < options.operations) result.faults.push('Not all operations were done in time.');
  const overpaid = new Set(done.flatMap((one) => one.overpaid));
  const checked = await withCompany(options.db, companyId, (tx) => compare(tx, overpaid));
  if (checked.paymentCents !== result.paidInCents) result.faults.push('The ledger has other payments than were made.');
  const { checks, differences } = watch.seen;
  checked.differences = Math.max(checked.differences, differences);
  return {
    drill: name,
    ...result,
    ...checked,
    checks: checks + 1,
    seconds: Math.round((performance.now() - begun) / 1000),
  };
}

/** Compares everything with the ledger again and again while the parties work, each time as of one moment. */
function watchLedger({ db, checkEveryMs = 30_000 }: LedgerOptions, companyId: number) {
  const seen = { checks: 0, differences: 0 };
  const stopped = new AbortController();
  const look = async () => {
    while (seen.differences === 0) {
      try {
        await setTimeout(checkEveryMs, undefined, { signal: stopped.signal });
      } catch {
        return;
      }
      const found = await withSnapshot(db, companyId, checkLedger);
      // What the drill reserves stands for no payment.
      seen.differences = found.filter(({ kind }) => kind !== 'pending').length;
      seen.checks += 1;
    }
  };
  const looking = look();
  const stop = async () => {
    stopped.abort();
    await looking;
  };
  return { seen, stop };
}

/** Lets all processes work, and tells each what the others remember. */
async function workAll(
  { url, operations, crews, parties, withinMs, seed = 1 }: LedgerOptions,
  place: Pick<CrewOrder, 'companyId' | 'customerIds'>,
): Promise<CrewDone[]> {
  const crew = Array.from({ length: crews }, () =>
    fork(new URL('./ledger-crew.ts', import.meta.url), { execArgv: ['--import', 'tsx'] }),
  );
  try {
    return await Promise.all(
      crew.map(
        (one, number) =>
          new Promise<CrewDone>((resolve, reject) => {
            one.on('message', (said: CrewSaid) => {
              if ('done' in said) return resolve(said.done);
              for (const other of crew) if (other !== one && other.connected) other.send(said);
            });
            one.on('exit', () => reject(new Error('A process of the drill ended before its work.')));
            const share = Math.ceil((operations * (number + 1)) / crews) - Math.ceil((operations * number) / crews);
            const mine = { operations: share, allOperations: operations, parties, withinMs, seed: seed + number };
            one.send({ order: { url, ...place, ...mine } satisfies CrewOrder });
          }),
      ),
    );
  } finally {
    for (const one of crew) if (one.connected) one.disconnect();
  }
}

async function compare(tx: Tx, overpaid: Set<number>) {
  const below = await tx.execute<{ id: number }>(sql`select id from ${invoices} where balance_cents < 0`);
  const reserved = await tx.execute<{ id: number }>(
    sql`select id from ${invoices} where pending_cents > greatest(balance_cents, 0)`,
  );
  // What the drill reserved stands for no payment, which the check would say.
  await tx.execute(sql`update ${invoices} set pending_cents = 0 where pending_cents > 0`);
  const differences = await checkLedger(tx);
  const [row] = await tx.execute<{ cents: number; payments: number }>(sql`
    select coalesce(-sum(amount_cents) filter (where kind = 'payment'), 0)::bigint as cents from ledger_entries`);
  return {
    differences: differences.length,
    belowZero: below.filter(({ id }) => !overpaid.has(id)).length,
    reservedTaken: reserved.length,
    paymentCents: row?.cents ?? 0,
  };
}
