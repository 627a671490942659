import { line } from '#app/invoicing/customers/customer-form.ts';
import { readAmount, type AmountError } from '#app/invoicing/payments/amount.ts';
import type { FieldErrors } from '#app/ui/FormErrors.tsx';

/** What became of a form that moves money: null in its place when the company has no such record. */
export type MoneyDone =
  /** `repeated`: this form was taken before, and nothing moved again. */
  { ok: true; repeated: boolean } | { ok: false; errors: FieldErrors };

const words: Record<AmountError, string> = {
  empty: 'Enter an amount, such as 310 or 310.50.',
  format: 'Enter an amount in dollars, such as 310 or 1,204.50.',
  decimals: 'Use at most two decimals: 310.50.',
  currency: 'Enter the amount in US dollars.',
  negative: 'Enter the amount without a minus sign.',
  too_large: 'This is more than one entry takes: $999,999.99 at most.',
};

/** An amount above zero as people type it, or what is wrong with it in words. */
export function readMoney(typed: string): { ok: true; cents: number } | { ok: false; error: string } {
  const read = readAmount(typed);
  if (!read.ok) return { ok: false, error: words[read.error] };
  return read.cents > 0 ? read : { ok: false, error: 'Enter more than $0.00.' };
}

/** A reason in one line, or what is wrong with it in words. */
export function readReason(typed: string): { ok: true; reason: string } | { ok: false; error: string } {
  const reason = line(typed);
  if (!reason) return { ok: false, error: 'Enter a reason: it stays in the history.' };
  return reason.length > 200 ? { ok: false, error: 'Use at most 200 characters.' } : { ok: true, reason };
}

/** The key that a form was made with: a second submit of the form finds the first. */
export const isFormKey = (key: string): boolean => /^[\w-]{16,64}$/.test(key);

/** For a form whose key is none: it was not made by its page. */
export const NO_KEY: FieldErrors = { form: 'This form can’t be used again. Open the page anew.' };
