import type { Db, Tx } from '#db/client.ts';

import type { TextProvider } from '../provider.ts';
import { sandboxTextProvider } from './sandbox.server.ts';

/** Stand-in until Twilio comes: everything goes to the sandbox. */
export function textProviders(db: Db, _options: object): (companyId: number) => Promise<TextProvider> {
  return (companyId) => Promise.resolve(sandboxTextProvider(db, companyId, { sender: '+15125550100' }));
}

export async function textProviderName(_tx: Tx, _options: object): Promise<'sandbox' | 'twilio'> {
  return 'sandbox';
}

export async function textsReady(
  _tx: Tx,
  _options: object,
): Promise<{ ok: true; number: string | null } | { ok: false; why: string; to: string }> {
  return { ok: true, number: null };
}
