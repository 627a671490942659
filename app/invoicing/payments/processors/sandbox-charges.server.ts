import { eq, sql } from 'drizzle-orm';
import { nanoid } from 'nanoid';

import type { Tx } from '#db/client.ts';
import { sandboxCharges } from '#db/schema/index.ts';

import type { DeclineReason, PayMethod, PaymentState } from '../processor.ts';
import { shownOf, testAccounts, type TestAccount } from './sandbox-accounts.ts';

/*
 * What the sandbox remembers, one row each in `sandbox_charges`: as a real processor's, it survives restarts and is the same for all of
 * our processes.
 */

/** A page, and what was charged on it; or, without one, the charge of a saved method. */
export type Charge = {
  what: 'charge';
  amountCents: number;
  currency: string;
  method: PayMethod;
  description: string;
  customerReference: string;
  saveMethod: boolean;
  /** Null for a saved method's charge, which has no page. */
  page: { returnUrl: string; cancelUrl: string } | null;
  /** `confirming`: the bank asks the card's owner. */
  stage: 'open' | 'confirming' | 'authorized' | 'processing' | 'succeeded' | 'failed' | 'expired';
  /** Id of the test account that was chosen. */
  account: string | null;
  /** Why it failed; on an open page, why the last try did. */
  declined: DeclineReason | null;
  capturedCents: number;
  /** How long a bank payment takes, and when one that is processing is at its end. */
  achSeconds: number;
  endsAt: string | null;
  methodReference: string | null;
  refunds: { key: string; reference: string; amountCents: number }[];
};

/** A saved card or bank account. */
export type Method = { what: 'method'; customerReference: string; account: string; forgotten: boolean };

/** A page that is not finished within a day can't be any more. */
const PAGE_HOURS = 24;

type Row<T> = { reference: string; state: T; createdAt: Date };

/** Makes a row, once for its key. @returns that of the first call */
export async function insertOnce<T extends Charge | Method>(
  tx: Tx,
  key: string,
  prefix: string,
  state: T,
): Promise<Row<T>> {
  await tx
    .insert(sandboxCharges)
    .values({ reference: `${prefix}_${nanoid(24)}`, idempotencyKey: key, state })
    .onConflictDoNothing();
  const [row] = await tx.select().from(sandboxCharges).where(eq(sandboxCharges.idempotencyKey, key));
  return row as unknown as Row<T>;
}

/** A charge by its reference or by its key; null when there is none. @param lock nobody else changes it meanwhile */
export async function readCharge(
  tx: Tx,
  by: { reference: string } | { key: string },
  lock = false,
): Promise<Row<Charge> | null> {
  const where = 'key' in by ? eq(sandboxCharges.idempotencyKey, by.key) : eq(sandboxCharges.reference, by.reference);
  const query = tx.select().from(sandboxCharges).where(where);
  const [row] = lock ? await query.for('update') : await query;
  return row?.state.what === 'charge' ? (row as unknown as Row<Charge>) : null;
}

/** Writes what a charge is now. The caller holds its lock. */
export async function writeState(tx: Tx, reference: string, state: Charge | Method): Promise<void> {
  await tx
    .update(sandboxCharges)
    .set({ state, updatedAt: sql`now()` })
    .where(eq(sandboxCharges.reference, reference));
}

export async function readMethodRow(tx: Tx, reference: string): Promise<Method | null> {
  const [row] = await tx.select().from(sandboxCharges).where(eq(sandboxCharges.reference, reference));
  return row?.state.what === 'method' ? (row.state as unknown as Method) : null;
}

export const chosen = (charge: Charge): TestAccount | null =>
  testAccounts.find((one) => one.id === charge.account) ?? null;

/** Whether its page can still be finished. */
export const canBePaid = ({ state, createdAt }: Row<Charge>, now: Date) =>
  (state.stage === 'open' || state.stage === 'confirming') &&
  now.getTime() - createdAt.getTime() < PAGE_HOURS * 3_600_000;

/** Keeps the account for later, where its owner asked for that. @returns the charge with the method's reference */
export async function withMethod(tx: Tx, reference: string, charge: Charge): Promise<Charge> {
  if (!charge.saveMethod || charge.account === null) return charge;
  const { customerReference, account } = charge;
  const method: Method = { what: 'method', customerReference, account, forgotten: false };
  const row = await insertOnce(tx, `method:${reference}`, 'sbxmethod', method);
  return { ...charge, methodReference: row.reference };
}

/** What became of a charge, as the port has it. A bank payment comes to its end by the clock. */
export function stateOf(row: Row<Charge>, now: Date): PaymentState {
  const { reference, state } = row;
  const account = chosen(state);
  const open = state.stage === 'open' || state.stage === 'confirming';
  if (open && canBePaid(row, now)) return { state: 'open' };
  if (open || state.stage === 'expired' || !account) return { state: 'expired' };
  const method = shownOf(account, state.methodReference);
  if (state.stage === 'authorized') return { state: 'authorized', reference, amountCents: state.amountCents, method };
  if (state.stage === 'failed') return { state: 'failed', reason: state.declined ?? 'declined', reference, method };
  if (state.stage === 'succeeded') return { state: 'succeeded', reference, amountCents: state.capturedCents, method };
  if (state.endsAt !== null && new Date(state.endsAt) > now) return { state: 'processing', reference, method };
  const fails = account.fate.kind === 'processing' ? account.fate.fails : null;
  return fails
    ? { state: 'failed', reason: fails, reference, method }
    : { state: 'succeeded', reference, amountCents: state.amountCents, method };
}
