import { z } from 'zod';

/** SNS messages as they are posted, and the text that their signature is over. */

const envelope = z.object({
  MessageId: z.string().min(1).max(100),
  TopicArn: z.string().max(400),
  Message: z.string(),
  Timestamp: z.iso.datetime(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string().min(1).max(2_000),
  SigningCertURL: z.string().max(500),
});
const confirmation = { Token: z.string().min(1).max(2_000), SubscribeURL: z.string().max(4_000) };

const shape = z.discriminatedUnion('Type', [
  envelope.extend({ Type: z.literal('Notification'), Subject: z.string().nullish() }),
  envelope.extend({ Type: z.literal('SubscriptionConfirmation'), ...confirmation }),
  envelope.extend({ Type: z.literal('UnsubscribeConfirmation'), ...confirmation }),
]);

export type SnsMessage = z.infer<typeof shape>;

/**
 * Reads the body of a post from SNS. Nothing in it is to be believed before its signature is verified.
 * @returns `raw` for a notification without its envelope, which carries no signature
 */
export function readSnsMessage(body: string): SnsMessage | 'raw' | 'malformed' {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return 'malformed';
  }
  const parsed = shape.safeParse(json);
  if (parsed.success) return parsed.data;
  const isRaw = typeof json === 'object' && json !== null && ('eventType' in json || 'notificationType' in json);
  return isRaw ? 'raw' : 'malformed';
}

/**
 * The text that SNS signs (Developer Guide, "Verifying the signatures of Amazon SNS messages"): names and values of the
 * type's fields in the order of the alphabet, each on a line of its own. A subject counts only where there is one.
 */
export function signedText(message: SnsMessage): string {
  const { Type, Message, MessageId, Timestamp, TopicArn } = message;
  const fields: [string, string | null | undefined][] =
    message.Type === 'Notification'
      ? [
          ['Message', Message],
          ['MessageId', MessageId],
          ['Subject', message.Subject],
          ['Timestamp', Timestamp],
          ['TopicArn', TopicArn],
          ['Type', Type],
        ]
      : [
          ['Message', Message],
          ['MessageId', MessageId],
          ['SubscribeURL', message.SubscribeURL],
          ['Timestamp', Timestamp],
          ['Token', message.Token],
          ['TopicArn', TopicArn],
          ['Type', Type],
        ];
  return fields.map(([name, value]) => (value === null || value === undefined ? '' : `${name}\n${value}\n`)).join('');
}
