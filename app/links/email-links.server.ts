import { timingSafeEqual } from 'node:crypto';

import { sql } from 'drizzle-orm';

import { linkSeal, messageSecrets } from '#app/messaging/token.server.ts';
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
    with named as materialized (
      select * from unnest(${sql.param(named.map((one) => one.code))}::text[], ${sql.param(named.map((one) => one.messageId))}::bigint[],
                           ${sql.param(named.map((one) => one.key))}::text[]) as u(code, message_id, key)
    ), steps as materialized (
      -- Once for each step: the whole of its frozen content is unpacked.
      select s.id, s.compiled -> 'links' as links from campaign_steps s
       where s.id in (select m.step_id from messages m where m.id in (select message_id from named))
    )
    insert into links (code, message_id, customer_id, invoice_id, key, kind, destination, created_at)
    select named.code, m.id, m.customer_id, m.invoice_id, l.key, l.kind, l.url, coalesce(m.attempted_at, m.created_at)
      from named join messages m on m.id = named.message_id join steps s on s.id = m.step_id
     cross join lateral jsonb_to_recordset(s.links) as l(key text, kind text, url text)
     where l.key = named.key
     order by named.code
    on conflict do nothing`);
  return true;
}

type Named = { messageId: number; key: string; seal: string };

function isSealed(secret: string, companyId: number, { messageId, key, seal }: Named): boolean {
  const expected = linkSeal(messageSecrets(secret, companyId, messageId).linkSecret, key);
  return timingSafeEqual(Buffer.from(expected), Buffer.from(seal));
}
