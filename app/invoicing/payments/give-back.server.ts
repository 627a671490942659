import { eq, sql } from 'drizzle-orm';

import type { Actor } from '#app/company/audit.server.ts';
import { freeCredit } from '#app/invoicing/ledger/credits.server.ts';
import {
  lockInvoices,
  postAll,
  type AccountPosting,
  type Entry,
  type Posting,
} from '#app/invoicing/ledger/ledger.server.ts';
import type { Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import { ledgerEntries, payments, refunds } from '#db/schema/index.ts';

import type { Payment } from './payments.server.ts';

/** Of what a part of a payment was given back; an invoice of null stands for the customer's account. */
export type GivenBack = { allocations: { invoiceId: number | null; amountCents: number }[]; tipCents: number };

/**
 * Posts a part of a payment that was given back. It comes from the payment's invoices in the order in which the payment names them, each as
 * far as the payment still stands on it; then from what went to the customer's account; the tip comes last. What stood on an invoice that
 * is void by now lies on the account. Credit of the account that was used already is taken back from where it was used.
 * @param payment locked, with its invoices
 * @param options.reduces an invoice's total shrinks with it, so that nobody is reminded of what was given back; else it is owed again
 * @param options.memo stands with the entries
 */
export async function giveBack(
  tx: Tx,
  payment: Payment,
  amountCents: number,
  options: { reduces: boolean; memo: string; actor: Actor },
): Promise<GivenBack> {
  const { reduces, memo, actor } = options;
  const standing = await readStanding(tx, payment);
  const allocations: GivenBack['allocations'] = [];
  let rest = amountCents;
  const take = (invoiceId: number | null, cents: number) => {
    const share = Math.min(rest, cents);
    if (share <= 0) return 0;
    rest -= share;
    allocations.push({ invoiceId, amountCents: share });
    return share;
  };

  const postings: (Posting | AccountPosting)[] = [];
  for (const { invoiceId, cents, balanceCents } of standing.invoices) {
    const share = take(invoiceId, cents);
    if (share === 0) continue;
    const entries: Entry[] = [{ kind: 'refund', amountCents: share, paymentId: payment.id, memo }];
    const owedMore = Math.max(0, balanceCents + share) - Math.max(0, balanceCents);
    if (reduces && owedMore > 0) entries.push({ kind: 'credit', amountCents: -owedMore, paymentId: payment.id, memo });
    postings.push({ invoiceId, entries });
  }
  let fromAccount = take(null, standing.accountCents);
  const tipCents = Math.min(rest, standing.tipCents);
  rest -= tipCents;
  fromAccount += take(null, rest);

  const missing = fromAccount > 0 ? await freeCredit(tx, payment.customerId, fromAccount, actor) : 0;
  // A tip was never owed, nor is what the account never had.
  const evened = tipCents + missing;
  const account: Entry[] = [];
  if (fromAccount + tipCents > 0) {
    account.push({ kind: 'refund', amountCents: fromAccount + tipCents, paymentId: payment.id, memo });
  }
  if (evened > 0) account.unshift({ kind: 'credit', amountCents: -evened, paymentId: payment.id, memo });
  if (account.length > 0) postings.push({ accountOf: payment.customerId, entries: account });
  await postAll(tx, postings);
  const refundedCents = payment.refundedCents + amountCents;
  await tx
    .update(payments)
    .set({ refundedCents, status: refundedCents >= payment.amountCents ? 'refunded' : 'succeeded' })
    .where(eq(payments.id, payment.id));
  // What a campaign earned shrinks with it (B-07).
  await addJob(tx, 'payment.attribute', { companyId: payment.companyId, paymentId: payment.id });
  return { allocations, tipCents };
}

/** What of a payment still stands where, in cents; its invoices are locked by it. What stood on a void invoice lies on the account. */
async function readStanding(tx: Tx, payment: Payment) {
  const rows = await tx.execute<{ invoiceId: number | null; cents: number }>(sql`
    select invoice_id as "invoiceId", (-sum(amount_cents))::bigint as cents from ${ledgerEntries}
     where payment_id = ${payment.id} and (invoice_id is null or kind in ('payment', 'refund'))
     group by invoice_id order by invoice_id`);
  const place = (id: number | null) => payment.allocations.findIndex((one) => one.invoiceId === id);
  const named = rows.filter((row) => row.invoiceId !== null).sort((a, b) => place(a.invoiceId) - place(b.invoiceId));
  const locked = await lockInvoices(
    tx,
    named.map((row) => row.invoiceId!),
    [payment.customerId],
  );
  const found = named.map((row) => ({ ...row, ...locked.find((one) => one.id === row.invoiceId)! }));
  const onAccount = rows.find((row) => row.invoiceId === null)?.cents ?? 0;
  const [tips] = await tx.execute<{ cents: number }>(sql`
    select coalesce(sum(tip_cents), 0)::bigint as cents from ${refunds}
     where payment_id = ${payment.id} and status = 'succeeded'`);
  return {
    invoices: found
      .filter((one) => one.status !== 'void')
      .map(({ id, cents, balanceCents }) => ({ invoiceId: id, cents, balanceCents })),
    accountCents: found.reduce((sum, one) => (one.status === 'void' ? sum + one.cents : sum), onAccount),
    tipCents: payment.tipCents - (tips?.cents ?? 0),
  };
}
