import type { Card, CardRefusal, Processor } from './processor.ts';

/** A card as typed. */
export type CardForm = { number: string; expiry: string; cvc: string };

/** A code for each field; customer pages have the words. */
export type CardErrors = { number?: 'number' | CardRefusal; expiry?: 'expiry' | 'expired'; cvc?: 'cvc' };

/**
 * Reads a card as people type it: groups of digits, `04/29`, `4 / 2029`.
 * @param processor may refuse a number before anything is tried
 * @param now a card is good until the end of its month
 */
export function readCard(
  form: CardForm,
  processor: Pick<Processor, 'refuses'>,
  now: Date,
): { ok: true; card: Card } | { ok: false; errors: CardErrors } {
  const errors: CardErrors = {};
  const number = form.number.slice(0, 40).replaceAll(/[\s-]/g, '');
  if (!/^\d{12,19}$/.test(number)) errors.number = 'number';
  const refusal = errors.number ? null : processor.refuses(number);
  if (refusal) errors.number = refusal;
  const parts = /^\s*(0?[1-9]|1[0-2])\s*[/.-]?\s*(\d{2}|20\d{2})\s*$/.exec(form.expiry.slice(0, 20));
  const month = Number(parts?.[1]);
  const year = Number(parts?.[2]) < 100 ? 2000 + Number(parts?.[2]) : Number(parts?.[2]);
  if (!parts) errors.expiry = 'expiry';
  else if (Date.UTC(year, month, 2) < now.getTime()) errors.expiry = 'expired'; // a day of grace for zones behind UTC
  const cvc = form.cvc.slice(0, 10).trim();
  if (!/^\d{3,4}$/.test(cvc)) errors.cvc = 'cvc';
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, card: { number, expiryMonth: month, expiryYear: year, cvc } };
}
