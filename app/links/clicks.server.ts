import { sql } from 'drizzle-orm';

import { recordEvents } from '#app/messaging/events.server.ts';
import type { Tx } from '#db/client.ts';

/**
 * Counts a person's click: on the link each time, on the message and its step once. Callers ask `isPerson` first.
 * @param link as `resolveLink` returned it
 */
export async function recordClick(
  tx: Tx,
  link: { code: string; messageId: number },
  options: { at?: Date } = {},
): Promise<void> {
  await tx.execute(sql`update links set clicks = clicks + 1 where code = ${link.code}`);
  await recordEvents(tx, [
    {
      messageId: link.messageId,
      kind: 'clicked',
      dedupeKey: `click:${link.code}`,
      details: { code: link.code },
      at: options.at ?? new Date(),
    },
  ]);
}

/** Counts that a message was opened, once. Unknown messages are passed over. */
export async function recordOpen(tx: Tx, messageId: number, options: { at?: Date } = {}): Promise<void> {
  await recordEvents(tx, [
    { messageId, kind: 'opened', dedupeKey: `open:${messageId}`, details: {}, at: options.at ?? new Date() },
  ]);
}
