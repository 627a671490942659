import { and, eq, inArray, ne, sql } from 'drizzle-orm';

import { allocate, sameShares } from '#app/invoicing/ledger/allocate.ts';
import { applyCredit } from '#app/invoicing/ledger/credits.server.ts';
import { holdPending, lockInvoices } from '#app/invoicing/ledger/ledger.server.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { customers, invoices, jobs, payments } from '#db/schema/index.ts';

import { readOnlineSettings } from './online-settings.server.ts';
import type { PayRefusal, StartPayment, StartResult } from './paying.ts';
import { isOf, type PayDeps, type Payment } from './payments.server.ts';
import { scheduleCheck } from './check.server.ts';
import { holdAccount } from './choose-processor.server.ts';
import { readMethod } from './methods.server.ts';
import { closeOlder, openPage } from './page.server.ts';
import { chargeMethod, savedResult } from './saved.server.ts';
import type { Processor } from './processor.ts';

/** Nobody changes an account three times while one payment begins. */
const MOST_TRIES = 3;

/**
 * Begins a payment: a page of the processor's own is opened for it, or a saved method is charged at once. Amounts are compared with the
 * ledger under lock, so what the browser sent is only ever what its payer was shown. The same form sent again finds the first payment.
 */
export async function startPayment(deps: PayDeps, request: StartPayment): Promise<StartResult> {
  const unreadable = refuses(request);
  if (unreadable) return { ok: false, ...unreadable };
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const started = await start(deps, request);
    if (started !== 'changed') return started;
  }
  return { ok: false, reason: 'unavailable' };
}

/** @returns `changed` where somebody changed the company's account in this moment: it is to be chosen anew */
async function start(deps: PayDeps, request: StartPayment): Promise<StartResult | 'changed'> {
  const { companyId } = request;
  const processor = await deps.processorOf(companyId);
  if (!processor) return { ok: false, reason: 'not_connected' };
  const begun = await withCompany(deps.db, companyId, (tx) => begin(tx, processor, request));
  if (begun.kind === 'changed') return 'changed';
  if (begun.kind === 'refused') return { ok: false, ...begun.refusal };
  const { payment } = begun;
  if (begun.kind === 'found' && payment.status !== 'open') return savedResult(payment);
  if (payment.methodId !== null) return chargeMethod(deps, processor, payment);
  if (payment.checkoutUrl !== null) {
    return { ok: true, kind: 'checkout', paymentId: payment.id, url: payment.checkoutUrl };
  }
  const [opened] = await Promise.all([openPage(deps, processor, payment, request), closeOlder(deps, payment)]);
  return opened;
}

const isCents = (cents: number) => Number.isSafeInteger(cents);

/** What no form of ours sends. */
function refuses({ idempotencyKey, pays, tipCents, source, ...request }: StartPayment): PayRefusal | null {
  if (!/^[\w-]{16,64}$/.test(idempotencyKey)) return { reason: 'missing' };
  if (!isCents(tipCents) || tipCents < 0) return { reason: 'missing' };
  if (tipCents > 0 && source !== 'customer_link') return { reason: 'missing' };
  if (request.savedMethodId !== null && source !== 'portal') return { reason: 'missing' };
  if ('customer' in pays) {
    const part = pays.partCents ?? null;
    if (source !== 'customer_link' || (part !== null && !isCents(part))) return { reason: 'missing' };
    return part !== null && part <= 0 ? { reason: 'too_little' } : null;
  }
  const ids = pays.invoices.map(({ invoiceId }) => invoiceId);
  if (ids.length === 0 || new Set(ids).size < ids.length || !ids.every(isCents)) return { reason: 'missing' };
  if (source === 'invoice_link' && ids.length > 1) return { reason: 'missing' };
  if (!pays.invoices.every(({ amountCents }) => isCents(amountCents))) return { reason: 'missing' };
  return pays.invoices.some(({ amountCents }) => amountCents <= 0) ? { reason: 'too_little' } : null;
}

type Begun =
  | { kind: 'begun' | 'found'; payment: Payment }
  | { kind: 'refused'; refusal: PayRefusal }
  | { kind: 'changed' };

async function begin(tx: Tx, processor: Processor, request: StartPayment): Promise<Begun> {
  const refuse = (refusal: PayRefusal): Begun => ({ kind: 'refused', refusal });
  const { customerId, source } = request;
  // Whoever pays for a customer waits here: the same form sent twice at once must find itself.
  const [customer] = await tx
    .select({ id: customers.id })
    .from(customers)
    .where(eq(customers.id, customerId))
    .for('no key update');
  if (!customer) return refuse({ reason: 'missing' });
  if (!(await holdAccount(tx, processor))) return { kind: 'changed' };
  const [first] = await tx.select().from(payments).where(eq(payments.idempotencyKey, request.idempotencyKey));
  if (first) {
    if (first.customerId !== customerId || first.source !== source) return refuse({ reason: 'missing' });
    const taken = first.status !== 'open' && first.status !== 'failed';
    if (taken || (isOf(processor, first) && sameForm(first, request))) return { kind: 'found', payment: first };
    await letGo(tx, first);
  }
  const settings = await readOnlineSettings(tx);
  if (!(request.method === 'card' ? settings.cards : settings.ach)) return refuse({ reason: 'method_off' });
  const method =
    request.savedMethodId === null
      ? null
      : await readMethod(tx, { methodId: request.savedMethodId, customerId, processor });
  if (request.savedMethodId !== null && method?.kind !== request.method) return refuse({ reason: 'missing' });

  const owing = await lockOwing(tx, request);
  if (!owing) return refuse({ reason: 'missing' });
  const pays = 'customer' in request.pays ? (request.pays.partCents ?? null) : request.pays.invoices;
  const rules = { expectedCents: request.expectedCents, partialPayments: settings.partialPayments };
  const shared = allocate(pays, owing, rules);
  if (!shared.ok) return { kind: 'refused', refusal: shared };
  const { allocations, sumCents, currency } = shared;
  // A tip is a part of what is owed (S4-09); more is a mistake.
  if (request.tipCents > sumCents) return refuse({ reason: 'changed', owedCents: sumCents });
  const [payment] = await tx
    .insert(payments)
    .values({
      customerId,
      amountCents: sumCents + request.tipCents,
      tipCents: request.tipCents,
      currency,
      method: request.method,
      status: method ? 'pending' : 'open',
      processor: processor.name,
      source,
      methodId: method?.id ?? null,
      cardBrand: method?.brand ?? null,
      cardLast4: method?.last4 ?? null,
      saveMethod: method ? false : request.saveMethod,
      payer: request.payer,
      receiptTo: request.receiptTo.trim(),
      idempotencyKey: request.idempotencyKey,
      allocations,
    })
    .returning();
  if (method) await holdPending(tx, allocations, 1);
  await scheduleCheck(tx, payment!);
  return { kind: 'begun', payment: payment! };
}

/** The invoices that are meant, locked, the oldest due first; null when one of them is not the customer's. */
async function lockOwing(tx: Tx, { customerId, source, pays }: StartPayment) {
  // An invoice's own link pays it whatever its job's state; elsewhere its job must be completed, where it has one (S2-16).
  const payable = sql<boolean>`${source === 'invoice_link'} or ${invoices.jobId} is null or ${jobs.status} = 'completed'`;
  const wanted = (ids: number[]) => and(eq(invoices.customerId, customerId), inArray(invoices.id, ids));
  const everything = sql`${invoices.customerId} = ${customerId} and ${invoices.status} = 'open' and (${payable})`;
  if ('customer' in pays) await applyCredit(tx, customerId);
  const rows = await tx
    .select({ id: invoices.id, payable })
    .from(invoices)
    .leftJoin(jobs, eq(jobs.id, invoices.jobId))
    .where('customer' in pays ? everything : wanted(pays.invoices.map(({ invoiceId }) => invoiceId)))
    .orderBy(invoices.dueOn, invoices.id);
  if ('invoices' in pays && rows.length !== pays.invoices.length) return null;
  const locked = await lockInvoices(
    tx,
    rows.map((row) => row.id),
    [customerId],
  );
  return rows.flatMap((row) => {
    const invoice = locked.find((one) => one.id === row.id);
    return invoice ? [{ ...invoice, payable: row.payable }] : [];
  });
}

/** Whether a form asks for what a payment is for. A customer's link is not asked for shares. */
function sameForm(payment: Payment, request: StartPayment): boolean {
  return (
    payment.amountCents === request.expectedCents + request.tipCents &&
    payment.tipCents === request.tipCents &&
    payment.method === request.method &&
    payment.methodId === request.savedMethodId &&
    (payment.methodId !== null || payment.saveMethod === request.saveMethod) &&
    payment.receiptTo === request.receiptTo.trim() &&
    ('customer' in request.pays || sameShares(payment.allocations, request.pays.invoices))
  );
}

/**
 * A form that came back filled in anew, as the browser's back button has it, or after the company's account was changed, is another
 * payment: the first one leaves it its key.
 */
async function letGo(tx: Tx, payment: Payment): Promise<void> {
  await tx
    .update(payments)
    .set({ idempotencyKey: `${payment.idempotencyKey}~${payment.id}` })
    .where(and(eq(payments.id, payment.id), ne(payments.status, 'pending')));
}
