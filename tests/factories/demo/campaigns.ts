import { sql } from 'drizzle-orm';

import { AudienceRules } from '#app/audiences/rules.ts';
import { attributePayment } from '#app/campaigns/attribution.server.ts';
import { consentText } from '#app/consent/purposes.ts';
import { mintLinks, type LinkRecipient, type LinkTarget } from '#app/links/mint.server.ts';
import { compileEmail } from '#builders/email/compile.server.ts';
import type { EmailTemplate } from '#builders/email/templates/template.ts';
import { friendlyReminder } from '#builders/email/templates/friendly-reminder.ts';
import { overdueNotice } from '#builders/email/templates/overdue-notice.ts';
import type { Tx } from '#db/client.ts';
import {
  auditEntries,
  campaignStepReasons,
  consents,
  enrollments,
  messageEvents,
  messageRanges,
  messages,
  suppressions,
} from '#db/schema/index.ts';

import { insertMany, insertManyReturning } from '../bulk.ts';
import { makeCampaign } from '../campaigns.ts';
import type { MadeStaff } from '../company.ts';
import type { PastCampaign, PastMessage } from '../plausible/campaign.ts';
import { instantOf, later, monthOf } from '../plausible/days.ts';
import type { History } from '../plausible/history.ts';
import type { CustomerIds } from './customers.ts';
import type { MadeInvoices } from './invoices.ts';

type Written = { history: History; ids: CustomerIds[]; invoices: MadeInvoices; author: MadeStaff };

/** Writes the finished campaigns with all that came of them, and what of the payments they brought in. */
export async function insertCampaigns(tx: Tx, written: Written): Promise<void> {
  const { history, invoices } = written;
  const [first, second] = history.campaigns as [PastCampaign, PastCampaign];
  const name = (campaign: PastCampaign, what: string) => `${what}, ${monthOf(campaign.launchDay)}`;
  await insertCampaign(tx, written, first, {
    name: name(first, 'Friendly reminder'),
    template: friendlyReminder,
    audience: AudienceRules.parse({ daysOverdueMin: 1 }),
  });
  await insertCampaign(tx, written, second, {
    name: name(second, 'More than 30 days overdue'),
    template: overdueNotice,
    audience: AudienceRules.parse({ daysOverdueMin: 30 }),
  });
  const reached = new Set(history.campaigns.flatMap(({ messages: sent }) => sent.map((message) => message.customer)));
  for (const { id, customer, at } of invoices.payments) {
    if (at > first.launchedAt && reached.has(customer)) await attributePayment(tx, id);
  }
}

async function insertCampaign(
  tx: Tx,
  { ids, invoices, author, history }: Written,
  past: PastCampaign,
  plan: { name: string; template: EmailTemplate; audience: AudienceRules },
): Promise<void> {
  const { subject, preheader, document } = plan.template;
  const compiled = await compileEmail({ document, subject, preheader });
  if (!compiled.ok) throw new Error(compiled.problems.map((problem) => problem.message).join(' '));
  const count = (kind: keyof PastMessage) => past.messages.filter((message) => message[kind] !== null).length;
  const skipped = past.messages.filter((message) => message.state === 'skipped');
  const { campaignId, stepId } = await makeCampaign(tx, {
    name: plan.name,
    status: 'sent',
    audience: plan.audience,
    createdBy: author.staffId,
    launchedBy: author.staffId,
    launchedAt: past.launchedAt,
    finishedAt: past.finishedAt,
    createdAt: instantOf(past.launchDay - 1, 15 * 60),
    updatedAt: past.finishedAt,
    step: {
      subject,
      preheader,
      document,
      compiled: compiled.email,
      sent: past.messages.length - skipped.length,
      skipped: skipped.length,
      delivered: count('deliveredAt'),
      opened: count('openedAt'),
      clicked: count('clickedAt'),
      bounced: count('bouncedAt'),
      unsubscribed: count('unsubscribedAt'),
    },
  });
  const enrollmentIds = await insertManyReturning(
    tx,
    enrollments,
    past.messages.map((message) => {
      const endReason = message.reason ?? (history.visits[message.visit]!.paid ? 'paid' : null);
      return {
        campaignId,
        customerId: ids[message.customer]!.customerId,
        invoiceId: invoices.invoiceIds[message.visit]!,
        status: endReason ? ('ended' as const) : ('active' as const),
        endReason,
        createdAt: past.launchedAt,
      };
    }),
  );
  const messageIds = await insertManyReturning(
    tx,
    messages,
    past.messages.map(({ customer, visit, ...message }, n) => ({
      ...message,
      kind: 'campaign' as const,
      campaignId,
      stepId,
      enrollmentId: enrollmentIds[n]!,
      customerId: ids[customer]!.customerId,
      invoiceId: invoices.invoiceIds[visit]!,
      contactId: ids[customer]!.emailContactId,
      provider: message.sentAt ? 'sandbox' : null,
      providerId: message.sentAt ? `sandbox-demo-${enrollmentIds[n]!}` : null,
      sendAt: past.launchedAt,
      attemptedAt: message.sentAt,
      createdAt: past.launchedAt,
    })),
  );
  const sent = past.messages
    .map((message, n) => ({ message, id: messageIds[n]!, to: ids[message.customer]!.customerId }))
    .filter(({ message }) => message.state === 'sent');
  await tx.insert(messageRanges).values({
    campaignId,
    stepId,
    fromId: messageIds[0]!,
    toId: messageIds.at(-1)!,
    cursorId: messageIds.at(-1)! + 1,
    status: 'done',
  });
  await insertMany(tx, campaignStepReasons, reasonRows(stepId, skipped));
  await insertMany(
    tx,
    messageEvents,
    sent.flatMap(({ message, id }) => eventRows(message, id)),
  );
  await insertOptOuts(tx, sent);
  await insertClicks(
    tx,
    compiled.email.links,
    sent.flatMap(({ message, id, to }) =>
      message.clickedAt ? [{ messageId: id, customerId: to, invoiceId: invoices.invoiceIds[message.visit]! }] : [],
    ),
  );
  await tx.insert(auditEntries).values(
    (['create', 'launch'] as const).map((verb) => ({
      at: verb === 'create' ? instantOf(past.launchDay - 1, 15 * 60) : past.launchedAt,
      staffId: author.staffId,
      actor: author.name,
      action: `campaign.${verb}`,
      subjectType: 'campaign',
      subjectId: campaignId,
      details: { name: plan.name },
    })),
  );
}

function reasonRows(stepId: number, skipped: PastMessage[]) {
  const counts = new Map<string, number>();
  for (const { reason } of skipped) counts.set(reason!, (counts.get(reason!) ?? 0) + 1);
  return [...counts].map(([reason, count]) => ({ stepId, state: 'skipped' as const, reason, count }));
}

function eventRows(message: PastMessage, messageId: number) {
  const told = [
    ['delivered', message.deliveredAt],
    ['bounced', message.bouncedAt],
    ['opened', message.openedAt],
    ['clicked', message.clickedAt],
    ['unsubscribed', message.unsubscribedAt],
  ] as const;
  return told.flatMap(([kind, at]) =>
    at
      ? {
          messageId,
          kind,
          dedupeKey: kind === 'unsubscribed' ? `unsubscribe:${messageId}` : `sandbox:${messageId}:${kind}`,
          details: kind === 'bounced' ? { permanent: true } : {},
          at,
        }
      : [],
  );
}

type Sent = { message: PastMessage; id: number; to: number }[];

/** Whoever unsubscribed or bounced: the proof, and the address on the list that nothing goes to. */
async function insertOptOuts(tx: Tx, sent: Sent): Promise<void> {
  const out = sent.flatMap(({ message, id, to }) => {
    const at = message.unsubscribedAt ?? message.bouncedAt;
    return at ? { address: message.address, id, to, at, bounced: message.bouncedAt !== null } : [];
  });
  await insertMany(
    tx,
    consents,
    out.map(({ address, id, to, at, bounced }) => ({
      customerId: to,
      channel: 'email' as const,
      address,
      purpose: bounced ? ('all' as const) : ('reminders' as const),
      state: 'out' as const,
      textShown: bounced ? '' : consentText.unsubscribe.email,
      textVersion: bounced ? '' : consentText.version,
      how: bounced ? 'bounce' : 'link',
      actor: bounced ? 'Mail provider' : 'Recipient',
      messageId: id,
      at,
    })),
  );
  await insertMany(
    tx,
    suppressions,
    out.map(({ address, at, bounced }) => ({
      channel: 'email' as const,
      address,
      purpose: bounced ? ('all' as const) : ('reminders' as const),
      reason: bounced ? ('bounced' as const) : ('unsubscribed' as const),
      at: later(at, 0),
    })),
  );
}

/** One click on the first link of each message that was clicked. */
async function insertClicks(tx: Tx, links: readonly LinkTarget[], recipients: LinkRecipient[]): Promise<void> {
  await mintLinks(tx, links.slice(0, 1), recipients);
  const ids = recipients.map((one) => one.messageId);
  await tx.execute(sql`update links set clicks = 1 where message_id = any(${sql.param(ids)}::bigint[])`);
}
