import { LEAST_CENTS, MOST_CENTS } from '#app/invoicing/payments/amount.ts';
import type { PayRefusal } from '#app/invoicing/payments/paying.ts';

/** An invoice as somebody wants to pay it. */
export type Owing = {
  id: number;
  status: 'draft' | 'open' | 'paid' | 'void';
  balanceCents: number;
  /** What payments under way would settle of it. */
  pendingCents: number;
  currency: string;
  /** False while its job is not completed (S2-16). */
  payable: boolean;
};

export type Allocation = { invoiceId: number; amountCents: number };

export type Allocated =
  | { ok: true; allocations: Allocation[]; sumCents: number; currency: string }
  | ({ ok: false } & PayRefusal);

/** What can still be paid of an invoice, in cents: what is owed less what is under way. */
export const leftOf = ({
  status,
  balanceCents,
  pendingCents,
}: Pick<Owing, 'status' | 'balanceCents' | 'pendingCents'>) =>
  status === 'open' ? Math.max(0, balanceCents - pendingCents) : 0;

/**
 * Shares a payment out: a part of one invoice (S2-17), all that is left of several (S2-18), or all that is left of everything.
 * @param pays amounts by invoice, or so many cents of all of them, the first first; null for all that is left, in their order
 * @param owing the invoices that are meant: all of `pays`, or all that the customer owes
 * @param rules.expectedCents the sum that the payer was shown
 * @returns the shares, none of them zero, or why nothing can be paid so
 */
export function allocate(
  pays: Allocation[] | number | null,
  owing: Owing[],
  rules: { expectedCents: number; partialPayments: boolean },
): Allocated {
  const refuse = (refusal: PayRefusal): Allocated => ({ ok: false, ...refusal });
  if (owing.some((one) => one.status === 'draft')) return refuse({ reason: 'missing' });
  const owed = owing.filter((one) => one.status === 'open' && one.balanceCents > 0);
  const first = owed[0];
  if (!first) return refuse({ reason: 'settled' });
  if (owed.some((one) => !one.payable || one.currency !== first.currency)) return refuse({ reason: 'missing' });
  const owedCents = owed.reduce((sum, one) => sum + leftOf(one), 0);
  if (owedCents === 0) return refuse({ reason: 'busy' });

  const all = owed.map((one) => ({ invoiceId: one.id, amountCents: leftOf(one) })).filter((one) => one.amountCents > 0);
  const allocations = Array.isArray(pays) ? pays : pays === null ? all : firstOf(all, pays);
  const sumCents = allocations.reduce((sum, one) => sum + one.amountCents, 0);
  if (allocations.some((one) => one.amountCents <= 0)) return refuse({ reason: 'too_little' });
  const part = Array.isArray(pays) ? pays.length === 1 && sumCents : pays;
  if (typeof part === 'number') {
    if (part > owedCents) return refuse({ reason: 'too_much', mostCents: owedCents });
    if (part < owedCents && !rules.partialPayments) return refuse({ reason: 'no_partial' });
  } else if (Array.isArray(pays) && !sameShares(pays, all)) {
    return refuse({ reason: 'changed', owedCents });
  }
  if (sumCents !== rules.expectedCents) return refuse({ reason: 'changed', owedCents });
  if (sumCents < LEAST_CENTS) return refuse({ reason: 'too_little' });
  if (sumCents > MOST_CENTS) return refuse({ reason: 'too_much', mostCents: MOST_CENTS });
  return { ok: true, allocations, sumCents, currency: first.currency };
}

/** So many cents of what is left, from the first invoice on. */
function firstOf(all: Allocation[], cents: number): Allocation[] {
  let rest = cents;
  return all.flatMap(({ invoiceId, amountCents }) => {
    const share = Math.min(amountCents, rest);
    rest -= share;
    return share > 0 ? [{ invoiceId, amountCents: share }] : [];
  });
}

/** Whether two lists share out the same, in whatever order. */
export function sameShares(one: Allocation[], other: Allocation[]): boolean {
  const amounts = new Map(other.map(({ invoiceId, amountCents }) => [invoiceId, amountCents]));
  return one.length === other.length && one.every((share) => amounts.get(share.invoiceId) === share.amountCents);
}
