import { sql } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';

import { withCompany, type Db } from '#db/client.ts';

import { batches } from './batches.ts';
import { resolveLinks, type EndedLink, type LinkOptions, type ResolvedLink } from './resolve.server.ts';

/** Where a code leads; `unknown` for one that is not the company's. */
export type FoundLink = ResolvedLink | EndedLink | 'unknown';

/** Answers at once from memory what was asked for lately, and asks the database for the rest, many in one statement. */
export type LinkLookup = {
  /** Whose link host this is; 0 for nobody's. */
  company(name: string): number | Promise<number>;
  link(companyId: number, code: string): FoundLink | Promise<FoundLink>;
  /** What `company` and `link` would answer from memory alone; undefined when they would have to ask. */
  known(name: string, code: string): { companyId: number; link: FoundLink } | undefined;
};

/** What is there stays in memory for a minute: so long a link may outlive its end, or a portal its being switched off. */
const KNOWN_MS = 60_000;
/** What is not there may come to be at any moment, as a host that was just chosen. */
const MISSING_MS = 5_000;
/** About 30 MB of links at the most, whoever asks for what. */
const MOST_LINKS = 100_000;
const MOST_MISSING = 20_000;

/** The web process's memory of link hosts and links. Nothing in it outlives a minute, and it is bounded. */
export function linkLookup(db: Db, options: LinkOptions): LinkLookup {
  const age = { ttlResolution: 100 };
  const names = new LRUCache<string, number>({ max: MOST_MISSING, ttl: KNOWN_MS, ...age });
  const links = new LRUCache<string, FoundLink>({ max: MOST_LINKS, ttl: KNOWN_MS, ...age });
  const missing = new LRUCache<string, 'unknown'>({ max: MOST_MISSING, ttl: MISSING_MS, ...age });

  const askCompany = batches<string, number>(async (wanted) => {
    const rows = await db.execute<{ name: string; companyId: number }>(sql`
      select name, company_id as "companyId" from hosts where kind = 'link' and name = any(${sql.param(wanted)}::text[])`);
    return new Map(rows.map((row) => [row.name, row.companyId]));
  });

  const askLink = batches<string, FoundLink>(async (keys) => {
    const byCompany = new Map<number, string[]>();
    for (const key of keys) {
      const { companyId, code } = partsOf(key);
      const codes = byCompany.get(companyId);
      if (codes) codes.push(code);
      else byCompany.set(companyId, [code]);
    }
    const found = await Promise.all(
      [...byCompany].map(async ([companyId, codes]) => {
        const resolved = await withCompany(db, companyId, (tx) => resolveLinks(tx, companyId, codes, options));
        return [...resolved].map(([code, link]) => [keyOf(companyId, code), link] as const);
      }),
    );
    return new Map(found.flat());
  });

  const company: LinkLookup['company'] = (name) =>
    names.get(name) ??
    askCompany(name).then((companyId = 0) => {
      names.set(name, companyId, { ttl: companyId === 0 ? MISSING_MS : KNOWN_MS });
      return companyId;
    });
  const remembered = (key: string) => links.get(key) ?? missing.get(key);
  const link: LinkLookup['link'] = (companyId, code) => {
    const key = keyOf(companyId, code);
    return (
      remembered(key) ??
      askLink(key).then((found) => {
        if (found) links.set(key, found);
        else missing.set(key, 'unknown');
        return found ?? 'unknown';
      })
    );
  };
  const known: LinkLookup['known'] = (name, code) => {
    const companyId = names.get(name);
    if (companyId === undefined) return undefined;
    const found = companyId === 0 ? 'unknown' : remembered(keyOf(companyId, code));
    return found && { companyId, link: found };
  };
  return { company, link, known };
}

const keyOf = (companyId: number, code: string) => `${companyId}/${code}`;

function partsOf(key: string): { companyId: number; code: string } {
  const [companyId = '', code = ''] = key.split('/');
  return { companyId: Number(companyId), code };
}
