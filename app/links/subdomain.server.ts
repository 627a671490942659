import { recordAudit, type Actor } from '#app/company/audit.server.ts';
import { checkHost, claimHost, earlierHosts } from '#app/company/hosts.server.ts';
import type { Tx } from '#db/client.ts';

import { linkHost } from './host.server.ts';

export type Subdomain = {
  /** What short links stand under now; null before the first message, when one is made of the company's name. */
  name: string | null;
  /** Names from before: links under them go on working. */
  earlier: string[];
};

export type SubdomainChange =
  | { ok: true; name: string; changed: boolean }
  /** Nothing changed yet: the person is asked first. */
  | { ok: true; name: string; ask: true }
  | { ok: false; error: string };

/** The subdomain of the company's short links (S0-12). */
export async function readSubdomain(tx: Tx): Promise<Subdomain> {
  return { name: await linkHost(tx), earlier: await earlierHosts(tx, 'link') };
}

/**
 * Changes the subdomain under which new links are made (S0-12). Links already sent go on working under the one before, which
 * stays the company's.
 * @param typed as the person typed it
 * @param confirmed whether the person has agreed; otherwise the name is only checked
 */
export async function changeSubdomain(
  tx: Tx,
  actor: Actor,
  typed: string,
  { confirmed }: { confirmed: boolean },
): Promise<SubdomainChange> {
  const checked = await checkHost(tx, 'link', typed);
  if (!checked.ok) return checked;
  const { name } = checked;
  const before = await linkHost(tx);
  if (before === name) return { ok: true, name, changed: false };
  if (!confirmed) return { ok: true, name, ask: true };
  const claimed = await claimHost(tx, 'link', name);
  if (!claimed.ok) return claimed;
  await recordAudit(tx, actor, 'subdomain.update', { type: 'subdomain', id: null }, { from: before, to: name });
  return { ok: true, name, changed: true };
}
