import { sql } from 'drizzle-orm';

import { withCompany, withTextNumber, type Db } from '#db/client.ts';

import { keysOf, readTextSettings, type TextOptions } from './providers/choose-text.server.ts';

type Options = Pick<TextOptions, 'secret' | 'twilio'>;
/** Whether a post is signed with this auth token. */
export type IsSigned = (authToken: string) => boolean;

/**
 * The companies that a text may be for: those that entered the number or Messaging Service that it was sent to, and of those that
 * share the environment's, all that have texted its sender. A number's STOP is meant for everybody who texts from it.
 * @param to the number and, where Twilio tells it, the service
 */
export async function companiesOfText(
  db: Db,
  to: readonly string[],
  sender: string,
  isSigned: IsSigned,
  options: Options,
): Promise<number[]> {
  const found = new Set<number>();
  for (const one of to) {
    const rows = await withTextNumber(db, one, (tx) =>
      tx.execute<{ id: number }>(sql`
        select company_id as id from channel_settings
         where channel = 'sms' and ${one} in (options ->> 'number', options ->> 'messagingServiceSid')
         order by company_id limit 20`),
    );
    for (const row of rows) found.add(row.id);
  }
  const { twilio } = options;
  const isShared = (keys: { number: string | null; messagingServiceSid: string | null } | null) =>
    keys !== null && to.some((one) => one === keys.number || one === keys.messagingServiceSid);
  // Whoever forges a post does not make us ask everybody.
  if (!twilio || !isShared(twilio) || !isSigned(twilio.authToken)) return [...found];
  // Few enough share one account to be asked one by one: nobody sees several companies' messages at once.
  for (const { id } of await db.execute<{ id: number }>(sql`select id from companies order by id`)) {
    const texted = await withCompany(db, id, async (tx) => {
      if (!isShared(keysOf(await readTextSettings(tx), options))) return false;
      const [row] = await tx.execute(sql`select from messages where channel = 'sms' and address = ${sender} limit 1`);
      return row !== undefined;
    });
    if (texted) found.add(id);
  }
  return [...found];
}

/** How long a company's auth token is believed to be the same; where it fails it is read again at once. */
const TOKEN_TTL_MS = 30_000;
const MOST_TOKENS = 1_000;

/**
 * Tells whether the account by which a company's texts go, its own or the environment's, signed a post. Also while the company is back
 * in the sandbox: late callbacks count, and so does a STOP.
 */
export function signers(db: Db, options: Options): (companyId: number, isSigned: IsSigned) => Promise<boolean> {
  const kept = new Map<number, { token: string; until: number }>();
  return async (companyId, isSigned) => {
    const known = kept.get(companyId);
    if (known && known.until > Date.now() && isSigned(known.token)) return true;
    const token = keysOf(await withCompany(db, companyId, readTextSettings), options)?.authToken;
    if (!token || !isSigned(token)) return false;
    if (kept.size >= MOST_TOKENS) kept.clear();
    kept.set(companyId, { token, until: Date.now() + TOKEN_TTL_MS });
    return true;
  };
}
