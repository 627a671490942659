import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { sendTransactional } from '#app/messaging/send-transactional.server.ts';
import type { Sender } from '#app/messaging/sender.server.ts';
import {
  prepareEmail,
  renderEmail,
  untrackedLinks,
  type CompiledEmail,
  type RenderedEmail,
} from '#builders/email/render.ts';
import { sampleValues, type MergeValues } from '#builders/merge/values.ts';
import type { Tx } from '#db/client.ts';

import { loadRecipient, localDay, mergeValues, type RecipientRow } from './send-values.server.ts';

/** Where the unsubscribe link of a preview or a test leads: nobody is unsubscribed by looking. */
const nowhere = (sender: Sender) => `${sender.linkOrigin}/u/preview`;

/**
 * The email as one recipient would get it, by the engine that sends (B-08). Links lead straight to where they lead in the
 * end, and nothing is counted.
 * @param recipient null renders with invented sample values
 */
export function previewEmail(
  compiled: CompiledEmail,
  sender: Sender,
  recipient: RecipientRow | null,
): RenderedEmail & { values: MergeValues } {
  const unsubscribe = nowhere(sender);
  const values = recipient
    ? mergeValues(sender, recipient, localDay(sender.timeZone), unsubscribe)
    : sampleFor(sender, unsubscribe);
  return { ...renderEmail(prepareEmail(compiled), values, untrackedLinks(compiled, values)), values };
}

/** Sample customer and invoice, but the company's own data and links. */
function sampleFor(sender: Sender, unsubscribe: string): MergeValues {
  const nobody: RecipientRow = {
    customerId: 0,
    invoiceId: 0,
    firstName: '',
    lastName: '',
    name: '',
    companyName: '',
    number: '',
    balanceCents: 0,
    totalCents: 0,
    currency: 'USD',
    dueOn: '2026-01-01',
    issuedOn: '2026-01-01',
    summary: '',
  };
  const own = mergeValues(sender, nobody, localDay(sender.timeZone), unsubscribe);
  const portal = sender.portalOrigin ? `${sender.portalOrigin}/` : '';
  return { ...sampleValues, company: own.company, links: { ...own.links, pay_invoice: portal } };
}

/**
 * Sends the email as one recipient would get it to somebody of the staff.
 * @param request.invoiceId whose invoice it is about; null takes sample values
 * @returns false when the company has no such invoice
 */
export async function sendTest(
  tx: Tx,
  actor: Actor,
  request: { campaignId: number; compiled: CompiledEmail; sender: Sender; invoiceId: number | null; to: string },
): Promise<boolean> {
  const recipient = request.invoiceId === null ? null : await loadRecipient(tx, request.invoiceId);
  if (request.invoiceId !== null && !recipient) return false;
  const { subject, html, text } = previewEmail(request.compiled, request.sender, recipient);
  await sendTransactional(tx, { kind: 'test', to: request.to, subject, html, text });
  await recordAudit(tx, actor, 'campaign.test', { type: 'campaign', id: request.campaignId }, { to: request.to });
  return true;
}
