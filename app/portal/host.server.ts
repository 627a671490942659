import type { HostName } from '#app/company/host-name.server.ts';
import * as hosts from '#app/company/hosts.server.ts';
import type { Tx } from '#db/client.ts';

/** The name of the company's portal, whether it is switched on or not; null when none was chosen yet. */
export const readHost = (tx: Tx): Promise<string | null> => hosts.readHost(tx, 'portal');

/** Checks a name for the company's portal. @returns the name in lower case, or what is wrong with it, in words */
export const checkHost = (tx: Tx, typed: string): Promise<HostName> => hosts.checkHost(tx, 'portal', typed);

/** Makes a name the portal's host (S0-08, S2-09). @param name as `checkHost` returned it */
export const claimHost = (tx: Tx, name: string): Promise<HostName> => hosts.claimHost(tx, 'portal', name);
