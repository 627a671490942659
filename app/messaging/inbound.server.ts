import { sql } from 'drizzle-orm';

import { meaningOf, type Meaning } from '#app/consent/inbound-words.ts';
import type { PurposeOrAll } from '#app/consent/purposes.ts';
import { readRules } from '#app/consent/rules.server.ts';
import { resubscribe, unsubscribe } from '#app/consent/unsubscribe.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { inboundTexts } from '#db/schema/index.ts';

import { recordEvents } from './events.server.ts';
import { keywordAnswer } from './keyword-answers.server.ts';
import { sendTransactionalText } from './send-transactional.server.ts';
import { skipWaiting } from './skip.server.ts';

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
export function takeInboundText(db: Db, text: InboundText): Promise<'stored' | 'known'> {
  return withCompany(db, text.companyId, async (tx) => {
    // One after another for a number: two STOPs at once are confirmed once.
    await tx.execute(
      sql`select pg_advisory_xact_lock(hashtextextended('texts ' || current_company_id() || ${text.sender}, 0))`,
    );
    const meaning = meaningOf(text.body, text.optOutType);
    const about = await whatItIsAbout(tx, text.sender);
    const [kept] = await tx
      .insert(inboundTexts)
      .values({
        provider: text.provider,
        providerId: text.providerId,
        sender: text.sender,
        recipient: text.recipient,
        body: bodyOf(text),
        meaning,
        customerId: about.customerId,
        messageId: about.messageId,
        // Nobody has to read what was done already.
        readAt: meaning === 'reply' ? null : new Date(),
        at: text.at,
      })
      .onConflictDoNothing()
      .returning({ id: inboundTexts.id });
    if (!kept) return 'known';
    await act[meaning](tx, text, about);
    return 'stored';
  });
}

const act: Record<Meaning, (tx: Tx, text: InboundText, about: About) => Promise<void>> = {
  async stop(tx, text, about) {
    const { stopEndsAll } = await readRules(tx);
    const purpose = stopEndsAll ? 'all' : about.purpose;
    const wasOut = await isOut(tx, text.sender, purpose);
    const by = { purpose, how: 'text', actor: 'Recipient', textShown: text.body.slice(0, 500) };
    await (about.messageId === null
      ? unsubscribe(tx, { ...by, address: text.sender, customerId: about.customerId })
      : unsubscribe(tx, { ...by, messageId: about.messageId }));
    await skipWaiting(tx, { address: text.sender, purpose }, 'unsubscribed');
    if (!wasOut) await answer(tx, 'stop', text, about);
  },
  async start(tx, text, about) {
    await resubscribe(tx, {
      address: text.sender,
      customerId: about.customerId,
      purpose: 'all',
      how: 'text',
      actor: 'Recipient',
      textShown: text.body.slice(0, 500),
    });
    await answer(tx, 'start', text, about);
  },
  help: (tx, text, about) => answer(tx, 'help', text, about),
  async reply(tx, text, { messageId, campaignId, customerId }) {
    if (messageId === null) return;
    await recordEvents(tx, [
      { messageId, kind: 'replied', dedupeKey: `replied:${messageId}`, details: {}, at: text.at },
    ]);
    if (campaignId === null || customerId === null) return;
    const [campaign] = await tx.execute<{ stops: boolean }>(
      sql`select stop_on_reply as stops from campaigns where id = ${campaignId}`,
    );
    if (campaign?.stops) await skipWaiting(tx, { campaignId, customerId }, 'replied');
  },
};

/** What comes with a text that we do not keep is said in it. */
function bodyOf({ body, media = 0 }: InboundText): string {
  const text = body.replaceAll('\u0000', '').slice(0, 4_000);
  const pictures = media > 0 ? `[${media === 1 ? 'A picture' : `${media} pictures`}, not kept]` : '';
  return [text, pictures].filter(Boolean).join('\n');
}

/**
 * Whose number it is and what they may be answering: the last message that went to it, and its customer. A number that several
 * customers share is that one's; one that nothing went to is whose record has it, if only one has.
 */
async function whatItIsAbout(tx: Tx, number: string): Promise<About> {
  const [last] = await tx.execute<About & { purpose: PurposeOrAll | null }>(sql`
    select m.id as "messageId", m.customer_id as "customerId", m.campaign_id as "campaignId", c.purpose
      from messages m left join campaigns c on c.id = m.campaign_id
     where m.channel = 'sms' and m.address = ${number} and m.state in ('sent', 'unknown', 'attempting')
       and m.kind in ('campaign', 'reply')
     order by m.attempted_at desc nulls last, m.id desc limit 1`);
  if (last?.customerId) return { ...last, purpose: last.purpose ?? 'all' };
  const owners = await tx.execute<{ id: number }>(sql`
    select distinct customer_id as id from contacts where value = ${number} and kind <> 'email' limit 2`);
  const customerId = owners.length === 1 ? owners[0]!.id : null;
  return { customerId, messageId: last?.messageId ?? null, campaignId: last?.campaignId ?? null, purpose: 'all' };
}

async function isOut(tx: Tx, number: string, purpose: PurposeOrAll): Promise<boolean> {
  const [row] = await tx.execute(sql`
    select from suppressions
     where channel = 'sms' and address = ${number} and purpose in (${purpose}, 'all') and reason = 'unsubscribed'`);
  return row !== undefined;
}

/** How soon the same keyword of the same number is answered again: two machines must not talk to each other all night. */
const ANSWER_AGAIN_HOURS = 24;

async function answer(tx: Tx, meaning: 'stop' | 'start' | 'help', text: InboundText, about: About): Promise<void> {
  if (text.optOutType) return; // the provider has answered
  const body = await keywordAnswer(tx, meaning);
  const [lately] = await tx.execute(sql`
    select from messages m join message_contents c on c.message_id = m.id
     where m.channel = 'sms' and m.address = ${text.sender} and m.kind = 'keyword_answer' and c.text = ${body}
       and m.created_at > now() - make_interval(hours => ${ANSWER_AGAIN_HOURS}) limit 1`);
  if (lately && meaning !== 'stop') return;
  await sendTransactionalText(tx, { kind: 'keyword_answer', to: text.sender, customerId: about.customerId, body });
}
