import { z } from 'zod';

/**
 * What Amazon SES tells of a message, in both shapes: event publishing of a configuration set (`eventType`) and the
 * notifications of an identity (`notificationType`).
 */
export type SesEvent = {
  kind: 'delivered' | 'delayed' | 'bounced' | 'complained';
  /** Tells this event of the message from its others. The same event told again, by whichever shape, has the same. */
  key: string;
  /** Provider, type and subtype in Amazon's words, and what the other mail server said. */
  details: Record<string, unknown>;
  /** Null where SES says no time. */
  at: Date | null;
  /** What may be our message's token: of the tag, else of our own Message-ID. */
  token: string | null;
  /** What SES named the message when it took it. */
  providerId: string;
  /** To whom it was sent. */
  recipients: string[];
};

export type SesReading =
  | { kind: 'event'; event: SesEvent }
  /** Nothing to do: `why` is a code for the log. */
  | { kind: 'ignored'; why: string }
  | { kind: 'malformed' };

const text = z.string().max(2_000);
const time = z.iso.datetime({ offset: true }).optional().catch(undefined);

const mail = z.object({
  messageId: z.string().min(1).max(200),
  destination: z.array(text).max(100).catch([]),
  tags: z.record(z.string(), z.array(z.string()).catch([])).optional().catch(undefined),
  headers: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .optional()
    .catch(undefined),
  commonHeaders: z.object({ messageId: z.string() }).optional().catch(undefined),
});

const recipient = z.object({ status: text.optional(), diagnosticCode: text.optional() });

// Built once: zod compiles a shape at its first use.
const headOf = z.object({ eventType: text.optional(), notificationType: text.optional() });
const aboutOf = z.object({ mail });
const bounceOf = z.object({
  bounce: z.object({
    bounceType: text,
    bounceSubType: text.optional(),
    bouncedRecipients: z.array(recipient).max(100).catch([]),
    timestamp: time,
  }),
});
const complaintOf = z.object({
  complaint: z.object({
    complaintFeedbackType: text.nullish(),
    complaintSubType: text.nullish(),
    timestamp: time,
    arrivalDate: time,
  }),
});
const deliveryOf = z.object({ delivery: z.object({ smtpResponse: text.optional(), timestamp: time }) });
const delayOf = z.object({
  deliveryDelay: z.object({
    delayType: text.optional(),
    delayedRecipients: z.array(recipient).max(100).catch([]),
    timestamp: time,
  }),
});
const rejectOf = z.object({ reject: z.object({ reason: text.optional() }) });

type Told = Pick<SesEvent, 'kind' | 'key'> & { details: Record<string, unknown>; at: string | undefined };

/**
 * Reads one SES record. Opens and clicks are ignored, since our own pixel and links count them, and so is `Send`: what
 * follows it says more.
 * @param message the `Message` of an SNS notification
 */
export function readSesEvent(message: string): SesReading {
  let json: unknown;
  try {
    json = JSON.parse(message);
  } catch {
    // SNS and SES greet a new topic with a plain sentence.
    return { kind: 'ignored', why: 'not_json' };
  }
  const head = headOf.safeParse(json);
  const type = head.success ? (head.data.eventType ?? head.data.notificationType) : undefined;
  if (type === undefined) return { kind: 'ignored', why: 'not_of_ses' };
  const reader = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (!reader) return { kind: 'ignored', why: 'other_type' };
  const about = aboutOf.safeParse(json);
  const told = reader(json);
  if (!about.success || !told) return { kind: 'malformed' };
  if (told === 'not_spam') return { kind: 'ignored', why: told };
  return {
    kind: 'event',
    event: {
      ...told,
      details: { provider: 'ses', ...told.details },
      at: told.at ? new Date(told.at) : null,
      token: tokenOf(about.data.mail),
      providerId: about.data.mail.messageId,
      recipients: about.data.mail.destination,
    },
  };
}

const readers: Record<string, ((json: unknown) => Told | 'not_spam' | null) | undefined> = {
  Bounce(json) {
    const parsed = bounceOf.safeParse(json);
    if (!parsed.success) return null;
    const { bounceType: type, bounceSubType: subtype, bouncedRecipients, timestamp } = parsed.data.bounce;
    const permanent = type === 'Permanent';
    return {
      kind: 'bounced',
      // A mailbox that was full and is later found not to exist bounces a second time, and that must count.
      key: permanent ? 'bounced:permanent' : 'bounced',
      details: { permanent, type, ...(subtype && { subtype }), ...saidBy(bouncedRecipients) },
      at: timestamp,
    };
  },
  Complaint(json) {
    const parsed = complaintOf.safeParse(json);
    if (!parsed.success) return null;
    const { complaintFeedbackType: type, complaintSubType: subtype, timestamp, arrivalDate } = parsed.data.complaint;
    // The opposite of a complaint: somebody took it out of the spam folder (RFC 5965 and IANA's list of types).
    if (type === 'not-spam') return 'not_spam';
    return {
      kind: 'complained',
      key: 'complained',
      details: { ...(type && { type }), ...(subtype && { subtype }) },
      at: arrivalDate ?? timestamp,
    };
  },
  Delivery(json) {
    const parsed = deliveryOf.safeParse(json);
    if (!parsed.success) return null;
    const { smtpResponse, timestamp } = parsed.data.delivery;
    return {
      kind: 'delivered',
      key: 'delivered',
      details: smtpResponse ? { diagnostic: short(smtpResponse) } : {},
      at: timestamp,
    };
  },
  DeliveryDelay(json) {
    const parsed = delayOf.safeParse(json);
    if (!parsed.success) return null;
    const { delayType: type, delayedRecipients, timestamp } = parsed.data.deliveryDelay;
    return {
      kind: 'delayed',
      key: `delayed:${timestamp ?? ''}`,
      details: { ...(type && { type }), ...saidBy(delayedRecipients) },
      at: timestamp,
    };
  },
  /** SES took it and then found a virus in it: it comes back to us, and the address is not to blame. */
  Reject(json) {
    const parsed = rejectOf.safeParse(json);
    if (!parsed.success) return null;
    const { reason } = parsed.data.reject;
    return {
      kind: 'bounced',
      key: 'rejected',
      details: { permanent: false, type: 'Reject', ...(reason && { subtype: short(reason) }) },
      at: undefined,
    };
  },
};

function saidBy(recipients: readonly z.infer<typeof recipient>[]): Record<string, string> {
  const first = recipients[0];
  return {
    ...(first?.status && { status: short(first.status) }),
    ...(first?.diagnosticCode && { diagnostic: short(first.diagnosticCode) }),
  };
}

/** As the database can keep it: no null characters, and no half of a character where it is cut. */
const short = (said: string) => Buffer.from(said.replaceAll('\0', '').slice(0, 300)).toString();

/** Our Message-ID is `<token@domain>`; SES sends it on as the original header, beside the id that it gives out itself. */
function tokenOf(told: z.infer<typeof mail>): string | null {
  const tag = told.tags?.message?.[0];
  if (tag) return tag;
  const header = told.headers?.find((one) => one.name.toLowerCase() === 'message-id')?.value;
  const id = header ?? told.commonHeaders?.messageId;
  return /^\s*<?([\w-]{1,60})@/.exec(id ?? '')?.[1] ?? null;
}
