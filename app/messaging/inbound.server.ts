import { sql } from 'drizzle-orm';

import { readText, type Meaning } from '#app/consent/inbound-words.ts';
import type { PurposeOrAll } from '#app/consent/purposes.ts';
import { readRules } from '#app/consent/rules.server.ts';
import { resubscribe, unsubscribe } from '#app/consent/unsubscribe.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { sqlState } from '#db/failure.ts';
import { inboundTexts } from '#db/schema/index.ts';

import { recordEvents } from './events.server.ts';
import { ownersOf } from './conversations.server.ts';
import { keywordAnswer } from './keyword-answers.server.ts';
import { sendTransactionalText } from './send-transactional.server.ts';
import { skipWaiting } from './skip.server.ts';
import { isTextNumber } from './text-number.ts';

/** A text that somebody sent us, as a provider tells of it. */
export type InboundText = {
  companyId: number;
  provider: 'sandbox' | 'twilio';
  /** The provider's own id of it: the same text told again has the same. */
  providerId: string;
  /** E.164, or a short code's digits. */
  sender: string;
  recipient: string;
  body: string;
  /** `STOP`, `START` or `HELP` where the provider took it for that, and has answered it. */
  optOutType?: string | null;
  /** How many pictures came along; we keep none. */
  media?: number;
  at: Date;
};

type About = { customerId: number | null; messageId: number | null; campaignId: number | null; purpose: PurposeOrAll };

/**
 * Takes in a text (B-13): keeps it, and does at once what it asks for. STOP ends texts to the number and what waits for it,
 * START lets them go out again, and an answer ends what waits of its campaign where the campaign wants it so. STOP, START and HELP
 * are answered once, in words without marketing. Told twice, or two at once, it is the same.
 */
export async function takeInboundText(db: Db, text: InboundText): Promise<'stored' | 'known'> {
  const clean = { ...text, body: whole(text.body) };
  for (let tries = 1; ; tries++) {
    try {
      return await withCompany(db, text.companyId, (tx) => take(tx, clean));
    } catch (error) {
      // A STOP is not told again: what lost a race for locks is tried again.
      if (tries >= 3 || sqlState(error) !== DEADLOCK) throw error;
    }
  }
}

const DEADLOCK = '40P01';

/** Text as the database can keep it: no null characters, and no halves of characters where it was cut. */
const whole = (text: string) => Buffer.from(text.replaceAll('\0', '')).toString();

async function take(tx: Tx, text: InboundText): Promise<'stored' | 'known'> {
  // One after another for a number: two STOPs at once are confirmed once.
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended('texts ' || current_company_id() || ${text.sender}, 0))`,
  );
  // What comes from a short code is no person's.
  const isNumber = isTextNumber(text.sender);
  const read = isNumber ? readText(text.body, text.optOutType) : ({ meaning: 'reply', bare: false } as const);
  const about = await whatItIsAbout(tx, text.sender);
  const [kept] = await tx
    .insert(inboundTexts)
    .values({
      provider: text.provider,
      providerId: text.providerId,
      sender: text.sender,
      recipient: text.recipient,
      body: bodyOf(text),
      meaning: read.meaning,
      customerId: about.customerId,
      messageId: about.messageId,
      // Nobody has to read what says nothing but a keyword, which was done already.
      readAt: read.bare ? new Date() : null,
      at: text.at,
    })
    .onConflictDoNothing()
    .returning({ id: inboundTexts.id });
  if (!kept) return 'known';
  if (!isNumber) return 'stored';
  await lockMessages(tx, text.sender, about.messageId);
  await act[read.meaning](tx, text, about);
  return 'stored';
}

/** All messages that may move, before any step does: as the gate and whoever records locks them. */
async function lockMessages(tx: Tx, number: string, messageId: number | null): Promise<void> {
  await tx.execute(sql`
    select id from messages
     where channel = 'sms' and address = ${number} and (state in ('planned', 'deferred') or id = ${messageId})
     order by id for no key update`);
}

const act: Record<Meaning, (tx: Tx, text: InboundText, about: About) => Promise<void>> = {
  async stop(tx, text, about) {
    const { stopEndsAll } = await readRules(tx);
    const purpose = stopEndsAll ? 'all' : about.purpose;
    const wasOut = await isOut(tx, text.sender, purpose);
    await skipWaiting(tx, { address: text.sender, purpose }, 'unsubscribed');
    const by = { purpose, how: 'text', actor: 'Recipient', textShown: shown(text) };
    await (about.messageId === null
      ? unsubscribe(tx, { ...by, address: text.sender, customerId: about.customerId })
      : unsubscribe(tx, { ...by, messageId: about.messageId }));
    if (!wasOut) await answer(tx, 'stop', text, { ...about, purpose });
  },
  async start(tx, text, about) {
    await resubscribe(tx, {
      address: text.sender,
      customerId: about.customerId,
      purpose: 'all',
      how: 'text',
      actor: 'Recipient',
      textShown: shown(text),
    });
    await answer(tx, 'start', text, about);
  },
  help: (tx, text, about) => answer(tx, 'help', text, about),
  async reply(tx, text, { messageId, campaignId, customerId }) {
    if (messageId === null) return;
    if (campaignId !== null && customerId !== null && (await endsOnReply(tx, campaignId))) {
      await skipWaiting(tx, { campaignId, customerId }, 'replied');
    }
    await recordEvents(tx, [
      { messageId, kind: 'replied', dedupeKey: `replied:${messageId}`, details: {}, at: text.at },
    ]);
  },
};

async function endsOnReply(tx: Tx, campaignId: number): Promise<boolean> {
  const [campaign] = await tx.execute<{ ends: boolean }>(
    sql`select stop_on_reply as ends from campaigns where id = ${campaignId}`,
  );
  return campaign?.ends ?? false;
}

/** The words as they came, as proof. */
const shown = ({ body }: InboundText) => whole(body.slice(0, 500));

/** What comes with a text that we do not keep is said in it. */
function bodyOf({ body, media = 0 }: InboundText): string {
  const text = whole(body.slice(0, 4_000));
  const pictures = media > 0 ? `[${media === 1 ? 'A picture' : `${media} pictures`}, not kept]` : '';
  return [text, pictures].filter(Boolean).join('\n');
}

/**
 * Whose number it is and what they may be answering: the customer whose record has it; of several, the one to whom the last
 * message went. A message is answered by whoever has the number now, or while nobody has it.
 */
async function whatItIsAbout(tx: Tx, number: string): Promise<About> {
  const [last] = await tx.execute<Omit<About, 'purpose'> & { purpose: PurposeOrAll | null }>(sql`
    select m.id as "messageId", m.customer_id as "customerId", m.campaign_id as "campaignId", c.purpose
      from messages m left join campaigns c on c.id = m.campaign_id
     where m.channel = 'sms' and m.address = ${number} and m.state in ('sent', 'unknown', 'attempting')
       and m.kind in ('campaign', 'reply')
     order by m.id desc limit 1`);
  const owners = await ownersOf(tx, number);
  const customerId = owners.length === 1 ? owners[0]! : (owners.find((id) => id === last?.customerId) ?? null);
  const answers = last && (owners.length === 0 || last.customerId === customerId);
  if (!answers) return { customerId, messageId: null, campaignId: null, purpose: 'all' };
  return { ...last, customerId: last.customerId ?? customerId, purpose: last.purpose ?? 'all' };
}

async function isOut(tx: Tx, number: string, purpose: PurposeOrAll): Promise<boolean> {
  const [row] = await tx.execute(sql`
    select from suppressions
     where channel = 'sms' and address = ${number} and purpose in (${purpose}, 'all') and reason = 'unsubscribed'`);
  return row !== undefined;
}

/** How soon the same keyword of the same number is answered again: two machines must not talk to each other all night. */
const ANSWER_AGAIN_HOURS = 24;

/** What Twilio answers by itself on every number, unless it is told otherwise (Twilio's documentation, default keywords). */
const TWILIO_ANSWERS = /^(?:stop|stopall|unsubscribe|end|quit|cancel|revoke|optout|start|unstop|yes|help|info)$/i;

async function answer(tx: Tx, meaning: 'stop' | 'start' | 'help', text: InboundText, about: About): Promise<void> {
  const answered = text.provider === 'twilio' && TWILIO_ANSWERS.test(text.body.trim());
  if (text.optOutType || answered) return;
  const [lately] = await tx.execute(sql`
    select from inbound_texts t
     where t.sender = ${text.sender} and t.meaning = ${meaning} and t.provider_id <> ${text.providerId}
       and t.at > now() - make_interval(hours => ${ANSWER_AGAIN_HOURS})
     limit 1`);
  if (lately) return;
  const body = await keywordAnswer(tx, meaning, about.purpose);
  await sendTransactionalText(tx, { kind: 'keyword_answer', to: text.sender, customerId: about.customerId, body });
}
