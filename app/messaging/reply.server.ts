import { sql } from 'drizzle-orm';

import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { takeAttempt } from '#app/company/rate-limit.server.ts';
import { mayTextNow } from '#app/consent/hours/now.server.ts';
import { isSuppressed } from '#app/consent/unsubscribe.server.ts';
import { refuseDestination } from '#app/links/destination.ts';
import { ensureLinkHost } from '#app/links/host.server.ts';
import { mintLinks, type LinkTarget } from '#app/links/mint.server.ts';
import { TEXT_LIMIT } from '#builders/sms/document.ts';
import { shorten } from '#builders/sms/shorten.ts';
import type { Tx } from '#db/client.ts';

import { linkOrigin, type Addresses } from './addresses.ts';
import { textsReady, type TextOptions } from './providers/choose-text.server.ts';
import { sendTransactionalText } from './send-transactional.server.ts';
import { SAMPLE_CODE } from './sms-invoice.ts';
import { isTextNumber } from './text-number.ts';

/** For so long after somebody's own text they may be answered at any hour: they have begun the conversation. */
const INVITED_HOURS = 24;
/** The same words to the same number within so many seconds are one click, made twice. */
const SAME_CLICK_SECONDS = 30;

export type Replied = { ok: true; messageId: number } | { ok: false; error: string };

/**
 * Writes back to a number by text, within the rules: not to one that is out, and outside of sending hours only to somebody who
 * texted us within a day. Every address in it becomes a short link (S0-11).
 * @returns in words why it may not go out; nothing is written then
 */
export async function replyByText(
  tx: Tx,
  actor: Actor,
  request: { number: string; customerId: number | null; body: string },
  options: Pick<TextOptions, 'twilio'> & { addresses: Addresses },
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
  const origin = await replyLinks(tx, options.addresses);
  const text = shorten(body, (url) => refuseDestination(url, options.addresses));
  if (!text.ok) return refuse(text.message);
  if (text.write(() => origin + SAMPLE_CODE).length > TEXT_LIMIT)
    return refuse('With its short links the text is longer than a text can be.');
  if (!(await isFirstClick(tx, number, body))) return { ok: true, messageId: await lastTo(tx, number) };
  const messageId = await sendTransactionalText(tx, {
    kind: 'reply',
    to: number,
    customerId,
    body: async (message) => {
      const targets = text.urls.map((url, index): LinkTarget => ({ key: `u${index + 1}`, kind: 'url', url }));
      const codes = (await mintLinks(tx, targets, [{ messageId: message, customerId, invoiceId: null }])).get(message)!;
      return text.write((index) => origin + codes[`u${index + 1}`]!);
    },
  });
  await recordAudit(tx, actor, 'text.reply', { type: 'customer', id: customerId }, { to: number });
  return { ok: true, messageId };
}

/** Where the short links of replies begin; the code follows. */
export const replyLinks = async (tx: Tx, addresses: Addresses): Promise<string> =>
  `${linkOrigin(addresses, await ensureLinkHost(tx))}/`;

async function isFirstClick(tx: Tx, number: string, body: string): Promise<boolean> {
  const [row] = await tx.execute<{ id: number }>(sql`select current_company_id() as id`);
  const key = ['text reply', String(row!.id), number, body];
  return (await takeAttempt(tx, [{ key, limit: 1, seconds: SAME_CLICK_SECONDS }])).ok;
}

async function lastTo(tx: Tx, number: string): Promise<number> {
  const [row] = await tx.execute<{ id: number }>(sql`
    select id from messages where kind = 'reply' and channel = 'sms' and address = ${number} order by id desc limit 1`);
  return row!.id;
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
