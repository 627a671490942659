import { sql, type SQL } from 'drizzle-orm';

import { recordEvents, type MessageEvent } from '#app/messaging/events.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import type { Channel } from '#db/schema/columns.ts';

import { idSpan } from '../outcomes.server.ts';
import {
  Retryable,
  type EmailMessage,
  type EmailProvider,
  type Outcome,
  type Provider,
  type TextMessage,
  type TextProvider,
} from '../provider.ts';
import { together } from './together.ts';

/**
 * How the sandbox treats a message, by the local part of its recipient before any `+`, as providers' mailbox simulators do, or
 * by the last digits of a number. Whatever stands nowhere here is taken and delivered.
 */
type Habit =
  /** Taken, but the answer is lost: unknown, until its delivery is told. */
  | 'drop'
  /** Taken, and answered after seconds. */
  | 'slow'
  /** Too much the first time, taken the second. */
  | 'throttle'
  /** Refused for good. */
  | 'refuse'
  /** Comes back for good, or for now. */
  | 'bounce'
  | 'soft-bounce'
  /** Delivered, then reported as spam. */
  | 'complaint'
  /** Each event is told twice. */
  | 'doubled'
  /** Its delivery is told before the message is answered, and an earlier delay after it. */
  | 'reordered';

const habits: readonly Habit[] = [
  'drop',
  'slow',
  'throttle',
  'refuse',
  'bounce',
  'soft-bounce',
  'complaint',
  'doubled',
  'reordered',
];

/** Numbers +1 NXX 555-01.. by their last two digits. Nobody complains of a text. */
const numberHabits: Readonly<Record<string, Habit>> = {
  '90': 'bounce',
  '91': 'soft-bounce',
  '92': 'refuse',
  '93': 'throttle',
  '94': 'slow',
  '95': 'drop',
  '96': 'doubled',
  '97': 'reordered',
};

function habitOf(channel: Channel, address: string): Habit | null {
  if (channel === 'sms') return numberHabits[/^\+1\d{3}55501(\d\d)$/.exec(address)?.[1] ?? ''] ?? null;
  const who = /^([^@+]*)/.exec(address)?.[1]?.toLowerCase();
  return habits.find((habit) => habit === who) ?? null;
}

const SLOW_MS = 3_000;
const THROTTLED_SECONDS = 2;
/** After how long the delivery of a message whose answer was lost is told. */
const LATE_SECONDS = 20;
/** Throttled messages that are remembered; each worker has its own memory. */
const MAX_THROTTLED = 10_000;

/**
 * The provider that stands in while no real one is set up. It takes every email and shows it in the Outbox; a job then
 * tells what became of it, as a real provider's events would. Messages that are handed over together are stored together.
 * Some recipients make it misbehave.
 * @param options.slowMs how long `slow@` takes
 */
export const sandboxProvider = (db: Db, companyId: number, options: { slowMs?: number } = {}): EmailProvider =>
  sandbox(db, companyId, { channel: 'email', table: sql`outbox_emails`, write: writeEmails, ...options });

/**
 * The same for texts: by the last two digits of a number of the range for fiction, 555-0190 to 555-0198, it misbehaves.
 * @param options.sender the number that texts are from, for the Outbox
 */
export const sandboxTextProvider = (
  db: Db,
  companyId: number,
  options: { sender: string; slowMs?: number },
): TextProvider =>
  sandbox(db, companyId, {
    channel: 'sms',
    table: sql`outbox_texts`,
    write: (tx, texts: readonly TextMessage[]) => writeTexts(tx, texts, options.sender),
    ...options,
  });

type Kind<M> = {
  channel: Channel;
  /** Where its messages are kept, by `message_id`. */
  table: SQL;
  /** Keeps messages. @returns their ids in the Outbox, in the same order */
  write: (tx: Tx, messages: readonly M[]) => Promise<number[]>;
  slowMs?: number;
};

type Message = { messageId: number; token: string; to: string };

function sandbox<M extends Message>(db: Db, companyId: number, kind: Kind<M>): Provider<M> {
  const throttled = new Set<number>();
  const take = together((messages: readonly M[]) =>
    withCompany(db, companyId, async (tx) => {
      const ids = await kind.write(tx, messages);
      await tellLater(tx, companyId, kind.channel, messages);
      return ids.map((id): Outcome => ({ kind: 'sent', providerId: `sandbox-${id}` }));
    }),
  );
  return {
    name: 'sandbox',
    account: null,
    rate: () => Promise.resolve(Number.POSITIVE_INFINITY),
    find: (messages) =>
      withCompany(db, companyId, (tx) =>
        findStored(
          tx,
          kind.table,
          messages.map((one) => one.messageId),
        ),
      ),
    async send(message) {
      switch (habitOf(kind.channel, message.to)) {
        case 'refuse':
          return { kind: 'failed', reason: 'rejected' };
        case 'throttle':
          if (throttled.delete(message.messageId)) return take(message);
          if (throttled.size >= MAX_THROTTLED) throttled.clear();
          throttled.add(message.messageId);
          throw new Retryable('The sandbox was asked to throttle.', THROTTLED_SECONDS, 'throttled');
        case 'drop':
          await take(message);
          return { kind: 'unknown', reason: 'no_answer' };
        case 'slow': {
          const outcome = await take(message);
          await new Promise((done) => setTimeout(done, kind.slowMs ?? SLOW_MS));
          return outcome;
        }
        default:
          return take(message);
      }
    },
  };
}

async function findStored(tx: Tx, table: SQL, messageIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const rows = await tx.execute<{ messageId: number; id: number }>(sql`
    select message_id as "messageId", id from ${table} where message_id = any(${sql.param(messageIds)}::bigint[])`);
  return new Map(rows.map((row) => [row.messageId, `sandbox-${row.id}`]));
}

async function writeEmails(tx: Tx, messages: readonly EmailMessage[]): Promise<number[]> {
  const rows = messages.map((one) => ({
    message_id: one.messageId,
    sender: one.from,
    recipient: one.to,
    subject: one.subject,
    mime: one.mime,
  }));
  const stored = await tx.execute<{ id: number }>(sql`
    insert into outbox_emails (message_id, sender, recipient, subject, mime)
    select r.message_id, r.sender, r.recipient, r.subject, r.mime
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
           as r(message_id bigint, sender text, recipient text, subject text, mime text)
    returning id`);
  return stored.map((row) => row.id);
}

async function writeTexts(tx: Tx, messages: readonly TextMessage[], sender: string): Promise<number[]> {
  const rows = messages.map((one) => ({
    message_id: one.messageId,
    recipient: one.to,
    body: one.body,
    parts: one.parts,
  }));
  const stored = await tx.execute<{ id: number }>(sql`
    insert into outbox_texts (message_id, sender, recipient, body, parts)
    select r.message_id, ${sender}, r.recipient, r.body, r.parts
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
           as r(message_id bigint, recipient text, body text, parts smallint)
    returning id`);
  return stored.map((row) => row.id);
}

/** Asks for what became of messages to be told, as their recipients ask for: most at once, some late, some before the answer. */
async function tellLater(tx: Tx, companyId: number, channel: Channel, messages: readonly Message[]): Promise<void> {
  const idsOf = (wanted: (habit: Habit | null) => boolean) =>
    messages.filter((one) => wanted(habitOf(channel, one.to))).map((one) => one.messageId);
  const early = idsOf((habit) => habit === 'reordered');
  const late = idsOf((habit) => habit === 'drop');
  const now = idsOf((habit) => habit !== 'drop');
  if (early.length > 0) {
    const at = new Date();
    await recordEvents(
      tx,
      early.map((messageId) => eventOf(messageId, 'delivered', at)),
    );
  }
  if (now.length > 0) await addJob(tx, 'sandbox.deliver', { companyId, messageIds: now });
  if (late.length > 0) {
    const runAt = new Date(Date.now() + LATE_SECONDS * 1000);
    await addJob(tx, 'sandbox.deliver', { companyId, messageIds: late }, { runAt });
  }
}

/** Tells what became of messages that the sandbox took, as their recipients' addresses ask for. */
export async function deliverFromSandbox(tx: Tx, messageIds: readonly number[]): Promise<void> {
  if (messageIds.length === 0) return;
  const rows = await tx.execute<{ id: number; channel: Channel; address: string }>(sql`
    select m.id, m.channel, m.address from messages m
     where ${idSpan(messageIds)}
       and m.id in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(messageIds)}::jsonb))`);
  await recordEvents(
    tx,
    rows.flatMap((row) => fate(row.id, habitOf(row.channel, row.address))),
  );
  const doubled = rows.filter((row) => habitOf(row.channel, row.address) === 'doubled');
  await recordEvents(
    tx,
    doubled.flatMap((row) => fate(row.id, 'doubled')),
  );
}

function fate(messageId: number, habit: Habit | null): MessageEvent[] {
  const at = new Date();
  switch (habit) {
    case 'bounce':
      return [eventOf(messageId, 'bounced', at, { permanent: true, type: 'Permanent', subtype: 'General' })];
    case 'soft-bounce':
      return [eventOf(messageId, 'bounced', at, { permanent: false, type: 'Transient', subtype: 'MailboxFull' })];
    case 'complaint':
      return [eventOf(messageId, 'delivered', at), eventOf(messageId, 'complained', at, { type: 'abuse' })];
    case 'doubled':
      return [eventOf(messageId, 'delivered', at), eventOf(messageId, 'delivered', at)];
    case 'reordered':
      return [
        eventOf(messageId, 'delayed', new Date(at.getTime() - 60_000), { type: 'TransientCommunicationFailure' }),
      ];
    default:
      return [eventOf(messageId, 'delivered', at)];
  }
}

const eventOf = (
  messageId: number,
  kind: MessageEvent['kind'],
  at: Date,
  details: Record<string, unknown> = {},
): MessageEvent => ({
  messageId,
  kind,
  dedupeKey: `sandbox:${messageId}:${kind}`,
  details: { provider: 'sandbox', ...details },
  at,
});
