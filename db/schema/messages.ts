import { sql } from 'drizzle-orm';
import {
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

import { campaigns } from './campaigns.ts';
import { cents, channel, companyId, createdAt, id, instant, ref } from './columns.ts';
import { customers } from './customers.ts';

/**
 * Everything that was, will be or was refused to be sent to somebody. Campaign messages are made in bulk at launch;
 * a transactional one (invitation, receipt, test) brings its content along in `message_contents`.
 *
 * planned → attempting → sent | failed(reason) | unknown; planned → skipped(reason) | deferred → …
 * Provider events only ever fill in what is still empty.
 */
export const messages = pgTable(
  'messages',
  {
    companyId: companyId(),
    id: id(),
    kind: text({
      enum: [
        'campaign',
        'test',
        'portal_invitation',
        'portal_reset',
        'receipt',
        // An invoice by email, its payment link by text, a statement, and word that a bank payment failed.
        'invoice',
        'invoice_text',
        'statement',
        'payment_failed',
        'staff_invitation',
        // What staff write back to a customer's text, and what answers STOP, START and HELP by itself.
        'reply',
        'keyword_answer',
      ],
    }).notNull(),
    channel: channel().notNull().default('email'),
    campaignId: ref(),
    stepId: ref(),
    enrollmentId: ref(),
    customerId: ref(),
    invoiceId: ref(),
    contactId: ref(),
    /** Where a postcard goes. */
    locationId: ref(),
    /** The address as it stood when the message was made; empty where there was none (then it is skipped). */
    address: text().notNull(),
    sendAt: instant().notNull().defaultNow(),
    state: text({ enum: ['planned', 'deferred', 'attempting', 'sent', 'skipped', 'failed', 'unknown'] })
      .notNull()
      .default('planned'),
    /** Why it was skipped, failed or waits: a code of app/messaging/reasons.ts. */
    reason: text(),
    provider: text(),
    providerId: text(),
    attemptedAt: instant(),
    sentAt: instant(),
    /** When it was left out; null for what the launch left out. */
    skippedAt: instant(),
    deliveredAt: instant(),
    openedAt: instant(),
    clickedAt: instant(),
    bouncedAt: instant(),
    complainedAt: instant(),
    unsubscribedAt: instant(),
    repliedAt: instant(),
    /** A postcard's way: given to the post, come back, or taken back before it was printed. */
    mailedAt: instant(),
    returnedAt: instant(),
    recalledAt: instant(),
    /** What the provider takes for it, where it tells. */
    costCents: cents(),
    /** The first look by a scanner or a mail program of its own accord: says nothing of people. */
    machineOpenedAt: instant(),
    machineClickedAt: instant(),
    /** Parts that the text went out in; null for other channels. */
    parts: smallint(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.campaignId], foreignColumns: [campaigns.companyId, campaigns.id] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }),
    index('messages_customer').on(t.companyId, t.customerId, t.id.desc()),
    index('messages_step').on(t.companyId, t.stepId, t.id),
    index('messages_invoice').on(t.companyId, t.invoiceId),
    // What was texted with a number.
    index('messages_number')
      .on(t.companyId, t.address, t.id.desc())
      .where(sql`${t.channel} = 'sms'`),
  ],
);

/** A file that goes along with an email: an invoice, or a customer's statement of days `from` to `to`, both inclusive. */
export type MessageAttachment =
  | { kind: 'invoice'; invoiceId: number }
  | { kind: 'statement'; customerId: number; from: string; to: string };

export const messageContents = pgTable(
  'message_contents',
  {
    companyId: companyId(),
    messageId: ref().notNull(),
    subject: text().notNull(),
    html: text().notNull(),
    text: text().notNull(),
    /** What goes along. The file is made when the message is sent, so that it says what is so then. */
    attachment: jsonb().$type<MessageAttachment>(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.messageId] }),
    foreignKey({ columns: [t.companyId, t.messageId], foreignColumns: [messages.companyId, messages.id] }).onDelete(
      'cascade',
    ),
  ],
);

/**
 * Append-only: what providers and recipients told us. A message's `dedupeKey` makes a doubled event one. No foreign key: each row is
 * written from its message, which its transaction has locked, and the app can't delete messages (docs/decisions/0012). `id` is for
 * the order of what was told at the same time.
 */
export const messageEvents = pgTable(
  'message_events',
  {
    companyId: companyId(),
    id: id(),
    messageId: ref().notNull(),
    kind: text({
      enum: [
        // The provider has it: told again, where its answer may have been lost.
        'taken',
        'delivered',
        // The gate's own line: it waits for sending hours, `until` then.
        'deferred',
        // The provider has it and could not hand it on yet.
        'delayed',
        'opened',
        'clicked',
        // A scanner's or a mail program's own look, kept apart from what people did.
        'machine_opened',
        'machine_clicked',
        'bounced',
        'complained',
        'unsubscribed',
        'replied',
        // A postcard's way.
        'mailed',
        'in_transit',
        'in_local_area',
        'out_for_delivery',
        'rerouted',
        'returned',
        'recalled',
      ],
    }).notNull(),
    dedupeKey: text().notNull(),
    details: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    at: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.messageId, t.dedupeKey] }),
    // What was refused lately.
    index('message_events_bounced')
      .on(t.companyId, t.at)
      .where(sql`${t.kind} = 'bounced'`),
  ],
);

/** What the sandbox provider was handed, shown in the Outbox as its customer sees it. */
export const outboxEmails = pgTable(
  'outbox_emails',
  {
    companyId: companyId(),
    id: id(),
    messageId: ref(),
    sender: text().notNull(),
    recipient: text().notNull(),
    subject: text().notNull(),
    /** The whole message as it would go over the wire. */
    mime: text().notNull(),
    at: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    index('outbox_emails_message').on(t.companyId, t.messageId),
    index('outbox_emails_recipient').on(t.companyId, t.recipient, t.id.desc()),
  ],
);

/** What the sandbox was handed of texts, shown in the Outbox as on a phone. */
export const outboxTexts = pgTable(
  'outbox_texts',
  {
    companyId: companyId(),
    id: id(),
    messageId: ref(),
    sender: text().notNull(),
    recipient: text().notNull(),
    body: text().notNull(),
    parts: smallint().notNull(),
    at: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    index('outbox_texts_message').on(t.companyId, t.messageId),
    index('outbox_texts_recipient').on(t.companyId, t.recipient, t.id.desc()),
  ],
);

/** What the sandbox was handed of postcards, shown in the Outbox with both sides. */
export const outboxPostcards = pgTable(
  'outbox_postcards',
  {
    companyId: companyId(),
    id: id(),
    messageId: ref(),
    /** As in `messages.address`. */
    recipient: text().notNull(),
    /** Card: see builders/postcard/card.ts. */
    card: jsonb().$type<unknown>().notNull(),
    sendDate: text(),
    at: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    uniqueIndex('outbox_postcards_message').on(t.companyId, t.messageId),
  ],
);

/** What was said of a postal address when it was last looked up (B-12). */
export const addressChecks = pgTable(
  'address_checks',
  {
    companyId: companyId(),
    /** As in `messages.address`. */
    address: text().notNull(),
    deliverability: text({
      enum: [
        'deliverable',
        'deliverable_unnecessary_unit',
        'deliverable_incorrect_unit',
        'deliverable_missing_unit',
        'undeliverable',
      ],
    }).notNull(),
    /** PostalAddress as the Postal Service writes it, or null. */
    standard: jsonb().$type<{ line1: string; line2: string; city: string; state: string; zip: string }>(),
    provider: text().notNull(),
    at: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.companyId, t.address] })],
);

/** What people text us: kept as it came. `providerId` makes one that is told twice one. */
export const inboundTexts = pgTable(
  'inbound_texts',
  {
    companyId: companyId(),
    id: id(),
    provider: text({ enum: ['sandbox', 'twilio'] }).notNull(),
    providerId: text().notNull(),
    /** E.164, or a short code's digits. */
    sender: text().notNull(),
    recipient: text().notNull(),
    body: text().notNull(),
    /** What it was taken for: see app/consent/inbound-words.ts. */
    meaning: text({ enum: ['stop', 'start', 'help', 'reply'] }).notNull(),
    /** The customer whose number it is; null where nobody's, or several customers', and nothing tells which. */
    customerId: ref(),
    /** The last message before it that went to the number. */
    messageId: ref(),
    /** When somebody of the office read it. */
    readAt: instant(),
    at: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }),
    uniqueIndex('inbound_texts_provider_id').on(t.companyId, t.provider, t.providerId),
    index('inbound_texts_sender').on(t.companyId, t.sender, t.id.desc()),
    index('inbound_texts_customer').on(t.companyId, t.customerId, t.id.desc()),
    index('inbound_texts_unread')
      .on(t.companyId, t.id.desc())
      .where(sql`${t.readAt} is null`),
  ],
);

/** A short link: one per recipient and destination (B-03); of an email's, those that somebody has followed. */
export const links = pgTable(
  'links',
  {
    companyId: companyId(),
    code: text().notNull(),
    messageId: ref().notNull(),
    customerId: ref(),
    invoiceId: ref(),
    kind: text({ enum: ['customer_portal', 'pay_invoice', 'url'] }).notNull(),
    /** Where it leads, http or https; null for the portal, whose address is looked up at the click. */
    destination: text(),
    /** Position in the content, to tell which link was clicked. */
    key: text().notNull(),
    clicks: integer().notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.companyId, t.code] }), index('links_message').on(t.companyId, t.messageId)],
);
