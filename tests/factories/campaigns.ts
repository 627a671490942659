import { friendlyReminder } from '#builders/email/templates/friendly-reminder.ts';
import type { Tx } from '#db/client.ts';
import { campaigns, campaignSteps, enrollments, messages } from '#db/schema/index.ts';

import { next } from './sequence.ts';

export type MadeCampaign = { campaignId: number; stepId: number };

/** A campaign of one email, a draft by default, with the friendly reminder as its content. */
export async function makeCampaign(
  tx: Tx,
  overrides: Partial<typeof campaigns.$inferInsert> & { step?: Partial<typeof campaignSteps.$inferInsert> } = {},
): Promise<MadeCampaign> {
  const { step, ...row } = overrides;
  const [campaign] = await tx
    .insert(campaigns)
    .values({ name: `Campaign ${next()}`, ...row })
    .returning({ id: campaigns.id });
  const campaignId = campaign!.id;
  const { subject, preheader, document } = friendlyReminder;
  const [made] = await tx
    .insert(campaignSteps)
    .values({ position: 1, subject, preheader, document, ...step, campaignId })
    .returning({ id: campaignSteps.id });
  return { campaignId, stepId: made!.id };
}

/** A campaign's message to a customer about an invoice, with its enrollment; planned by default. Counters are not moved. */
export async function makeMessage(
  tx: Tx,
  message: MadeCampaign & { customerId: number; invoiceId: number } & Partial<typeof messages.$inferInsert>,
): Promise<{ messageId: number; enrollmentId: number }> {
  const { campaignId, customerId, invoiceId } = message;
  const [enrollment] = await tx
    .insert(enrollments)
    .values({ campaignId, customerId, invoiceId })
    .returning({ id: enrollments.id });
  const enrollmentId = enrollment!.id;
  const [row] = await tx
    .insert(messages)
    .values({ kind: 'campaign', address: `customer${next()}@mail.example`, ...message, enrollmentId })
    .returning({ id: messages.id });
  return { messageId: row!.id, enrollmentId };
}
