import { withCompany, type Db } from '#db/client.ts';

import { noteProblem } from './breaker.server.ts';
import { inGroups, type Taken } from './event-groups.server.ts';
import { recordEvents } from './events.server.ts';
import type { LobEvent } from './lob-events.ts';
import { lobKeysOf, readMailSettings, type MailOptions } from './providers/choose-mail.server.ts';

type Told = { messageId: number; event: LobEvent };

/**
 * Takes in what Lob tells of postcards, in groups. The same told again finds its key in the database, so a replay changes nothing.
 * @returns settles once what was told is committed; rejected when it could not be
 */
export function lobInbox(
  db: Db,
): (message: { companyId: number; messageId: number }, event: LobEvent) => Promise<Taken> {
  const put = inGroups<Told>((companyId, group) => write(db, companyId, group));
  return ({ companyId, messageId }, event) => put(companyId, { messageId, event });
}

function write(db: Db, companyId: number, group: readonly Told[]): Promise<readonly Taken[]> {
  return withCompany(db, companyId, async (tx) => {
    const now = new Date();
    const fresh = await recordEvents(
      tx,
      group.map(({ messageId, event: { id, kind, details, at } }) => ({
        messageId,
        kind,
        dedupeKey: `lob:${id}`,
        details,
        // A time to come would stand above all that really happens until then.
        at: at < now ? at : now,
      })),
    );
    if (fresh > 0) {
      for (const message of new Set(group.flatMap(({ event }) => event.problem ?? []))) {
        await noteProblem(tx, 'lob', { kind: 'rejected', message });
      }
    }
    return group.map(() => 'stored');
  });
}

/** Whether an event is signed with this secret. */
export type IsSigned = (webhookSecret: string) => boolean;

/** How long a company's secret is believed to be the same; where it fails it is read again at once. */
const SECRET_TTL_MS = 30_000;
const MOST_SECRETS = 1_000;

/**
 * Tells whether the webhook by which a company's postcards are told of, its own or the environment's, signed an event. Also while the
 * company is back in the sandbox: cards are under way for days.
 */
export function lobSigners(
  db: Db,
  options: Pick<MailOptions, 'secret' | 'lob'>,
): (companyId: number, isSigned: IsSigned) => Promise<boolean> {
  const kept = new Map<number, { secret: string; until: number }>();
  return async (companyId, isSigned) => {
    const known = kept.get(companyId);
    if (known && known.until > Date.now() && isSigned(known.secret)) return true;
    const secret = lobKeysOf(await withCompany(db, companyId, readMailSettings), options)?.webhookSecret;
    if (!secret || !isSigned(secret)) return false;
    if (kept.size >= MOST_SECRETS) kept.clear();
    kept.set(companyId, { secret, until: Date.now() + SECRET_TTL_MS });
    return true;
  };
}
