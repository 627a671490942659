import { timingSafeEqual } from 'node:crypto';

import { sql } from 'drizzle-orm';

import { messageSeals } from '#app/messaging/token.server.ts';
import type { Tx } from '#db/client.ts';

import { readEmailLinkCode } from './codes.ts';

/**
 * Writes email links down that somebody follows for the first time: most never are, and an email has several. From then on they are
 * links as any other. They are as old as their message.
 * @param codes of any kind; drawn codes, and those that were not made here, are passed over
 * @returns whether any of them is one of ours, and so a link from now on
 */
export async function writeEmailLinks(
  tx: Tx,
  { companyId, secret }: { companyId: number; secret: string },
  codes: readonly string[],
): Promise<boolean> {
  const named = codes.flatMap((code) => {
    const link = readEmailLinkCode(code);
    return link && isSealed(secret, companyId, link) ? [{ code, ...link }] : [];
  });
  if (named.length === 0) return false;
  await tx.execute(sql`
    insert into links (code, message_id, customer_id, invoice_id, key, kind, destination, created_at)
    select named.code, m.id, m.customer_id, m.invoice_id, l.key, l.kind, l.url, coalesce(m.attempted_at, m.created_at)
      from unnest(${sql.param(named.map((one) => one.code))}::text[], ${sql.param(named.map((one) => one.messageId))}::bigint[],
                  ${sql.param(named.map((one) => one.key))}::text[]) as named(code, message_id, key)
      join messages m on m.id = named.message_id
      join campaign_steps s on s.id = m.step_id
     cross join lateral jsonb_to_recordset(s.compiled -> 'links') as l(key text, kind text, url text)
     where l.key = named.key
     order by named.code
    on conflict do nothing`);
  return true;
}

function isSealed(secret: string, companyId: number, { messageId, seal }: { messageId: number; seal: string }) {
  const expected = messageSeals(secret, companyId, messageId).linkSeal;
  return timingSafeEqual(Buffer.from(expected), Buffer.from(seal));
}
