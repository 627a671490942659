import { sql } from 'drizzle-orm';

import type { Tx } from '#db/client.ts';

import { readHostName, type HostName } from './host-name.server.ts';

/** What a company's name stands before: the portal's domain, or that of short links. Each has names of its own. */
export type HostKind = 'portal' | 'link';

/** The name that the company has now; null when it has none yet. */
export async function readHost(tx: Tx, kind: HostKind): Promise<string | null> {
  const [row] = await tx.execute<{ name: string }>(
    sql`select name from hosts where company_id = current_company_id() and kind = ${kind} and current`,
  );
  return row?.name ?? null;
}

/** Names that the company had before, the latest first. They stay its own, and links under them go on working. */
export async function earlierHosts(tx: Tx, kind: HostKind): Promise<string[]> {
  const rows = await tx.execute<{ name: string }>(sql`
    select name from hosts where company_id = current_company_id() and kind = ${kind} and not current
     order by created_at desc, name`);
  return rows.map((row) => row.name);
}

/**
 * Checks a name for this company, also against what others have or had. A name the company has or had is never refused.
 * @returns the name in lower case, or what is wrong with it, in words
 */
export async function checkHost(tx: Tx, kind: HostKind, typed: string): Promise<HostName> {
  const name = typed.trim().toLowerCase();
  const read = readHostName(name, kind);
  if (!/^[a-z0-9]{3,63}$/.test(name)) return read;
  const holder = await holderOf(tx, kind, name);
  if (holder === 'ours') return { ok: true, name };
  if (!read.ok) return read;
  if (holder === 'theirs') return taken(name);
  return (await hasLookAlike(tx, kind, name)) ? lookAlike(name) : read;
}

/**
 * Makes a name the company's own (S0-08, S0-12, S2-09). Of two companies that ask for it, or for names that look alike, at the
 * same moment one gets it. The name before stays the company's: links in messages already sent go on working.
 * @param name as `checkHost` returned it
 */
export async function claimHost(tx: Tx, kind: HostKind, name: string): Promise<HostName> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${kind} host `} || current_company_id(), 0))`);
  if ((await readHost(tx, kind)) === name) return { ok: true, name };
  await tx.execute(sql`
    select pg_advisory_xact_lock(hashtextextended(${`${kind} shape `} || ${shapeOf(sql`${name}::text`)}, 0))`);
  if ((await holderOf(tx, kind, name)) === null && (await hasLookAlike(tx, kind, name))) return lookAlike(name);
  // Waits for another transaction that is claiming the same name.
  await tx.execute(sql`
    insert into hosts (kind, name, company_id, current) values (${kind}, ${name}, current_company_id(), false)
    on conflict (kind, name) do nothing`);
  if ((await holderOf(tx, kind, name)) !== 'ours') return taken(name);
  await tx.execute(sql`
    update hosts set current = false where company_id = current_company_id() and kind = ${kind} and current`);
  await tx.execute(sql`
    update hosts set current = true where company_id = current_company_id() and kind = ${kind} and name = ${name}`);
  return { ok: true, name };
}

async function holderOf(tx: Tx, kind: HostKind, name: string): Promise<'ours' | 'theirs' | null> {
  const [holder] = await tx.execute<{ ours: boolean }>(
    sql`select company_id = current_company_id() as ours from hosts where kind = ${kind} and name = ${name}`,
  );
  return holder ? (holder.ours ? 'ours' : 'theirs') : null;
}

/**
 * Whether another company has a name that a customer would take for this one: `acrne` for `acme`. Such a name is refused, not
 * only warned of: one company's links must never pass for another's. Reads all names, which are few and read when one is chosen.
 */
async function hasLookAlike(tx: Tx, kind: HostKind, name: string): Promise<boolean> {
  const [row] = await tx.execute(sql`
    select from hosts where kind = ${kind} and company_id <> current_company_id()
       and ${shapeOf(sql`name`)} = ${shapeOf(sql`${name}::text`)} limit 1`);
  return row !== undefined;
}

/** How a name of small letters and digits looks: rn as m, vv as w, 0 as o, 1 as l. */
const shapeOf = (name: ReturnType<typeof sql>) =>
  sql`translate(replace(replace(${name}, 'rn', 'm'), 'vv', 'w'), '01', 'ol')`;

const taken = (name: string): HostName => ({
  ok: false,
  error: `“${name}” is taken by another company. Choose another name.`,
});

const lookAlike = (name: string): HostName => ({
  ok: false,
  error: `“${name}” looks like the name of another company. Choose a name that can’t be mistaken for it.`,
});
