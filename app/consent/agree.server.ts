import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import { paymentPageConsent } from './payment-page.ts';
import { isSuppressed, resubscribe } from './unsubscribe.server.ts';

/**
 * Keeps the yes to payment reminders by text that somebody gave on a payment page, with the words that stood at its box (S4-12,
 * B-13). The same yes is kept once. A number that is out stays out: who holds a link need not be its owner, and its carrier lets
 * nothing through until START comes from it.
 * @param yes.number E.164
 * @param yes.actor who said it, in words
 */
export async function agreeToReminders(
  tx: Tx,
  yes: { number: string; customerId: number; company: string; actor: string },
): Promise<'kept' | 'known' | 'out'> {
  const { number, customerId, company, actor } = yes;
  if (await isSuppressed(tx, number, 'reminders')) return 'out';
  const textShown = paymentPageConsent.text(company);
  const { version } = paymentPageConsent;
  const [newest] = await tx.execute<{ same: boolean }>(sql`
    select state = 'in' and how = 'payment_page' and text_version = ${version} and text_shown = ${textShown}
           and customer_id = ${customerId} as same
      from consents where channel = 'sms' and address = ${number} and purpose in ('reminders', 'all')
     order by id desc limit 1`);
  if (newest?.same) return 'known';
  await resubscribe(tx, {
    address: number,
    customerId,
    purpose: 'reminders',
    how: 'payment_page',
    actor,
    textShown,
    version,
  });
  return 'kept';
}
