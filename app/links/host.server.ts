import { sql } from 'drizzle-orm';

import { readHostName } from '#app/company/host-name.server.ts';
import { readHost } from '#app/company/hosts.server.ts';
import type { Tx } from '#db/client.ts';

/** The name under which the company's short links answer, or null when it has none yet. */
export const linkHost = (tx: Tx): Promise<string | null> => readHost(tx, 'link');

/** Selects the name of the company's portal; nothing when it is not set up or switched off (S0-06). */
export const openPortalName = sql`
  select h.name from hosts h join portal_settings p on p.enabled
   where h.company_id = current_company_id() and h.kind = 'portal' and h.current`;

/** The name of the company's portal, or null when it is not set up or switched off (S0-06). */
export async function openPortalHost(tx: Tx): Promise<string | null> {
  const [row] = await tx.execute<{ name: string }>(openPortalName);
  return row?.name ?? null;
}

/**
 * Gives the company a host for its short links if it has none: made of its name, with a number where that is taken.
 * @returns the host that now holds
 */
export async function ensureLinkHost(tx: Tx): Promise<string> {
  const held = await linkHost(tx);
  if (held) return held;
  const [company] = await tx.execute<{ id: number; name: string }>(
    sql`select id, name from companies where id = current_company_id()`,
  );
  if (!company) throw new Error('ensureLinkHost needs a company: call it within withCompany');
  const stem = (company.name.toLowerCase().replaceAll(/[^a-z0-9]/g, '') || 'links').slice(0, 40).padEnd(3, 'x');
  for (const name of [stem, `${stem}${company.id}`, `links${company.id}x${stem}`.slice(0, 63)]) {
    if (!readHostName(name, 'link').ok) continue; // a company called Support
    const made = await tx.execute(sql`
      insert into hosts (kind, name, company_id) values ('link', ${name}, current_company_id())
      on conflict do nothing returning name`);
    if (made.length > 0) return name;
    const now = await linkHost(tx);
    if (now) return now;
  }
  throw new Error('No free host name for short links');
}
