import { formatMoney } from '#app/ui/format.ts';

/** What matters of an invoice to whoever takes money for it. */
export type Settleable = {
  id: number;
  number: string;
  status: 'draft' | 'open' | 'paid' | 'void';
  balanceCents: number;
  /** What payments under way would settle of it. */
  pendingCents: number;
  currency: string;
};

/** Cents of an invoice that nobody settled and no payment under way has taken. */
export const leftOf = (invoice: Settleable): number =>
  invoice.status === 'open' ? Math.max(0, invoice.balanceCents - invoice.pendingCents) : 0;

/** Why no more than that can be recorded, credited or written off, in words. @param done "recorded", "credited" */
export function leftWords(invoice: Settleable, done: string): string {
  const name = `Invoice ${invoice.number}`;
  const money = (cents: number) => formatMoney(cents, invoice.currency);
  if (invoice.status === 'void') return `${name} is void.`;
  if (invoice.status === 'draft') return `${name} is a draft: nothing is owed yet.`;
  if (invoice.status === 'paid') return `${name} is settled already.`;
  const left = leftOf(invoice);
  if (invoice.pendingCents === 0) return `${name} owes ${money(left)}. No more than that can be ${done}.`;
  const pending = `A payment of ${money(invoice.pendingCents)} is on its way for invoice ${invoice.number}`;
  return left === 0 ? `${pending}. Nothing is left beside it.` : `${pending}. ${money(left)} can be ${done} beside it.`;
}

/**
 * Places an amount on invoices, in the order that they come in: the oldest due first.
 * @returns cents by invoice, without those that get nothing
 */
export function placeOldestFirst(invoices: readonly Settleable[], cents: number): Map<number, number> {
  const placed = new Map<number, number>();
  let left = cents;
  for (const invoice of invoices) {
    const part = Math.min(left, leftOf(invoice));
    if (part <= 0) continue;
    placed.set(invoice.id, part);
    left -= part;
  }
  return placed;
}
