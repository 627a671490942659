import { sql } from 'drizzle-orm';

import { recordOutcomes, type Recorded } from '#app/messaging/outcomes.server.ts';
import type { EmailProvider } from '#app/messaging/provider.ts';
import { messageToken } from '#app/messaging/token.server.ts';
import { withCompany, type Db } from '#db/client.ts';

import type { Range } from './send-gate.server.ts';

/** Asked about at a time: a crash leaves a window or two. */
const MANY = 1_000;

/**
 * Asks the provider what became of messages that a run was cut off with, where it can be asked. What it has taken is sent; the
 * rest stays unknown and is never sent again (docs/decisions/0009). No answer leaves everything as it is.
 */
export async function lookUpInterrupted(run: {
  sending: { db: Db; secret: string };
  companyId: number;
  range: Range;
  provider: Pick<EmailProvider, 'name' | 'find'>;
}): Promise<void> {
  const { provider, companyId, range } = run;
  const { db, secret } = run.sending;
  if (!provider.find) return;
  const unknown = await withCompany(db, companyId, (tx) =>
    tx.execute<{ id: number }>(sql`
      select id from messages
       where step_id = ${range.stepId} and id between ${range.fromId} and ${range.toId}
         and state = 'unknown' and reason = 'interrupted'
       order by id desc limit ${MANY}`),
  );
  const asked = unknown.map(({ id }) => ({ messageId: id, token: messageToken(secret, companyId, id) }));
  const taken = await provider.find(asked).catch(() => new Map<number, string>());
  const sent = [...taken].map(
    ([id, providerId]): Recorded => ({ id, state: 'sent', reason: null, provider: provider.name, providerId }),
  );
  await withCompany(db, companyId, (tx) => recordOutcomes(tx, sent));
}
