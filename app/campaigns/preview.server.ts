import { audienceNeighbours, type AudienceMember } from '#app/audiences/audience.server.ts';
import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { sendTransactional } from '#app/messaging/send-transactional.server.ts';
import { takeTest } from '#app/messaging/test-limit.server.ts';
import { prepareEmail, renderEmail, untrackedLinks, type CompiledEmail } from '#builders/email/render.ts';
import { parseTemplate, renderTemplate } from '#builders/merge/template.ts';
import { sampleValues, type MergeValues } from '#builders/merge/values.ts';
import type { Tx } from '#db/client.ts';

import type { CampaignCheck } from './checklist.server.ts';
import { loadRecipient, mergeValues } from './send-values.server.ts';

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
  const values = at ? await valuesFor(tx, check, at.member.invoiceId) : inventedValues(check);
  return {
    recipient: at?.member ?? null,
    position: at?.position ?? 0,
    previous: at?.previous ?? null,
    next: at?.next ?? null,
    email: check.compiled && { ...renderFor(check.compiled, values), preheader: lineFor(check.step.preheader, values) },
  };
}

export type TestSend =
  | { ok: true; messageId: number }
  /** `missing`: it does not compile, or nobody gets a message about that invoice. */
  | { ok: false; reason: 'missing' }
  | { ok: false; reason: 'too_many'; minutes: number };

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

async function valuesFor(tx: Tx, check: CampaignCheck, invoiceId: number): Promise<MergeValues> {
  const row = await loadRecipient(tx, invoiceId);
  if (!row) return inventedValues(check);
  return mergeValues(check.sender, row, check.today, previewUnsubscribe(check));
}

/** An invented customer's values with the company's own name, address and links. */
function inventedValues(check: CampaignCheck): MergeValues {
  const { sender } = check;
  const { phone, email, website, postalAddress } = sender.profile;
  const portal = sender.portalOrigin ?? '';
  return {
    ...sampleValues,
    company: { name: sender.companyName, phone, email, website, postal_address: postalAddress.replaceAll('\n', ', ') },
    links: {
      customer_portal: portal && `${portal}/`,
      pay_invoice: portal && `${portal}/`,
      unsubscribe: previewUnsubscribe(check),
    },
  };
}

/** Names no message, so nobody is unsubscribed by trying it. */
const previewUnsubscribe = (check: CampaignCheck) => `${check.sender.linkOrigin}/u/preview`;

function renderFor(compiled: CompiledEmail, values: MergeValues) {
  return renderEmail(prepareEmail(compiled), values, untrackedLinks(compiled, values));
}

/** A line with merge tags that is known to parse, since the email compiled. */
function lineFor(line: string, values: MergeValues): string {
  const parsed = parseTemplate(line, 'Preheader');
  return parsed.ok ? renderTemplate(parsed.template, values, 'header').trim() : '';
}
