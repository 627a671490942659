import { desc } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';
import { auditEntries } from '#db/schema/index.ts';

/** Who does something: a member of staff, or in words the system or a customer. */
export type Actor = { staffId: number | null; name: string };

export const system: Actor = { staffId: null, name: 'Fieldpost' };

/**
 * Writes one line of the append-only audit log, in the transaction of the change itself.
 * @param action `noun.verb`, such as `campaign.launch`
 * @param subject the record it was done to
 * @param details what a reader wants to know, without secrets
 */
export async function recordAudit(
  tx: Tx,
  actor: Actor,
  action: string,
  subject: { type: string; id: number | null },
  details: Record<string, unknown> = {},
): Promise<void> {
  await tx.insert(auditEntries).values({
    staffId: actor.staffId,
    actor: actor.name,
    action,
    subjectType: subject.type,
    subjectId: subject.id,
    details,
  });
}

/** The newest entries first. @param limit at most this many */
export function listAudit(tx: Tx, limit = 100) {
  return tx.select().from(auditEntries).orderBy(desc(auditEntries.id)).limit(limit);
}
