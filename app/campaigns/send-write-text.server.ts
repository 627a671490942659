import type { TextMessage } from '#app/messaging/provider.ts';
import { shortUrl, type Sender } from '#app/messaging/sender.server.ts';
import { isTextNumber } from '#app/messaging/text-number.ts';
import { messageToken } from '#app/messaging/token.server.ts';
import { composeSms, type PreparedSms } from '#builders/sms/compose.ts';

import type { Passed } from './send-gate.server.ts';
import { mergeValues } from './send-values.server.ts';
import type { Unwritten } from './send-write.server.ts';

/** What the texts of one run have in common. */
export type TextWriter = { sender: Sender; secret: string; companyId: number; text: PreparedSms; today: string };

/**
 * One recipient's text, with the links of their own. A recipient for whom it can't be written fails alone: nothing is thrown.
 * @param codes short link codes by the link's key
 */
export function writeText(
  { sender, secret, companyId, text, today }: TextWriter,
  one: Passed,
  codes: Readonly<Record<string, string>>,
): TextMessage | Unwritten {
  if (!isTextNumber(one.address)) return { kind: 'unwritten', state: 'skipped', reason: 'bad_address' };
  try {
    const values = mergeValues(sender, one, today, '');
    const composed = composeSms(text, values, (key) => shortUrl(sender, codes[key] ?? ''));
    if (composed.refusal === 'too_long') return { kind: 'unwritten', state: 'skipped', reason: 'too_long' };
    if (composed.refusal !== null) return { kind: 'unwritten', state: 'failed', reason: 'render' };
    return {
      messageId: one.id,
      token: messageToken(secret, companyId, one.id),
      to: one.address,
      body: composed.body,
      parts: composed.count.parts,
      validForSeconds: one.closesAt === null ? null : Math.floor((Date.parse(one.closesAt) - Date.now()) / 1000),
    };
  } catch {
    return { kind: 'unwritten', state: 'failed', reason: 'render' };
  }
}
