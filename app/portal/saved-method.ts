import type { PayMethod } from '#app/invoicing/payments/processor.ts';

/** A card or bank account that a customer asked to keep. */
export type SavedMethod = {
  id: number;
  kind: PayMethod;
  brand: string;
  last4: string;
  /** Null for bank accounts. */
  expiry: { month: number; year: number; state: 'good' | 'soon' | 'expired' } | null;
};

/** So many days before its end a card is said to expire soon. */
const SOON_DAYS = 60;

/** @param today the company's calendar date */
export const shownMethod = (
  { id, kind, brand, last4, expiry }: Omit<SavedMethod, 'expiry'> & { expiry: { month: number; year: number } | null },
  today: string,
): SavedMethod => ({ id, kind, brand, last4, expiry: expiry && { ...expiry, state: expiryState(expiry, today) } });

/**
 * How a card's expiry stands. It is good through the last day of its month.
 * @param today the company's calendar date, `2026-03-04`
 */
export function expiryState(
  { month, year }: { month: number; year: number },
  today: string,
): 'good' | 'soon' | 'expired' {
  const end = Date.UTC(year, month, 1);
  const now = Date.parse(`${today}T00:00:00Z`);
  if (now >= end) return 'expired';
  return end - now <= SOON_DAYS * 86_400_000 ? 'soon' : 'good';
}
