import { eq } from 'drizzle-orm';

import type { Actor } from '#app/company/audit.server.ts';
import { creditAccount, creditInvoice } from '#app/invoicing/ledger/credit.server.ts';
import { applyCredit } from '#app/invoicing/ledger/credits.server.ts';
import { lockInvoices, postEntries } from '#app/invoicing/ledger/ledger.server.ts';
import { leftOf } from '#app/invoicing/invoices/open-invoices.ts';
import { startRefund } from '#app/invoicing/payments/refund.server.ts';
import { recordPayment } from '#app/invoicing/payments/record-payment.server.ts';
import { undoPayment } from '#app/invoicing/payments/undo-payment.server.ts';
import { voidInvoice } from '#app/invoicing/ledger/void.server.ts';
import { writeOff } from '#app/invoicing/ledger/write-off.server.ts';
import type { Db, Tx } from '#db/client.ts';
import { invoices, payments } from '#db/schema/index.ts';

const TODAY = '2026-11-27';
const actor: Actor = { staffId: null, name: 'Drill' };

/** What the parties remember of a customer: the newest, so that what they choose is mostly still there to be changed. */
export type Remembered = { customerId: number; invoices: number[]; payments: number[] };

/** What was done on purpose, to compare the ledger with. Kept only when the transaction was committed. */
export type Book = { paidInCents: number; overpaid: number[]; invoice?: number; payment?: number };

/** False or null: it was refused. */
type Done = boolean | null;
type Pick = (below: number) => number;
type Context = { tx: Tx; who: Remembered; pick: Pick; book: Book };

/** Something that can be done: in a transaction of the party's, or, with `alone`, in those that it makes itself. */
export type Operation = { what: string; weight: number } & (
  | { work: (context: Context) => Promise<Done> }
  | { alone: (at: { db: Db; companyId: number }, who: Remembered, pick: Pick) => Promise<Done> }
);

let keys = 0;
const key = () => `drill-${process.pid}-${String(++keys).padStart(14, '0')}`;
const dollars = (cents: number) => (cents / 100).toFixed(2);

const one = (list: number[], pick: Pick): number | undefined => list[pick(list.length)];

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

const nothing = () => Promise.resolve();

/** What can be done, and how often. */
const operations: Operation[] = [
  { what: 'charge', weight: 22, work: charge },
  { what: 'pay', weight: 16, work: (context) => pay(context, 40_100, true) },
  { what: 'partial', weight: 14, work: (context) => pay(context, 1 + context.pick(9_000), false) },
  {
    what: 'several',
    weight: 8,
    work: (context) => {
      const { who, pick } = context;
      const parts = Object.fromEntries(who.invoices.slice(-3).map((id) => [id, dollars(1 + pick(4_000))]));
      return record(context, { amount: 12_000, toAccount: true, parts });
    },
  },
  {
    what: 'credit',
    weight: 8,
    work: on(async ({ tx, pick }, id) =>
      ok(await creditInvoice(tx, actor, id, { amount: dollars(1 + pick(5_000)), reason: 'Drill', key: key() })),
    ),
  },
  {
    what: 'write_off',
    weight: 5,
    work: on(async ({ tx }, id) => {
      const [invoice] = await lockInvoices(tx, [id]);
      const expected = String(invoice ? leftOf(invoice) : 0);
      return ok(await writeOff(tx, actor, id, { reason: 'Drill', expected, key: key() }));
    }),
  },
  {
    what: 'void',
    weight: 5,
    work: on(async ({ tx }, id) => ok(await voidInvoice(tx, actor, id, { reason: 'Drill', move: true }))),
  },
  {
    what: 'undo',
    weight: 7,
    work: async (context) => {
      const paymentId = one(context.who.payments, context.pick);
      if (!paymentId) return charge(context);
      return ok(await undoPayment(context.tx, actor, paymentId, { reason: 'Bounced' }));
    },
  },
  {
    what: 'grant',
    weight: 6,
    work: async ({ tx, who, pick }) => {
      const form = { amount: dollars(1 + pick(9_000)), reason: 'Drill', key: key() };
      return ok(await creditAccount(tx, actor, who.customerId, form));
    },
  },
  { what: 'use', weight: 3, work: async ({ tx, who }) => (await applyCredit(tx, who.customerId)).length >= 0 },
  {
    what: 'overpay',
    weight: 2,
    work: on(async ({ tx, who, book }, id) => {
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
  },
  {
    what: 'reserve',
    weight: 2,
    work: on(async ({ tx, pick }, id) => {
      const [invoice] = await lockInvoices(tx, [id]);
      const most = invoice ? leftOf(invoice) : 0;
      if (most === 0 || invoice!.pendingCents > 0) return false;
      await tx
        .update(invoices)
        .set({ pendingCents: 1 + pick(most) })
        .where(eq(invoices.id, id));
      return true;
    }),
  },
  {
    what: 'release',
    weight: 2,
    work: on(async ({ tx }, id) => {
      await lockInvoices(tx, [id]);
      await tx.update(invoices).set({ pendingCents: 0 }).where(eq(invoices.id, id));
      return true;
    }),
  },
  {
    what: 'refund',
    weight: 5,
    alone: async ({ db, companyId }, who, pick) => {
      const paymentId = one(who.payments, pick);
      if (!paymentId) return null;
      const deps = { db, processorOf: () => Promise.resolve(null), tell: { settled: nothing, failed: nothing } };
      const asked = { amountCents: 1 + pick(6_000), reduces: pick(2) === 0, reason: 'Drill', idempotencyKey: key() };
      return ok(await startRefund(deps, actor, { companyId, paymentId, ...asked }));
    },
  },
];

const weights = operations.reduce((sum, { weight }) => sum + weight, 0);

/** What a party does next. */
export function chosen(pick: Pick): Operation {
  let left = pick(weights);
  for (const operation of operations) {
    if (left < operation.weight) return operation;
    left -= operation.weight;
  }
  return operations[0]!;
}
