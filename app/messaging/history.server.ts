import { and, desc, eq, sql, type SQL } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { campaigns, invoices, messageContents, messages, outboxEmails } from '#db/schema/index.ts';

/** A message about a customer or an invoice, with what became of it: the answer to "why did, or didn't, they get this?" (B-04) */
export type MessageHistory = Awaited<ReturnType<typeof list>>[number];

/** The messages to a customer, the newest first, at most 200. */
export const messagesToCustomer = (tx: Tx, customerId: number) => list(tx, eq(messages.customerId, customerId));

/** The messages about an invoice, the newest first, at most 200. */
export const messagesAboutInvoice = (tx: Tx, invoiceId: number) => list(tx, eq(messages.invoiceId, invoiceId));

function list(tx: Tx, where: SQL) {
  return tx
    .select({
      id: messages.id,
      kind: messages.kind,
      state: messages.state,
      reason: messages.reason,
      address: messages.address,
      /** As it was sent; null while it has not been merged for this recipient. */
      subject: sql<string | null>`coalesce(${outboxEmails.subject}, ${messageContents.subject})`,
      sendAt: messages.sendAt,
      sentAt: messages.sentAt,
      deliveredAt: messages.deliveredAt,
      openedAt: messages.openedAt,
      clickedAt: messages.clickedAt,
      bouncedAt: messages.bouncedAt,
      complainedAt: messages.complainedAt,
      unsubscribedAt: messages.unsubscribedAt,
      campaignId: messages.campaignId,
      campaign: campaigns.name,
      invoiceId: messages.invoiceId,
      invoiceNumber: invoices.number,
      outboxId: outboxEmails.id,
    })
    .from(messages)
    .leftJoin(campaigns, eq(campaigns.id, messages.campaignId))
    .leftJoin(invoices, eq(invoices.id, messages.invoiceId))
    .leftJoin(messageContents, eq(messageContents.messageId, messages.id))
    .leftJoin(outboxEmails, eq(outboxEmails.messageId, messages.id))
    .where(and(where))
    .orderBy(desc(messages.id))
    .limit(200);
}
