import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';

import { campaigns } from './campaigns.ts';
import { companyId, createdAt, id, instant, ref } from './columns.ts';
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
      enum: ['campaign', 'test', 'portal_invitation', 'portal_reset', 'receipt', 'staff_invitation'],
    }).notNull(),
    channel: text({ enum: ['email'] })
      .notNull()
      .default('email'),
    campaignId: ref(),
    stepId: ref(),
    enrollmentId: ref(),
    customerId: ref(),
    invoiceId: ref(),
    contactId: ref(),
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
    deliveredAt: instant(),
    openedAt: instant(),
    clickedAt: instant(),
    bouncedAt: instant(),
    complainedAt: instant(),
    unsubscribedAt: instant(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.campaignId], foreignColumns: [campaigns.companyId, campaigns.id] }),
    foreignKey({ columns: [t.companyId, t.customerId], foreignColumns: [customers.companyId, customers.id] }),
    index('messages_customer').on(t.companyId, t.customerId, t.id.desc()),
    index('messages_step').on(t.companyId, t.stepId, t.id),
    index('messages_invoice').on(t.companyId, t.invoiceId),
  ],
);

export const messageContents = pgTable(
  'message_contents',
  {
    companyId: companyId(),
    messageId: ref().notNull(),
    subject: text().notNull(),
    html: text().notNull(),
    text: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.messageId] }),
    foreignKey({ columns: [t.companyId, t.messageId], foreignColumns: [messages.companyId, messages.id] }).onDelete(
      'cascade',
    ),
  ],
);

/** Append-only: what providers and recipients told us. `dedupeKey` makes a doubled event one. */
export const messageEvents = pgTable(
  'message_events',
  {
    companyId: companyId(),
    id: id(),
    messageId: ref().notNull(),
    kind: text({
      enum: [
        'delivered',
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
      ],
    }).notNull(),
    dedupeKey: text().notNull(),
    details: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    at: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.messageId], foreignColumns: [messages.companyId, messages.id] }).onDelete(
      'cascade',
    ),
    uniqueIndex('message_events_dedupe').on(t.companyId, t.dedupeKey),
    index('message_events_message').on(t.companyId, t.messageId, t.id),
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

/** A short link: one per recipient and destination (B-03). */
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
