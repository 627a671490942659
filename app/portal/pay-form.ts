import { LEAST_CENTS, readAmount, type AmountError } from '#app/invoicing/payments/amount.ts';
import type { PayMethod } from '#app/invoicing/payments/processor.ts';

/** What the pay page posts, as typed. */
export type TypedPayment = {
  /** `full` or `part`; empty where there is no choice. */
  how: string;
  amount: string;
  /** `card`, `ach` or `saved-<id>`. */
  method: string;
  /** `on` to keep a new method. */
  save: string;
};

/** What can be chosen on the page. */
export type PayChoices = {
  /** What can be paid in all, in cents. */
  mostCents: number;
  /** Whether a part may be paid: of one invoice, where the company allows it (S2-17). */
  partial: boolean;
  /** Which new methods are taken, and which saved ones the customer has. */
  methods: { card: boolean; ach: boolean; saved: { id: number; kind: PayMethod }[] };
};

export type PayFormError =
  | AmountError
  | 'too_little'
  | 'too_much'
  | 'both_amounts'
  | 'no_partial'
  | 'no_method'
  | 'method_gone';

export type ReadPayment =
  | {
      ok: true;
      /** Null for all of it. */
      partCents: number | null;
      method: PayMethod;
      savedMethodId: number | null;
      saveMethod: boolean;
    }
  | { ok: false; errors: { amount?: PayFormError; method?: PayFormError } };

/** Reads what was posted against what the page offers; all that is wrong is told at once. */
export function readPayment(typed: TypedPayment, { mostCents, partial, methods }: PayChoices): ReadPayment {
  const amount = readPart(typed, mostCents, partial);
  const method = readMethod(typed.method, methods);
  if (typeof amount === 'string' || typeof method === 'string') {
    return {
      ok: false,
      errors: {
        ...(typeof amount === 'string' && { amount }),
        ...(typeof method === 'string' && { method }),
      },
    };
  }
  return { ok: true, partCents: amount, ...method, saveMethod: typed.save === 'on' && method.savedMethodId === null };
}

function readPart({ how, amount }: TypedPayment, mostCents: number, partial: boolean): number | null | PayFormError {
  if (how !== 'part') return how === 'full' && partial && differs(amount, mostCents) ? 'both_amounts' : null;
  if (!partial) return 'no_partial';
  const read = readAmount(amount);
  if (!read.ok) return read.error;
  if (read.cents < LEAST_CENTS) return 'too_little';
  return read.cents > mostCents ? 'too_much' : read.cents;
}

/** Whether somebody who pays in full has typed another amount as well: then nobody knows what is meant. */
function differs(amount: string, mostCents: number): boolean {
  if (amount.trim() === '') return false;
  const read = readAmount(amount);
  return !read.ok || read.cents !== mostCents;
}

function readMethod(
  value: string,
  { card, ach, saved }: PayChoices['methods'],
): { method: PayMethod; savedMethodId: number | null } | PayFormError {
  if (value === 'card' && card) return { method: 'card', savedMethodId: null };
  if (value === 'ach' && ach) return { method: 'ach', savedMethodId: null };
  const id = Number(/^saved-(\d{1,15})$/.exec(value)?.[1] ?? 0);
  const found = saved.find((one) => one.id === id);
  if (found) return { method: found.kind, savedMethodId: found.id };
  return value === '' ? 'no_method' : 'method_gone';
}
