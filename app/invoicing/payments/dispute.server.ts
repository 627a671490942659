import { and, eq, inArray, isNull, sql } from 'drizzle-orm';

import { system } from '#app/company/audit.server.ts';
import type { Tx } from '#db/client.ts';
import { disputes, invoices, payments } from '#db/schema/index.ts';

import { giveBack, type GivenBack } from './give-back.server.ts';
import { lockPayment } from './payments.server.ts';
import { auditPayment, lockAll } from './settle.server.ts';

export type ToldDispute = {
  /** The processor's own reference. */
  reference: string;
  paymentId: number;
  amountCents: number;
  /** In the processor's words, such as `product_not_received`. */
  reason: string;
  status: 'open' | 'won' | 'lost';
};

/**
 * A payer asked the bank for the money back, as the processor tells of it; forward only, however often and in whatever order it is told.
 * While one is open, the payment's invoices are disputed, which pauses their reminders (B-17). Won: they are as before, unless another is
 * open. Lost: the money is gone, and the invoices are owed again; whether they are asked for again is for people to decide, so they stay
 * disputed.
 * @returns false when the payment is not recorded as arrived yet: finish it first, and tell this again
 */
export async function recordDispute(tx: Tx, told: ToldDispute): Promise<boolean> {
  const [payment] = await tx.select().from(payments).where(eq(payments.id, told.paymentId));
  if (!payment) return false;
  await lockAll(tx, payment);
  const current = await lockPayment(tx, payment.id);
  if (current.status !== 'succeeded' && current.status !== 'refunded') return false;
  const { reference, paymentId, amountCents, reason } = told;
  // Its instant is that of the transaction, as are those of what it disputes.
  const [opened] = await tx
    .insert(disputes)
    .values({ reference, paymentId, amountCents, reason, status: 'open' })
    .onConflictDoNothing()
    .returning();
  const ids = current.allocations.map(({ invoiceId }) => invoiceId);
  const audit = (action: string, moved?: GivenBack) =>
    auditPayment(tx, current, action, {
      actor: system,
      ...(moved && { movements: moved.allocations, tipCents: moved.tipCents }),
      disputedCents: amountCents,
      reason,
    });
  if (opened) {
    await tx
      .update(payments)
      .set({ disputedAt: sql`now()` })
      .where(eq(payments.id, paymentId));
    if (ids.length > 0) {
      await tx
        .update(invoices)
        .set({ disputedAt: sql`now()`, updatedAt: sql`now()` })
        .where(and(inArray(invoices.id, ids), isNull(invoices.disputedAt)));
    }
    await audit('dispute.open');
  }
  if (told.status === 'open') return true;
  const [closed] = await tx
    .update(disputes)
    .set({ status: told.status, closedAt: sql`now()` })
    .where(and(eq(disputes.reference, reference), eq(disputes.status, 'open')))
    .returning();
  if (!closed) return true;
  await tx.execute(sql`
    update payments set disputed_at = (select min(opened_at) from disputes where payment_id = ${paymentId} and status = 'open')
     where id = ${paymentId}`);
  if (told.status === 'won') {
    // Those that the office itself holds in dispute stay so: theirs is another instant. Another dispute that is open, or was lost while
    // this one was, takes this one's place.
    await tx.execute(sql`
      update invoices i set updated_at = now(), disputed_at = (
               select min(d.opened_at) from disputes d join payments p on p.id = d.payment_id
                where p.customer_id = i.customer_id and p.allocations @> jsonb_build_array(jsonb_build_object('invoiceId', i.id))
                  and (d.status = 'open' or (d.status = 'lost' and d.closed_at >= won.opened_at)))
        from disputes won
       where won.id = ${closed.id} and i.id = any(${sql.param(ids)}::int8[]) and i.disputed_at = won.opened_at`);
    await audit('dispute.won');
  } else {
    const lostCents = Math.min(amountCents, current.amountCents - current.refundedCents);
    const options = { reduces: false, memo: 'Dispute lost', actor: system };
    const moved = lostCents > 0 ? await giveBack(tx, current, lostCents, options) : { allocations: [], tipCents: 0 };
    await audit('dispute.lost', moved);
  }
  return true;
}
