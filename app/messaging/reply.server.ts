import { sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { mayTextNow } from '#app/consent/hours/now.server.ts';
import { isSuppressed } from '#app/consent/unsubscribe.server.ts';
import { TEXT_LIMIT } from '#builders/sms/document.ts';
import type { Tx } from '#db/client.ts';

import { textsReady, type TextOptions } from './providers/choose-text.server.ts';
import { sendTransactionalText } from './send-transactional.server.ts';
import { isTextNumber } from './text-number.ts';

/** For so long after somebody's own text they may be answered at any hour: they have begun the conversation. */
const INVITED_HOURS = 24;
/** The same words to the same number within so many seconds are one click, made twice. */
const SAME_CLICK_SECONDS = 30;

export type Replied = { ok: true; messageId: number } | { ok: false; error: string };

/**
 * Writes back to a number by text, within the rules: not to one that is out, and outside of sending hours only to somebody who
 * texted us within a day.
 * @returns in words why it may not go out; nothing is written then
 */
export async function replyByText(
  tx: Tx,
  actor: Actor,
  request: { number: string; customerId: number | null; body: string },
  options: Pick<TextOptions, 'twilio'>,
  now: Date = new Date(),
): Promise<Replied> {
  const { number, customerId } = request;
  const body = request.body.replaceAll(/\r\n?/g, '\n').trim();
  if (body === '') return refuse('Write what you want to say.');
  if (body.length > TEXT_LIMIT) return refuse(`A text has ${TEXT_LIMIT.toLocaleString('en-US')} characters at most.`);
  if (!isTextNumber(number)) return refuse('Texts can’t go to this number.');
  if (!(await isKnown(tx, number))) return refuse('Texts go to numbers saved as Mobile, and to whoever texted you.');
  const ready = await textsReady(tx, options);
  if (!ready.ok) return refuse(ready.why);
  const reason = await isSuppressed(tx, number, 'reminders');
  if (reason === 'unsubscribed')
    return refuse('They asked for no more texts. Call them, or wait for them to text START.');
  if (reason !== null) return refuse('Texts to this number don’t arrive. Reach them another way.');
  if (!(await isInvited(tx, number, now)) && !(await mayTextNow(tx, request, now))) {
    return refuse(
      'It is outside of sending hours where they are, and they have not texted you within a day. Call, or write later.',
    );
  }
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended('reply ' || current_company_id() || ${number}, 0))`,
  );
  const [same] = await tx.execute<{ id: number }>(sql`
    select m.id from messages m join message_contents c on c.message_id = m.id
     where m.kind = 'reply' and m.channel = 'sms' and m.address = ${number} and c.text = ${body}
       and m.created_at > now() - make_interval(secs => ${SAME_CLICK_SECONDS}) limit 1`);
  if (same) return { ok: true, messageId: same.id };
  const messageId = await sendTransactionalText(tx, { kind: 'reply', to: number, customerId, body });
  await recordAudit(tx, actor, 'text.reply', { type: 'customer', id: customerId }, { to: number });
  return { ok: true, messageId };
}

/** Saved as a mobile number, or the number of somebody who texted us (S1-10). */
async function isKnown(tx: Tx, number: string): Promise<boolean> {
  const [row] = await tx.execute(sql`
    (select from contacts where value = ${number} and kind = 'mobile' limit 1)
    union all (select from inbound_texts where sender = ${number} limit 1)`);
  return row !== undefined;
}

/** Whoever texted us lately waits for an answer. */
async function isInvited(tx: Tx, number: string, now: Date): Promise<boolean> {
  const [lately] = await tx.execute(sql`
    select from inbound_texts
     where sender = ${number} and at > ${now.toISOString()}::timestamptz - make_interval(hours => ${INVITED_HOURS}) limit 1`);
  return lately !== undefined;
}

const refuse = (error: string): Replied => ({ ok: false, error });
