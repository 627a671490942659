import { sql } from 'drizzle-orm';

import type { Purpose } from '#app/audiences/audience.server.ts';
import type { LinkTarget } from '#app/links/mint.server.ts';
import { attempt, type Attempt } from '#app/messaging/attempt.server.ts';
import { prepareMime } from '#app/messaging/mime.server.ts';
import { REPEAT_HOURS } from '#app/messaging/outcomes.server.ts';
import { Blocked, type MailMessage, type MailProvider, type Provider } from '#app/messaging/provider.ts';
import { loadSender, type Sender } from '#app/messaging/sender.server.ts';
import { compiledEmailSchema } from '#builders/email/render.ts';
import { compiledPostcardSchema } from '#builders/postcard/compiled.ts';
import { preparePostcard } from '#builders/postcard/fill.ts';
import { compiledSmsSchema } from '#builders/sms/compiled.ts';
import { prepareSms } from '#builders/sms/compose.ts';
import { withCompany } from '#db/client.ts';
import type { Channel } from '#db/schema/columns.ts';

import type { Passed, Range } from './send-gate.server.ts';
import { loadCardSender, loadPictures } from './press.server.ts';
import { writePostcard } from './send-write-postcard.server.ts';
import { writeMessage, type Unwritten } from './send-write.server.ts';
import { writeText } from './send-write-text.server.ts';
import type { Sending } from './send.server.ts';

/** What became of a message: the provider's answer with the parts that a text went out in, or why it could not be written. */
export type Handed = (Attempt & { parts?: number }) | Unwritten;

/** What differs between channels, for one run: who carries its messages, and how each is written and handed over. */
export type Carrier = {
  channel: Channel;
  provider: Omit<Provider<never>, 'send'>;
  sender: Sender;
  /** The links that codes are drawn for; an email's links need none. */
  links: readonly LinkTarget[];
  /**
   * Writes a message, waits for its place in the rate, and hands it over.
   * @param codes short link codes by the link's key
   * @param place false when it is not to be handed over any more; null where there is no rate
   * @returns null when it was not handed over
   */
  hand: (
    one: Passed,
    codes: Readonly<Record<string, string>>,
    today: string,
    place: (() => Promise<boolean>) | null,
    giveUp?: AbortSignal,
  ) => Promise<Handed | null>;
};

/** Names the provider in words of problems that came up before it was known. */
export const usualProvider = { email: 'ses', sms: 'twilio', mail: 'lob' } as const;

/**
 * Reads what a step's messages are written from, and by whom they go.
 * @throws Blocked when the company's settings or the frozen content can't be used: its own campaign waits, not the worker
 */
export async function loadCarrier(
  sending: Sending,
  companyId: number,
  range: Pick<Range, 'stepId' | 'channel'>,
): Promise<Carrier> {
  const [step] = await withCompany(sending.db, companyId, (tx) =>
    tx.execute<Frozen>(sql`
      select s.compiled, c.purpose from campaign_steps s join campaigns c on c.id = s.campaign_id where s.id = ${range.stepId}`),
  );
  const carrierOf = { email: emailCarrier, sms: textCarrier, mail: mailCarrier }[range.channel];
  return carrierOf(sending, companyId, step ?? { compiled: null, purpose: 'reminders' });
}

/** A step's content as the launch froze it, and what its campaign is for. */
type Frozen = { compiled: unknown; purpose: Purpose };

async function emailCarrier(sending: Sending, companyId: number, { compiled: stored }: Frozen): Promise<Carrier> {
  const provider = await sending.provider(companyId);
  const sender = await senderOf(sending, companyId, provider.name === 'sandbox');
  if (!sender.from) throw new Blocked('No From address is set. Enter it in Settings.');
  const { compiled, email } = readable('email', () => {
    const content = compiledEmailSchema.parse(stored);
    return { compiled: content, email: prepareMime(content) };
  });
  const writer = { sender, secret: sending.secret, companyId, email, linkKeys: compiled.links.map(({ key }) => key) };
  return {
    channel: 'email',
    provider,
    sender,
    links: [],
    hand: async (one, _codes, today, place, giveUp) => {
      const message = writeMessage(writer, one, today);
      if ('kind' in message) return message;
      if (place && !(await place())) return null;
      return attempt(provider, message, giveUp);
    },
  };
}

async function textCarrier(sending: Sending, companyId: number, { compiled: stored }: Frozen): Promise<Carrier> {
  const provider = await sending.textProvider(companyId);
  const sender = await senderOf(sending, companyId, true);
  const { compiled, text } = readable('text', () => {
    const content = compiledSmsSchema.parse(stored);
    return { compiled: content, text: prepareSms(content) };
  });
  return {
    channel: 'sms',
    provider,
    sender,
    links: compiled.links,
    hand: async (one, codes, today, place, giveUp) => {
      const message = writeText({ sender, secret: sending.secret, companyId, text, today }, one, codes);
      if ('kind' in message) return message;
      if (place && !(await place())) return null;
      return { ...(await attempt(provider, message, giveUp)), parts: message.parts };
    },
  };
}

async function mailCarrier(
  sending: Sending,
  companyId: number,
  { compiled: stored, purpose }: Frozen,
): Promise<Carrier> {
  const provider = await sending.mailProvider(companyId);
  const sender = await senderOf(sending, companyId, true);
  const { compiled, postcard } = readable('postcard', () => {
    const content = compiledPostcardSchema.parse(stored);
    return { compiled: content, postcard: preparePostcard(content) };
  });
  const { card, pictures } = await withCompany(sending.db, companyId, async (tx) => {
    const card = await loadCardSender(tx, sender);
    return { card, pictures: await loadPictures(tx, [card.brand.logo, compiled.front.picture]) };
  });
  const { preparePress } = await import('#builders/postcard/print.server.ts'); // large, and for postcards only
  const press = preparePress(pictures);
  const writer = { ...card, sender, secret: sending.secret, companyId, postcard, purpose, press };
  return {
    channel: 'mail',
    provider,
    sender,
    links: compiled.links,
    hand: async (one, codes, today, place, giveUp) => {
      const message = writePostcard({ ...writer, today }, one, codes);
      if ('kind' in message) return message;
      if (place && !(await place())) return null;
      const send = isForgotten(one.mail?.triedAt ?? null) ? attemptUnlessTaken : attempt;
      return send(provider, message, giveUp);
    },
  };
}

/** Whether a printer may have a card of that first try and not know its key any more. */
const isForgotten = (triedAt: string | null) =>
  triedAt !== null && Date.now() - Date.parse(triedAt) > REPEAT_HOURS * 3_600_000;

/** Asks first whether the printer has the card. Where it can’t say so now, nothing is handed over. */
async function attemptUnlessTaken(
  provider: MailProvider,
  message: MailMessage,
  giveUp?: AbortSignal,
): Promise<Attempt> {
  const taken = await provider.find?.([message]).catch(() => null);
  if (!taken) return { kind: 'retry', why: 'unavailable', afterSeconds: 60, reason: 'The printer can’t be asked.' };
  const providerId = taken.get(message.messageId);
  return providerId ? { kind: 'sent', providerId } : attempt(provider, message, giveUp);
}

const senderOf = ({ db, addresses, secret }: Sending, companyId: number, standIn: boolean) =>
  withCompany(db, companyId, (tx) => loadSender(tx, { addresses, secret, standIn }));

function readable<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new Blocked(`The ${what} of this campaign can’t be read. Cancel the campaign and make it anew.`);
  }
}
