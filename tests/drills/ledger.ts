import { eq, sql } from 'drizzle-orm';

import type { Actor } from '#app/company/audit.server.ts';
import { creditAccount, creditInvoice } from '#app/invoicing/credit.server.ts';
import { applyCredit } from '#app/invoicing/credits.server.ts';
import { checkLedger, lockInvoices, postEntries } from '#app/invoicing/ledger.server.ts';
import { leftOf } from '#app/invoicing/open-invoices.ts';
import { recordPayment } from '#app/invoicing/record-payment.server.ts';
import { undoPayment } from '#app/invoicing/undo-payment.server.ts';
import { voidInvoice } from '#app/invoicing/void.server.ts';
import { writeOff } from '#app/invoicing/write-off.server.ts';
import { connect, withCompany, type Db, type Tx } from '#db/client.ts';
import { invoices, payments } from '#db/schema/index.ts';
import { makeCompany } from '#tests/factories/company.ts';

export const name = 'ledger';

export type LedgerOptions = {
  db: Db;
  url: string;
  operations: number;
  parties: number;
  withinMs: number;
  seed?: number;
};

export type LedgerResult = {
  drill: string;
  operations: number;
  /** Operations that were refused, as an amount that is more than is left: nothing may have moved. */
  refused: number;
  /** How often each was done. */
  did: Record<string, number>;
  /** Where what is kept beside the ledger does not agree with it. */
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

/** So many customers are in use at a time: the fewer, the more often two parties meet. */
const AT_ONCE = 12;
/** So many operations fall to a customer before the window has passed, as in a long life with the company. */
const OPERATIONS_EACH = 120;

const TODAY = '2026-11-27';
const actor: Actor = { staffId: null, name: 'Drill' };

/** What the parties remember of a customer: the newest, so that what they choose is mostly still there to be changed. */
type Remembered = { customerId: number; invoices: number[]; payments: number[] };

type Done = boolean | null;
type Context = { tx: Tx; who: Remembered; pick: (below: number) => number; book: Book };

/** What was done on purpose, to compare the ledger with. Kept only when the transaction was committed. */
type Book = { paidInCents: number; overpaid: number[]; invoice?: number; payment?: number };

/**
 * Several parties do at random what can be done to money, all at once and mostly to the same customers: charge, pay in full,
 * in part and over several, credit, write off, void, refund, undo, grant and use account credit, overpay on purpose, reserve.
 * Afterwards every balance must be the sum of its entries, and every cent that came in must stand in the ledger.
 */
export async function drill(options: LedgerOptions): Promise<LedgerResult> {
  const { companyId } = await makeCompany(options.db);
  const count = Math.max(AT_ONCE, Math.ceil(options.operations / OPERATIONS_EACH));
  const rows = await withCompany(options.db, companyId, (tx) =>
    tx.execute<{ id: number }>(
      sql`insert into customers (name) select 'Customer ' || n from generate_series(1, ${count}::int) n returning id`,
    ),
  );
  const customers: Remembered[] = rows.map(({ id }) => ({ customerId: id, invoices: [], payments: [] }));
  const { db, close } = connect(options.url, { max: options.parties, prepare: true });
  const pick = random(options.seed ?? 1);
  const begun = performance.now();
  const result = {
    operations: 0,
    refused: 0,
    did: {} as Record<string, number>,
    paidInCents: 0,
    faults: [] as string[],
  };
  const overpaid = new Set<number>();
  let started = 0;

  const party = async () => {
    while (started < options.operations) {
      if (performance.now() - begun > options.withinMs) return;
      const at = Math.floor((started++ / options.operations) * (count - AT_ONCE));
      const who = customers[at + pick(AT_ONCE)]!;
      const [what, work] = chosen(pick);
      const book: Book = { paidInCents: 0, overpaid: [] };
      try {
        const done = await withCompany(db, companyId, (tx) => work({ tx, who, pick, book }));
        result.operations += 1;
        if (done) result.did[what] = (result.did[what] ?? 0) + 1;
        else result.refused += 1;
        result.paidInCents += book.paidInCents;
        book.overpaid.forEach((id) => overpaid.add(id));
        if (book.invoice) who.invoices = [...who.invoices.slice(-7), book.invoice];
        if (book.payment) who.payments = [...who.payments.slice(-7), book.payment];
      } catch (error) {
        result.faults.push(`${what}: ${wordsOf(error)}`);
        if (result.faults.length > 20) return;
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: options.parties }, party));
  } finally {
    await close();
  }
  if (result.operations < options.operations) result.faults.push('Not all operations were done in time.');
  const checked = await withCompany(options.db, companyId, (tx) => compare(tx, overpaid));
  if (checked.paymentCents !== result.paidInCents) result.faults.push('The ledger has other payments than were made.');
  return { drill: name, ...result, ...checked, seconds: Math.round((performance.now() - begun) / 1000) };
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

let keys = 0;
const key = () => `drill-${String(++keys).padStart(20, '0')}`;
const dollars = (cents: number) => (cents / 100).toFixed(2);

const one = (list: number[], pick: Context['pick']): number | undefined => list[pick(list.length)];

/** A payment of one invoice as the office records it; with more than is owed, the rest goes to the account. */
async function pay({ tx, who, pick, book }: Context, cents: number, toAccount: boolean): Promise<Done> {
  const only = one(who.invoices, pick);
  if (!only) return charge({ tx, who, pick, book });
  return record({ tx, who, pick, book }, { amount: cents, toAccount, parts: {}, only });
}

async function record(
  { tx, who, book }: Context,
  form: { amount: number; toAccount: boolean; parts: Record<string, string>; only?: number },
): Promise<Done> {
  const typed = { amount: dollars(form.amount), method: 'check', receivedOn: TODAY, memo: '', key: key() };
  const toAccount = form.toAccount ? 'on' : '';
  const done = await recordPayment(
    tx,
    actor,
    who.customerId,
    { ...typed, ...form, amount: typed.amount, toAccount },
    TODAY,
  );
  if (!done?.ok) return false;
  book.paidInCents = form.amount;
  book.payment = done.paymentId;
  return true;
}

async function charge({ tx, who, pick, book }: Context): Promise<Done> {
  const totalCents = 100 + pick(40_000);
  const [invoice] = await tx
    .insert(invoices)
    .values({
      customerId: who.customerId,
      number: key(),
      status: 'open',
      issuedOn: '2026-11-01',
      dueOn: `2026-12-${String(1 + pick(28)).padStart(2, '0')}`,
      totalCents,
      balanceCents: 0,
    })
    .returning({ id: invoices.id });
  book.invoice = invoice!.id;
  await postEntries(tx, invoice!.id, [{ kind: 'charge', amountCents: totalCents }]);
  await applyCredit(tx, who.customerId);
  return true;
}

/** One invoice with a word about it, or a charge where there is none yet. */
const on = (work: (context: Context, invoiceId: number) => Promise<Done>) => (context: Context) => {
  const invoiceId = one(context.who.invoices, context.pick);
  return invoiceId ? work(context, invoiceId) : charge(context);
};

const ok = (done: { ok: boolean } | null) => done?.ok ?? null;

/** What can be done, and how often of a hundred. */
const operations: [string, number, (context: Context) => Promise<Done>][] = [
  ['charge', 22, charge],
  ['pay', 16, (context) => pay(context, 40_100, true)],
  ['partial', 14, (context) => pay(context, 1 + context.pick(9_000), false)],
  [
    'several',
    8,
    (context) => {
      const { who, pick } = context;
      const parts = Object.fromEntries(who.invoices.slice(-3).map((id) => [id, dollars(1 + pick(4_000))]));
      return record(context, { amount: 12_000, toAccount: true, parts });
    },
  ],
  [
    'credit',
    8,
    on(async ({ tx, pick }, id) =>
      ok(await creditInvoice(tx, actor, id, { amount: dollars(1 + pick(5_000)), reason: 'Drill', key: key() })),
    ),
  ],
  [
    'write_off',
    5,
    on(async ({ tx }, id) => {
      const [invoice] = await lockInvoices(tx, [id]);
      const expected = String(invoice ? leftOf(invoice) : 0);
      return ok(await writeOff(tx, actor, id, { reason: 'Drill', expected, key: key() }));
    }),
  ],
  ['void', 5, on(async ({ tx }, id) => ok(await voidInvoice(tx, actor, id, { reason: 'Drill', move: true })))],
  [
    'undo',
    7,
    async (context) => {
      const paymentId = one(context.who.payments, context.pick);
      if (!paymentId) return charge(context);
      return ok(await undoPayment(context.tx, actor, paymentId, { reason: 'Bounced' }));
    },
  ],
  [
    'grant',
    6,
    async ({ tx, who, pick }) => {
      const form = { amount: dollars(1 + pick(9_000)), reason: 'Drill', key: key() };
      return ok(await creditAccount(tx, actor, who.customerId, form));
    },
  ],
  ['use', 3, async ({ tx, who }) => (await applyCredit(tx, who.customerId)).length >= 0],
  [
    'overpay',
    2,
    on(async ({ tx, who, book }, id) => {
      const [invoice] = await lockInvoices(tx, [id]);
      if (invoice?.status !== 'open' || invoice.pendingCents > 0) return false;
      const amountCents = invoice.balanceCents + 500;
      const [payment] = await tx
        .insert(payments)
        .values({
          customerId: who.customerId,
          amountCents,
          method: 'other',
          status: 'succeeded',
          processor: 'import',
          idempotencyKey: key(),
        })
        .returning({ id: payments.id });
      await postEntries(tx, id, [{ kind: 'payment', amountCents: -amountCents, paymentId: payment!.id }]);
      book.paidInCents = amountCents;
      book.overpaid.push(id);
      return true;
    }),
  ],
  [
    'reserve',
    2,
    on(async ({ tx, pick }, id) => {
      const [invoice] = await lockInvoices(tx, [id]);
      const most = invoice ? leftOf(invoice) : 0;
      if (most === 0 || invoice!.pendingCents > 0) return false;
      await tx
        .update(invoices)
        .set({ pendingCents: 1 + pick(most) })
        .where(eq(invoices.id, id));
      return true;
    }),
  ],
  [
    'release',
    2,
    on(async ({ tx }, id) => {
      await lockInvoices(tx, [id]);
      await tx.update(invoices).set({ pendingCents: 0 }).where(eq(invoices.id, id));
      return true;
    }),
  ],
];

function chosen(pick: Context['pick']): [string, (context: Context) => Promise<Done>] {
  let left = pick(operations.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [what, weight, work] of operations) {
    if (left < weight) return [what, work];
    left -= weight;
  }
  return ['charge', charge];
}

/** Numbers that look random and come again with the same seed (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return below === 0 ? 0 : ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** What the database said, where it is what failed. */
function wordsOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : 'unknown';
}
