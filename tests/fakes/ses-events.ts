/** Records as Amazon SES publishes them, after its Developer Guide ("Examples of event data", "Notification examples"). */

type About = {
  /** Our token, in the tag; null leaves the tags out, as notifications of an identity do. */
  token?: string | null;
  /** Our Message-ID among the original headers. */
  messageId?: string;
  providerId?: string;
  to?: string;
};

const mailOf = ({ token = null, messageId, providerId = '0100-fake', to = 'dana@mail.example' }: About) => ({
  timestamp: '2026-03-01T15:00:00.000Z',
  source: 'billing@company.example',
  sourceArn: 'arn:aws:ses:us-east-1:123456789012:identity/company.example',
  sendingAccountId: '123456789012',
  messageId: providerId,
  destination: [to],
  ...(messageId && {
    headersTruncated: false,
    headers: [
      { name: 'From', value: 'billing@company.example' },
      { name: 'Message-ID', value: `<${messageId}>` },
    ],
    commonHeaders: { from: ['billing@company.example'], to: [to], messageId: `<${messageId}>`, subject: 'Hello' },
  }),
  ...(token && { tags: { 'ses:configuration-set': ['fieldpost'], message: [token] } }),
});

type Named = { eventType: string } | { notificationType: string };
const named = (type: string, about: About): Named => (about.token ? { eventType: type } : { notificationType: type });

export const delivery = (about: About, timestamp = '2026-03-01T15:00:02.000Z') => ({
  ...named('Delivery', about),
  mail: mailOf(about),
  delivery: {
    timestamp,
    processingTimeMillis: 546,
    recipients: [about.to ?? 'dana@mail.example'],
    smtpResponse: '250 ok: Message 64111812 accepted',
    reportingMTA: 'a8-70.smtp-out.amazonses.com',
  },
});

export const bounce = (
  about: About,
  type: 'Permanent' | 'Transient' | 'Undetermined' = 'Permanent',
  timestamp = '2026-03-01T15:00:03.000Z',
) => ({
  ...named('Bounce', about),
  mail: mailOf(about),
  bounce: {
    bounceType: type,
    bounceSubType: type === 'Transient' ? 'MailboxFull' : 'General',
    bouncedRecipients: [
      {
        emailAddress: about.to ?? 'dana@mail.example',
        action: 'failed',
        status: type === 'Permanent' ? '5.1.1' : '4.2.2',
        diagnosticCode: 'smtp; 550 5.1.1 user unknown',
      },
    ],
    timestamp,
    feedbackId: '0100-feedback',
    reportingMTA: 'dsn; a8-70.smtp-out.amazonses.com',
  },
});

export const complaint = (about: About, type: string | null = 'abuse') => ({
  ...named('Complaint', about),
  mail: mailOf(about),
  complaint: {
    complainedRecipients: [{ emailAddress: about.to ?? 'dana@mail.example' }],
    timestamp: '2026-03-01T16:00:00.000Z',
    feedbackId: '0100-feedback',
    complaintSubType: null,
    userAgent: 'ExampleCorp Feedback Loop (V0.01)',
    ...(type && { complaintFeedbackType: type }),
    arrivalDate: '2026-03-01T15:59:00.000Z',
  },
});

export const delay = (about: About, timestamp = '2026-03-01T15:00:01.000Z') => ({
  eventType: 'DeliveryDelay',
  mail: mailOf(about),
  deliveryDelay: {
    timestamp,
    delayType: 'MailboxFull',
    expirationTime: '2026-03-02T05:00:00.000Z',
    delayedRecipients: [
      { emailAddress: about.to ?? 'dana@mail.example', status: '4.2.2', diagnosticCode: 'smtp; 452 full' },
    ],
  },
});

export const reject = (about: About) => ({
  eventType: 'Reject',
  mail: mailOf(about),
  reject: { reason: 'Bad content' },
});

/** Those that are counted otherwise, or follow from nothing of ours. */
export const otherEvents = (about: About) =>
  ['Send', 'Open', 'Click', 'Rendering Failure', 'Subscription'].map((eventType) => ({
    eventType,
    mail: mailOf(about),
    [eventType.toLowerCase()]: {},
  }));
