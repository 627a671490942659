import { sql } from 'drizzle-orm';

import { recordEvents, type MessageEvent } from '#app/messaging/events.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';

import { idSpan } from '../outcomes.server.ts';
import { Retryable, type EmailMessage, type EmailProvider, type Outcome } from '../provider.ts';

type Waiting = { message: EmailMessage; done: (outcome: Outcome) => void; failed: (error: unknown) => void };

/** As many as one `sandbox.deliver` job may carry. */
const BATCH = 500;

/**
 * How the sandbox treats a message, by the local part of its recipient before any `+`, as providers' mailbox simulators do.
 * Whatever stands nowhere here is taken and delivered.
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

const habits: ReadonlySet<string> = new Set<Habit>([
  'drop',
  'slow',
  'throttle',
  'refuse',
  'bounce',
  'soft-bounce',
  'complaint',
  'doubled',
  'reordered',
]);

function habitOf(address: string): Habit | null {
  const who = /^([^@+]*)/.exec(address)?.[1]?.toLowerCase() ?? '';
  return habits.has(who) ? (who as Habit) : null;
}

const SLOW_MS = 3_000;
const THROTTLED_SECONDS = 2;
/** After how long the delivery of a message whose answer was lost is told. */
const LATE_SECONDS = 20;
/** Throttled messages that are remembered; each worker has its own memory. */
const MAX_THROTTLED = 10_000;

/**
 * The provider that stands in while no real one is set up. It takes every message and shows it in the Outbox; a job then
 * tells what became of it, as a real provider's events would. Messages that are handed over together are stored together.
 * Some recipients make it misbehave.
 * @param options.slowMs how long `slow@` takes
 */
export function sandboxProvider(db: Db, companyId: number, options: { slowMs?: number } = {}): EmailProvider {
  let waiting: Waiting[] = [];
  const throttled = new Set<number>();
  const flush = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      try {
        const ids = await withCompany(db, companyId, (tx) =>
          store(
            tx,
            companyId,
            batch.map((one) => one.message),
          ),
        );
        batch.forEach((one, index) => one.done({ kind: 'sent', providerId: `sandbox-${ids[index]}` }));
      } catch (error) {
        batch.forEach((one) => one.failed(error));
      }
    }
  };
  const take = (message: EmailMessage) =>
    new Promise<Outcome>((done, failed) => {
      waiting.push({ message, done, failed });
      if (waiting.length === 1) setImmediate(() => void flush());
    });
  return {
    name: 'sandbox',
    account: null,
    rate: () => Promise.resolve(Number.POSITIVE_INFINITY),
    find: (messages) =>
      withCompany(db, companyId, (tx) =>
        findStored(
          tx,
          messages.map((one) => one.messageId),
        ),
      ),
    async send(message) {
      switch (habitOf(message.to)) {
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
          await new Promise((done) => setTimeout(done, options.slowMs ?? SLOW_MS));
          return outcome;
        }
        default:
          return take(message);
      }
    },
  };
}

async function findStored(tx: Tx, messageIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const rows = await tx.execute<{ messageId: number; id: number }>(sql`
    select message_id as "messageId", id from outbox_emails where message_id = any(${sql.param(messageIds)}::bigint[])`);
  return new Map(rows.map((row) => [row.messageId, `sandbox-${row.id}`]));
}

async function store(tx: Tx, companyId: number, messages: readonly EmailMessage[]): Promise<number[]> {
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
  const early = messages.filter((one) => habitOf(one.to) === 'reordered').map((one) => one.messageId);
  const late = messages.filter((one) => habitOf(one.to) === 'drop').map((one) => one.messageId);
  if (early.length > 0) {
    const at = new Date();
    await recordEvents(
      tx,
      early.map((messageId) => eventOf(messageId, 'delivered', at)),
    );
  }
  const isLate = new Set(late);
  const now = messages.map((one) => one.messageId).filter((id) => !isLate.has(id));
  if (now.length > 0) await addJob(tx, 'sandbox.deliver', { companyId, messageIds: now });
  if (late.length > 0) {
    const runAt = new Date(Date.now() + LATE_SECONDS * 1000);
    await addJob(tx, 'sandbox.deliver', { companyId, messageIds: late }, { runAt });
  }
  return stored.map((row) => row.id);
}

/** Tells what became of messages that the sandbox took, as their recipients' addresses ask for. */
export async function deliverSandboxMail(tx: Tx, messageIds: readonly number[]): Promise<void> {
  if (messageIds.length === 0) return;
  const rows = await tx.execute<{ id: number; address: string }>(sql`
    select m.id, m.address from messages m
     where ${idSpan(messageIds)}
       and m.id in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(messageIds)}::jsonb))`);
  await recordEvents(
    tx,
    rows.flatMap((row) => fate(row.id, row.address)),
  );
  const doubled = rows.filter((row) => habitOf(row.address) === 'doubled');
  await recordEvents(
    tx,
    doubled.flatMap((row) => fate(row.id, row.address)),
  );
}

function fate(messageId: number, address: string): MessageEvent[] {
  const at = new Date();
  switch (habitOf(address)) {
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
