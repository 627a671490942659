import { sql } from 'drizzle-orm';

import { recordEvents, type MessageEvent } from '#app/messaging/events.server.ts';
import { withCompany, type Db, type Tx } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';

import { idSpan } from '../outcomes.server.ts';
import type { EmailMessage, EmailProvider, Outcome } from '../provider.ts';

type Waiting = { message: EmailMessage; done: (outcome: Outcome) => void; failed: (error: unknown) => void };

/** As many as one `sandbox.deliver` job may carry. */
const BATCH = 500;

/**
 * The provider that stands in while no real one is set up. It takes every message and shows it in the Outbox; a job then
 * tells what became of it, as a real provider's events would. Messages that are handed over together are stored together.
 */
export function sandboxProvider(db: Db, companyId: number): EmailProvider {
  let waiting: Waiting[] = [];
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
  return {
    name: 'sandbox',
    account: null,
    rate: () => Promise.resolve(Number.POSITIVE_INFINITY),
    send: (message) =>
      new Promise<Outcome>((done, failed) => {
        waiting.push({ message, done, failed });
        if (waiting.length === 1) setImmediate(() => void flush());
      }),
  };
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
  await addJob(tx, 'sandbox.deliver', { companyId, messageIds: messages.map((one) => one.messageId) });
  return stored.map((row) => row.id);
}

/**
 * Tells what became of messages that the sandbox took. Mail to `bounce@…` bounces for good, mail to `soft-bounce@…` for now,
 * mail to `complaint@…` is delivered and reported as spam; all other mail is delivered.
 */
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
}

function fate(messageId: number, address: string): MessageEvent[] {
  const at = new Date();
  const event = (kind: MessageEvent['kind'], details: Record<string, unknown> = {}): MessageEvent => ({
    messageId,
    kind,
    dedupeKey: `sandbox:${messageId}:${kind}`,
    details: { provider: 'sandbox', ...details },
    at,
  });
  const who = /^([^@+]*)/.exec(address)?.[1] ?? '';
  if (who === 'bounce') return [event('bounced', { permanent: true, type: 'Permanent', subtype: 'General' })];
  if (who === 'soft-bounce') return [event('bounced', { permanent: false, type: 'Transient', subtype: 'MailboxFull' })];
  if (who === 'complaint') return [event('delivered'), event('complained', { type: 'abuse' })];
  return [event('delivered')];
}
