import { sql } from 'drizzle-orm';

import { audienceNeighbours, type AudienceMember } from '#app/audiences/audience.server.ts';
import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import type { Addresses } from '#app/messaging/addresses.ts';
import { sendTransactional } from '#app/messaging/send-transactional.server.ts';
import { loadSender, type Sender } from '#app/messaging/sender.server.ts';
import { takeTest } from '#app/messaging/test-limit.server.ts';
import {
  compiledEmailSchema,
  prepareEmail,
  renderEmail,
  untrackedLinks,
  type CompiledEmail,
} from '#builders/email/render.ts';
import { parseTemplate, renderTemplate } from '#builders/merge/template.ts';
import { sampleValues, type MergeValues } from '#builders/merge/values.ts';
import type { Tx } from '#db/client.ts';

import type { CampaignCheck } from './checklist.server.ts';
import { campaignPerson, type PersonRow } from './results.server.ts';
import { loadRecipient, localDay, mergeValues } from './send-values.server.ts';

export type Preview = {
  /** Whom it is written to; null for the invented customer who stands in while the audience is empty. */
  recipient: AudienceMember | null;
  /** From 1; 0 for the invented one. */
  position: number;
  /** Invoices of the recipients before and behind. */
  previous: number | null;
  next: number | null;
  /** Null while the email does not compile: the checklist says why. */
  email: { subject: string; preheader: string; html: string; text: string } | null;
};

/**
 * The email as one recipient will get it, by the engine that sends and from their own values (B-08). Its links lead
 * straight to where they lead in the end: looking at it counts nothing.
 * @param invoiceId the run about this invoice; null for the first in the audience
 * @returns null when nobody in the audience gets a message about that invoice
 */
export async function previewCampaign(tx: Tx, check: CampaignCheck, invoiceId: number | null): Promise<Preview | null> {
  const at = await audienceNeighbours(tx, check.rules, check.today, invoiceId, check.campaign.purpose);
  if (!at && invoiceId !== null) return null;
  const { sender, today } = check;
  const values = at ? await valuesFor(tx, sender, today, at.member.invoiceId) : inventedValues(sender);
  return {
    recipient: at?.member ?? null,
    position: at?.position ?? 0,
    previous: at?.previous ?? null,
    next: at?.next ?? null,
    email: check.compiled && renderFor(check.compiled, check.step.preheader, values),
  };
}

export type TestSend =
  | { ok: true; messageId: number }
  /** `missing`: it does not compile, or nobody gets a message about that invoice. */
  | { ok: false; reason: 'missing' }
  | { ok: false; reason: 'too_many'; minutes: number };

export type SentPreview = {
  recipient: PersonRow;
  /** Messages before and behind, in the order in which they were made; null at the ends. */
  previous: number | null;
  next: number | null;
  from: { name?: string; address: string };
  /** Null when the stored content can't be read. */
  email: Preview['email'];
};

/**
 * What a launched campaign says to one of its recipients (B-08): the content as the launch froze it, with the customer's own
 * values as they are now, and days counted to when it was sent. Its links lead straight to where they lead in the end.
 * @param messageId one of the campaign's messages; null for the first
 * @returns null when the campaign has no such message, or none at all
 */
export async function previewSent(
  tx: Tx,
  campaignId: number,
  messageId: number | null,
  options: { addresses: Addresses; standIn: boolean },
): Promise<SentPreview | null> {
  const recipient = await campaignPerson(tx, campaignId, messageId);
  if (!recipient) return null;
  const [row] = await tx.execute<{ compiled: unknown; previous: number | null; next: number | null }>(
    sql`select s.compiled, (select max(id) from messages where step_id = s.id and id < ${recipient.messageId}) as previous,
               (select min(id) from messages where step_id = s.id and id > ${recipient.messageId}) as next
          from campaign_steps s where s.id = ${recipient.stepId}`,
  );
  const sender = await loadSender(tx, options);
  const day = localDay(sender.timeZone, recipient.sentAt === null ? new Date() : new Date(recipient.sentAt));
  const compiled = compiledEmailSchema.safeParse(row?.compiled);
  const values = await valuesFor(tx, sender, day, recipient.invoiceId);
  return {
    recipient,
    previous: row?.previous ?? null,
    next: row?.next ?? null,
    from: sender.from ?? { name: sender.companyName, address: '' },
    email: compiled.success ? renderFor(compiled.data, compiled.data.preheader, values) : null,
  };
}

/** Sends the email as one recipient would get it to somebody of the office, marked as a test (B-08). */
export async function sendTestEmail(
  tx: Tx,
  actor: Actor,
  check: CampaignCheck,
  request: { invoiceId: number | null; to: string },
): Promise<TestSend> {
  const preview = await previewCampaign(tx, check, request.invoiceId);
  if (!preview?.email) return { ok: false, reason: 'missing' };
  const minutes = await takeTest(tx, actor);
  if (minutes > 0) return { ok: false, reason: 'too_many', minutes };
  const { subject, html, text } = preview.email;
  const messageId = await sendTransactional(tx, { kind: 'test', to: request.to, subject, html, text });
  const subjectOf = { type: 'campaign', id: check.campaign.id };
  await recordAudit(tx, actor, 'campaign.test', subjectOf, { to: request.to, invoiceId: request.invoiceId });
  return { ok: true, messageId };
}

async function valuesFor(tx: Tx, sender: Sender, today: string, invoiceId: number): Promise<MergeValues> {
  const row = await loadRecipient(tx, invoiceId);
  return row ? mergeValues(sender, row, today, previewUnsubscribe(sender)) : inventedValues(sender);
}

/** An invented customer's values with the company's own name, address and links. */
function inventedValues(sender: Sender): MergeValues {
  const { phone, email, website, postalAddress } = sender.profile;
  const portal = sender.portalOrigin ?? '';
  return {
    ...sampleValues,
    company: { name: sender.companyName, phone, email, website, postal_address: postalAddress.replaceAll('\n', ', ') },
    links: {
      customer_portal: portal && `${portal}/`,
      pay_invoice: portal && `${portal}/`,
      unsubscribe: previewUnsubscribe(sender),
    },
  };
}

/** Names no message, so nobody is unsubscribed by trying it. */
const previewUnsubscribe = (sender: Sender) => `${sender.linkOrigin}/u/preview`;

function renderFor(compiled: CompiledEmail, preheader: string, values: MergeValues) {
  return {
    ...renderEmail(prepareEmail(compiled), values, untrackedLinks(compiled, values)),
    preheader: lineFor(preheader, values),
  };
}

/** A line with merge tags that is known to parse, since the email compiled. */
function lineFor(line: string, values: MergeValues): string {
  const parsed = parseTemplate(line, 'Preheader');
  return parsed.ok ? renderTemplate(parsed.template, values, 'header').trim() : '';
}
