import { emailLinkCode } from '#app/links/codes.ts';
import { isMailAddress } from '#app/messaging/mime-headers.ts';
import { composeMime, type PreparedMime } from '#app/messaging/mime.server.ts';
import type { EmailMessage } from '#app/messaging/provider.ts';
import { openUrl, shortUrl, unsubscribeHeaders, unsubscribeUrl, type Sender } from '#app/messaging/sender.server.ts';
import { linkSeal, messageSecrets } from '#app/messaging/token.server.ts';

import type { Passed } from './send-gate.server.ts';
import { mergeValues } from './send-values.server.ts';

/** What the messages of one run have in common. */
export type Writer = {
  sender: Sender;
  secret: string;
  companyId: number;
  email: PreparedMime;
  /** The keys of its tracked links. */
  linkKeys: readonly string[];
};

export type Unwritten = {
  kind: 'unwritten';
  state: 'skipped' | 'failed';
  reason: 'bad_address' | 'no_address' | 'too_long' | 'render';
};

/**
 * One recipient's message, with the links, headers and token of their own. A recipient for whom it can't be written fails
 * alone: nothing is thrown.
 * @param today the company's day, `YYYY-MM-DD`
 */
export function writeMessage(
  { sender, secret, companyId, email, linkKeys }: Writer,
  one: Passed,
  today: string,
): EmailMessage | Unwritten {
  if (!isMailAddress(one.address) || !sender.from) {
    return { kind: 'unwritten', state: 'skipped', reason: 'bad_address' };
  }
  const { token, linkSecret } = messageSecrets(secret, companyId, one.id);
  const unsubscribe = unsubscribeUrl(sender, token);
  const tracked: Record<string, string> = { open: openUrl(sender, token) };
  for (const key of linkKeys) tracked[key] = shortUrl(sender, emailLinkCode(one.id, key, linkSeal(linkSecret, key)));
  try {
    const { subject, mime } = composeMime(email, {
      from: sender.from,
      to: { name: one.name, address: one.address },
      replyTo: sender.replyTo,
      messageId: `${token}@${sender.domain}`,
      date: new Date(),
      headers: unsubscribeHeaders(unsubscribe),
      values: mergeValues(sender, one, today, unsubscribe),
      tracked,
    });
    return { messageId: one.id, token, from: sender.from.address, to: one.address, subject, mime };
  } catch {
    return { kind: 'unwritten', state: 'failed', reason: 'render' };
  }
}
