import { createSign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { NotThere, type FetchText } from '#app/messaging/sns.server.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures/sns', name), 'utf8');
const key = fixture('key.pem');

/** Self-signed, as their names say; all of them belong to the one key. Valid from 2020 to 2120, the expired one to 2021. */
export const certificates = {
  good: fixture('certificate.pem'),
  expired: fixture('expired.pem'),
  otherName: fixture('other-name.pem'),
};

export const TOPIC = 'arn:aws:sns:us-east-1:123456789012:fieldpost';
export const CERTIFICATE_URL = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem';

/** One post of SNS: names and values as they stand in its JSON. */
export type SnsPost = Record<string, string>;

let posts = 0;
const common = (): SnsPost => ({
  MessageId: `00000000-0000-4000-8000-${String(++posts).padStart(12, '0')}`,
  TopicArn: TOPIC,
  Timestamp: new Date().toISOString(),
  SignatureVersion: '1',
  SigningCertURL: CERTIFICATE_URL,
});

/**
 * A notification that is really signed. @param message what stands in it, an SES record or a text
 * @param fields instead of the usual ones; they are signed too
 */
export const notification = (message: object | string, fields: SnsPost = {}): SnsPost =>
  sign({
    Type: 'Notification',
    Message: typeof message === 'string' ? message : JSON.stringify(message),
    ...common(),
    ...fields,
  });

/** What SNS posts to an address that was subscribed, really signed. */
export function confirmation(fields: SnsPost = {}): SnsPost {
  const TopicArn = fields.TopicArn ?? TOPIC;
  const Token = 'token-'.repeat(20);
  return sign({
    Type: 'SubscriptionConfirmation',
    Message: 'You have chosen to subscribe to the topic.',
    Token,
    SubscribeURL: `https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TopicArn}&Token=${Token}`,
    ...common(),
    ...fields,
  });
}

/** Written from the Developer Guide and apart from the application: the fields of the type, by name, where they are there. */
function sign(post: SnsPost): SnsPost {
  const names =
    post.Type === 'Notification'
      ? 'Message MessageId Subject Timestamp TopicArn Type'
      : 'Message MessageId SubscribeURL Timestamp Token TopicArn Type';
  let text = '';
  for (const name of names.split(' ')) if (post[name] !== undefined) text += `${name}\n${post[name]}\n`;
  const signer = createSign(post.SignatureVersion === '2' ? 'sha256' : 'sha1');
  return { ...post, Signature: signer.update(text).sign(key, 'base64') };
}

export type FakeAmazon = FetchText & {
  asked: string[];
  /** What stands at the certificate's address; null cuts the connection. */
  certificate: string | null;
};

/** Stands in for Amazon's hosts. Keeps every address that was asked for. */
export function fakeAmazon(options: { certificate?: string } = {}): FakeAmazon {
  const asked: string[] = [];
  const answer: FetchText = async (url) => {
    asked.push(url.href);
    if (url.searchParams.get('Action') === 'ConfirmSubscription') return '<ConfirmSubscriptionResponse/>';
    if (amazon.certificate === null) throw new Error('ECONNRESET');
    if (url.href !== CERTIFICATE_URL) throw new NotThere('404');
    return amazon.certificate;
  };
  const amazon: FakeAmazon = Object.assign(answer, { asked, certificate: options.certificate ?? certificates.good });
  return amazon;
}
