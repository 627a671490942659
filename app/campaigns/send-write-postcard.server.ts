import type { Purpose } from '#app/audiences/audience.server.ts';
import { Blocked, type MailMessage } from '#app/messaging/provider.ts';
import { shortUrl, type Sender } from '#app/messaging/sender.server.ts';
import { messageToken } from '#app/messaging/token.server.ts';
import { fillPostcard, type PreparedPostcard } from '#builders/postcard/fill.ts';
import { layoutCard } from '#builders/postcard/layout.ts';
import type { Press } from '#builders/postcard/print.server.ts';

import type { CardSender } from './press.server.ts';
import type { Passed } from './send-gate.server.ts';
import { mergeValues } from './send-values.server.ts';
import type { Unwritten } from './send-write.server.ts';

/** What the postcards of one run have in common. */
export type PostcardWriter = CardSender & {
  sender: Sender;
  secret: string;
  companyId: number;
  postcard: PreparedPostcard;
  purpose: Purpose;
  press: Press;
  today: string;
};

/**
 * One recipient's postcard, with the links of their own. A recipient for whom it can't be made fails alone: nothing is thrown.
 * What does not fit the card with this recipient's values is never cut: the card is left out (B-12).
 * @param codes short link codes by the link's key
 */
export function writePostcard(
  writer: PostcardWriter,
  one: Passed,
  codes: Readonly<Record<string, string>>,
): MailMessage | Unwritten {
  const { sender, secret, companyId, postcard, purpose, press, today, brand, returnAddress } = writer;
  if (!one.mail) return { kind: 'unwritten', state: 'skipped', reason: 'no_address' };
  try {
    const { to, recalledAt } = one.mail;
    const filled = fillPostcard(
      postcard,
      mergeValues(sender, one, today, ''),
      (key) => shortUrl(sender, codes[key] ?? ''),
      { brand, returnAddress, address: [one.name, ...one.address.split('\n')] },
    );
    if (!filled.ok) return { kind: 'unwritten', state: 'failed', reason: 'render' };
    const sheet = layoutCard(filled.card);
    if (sheet.problems.length > 0) return { kind: 'unwritten', state: 'skipped', reason: 'too_long' };
    const token = messageToken(secret, companyId, one.id);
    return {
      messageId: one.id,
      token,
      key: recalledAt === null ? token : `${token}-${Date.parse(recalledAt)}`,
      to: { ...to, name: one.name },
      card: filled.card,
      print: () => press.printCard(sheet).catch(unprintable),
      sendDate: null,
      useType: purpose === 'promotions' ? 'marketing' : 'operational',
    };
  } catch {
    return { kind: 'unwritten', state: 'failed', reason: 'render' };
  }
}

/** What one card can't be printed for, none can. */
function unprintable(): never {
  throw new Blocked('The picture of this campaign’s postcards can’t be printed. Cancel the campaign and make it anew.');
}
