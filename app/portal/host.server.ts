import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import { readHostName, type HostName } from './host-name.server.ts';

/** The name of the company's portal, whether it is switched on or not; null when none was chosen yet. */
export async function readHost(tx: Tx): Promise<string | null> {
  const [row] = await tx.execute<{ name: string }>(
    sql`select name from hosts where company_id = current_company_id() and kind = 'portal' and current`,
  );
  return row?.name ?? null;
}

/**
 * Checks a host for this company, also against what others have. A name the company has or had is never refused.
 * @returns the name in lower case, or what is wrong with it, in words
 */
export async function checkHost(tx: Tx, typed: string): Promise<HostName> {
  const name = typed.trim().toLowerCase();
  const read = readHostName(name);
  if (!/^[a-z0-9]{3,63}$/.test(name)) return read;
  const [holder] = await tx.execute<{ ours: boolean }>(
    sql`select company_id = current_company_id() as ours from hosts where kind = 'portal' and name = ${name}`,
  );
  if (holder?.ours) return { ok: true, name };
  return read.ok && holder ? taken(name) : read;
}

/**
 * Makes a name the company's host (S0-08, S2-09). Of two companies that ask for it at the same moment one gets it. The name
 * before stays the company's own: links in messages already sent go on working.
 * @param name as `checkHost` returned it
 */
export async function claimHost(tx: Tx, name: string): Promise<HostName> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('portal host ' || current_company_id(), 0))`);
  if ((await readHost(tx)) === name) return { ok: true, name };
  // Waits for another transaction that is claiming the same name.
  await tx.execute(sql`
    insert into hosts (kind, name, company_id, current) values ('portal', ${name}, current_company_id(), false)
    on conflict (kind, name) do nothing`);
  const [holder] = await tx.execute<{ ours: boolean }>(
    sql`select company_id = current_company_id() as ours from hosts where kind = 'portal' and name = ${name}`,
  );
  if (!holder?.ours) return taken(name);
  await tx.execute(sql`
    update hosts set current = false where company_id = current_company_id() and kind = 'portal' and current`);
  await tx.execute(sql`
    update hosts set current = true where company_id = current_company_id() and kind = 'portal' and name = ${name}`);
  return { ok: true, name };
}

const taken = (name: string): HostName => ({
  ok: false,
  error: `“${name}” is taken by another company. Choose another name.`,
});
