import { createHash } from 'node:crypto';
import { Agent, type AgentOptions } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { Socket } from 'node:net';

import type Lob from 'lob';
import { z } from 'zod';

import { inParallel } from '../attempt.server.ts';
import { deliverabilities, MOST_LINE_CHARACTERS, type AddressCheck, type PostalAddress } from '../postal-address.ts';
import {
  Blocked,
  Retryable,
  type MailMessage,
  type MailProvider,
  type Outcome,
  type PrintedCard,
} from '../provider.ts';
import type { ReasonCode } from '../reasons.ts';
import { lobMeaning, mailOutcomeOf, raise } from './lob-errors.ts';

export type LobOptions = {
  /** The secret key; `test_…` prints nothing. */
  apiKey: string;
  /** Elsewhere than Lob: a test server. */
  base?: string | null;
  /** How long nothing may come before a call is given up. The same call is made again later. */
  answerTimeoutMs?: number;
};

/** 150 requests in 5 seconds to one endpoint (Lob's documentation, "Rate Limiting"). */
const POSTCARDS_A_SECOND = 30;
const SOCKETS = 64;
const LOOK_UPS = 8;
/** Most characters of a line with a name (Lob's documentation). */
const MOST_NAME_CHARACTERS = 40;

/**
 * Lob by its SDK, one postcard a call. Lob knows an idempotency key, the card's: a call whose answer was lost is made again
 * and gets the first answer, for 24 hours; after that `find` tells by metadata what Lob has. The company's return address is part of
 * the card's design, so no `from` is given, which Lob would print a second time.
 */
export function lobProvider(options: LobOptions): MailProvider {
  let client: Promise<Lob> | null = null;
  const lob = () => (client ??= connect(options));
  return {
    name: 'lob',
    account: lobAccount(options.apiKey),
    repeatable: true,
    rate: () => Promise.resolve(POSTCARDS_A_SECOND),
    send: async (message) => create(await lob(), message),
    find: async (messages) => find(await lob(), messages),
    cancel: async (providerId) => cancel(await lob(), providerId),
    verify: async (address) => verify(await lob(), address),
  };
}

/** Names the account to workers and pages without telling its key. */
export const lobAccount = (apiKey: string) =>
  createHash('sha256').update(`lob:${apiKey}`).digest('base64url').slice(0, 22);

/** A key of Lob's test environment: everything is checked, nothing is printed and nothing charged. */
export const isTestKey = (apiKey: string) => apiKey.startsWith('test_');

/**
 * Asks Lob for one postcard, to see whether the key may order some.
 * @returns in words what is wrong, or null when all is well
 */
export async function checkLobKey(options: LobOptions): Promise<string | null> {
  try {
    const lob = await connect(options);
    await lob.postcards.list({ limit: 1 });
    return null;
  } catch (error) {
    if (error instanceof Blocked) return error.message;
    const meaning = lobMeaning(error);
    return meaning.kind === 'failed' ? 'Lob does not understand what it is asked.' : meaning.message;
  }
}

const Created = z.object({ id: z.string().regex(/^psc_\w+$/) });

async function create(lob: Lob, message: MailMessage): Promise<Outcome> {
  const { to } = message;
  const wrong = wrongAddress(to);
  if (wrong) return { kind: 'failed', reason: wrong };
  const sides = await printed(message);
  if (!sides) return { kind: 'failed', reason: 'render' };
  try {
    const answer = await lob.postcards.create(
      {
        description: `Fieldpost message ${message.messageId}`,
        to: {
          ...nameLines(to.name),
          address_line1: to.line1,
          ...(to.line2 && { address_line2: to.line2 }),
          address_city: to.city,
          address_state: to.state,
          address_zip: to.zip,
          address_country: 'US',
        },
        front: sides.front,
        back: sides.back,
        size: message.card.size,
        // Marketing mail takes weeks, and is not offered for 4x6.
        mail_type: 'usps_first_class',
        use_type: message.useType,
        metadata: { message: message.token },
        ...sendDateOf(message.sendDate, Date.now()),
      },
      { 'Idempotency-Key': message.key },
    );
    const created = Created.safeParse(answer);
    if (!created.success) throw new Retryable('Lob answers something else than a postcard.');
    return { kind: 'sent', providerId: created.data.id };
  } catch (error) {
    if (error instanceof Retryable) throw error;
    return mailOutcomeOf(error);
  }
}

/** Null for a card that can't be painted. */
async function printed(message: MailMessage): Promise<PrintedCard | null> {
  try {
    return await message.print();
  } catch (error) {
    if (error instanceof Retryable || error instanceof Blocked) throw error;
    return null;
  }
}

/** What Lob would refuse, before a card is painted for it. */
function wrongAddress({ name, line1, line2, city, state, zip }: MailMessage['to']): ReasonCode | null {
  if ([name, line1, city].some((part) => part.trim() === '')) return 'bad_address';
  if (!/^[A-Z]{2}$/i.test(state) || !/^\d{5}(-\d{4})?$/.test(zip)) return 'bad_address';
  return line1.length + line2.length > MOST_LINE_CHARACTERS ? 'address_too_long' : null;
}

/** A name that is too long for one line goes on in the line for the company, which is printed below it. */
function nameLines(name: string): { name: string; company?: string } {
  const text = name.replaceAll(/\s+/g, ' ').trim();
  if (text.length <= MOST_NAME_CHARACTERS) return { name: text };
  const space = text.lastIndexOf(' ', MOST_NAME_CHARACTERS);
  const end = space > 0 ? space : MOST_NAME_CHARACTERS;
  return { name: text.slice(0, end), company: text.slice(end).trim().slice(0, MOST_NAME_CHARACTERS) };
}

/** Lob takes a day for its midnight in UTC, which is the evening before in the US: noon is that day everywhere. One that has come is left out. */
function sendDateOf(day: string | null, now: number): { send_date?: string } {
  if (day === null) return {};
  const noon = `${day}T12:00:00.000Z`;
  return Date.parse(noon) > now + 60_000 ? { send_date: noon } : {};
}

const Listed = z.object({ data: z.array(z.object({ id: z.string(), metadata: z.record(z.string(), z.unknown()) })) });

async function find(
  lob: Lob,
  messages: readonly { messageId: number; token: string }[],
): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  await inParallel(messages, { limit: LOOK_UPS }, async ({ messageId, token }) => {
    const { data } = Listed.parse(await lob.postcards.list({ limit: 1, metadata: { message: token } }));
    const card = data.find((one) => one.metadata.message === token);
    if (card) found.set(messageId, card.id);
  });
  return found;
}

/** Gone is taken back: only we delete cards, and a call whose answer was lost is made again. */
async function cancel(lob: Lob, providerId: string): Promise<'canceled' | 'too_late'> {
  try {
    await lob.postcards.delete(providerId);
    return 'canceled';
  } catch (error) {
    const meaning = lobMeaning(error);
    if (meaning.kind === 'failed') return 'too_late';
    if (meaning.kind === 'blocked' && meaning.status === 404) return 'canceled';
    // A plan without cancelling: then no card can be taken back.
    if (meaning.kind === 'blocked' && meaning.code === 'feature_limit_reached') return 'too_late';
    return raise(meaning);
  }
}

const Verified = z.object({
  recipient: z.string().nullish(),
  primary_line: z.string().nullish(),
  secondary_line: z.string().nullish(),
  deliverability: z.enum(deliverabilities),
  components: z.object({
    city: z.string(),
    state: z.string(),
    zip_code: z.string(),
    zip_code_plus_4: z.string().nullish(),
  }),
});

/** Test keys check nothing: they answer with an address of their own, or with how to ask for one (Lob's documentation). */
const OF_TEST_KEY = /^test keys do not verify/i;

async function verify(lob: Lob, address: PostalAddress): Promise<AddressCheck> {
  const { line1, line2, city, state, zip } = address;
  let answer: unknown;
  try {
    answer = await lob.usVerifications.verify({
      primary_line: line1,
      ...(line2 && { secondary_line: line2 }),
      city,
      state,
      zip_code: zip,
    });
  } catch (error) {
    const meaning = lobMeaning(error);
    // What can't be read as an address is none.
    return meaning.kind === 'failed' ? { deliverability: 'undeliverable', standard: null } : raise(meaning);
  }
  const checked = Verified.safeParse(answer);
  if (!checked.success) throw new Retryable('Lob answers something else than a checked address.');
  const { recipient, primary_line: first, secondary_line: second, deliverability, components } = checked.data;
  if (OF_TEST_KEY.test(recipient ?? '')) {
    return { deliverability: /^set /i.test(first ?? '') ? 'deliverable' : deliverability, standard: null };
  }
  if (!first || !components.city || !components.zip_code) return { deliverability, standard: null };
  const plus4 = components.zip_code_plus_4;
  const zipCode = plus4 ? `${components.zip_code}-${plus4}` : components.zip_code;
  const standard = { line1: first, line2: second ?? '', city: components.city, state: components.state, zip: zipCode };
  return { deliverability, standard };
}

/** @throws Blocked when the key can't be one: nothing was asked */
async function connect({ apiKey, base, answerTimeoutMs = 30_000 }: LobOptions): Promise<Lob> {
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new Blocked('The API key of Lob can’t be used. Enter it again in Settings.');
  const { default: Client } = await import('lob');
  const host = `${base ?? 'https://api.lob.com'}/v1/`;
  return new Client(apiKey, { host, agent: impatientAgent(host.startsWith('https:'), answerTimeoutMs) });
}

/** Connections that are cut when nothing comes for so long: the SDK itself waits for ever, and can't be told to stop. */
function impatientAgent(secure: boolean, timeout: number): Agent {
  const settings: AgentOptions = { keepAlive: true, maxSockets: SOCKETS };
  const agent = secure ? new SecureAgent(settings) : new Agent(settings);
  const open = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = open(options, done);
    if (!(socket instanceof Socket)) return socket;
    socket.setTimeout(timeout, () => {
      socket.destroy(Object.assign(new Error('No answer in time'), { code: 'ETIMEDOUT' }));
    });
    // The SDK's own client would take it off again for each call.
    socket.setTimeout = () => socket;
    return socket;
  };
  return agent;
}
