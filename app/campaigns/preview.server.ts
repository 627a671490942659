import { sql } from 'drizzle-orm';

import { audienceNeighbours, type AudienceMember } from '#app/audiences/audience.server.ts';
import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import type { Addresses } from '#app/messaging/addresses.ts';
import { readPhone } from '#app/invoicing/customers/customer-form.ts';
import { mintLinks } from '#app/links/mint.server.ts';
import { sendTransactional, sendTransactionalText } from '#app/messaging/send-transactional.server.ts';
import { loadSender, shortUrl, type Sender } from '#app/messaging/sender.server.ts';
import { takeTest } from '#app/messaging/test-limit.server.ts';
import {
  compiledEmailSchema,
  prepareEmail,
  renderEmail,
  untrackedLinks,
  type CompiledEmail,
} from '#builders/email/render.ts';
import { parseTemplate, renderTemplate } from '#builders/merge/template.ts';
import type { MergeValues } from '#builders/merge/values.ts';
import { compiledPostcardSchema } from '#builders/postcard/compiled.ts';
import { compiledSmsSchema, type CompiledSms } from '#builders/sms/compiled.ts';
import { composeSms, prepareSms, tagsTakenApart, type ComposedSms } from '#builders/sms/compose.ts';
import type { Tx } from '#db/client.ts';
import type { Channel } from '#db/schema/columns.ts';

import type { CampaignCheck } from './checklist.server.ts';
import { cardFor, type CardPreview } from './card-for.server.ts';
import { exampleUrl, inventedValues, INVENTED_ADDRESS, previewUnsubscribe } from './invented.server.ts';
import { loadCardSender } from './press.server.ts';
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
  /** Null while it does not compile: the checklist says why. */
  message: PreviewMessage | null;
};

export type PreviewMessage =
  | { channel: 'email'; subject: string; preheader: string; html: string; text: string }
  | ({
      channel: 'sms';
      /** Tags whose value held an address, which was taken apart (S0-11). */
      apart: string[];
    } & Pick<ComposedSms, 'body' | 'count' | 'refusal'>)
  | ({ channel: 'mail' } & CardPreview);

/**
 * The message as one recipient will get it, by the engine that sends and from their own values (B-08). Its links lead
 * straight to where they lead in the end: looking at it counts nothing.
 * @param invoiceId the run about this invoice; null for the first in the audience
 * @returns null when nobody in the audience gets a message about that invoice
 */
export async function previewCampaign(tx: Tx, check: CampaignCheck, invoiceId: number | null): Promise<Preview | null> {
  const at = await audienceNeighbours(tx, check.rules, check.today, invoiceId, check.reach);
  if (!at && invoiceId !== null) return null;
  const { sender, today } = check;
  const values = at ? await valuesFor(tx, sender, today, at.member.invoiceId) : inventedValues(sender);
  return {
    recipient: at?.member ?? null,
    position: at?.position ?? 0,
    previous: at?.previous ?? null,
    next: at?.next ?? null,
    message: messageFor(check, values, at ? linesOf(at.member) : INVENTED_ADDRESS),
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
  /** Whose number texts are from. */
  number: string;
  /** Null when the stored content can't be read. */
  message: PreviewMessage | null;
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
  options: { addresses: Addresses; secret: string; standIn: boolean },
): Promise<SentPreview | null> {
  const recipient = await campaignPerson(tx, campaignId, messageId);
  if (!recipient) return null;
  const [row] = await tx.execute<{ channel: Channel; compiled: unknown; previous: number | null; next: number | null }>(
    sql`select s.channel, s.compiled, (select max(id) from messages where step_id = s.id and id < ${recipient.messageId}) as previous,
               (select min(id) from messages where step_id = s.id and id > ${recipient.messageId}) as next
          from campaign_steps s where s.id = ${recipient.stepId}`,
  );
  const sender = await loadSender(tx, options);
  const day = localDay(sender.timeZone, recipient.sentAt === null ? new Date() : new Date(recipient.sentAt));
  const values = await valuesFor(tx, sender, day, recipient.invoiceId);
  return {
    recipient,
    previous: row?.previous ?? null,
    next: row?.next ?? null,
    from: sender.from ?? { name: sender.companyName, address: '' },
    number: sender.companyName,
    message: row ? await frozenFor(tx, row, sender, values, linesOf(recipient)) : null,
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
  if (preview?.message?.channel !== 'email') return { ok: false, reason: 'missing' };
  const minutes = await takeTest(tx, actor);
  if (minutes > 0) return { ok: false, reason: 'too_many', minutes };
  const { subject, html, text } = preview.message;
  const messageId = await sendTransactional(tx, { kind: 'test', to: request.to, subject, html, text });
  const subjectOf = { type: 'campaign', id: check.campaign.id };
  await recordAudit(tx, actor, 'campaign.test', subjectOf, { to: request.to, invoiceId: request.invoiceId });
  return { ok: true, messageId };
}

/** Sends the text as one recipient would get it to a number of the office's own (B-08). Its short links work. */
export async function sendTestText(
  tx: Tx,
  actor: Actor,
  check: CampaignCheck,
  request: { invoiceId: number | null; to: string },
): Promise<TestSend | { ok: false; reason: 'number' | 'not_ready' }> {
  const { content, sender } = check;
  const preview = await previewCampaign(tx, check, request.invoiceId);
  if (!preview || content.channel !== 'sms' || !content.compiled) return { ok: false, reason: 'missing' };
  if (!content.number.ok) return { ok: false, reason: 'not_ready' };
  const to = readPhone(request.to);
  if (!to) return { ok: false, reason: 'number' };
  const minutes = await takeTest(tx, actor);
  if (minutes > 0) return { ok: false, reason: 'too_many', minutes };
  const { compiled } = content;
  const invoiceId = preview.recipient?.invoiceId ?? null;
  const values = invoiceId === null ? inventedValues(sender) : await valuesFor(tx, sender, check.today, invoiceId);
  const messageId = await sendTransactionalText(tx, {
    kind: 'test',
    to,
    body: async (id) => {
      const codes = await mintLinks(tx, compiled.links, [{ messageId: id, customerId: null, invoiceId }]);
      const shortOf = (key: string) => shortUrl(sender, codes.get(id)?.[key] ?? '');
      return composeSms(prepareSms(compiled), values, shortOf).body;
    },
  });
  await recordAudit(tx, actor, 'campaign.test', { type: 'campaign', id: check.campaign.id }, { to, invoiceId });
  return { ok: true, messageId };
}

export async function valuesFor(tx: Tx, sender: Sender, today: string, invoiceId: number): Promise<MergeValues> {
  const row = await loadRecipient(tx, invoiceId);
  return row ? mergeValues(sender, row, today, previewUnsubscribe(sender)) : inventedValues(sender);
}

/** What a draft says with these values. */
function messageFor(
  { content, step, sender }: CampaignCheck,
  values: MergeValues,
  address: readonly string[],
): PreviewMessage | null {
  if (!content.compiled) return null;
  switch (content.channel) {
    case 'sms':
      return textFor(content.compiled, sender, values);
    case 'mail':
      return asMessage(cardFor(content.compiled, sender, content.card, values, address));
    default:
      return emailFor(content.compiled, step.preheader, values);
  }
}

const asMessage = (preview: CardPreview | null): PreviewMessage | null => preview && { channel: 'mail', ...preview };

/** A postal address as it is printed, below the name. */
const linesOf = ({ name, address }: { name: string; address: string }) => [name, ...address.split('\n')];

/** What a launched step says with these values; null where what was frozen can't be read any more. */
async function frozenFor(
  tx: Tx,
  step: { channel: Channel; compiled: unknown },
  sender: Sender,
  values: MergeValues,
  address: readonly string[],
): Promise<PreviewMessage | null> {
  if (step.channel === 'mail') {
    const postcard = compiledPostcardSchema.safeParse(step.compiled);
    if (!postcard.success) return null;
    return asMessage(cardFor(postcard.data, sender, await loadCardSender(tx, sender), values, address));
  }
  if (step.channel === 'sms') {
    const text = compiledSmsSchema.safeParse(step.compiled);
    return text.success ? textFor(text.data, sender, values) : null;
  }
  const email = compiledEmailSchema.safeParse(step.compiled);
  return email.success ? emailFor(email.data, email.data.preheader, values) : null;
}

function textFor(compiled: CompiledSms, sender: Sender, values: MergeValues): PreviewMessage {
  const prepared = prepareSms(compiled);
  const apart = tagsTakenApart(prepared, values);
  return { channel: 'sms', apart, ...composeSms(prepared, values, () => exampleUrl(sender)) };
}

function emailFor(compiled: CompiledEmail, preheader: string, values: MergeValues): PreviewMessage {
  return {
    channel: 'email',
    ...renderEmail(prepareEmail(compiled), values, untrackedLinks(compiled, values)),
    preheader: lineFor(preheader, values),
  };
}

/** A line with merge tags that is known to parse, since the email compiled. */
function lineFor(line: string, values: MergeValues): string {
  const parsed = parseTemplate(line, 'Preheader');
  return parsed.ok ? renderTemplate(parsed.template, values, 'header').trim() : '';
}
