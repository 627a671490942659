import { and, eq, isNull, lt, sql } from 'drizzle-orm';

import { withCompany, type Tx } from '#db/client.ts';
import { customers, payments, processorCustomers } from '#db/schema/index.ts';

import type { StartPayment, StartResult } from './paying.ts';
import { noAnswer, processorKey, processorOfPayment, type PayDeps, type Payment } from './payments.server.ts';
import { holdAccount } from './choose-processor.server.ts';
import { finishPayment } from './finish.server.ts';
import type { Processor } from './processor.ts';

/** Longer names and lists are cut: the processor shows one line. */
const LONGEST_DESCRIPTION = 200;

/**
 * Opens the processor's page for an open payment. Asked for twice it is one page, as the key is one.
 * @returns `unavailable` when the processor gave no answer. Nobody has that page's address then, so nothing can be charged on it
 */
export async function openPage(
  deps: PayDeps,
  processor: Processor,
  payment: Payment,
  { returnUrl, cancelUrl }: Pick<StartPayment, 'returnUrl' | 'cancelUrl'>,
): Promise<StartResult> {
  const { companyId, id: paymentId } = payment;
  const within = <T>(work: (tx: Tx) => Promise<T>) => withCompany(deps.db, companyId, work);
  let opened: { checkout: string; url: string };
  try {
    const customerReference = await customerOf(deps, processor, payment);
    opened = await processor.openCheckout({
      idempotencyKey: processorKey(payment, 'pay'),
      amountCents: payment.amountCents,
      currency: payment.currency,
      method: payment.method === 'ach' ? 'ach' : 'card',
      description: await within((tx) => describe(tx, payment)),
      customerReference,
      saveMethod: payment.saveMethod,
      returnUrl: returnUrl(paymentId),
      cancelUrl,
      metadata: { companyId: String(companyId), paymentId: String(paymentId) },
    });
  } catch (error) {
    noAnswer(deps, { companyId, paymentId }, 'openCheckout')(error);
    return { ok: false, reason: 'unavailable' };
  }
  const [stored] = await within((tx) =>
    tx
      .update(payments)
      .set({ checkout: opened.checkout, checkoutUrl: opened.url })
      .where(and(eq(payments.id, paymentId), eq(payments.status, 'open')))
      .returning({ id: payments.id }),
  );
  if (stored) return { ok: true, kind: 'checkout', paymentId, url: opened.url };
  // A newer payment took its place meanwhile: nobody may pay here any more.
  await processor.closeCheckout(opened.checkout).catch(noAnswer(deps, { companyId, paymentId }, 'closeCheckout'));
  return { ok: true, kind: 'done', paymentId };
}

/** The processor's own name for the customer. Two at once may make two there; the first that was stored is used from then on. */
async function customerOf(deps: PayDeps, processor: Processor, payment: Payment): Promise<string> {
  const { companyId, customerId } = payment;
  const known = await readCustomer(deps, processor, payment);
  if (known.reference) return known.reference;
  const { reference } = await processor.customer({
    idempotencyKey: processorKey(payment, 'customer'),
    name: known.name,
    email: payment.receiptTo.includes('@') ? payment.receiptTo : known.email,
  });
  await withCompany(deps.db, companyId, async (tx) => {
    // The next account knows nobody by this name.
    if (!(await holdAccount(tx, processor))) return;
    await tx
      .insert(processorCustomers)
      .values({ customerId, processor: processor.name, reference })
      .onConflictDoNothing();
  });
  return (await readCustomer(deps, processor, payment)).reference ?? reference;
}

/** The customer as the processor knows them already, or with what it is told of them. */
export function readCustomer(deps: PayDeps, processor: Processor, { companyId, customerId }: Payment) {
  return withCompany(deps.db, companyId, async (tx) => {
    const [row] = await tx
      .select({
        reference: processorCustomers.reference,
        name: customers.name,
        email: sql<string | null>`(select value from contacts where customer_id = ${customers.id} and kind = 'email'
          order by "primary" desc, id limit 1)`,
      })
      .from(customers)
      .leftJoin(
        processorCustomers,
        and(eq(processorCustomers.customerId, customers.id), eq(processorCustomers.processor, processor.name)),
      )
      .where(eq(customers.id, customerId));
    return row!;
  });
}

/** "Invoice 1042, Gulf Coast Comfort": what the processor's page and its records show. */
export async function describe(tx: Tx, payment: Pick<Payment, 'allocations'>): Promise<string> {
  const [row] = await tx.execute<{ company: string; numbers: string; count: number }>(sql`
    select (select name from companies where id = current_company_id()) as company, count(*)::int as count,
           coalesce(string_agg(i.number, ', ' order by i.due_on, i.id), '') as numbers
      from invoices i
     where i.id in (select (value ->> 'invoiceId')::bigint from jsonb_array_elements(${JSON.stringify(payment.allocations)}::jsonb))`);
  const text = `${row!.count === 1 ? 'Invoice' : 'Invoices'} ${row!.numbers}, ${row!.company}`;
  return text.length <= LONGEST_DESCRIPTION
    ? text
    : `${row!.count} invoices, ${row!.company}`.slice(0, LONGEST_DESCRIPTION);
}

/**
 * Closes the pages that are open for any of the same invoices, so that nobody pays on one that was left in another tab. One that is
 * finished already is gone on with: whichever comes to be taken first settles the invoices, and the other takes nothing. Each is closed
 * through the account that it was opened with, whichever the company has chosen since.
 */
export async function closeOlder(deps: PayDeps, payment: Payment): Promise<void> {
  const { companyId } = payment;
  const ids = new Set(payment.allocations.map(({ invoiceId }) => invoiceId));
  const older = await withCompany(deps.db, companyId, async (tx) => {
    const open = await tx
      .select()
      .from(payments)
      .where(
        and(eq(payments.customerId, payment.customerId), eq(payments.status, 'open'), lt(payments.id, payment.id)),
      );
    const same = open.filter((one) => one.allocations.some(({ invoiceId }) => ids.has(invoiceId)));
    for (const one of same) {
      // Its page is not open yet, and when it comes it is closed at once.
      await tx
        .update(payments)
        .set({ status: 'failed', failure: 'given_up' })
        .where(and(eq(payments.id, one.id), eq(payments.status, 'open'), isNull(payments.checkout)));
    }
    return same.filter((one) => one.checkout !== null);
  });
  for (const one of older) {
    try {
      const its = await processorOfPayment(deps, one);
      await its?.closeCheckout(one.checkout!);
      await finishPayment(deps, { companyId, paymentId: one.id });
    } catch (error) {
      // Its own check closes it later.
      noAnswer(deps, { companyId, paymentId: one.id }, 'closeCheckout')(error);
    }
  }
}
