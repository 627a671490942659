import { eq, sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import type { Tx } from '#db/client.ts';
import { customers, paymentLinks } from '#db/schema/index.ts';

export type PaymentLink = { version: number; createdAt: Date };

/** The customer's payment link, or null while none was generated (S4-01). */
export async function readPaymentLink(tx: Tx, customerId: number): Promise<PaymentLink | null> {
  const [link] = await tx
    .select({ version: paymentLinks.version, createdAt: paymentLinks.createdAt })
    .from(paymentLinks)
    .where(eq(paymentLinks.customerId, customerId));
  return link ?? null;
}

/**
 * Generates the customer's payment link: the first one, or one in place of that which the person saw. The old address stops at
 * once, since it names another version (S4-14, S4-15).
 * @param seen the version that is to be replaced, 0 for none. Where it was replaced meanwhile, by a second click or somebody
 *   else, nothing changes
 * @returns the link that now holds, or null when there is no such customer
 */
export async function generatePaymentLink(
  tx: Tx,
  actor: Actor,
  customerId: number,
  seen: number,
): Promise<PaymentLink | null> {
  const [customer] = await tx.select({ id: customers.id }).from(customers).where(eq(customers.id, customerId));
  if (!customer) return null;
  const [made] = await tx
    .insert(paymentLinks)
    .values({ customerId, version: 1, staffId: actor.staffId })
    .onConflictDoUpdate({
      target: [paymentLinks.companyId, paymentLinks.customerId],
      set: { version: sql`${paymentLinks.version} + 1`, staffId: actor.staffId, createdAt: sql`now()` },
      setWhere: eq(paymentLinks.version, seen),
    })
    .returning({ version: paymentLinks.version, createdAt: paymentLinks.createdAt });
  if (!made) return readPaymentLink(tx, customerId);
  const action = made.version === 1 ? 'payment_link.generate' : 'payment_link.replace';
  await recordAudit(tx, actor, action, { type: 'customer', id: customerId }, { version: made.version });
  return made;
}
