import type { Tx } from '#db/client.ts';

import type { DeclineReason, PayMethod } from '../processor.ts';
import { accountOf } from './sandbox-accounts.ts';
import { canBePaid, chosen, readCharge, withMethod, writeState, type Charge } from './sandbox-charges.server.ts';

/** The sandbox's page for one payment. */
export type SandboxPage = {
  amountCents: number;
  currency: string;
  method: PayMethod;
  description: string;
  saveMethod: boolean;
  cancelUrl: string;
  /** Why the last account was declined. */
  declined: DeclineReason | null;
  /** The number of the card whose bank asks its owner (3-D Secure); null while none was chosen. */
  confirming: string | null;
};

/** `leave`: the page is finished or closed, and its payer belongs elsewhere. Null: there is no such page. */
export type SandboxView = { kind: 'page'; page: SandboxPage } | { kind: 'leave'; url: string } | null;

/** @param reference of the page; who has it may pay on it */
export async function readSandboxPage(tx: Tx, reference: string, now = new Date()): Promise<SandboxView> {
  const row = await readCharge(tx, { reference });
  if (!row?.state.page) return null;
  return canBePaid(row, now)
    ? { kind: 'page', page: pageOf(row.state) }
    : { kind: 'leave', url: row.state.page.returnUrl };
}

function pageOf(charge: Charge): SandboxPage {
  const { amountCents, currency, method, description, saveMethod, declined, page } = charge;
  return {
    amountCents,
    currency,
    method,
    description,
    saveMethod,
    cancelUrl: page!.cancelUrl,
    declined,
    confirming: charge.stage === 'confirming' ? (chosen(charge)?.number ?? null) : null,
  };
}

/** What the payer does on it: picks one of the accounts, or answers the bank. */
export type SandboxAct = { kind: 'choose'; account: string } | { kind: 'confirm'; yes: boolean };

/**
 * Does what the payer asks for; of a second click nothing more comes.
 * @returns what to show next; `unknown` when none of the page's accounts was picked
 */
export async function actOnSandboxPage(
  tx: Tx,
  reference: string,
  act: SandboxAct,
  now = new Date(),
): Promise<SandboxView | { kind: 'unknown' }> {
  const row = await readCharge(tx, { reference }, true);
  if (!row?.state.page) return null;
  const { state } = row;
  const leave = { kind: 'leave', url: row.state.page.returnUrl } as const;
  if (!canBePaid(row, now)) return leave;
  const account = act.kind === 'choose' ? accountOf(act.account, state.method) : chosen(state);
  if (!account) return { kind: 'unknown' };
  if (act.kind === 'confirm' && state.stage !== 'confirming') return { kind: 'page', page: pageOf(state) };
  const next = { ...state, account: account.id, declined: null, ...outcome(state, act, account, now) };
  const finished = next.stage === 'authorized' || next.stage === 'processing';
  await writeState(tx, reference, finished ? await withMethod(tx, reference, next) : next);
  return finished ? leave : { kind: 'page', page: pageOf(next) };
}

function outcome(
  charge: Charge,
  act: SandboxAct,
  { fate }: NonNullable<ReturnType<typeof accountOf>>,
  now: Date,
): Partial<Charge> {
  if (act.kind === 'confirm') {
    return act.yes ? { stage: 'authorized' } : { stage: 'open', declined: 'authentication_failed' };
  }
  switch (fate.kind) {
    case 'accepted':
      return { stage: 'authorized' };
    case 'confirm':
      return { stage: 'confirming' };
    case 'declined':
      return { stage: 'open', declined: fate.reason };
    case 'processing':
      return { stage: 'processing', endsAt: new Date(now.getTime() + charge.achSeconds * 1000).toISOString() };
  }
}
